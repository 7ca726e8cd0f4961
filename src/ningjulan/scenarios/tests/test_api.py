import pytest
from django.utils import timezone

from ningjulan.foundation.models import User
from ningjulan.scenarios import selectors
from ningjulan.scenarios.models import Alert
from ningjulan.scenarios.tests.test_services import GRID, TENANT, deliver, fire

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    """The browser of a duty officer of the street."""
    return signed_in(client, "duty", area_codes=[TENANT])


def signed_in(client, username, **facts):
    user = User.objects.create(username=username, display_name="值班长甲", roles=["duty_officer"], **facts)
    client.force_login(user)
    return client


def raised():
    now = timezone.now()
    deliver({**fire(0), "occurred_at": now}, now=now)
    return Alert.objects.get()


def test_list_has_the_shape_the_screens_were_promised(desk):
    alert = raised()

    (found,) = desk.get("/api/alerts", {"tenant": TENANT, "limit": 5}).json()

    assert found["id"] == str(alert.id)
    assert {key: found[key] for key in ("scenario_id", "level", "state", "area_code", "n", "case_id")} == {
        "scenario_id": "fire.fire_alarm",
        "level": "major",
        "state": "open",
        "area_code": GRID,
        "n": 1,
        "case_id": None,
    }
    assert found["title_zh"] == "消防物联火警处置"


def test_alert_says_why(desk):
    alert = raised()

    why = desk.get(f"/api/alerts/{alert.id}").json()["why"]

    assert why["inputs"][0]["class_id"] == "IOT12"
    assert why["inputs"][0]["facts"]["alarm_kind"] == "FIRE"
    assert why["parameters"]["confirm_within"] == "1分钟30秒"
    assert why["rule"].startswith("signals:")


def test_case_is_looked_up_where_the_wiring_says(desk, monkeypatch):
    alert = raised()
    case_id = "01932e5c-0000-7000-8000-000000000001"
    monkeypatch.setattr(selectors._Lookups, "find_cases", lambda ids: dict.fromkeys(ids, case_id))

    (found,) = desk.get("/api/alerts").json()

    assert (found["id"], found["case_id"]) == (str(alert.id), case_id)


def test_desk_acknowledges_and_closes(desk):
    path = f"/api/alerts/{raised().id}"

    acknowledged = desk.post(f"{path}/acknowledge").json()
    closed = desk.post(f"{path}/close", {"verdict": "false_alarm"}, content_type="application/json").json()
    again = desk.post(f"{path}/acknowledge")

    assert (acknowledged["state"], closed["state"]) == ("acknowledged", "closed")
    assert (again.status_code, again.json()["code"]) == (409, "alert_step_refused")


def test_alert_of_another_area_is_answered_like_a_missing_one(client):
    stranger = signed_in(client, "far", area_codes=["440310"])
    alert = raised()

    answer = stranger.get(f"/api/alerts/{alert.id}")

    assert (answer.status_code, answer.json()["code"]) == (404, "alert_not_found")
    assert stranger.get("/api/alerts").json() == []


def test_grid_worker_sees_the_alerts_of_the_grid_only(client):
    worker = signed_in(client, "grid", area_codes=["330109013002002"])
    raised()

    assert worker.get("/api/alerts").json() == []


def test_scenarios_show_what_they_did_today(desk):
    raised()

    found = {one["id"]: one for one in desk.get("/api/scenarios").json()}

    alarm = found["fire.fire_alarm"]
    assert (alarm["number"], alarm["status"], alarm["n_today"], alarm["n_open"]) == ("S10", "live", 1, 1)
    assert alarm["last_raised_at"] is not None
    assert alarm["tests"] >= 3
    assert alarm["params"][0] == {
        "name": "confirm_within", "type": "duration", "default": "1分钟30秒", "min": "30秒", "max": "5分钟",
        "options": [], "label_zh": "核实时限", "label_en": "Confirm within",
    }  # fmt: skip
    assert found["city_order.street_vendor"]["n_today"] == 0


def test_scenario_is_shown_as_written(desk):
    answer = desk.get("/api/scenarios/city_order.street_vendor").json()

    assert answer["yaml"].startswith("scenario: city_order.street_vendor\n")


def test_modules_come_in_the_order_of_the_menu(desk):
    modules = desk.get("/api/modules").json()

    assert [one["id"] for one in modules] == ["fire", "city_order"]
    assert modules[0]["scenarios"] == ["fire.fire_alarm", "fire.lane_blocked"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/scenarios/fire.nothing", 404, "scenario_not_found"),
        ("/api/alerts/01932e5c-0000-7000-8000-000000000009", 404, "alert_not_found"),
        ("/api/alerts/nonsense", 422, "not_valid"),
        ("/api/alerts?limit=0", 422, "not_valid"),
        ("/api/alerts?limit=100000", 422, "not_valid"),
    ],
)
def test_what_cannot_be_answered(desk, path, status, code):
    answer = desk.get(path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_without_a_login_nothing_is_told(client):
    for path in ("/api/alerts", "/api/scenarios", "/api/modules", "/api/scenarios/fire.fire_alarm"):
        assert client.get(path).status_code == 401
