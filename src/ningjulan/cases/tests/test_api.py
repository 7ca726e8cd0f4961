from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ningjulan.cases.domain.workflow import State
from ningjulan.cases.models import Case
from ningjulan.cases.tests.making import FIRE_UNIT, HERE, TENANT, alert, make_case, open_from_alert
from ningjulan.foundation.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
REPORT = {
    "tenant": TENANT,
    "category_code": "C02",
    "level": "2",
    "title": "占道经营",
    "summary": "路口有人占道",
    "area_code": HERE,
    "channel": "05",
}


@pytest.fixture
def desk(client):
    """The browser of a clerk of the street."""
    user = User.objects.create(
        username="clerk", display_name="受理员甲", roles=["clerk"], area_codes=[TENANT]
    )
    client.force_login(user)
    return client


def post(client, path, body):
    return client.post(f"/api/cases{path}", body, content_type="application/json")


def test_clerk_takes_a_report_and_brings_it_to_its_end(desk):
    case = post(desk, "", REPORT).json()
    for step, body in [
        ("register", {}),
        ("dispatch", {"unit_code": FIRE_UNIT}),
        ("send_back", {"opinion": "地址不清"}),
        ("dispatch", {"unit_code": FIRE_UNIT, "opinion": "已补充地址"}),
        ("close", {"result": "solved", "opinion": "已清理"}),
    ]:
        answer = post(desk, f"/{case['id']}/{step}", {"version": case["version"], **body})
        assert answer.status_code == 200, answer.content
        case = answer.json()

    assert (case["state"], case["unit_code"], case["overdue"]) == ("closed", FIRE_UNIT, False)
    detail = desk.get(f"/api/cases/{case['id']}").json()
    assert detail["case_no"] == case["case_no"]
    assert [t["actor_name"] for t in detail["timeline"]] == ["受理员甲"] * 6
    assert (detail["allowed_steps"], detail["alerts"]) == ([], [])


def test_list_has_the_shape_the_screens_were_promised(desk):
    open_from_alert(alert(raised_at=timezone.now() - timedelta(minutes=1)), now=timezone.now())

    page = desk.get("/api/cases", {"tenant": TENANT, "state": "reported", "limit": 10}).json()

    assert (page["total"], page["next_cursor"]) == (1, None)
    assert set(page["items"][0]) == {
        "id", "case_no", "state", "state_label", "level", "category_code", "title", "summary", "address_text",
        "tenant_code", "area_code", "community_name", "lon", "lat", "placement", "source", "channel",
        "scenario_id", "reported_at", "registered_at", "dispatched_at", "closed_at", "due_at", "overdue",
        "unit_code", "unit_name", "n_reports", "version", "updated_at",
    }  # fmt: skip
    detail = desk.get(f"/api/cases/{page['items'][0]['id']}").json()
    assert set(detail["alerts"][0]) == {"id", "scenario_id", "title", "level", "message", "raised_at"}
    assert set(detail["clocks"][0]) == {"kind", "started_at", "due_at", "stopped_at", "state", "rule"}
    assert detail["suggested_unit_code"] == FIRE_UNIT


def test_english_is_answered_when_asked_for(desk):
    case = post(desk, "", REPORT).json()

    refused = desk.post(
        f"/api/cases/{case['id']}/close",
        {"version": 1, "result": "solved"},
        content_type="application/json",
        headers={"Accept-Language": "en-GB"},
    )

    assert refused.json() == {
        "code": "step_refused",
        "message": "A case that is “Reported” cannot take the step “Close”; refresh to see what can be done",
    }


def problem(answer):
    body = answer.json()
    assert set(body) == {"code", "message"}
    return answer.status_code, body["code"]


def test_without_a_login_nothing_is_told(client):
    case = make_case()

    assert problem(client.get("/api/cases")) == (401, "not_signed_in")
    assert problem(client.get(f"/api/cases/{case.id}")) == (401, "not_signed_in")
    assert problem(post(client, f"/{case.id}/register", {"version": 1})) == (401, "not_signed_in")


def test_step_needs_the_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.create(username="clerk", roles=["clerk"], area_codes=[TENANT]))

    assert problem(post(browser, "", REPORT)) == (403, "csrf_failed")


def test_missing_and_foreign_case_get_the_same_answer(desk):
    foreign = make_case()
    User.objects.update(area_codes=["330109015"])
    missing = "01890000-0000-7000-8000-000000000000"

    answers = [desk.get(f"/api/cases/{case_id}") for case_id in (foreign.id, missing)]

    assert [problem(answer) for answer in answers] == [(404, "case_not_found")] * 2
    assert answers[0].json() == answers[1].json()


def test_step_of_another_role_is_forbidden(desk):
    case = make_case()
    User.objects.update(roles=["leader"])

    assert problem(post(desk, f"/{case.id}/register", {"version": 1})) == (403, "step_not_allowed")


def test_conflicts(desk):
    case = make_case(State.REGISTERED)

    stale = post(desk, f"/{case.id}/dispatch", {"version": 1, "unit_code": FIRE_UNIT})
    refused = post(desk, f"/{case.id}/register", {"version": case.version})

    assert problem(stale) == (409, "stale_version")
    assert problem(refused) == (409, "step_refused")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        pytest.param("/register", {}, "not_valid", id="no version"),
        pytest.param("/register", {"version": 1, "opinion": "长" * 4001}, "not_valid", id="opinion too long"),
        pytest.param("/refuse", {"version": 1, "opinion": " "}, "opinion_missing", id="no reason"),
        pytest.param("/close", {"version": 1, "result": "gone"}, "not_valid", id="no such result"),
        pytest.param("/dispatch", {"version": 2, "unit_code": "U-GONE"}, "unit_not_found", id="no such unit"),
    ],
)
def test_step_that_cannot_be_read_is_refused(desk, path, body, code):
    case = make_case(State.REGISTERED)

    assert problem(post(desk, f"/{case.id}{path}", body)) == (422, code)
    assert Case.objects.get().version == case.version


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"title": ""}, "not_valid", id="no title"),
        pytest.param({"title": "题" * 101}, "not_valid", id="title too long"),
        pytest.param({"category_code": "C77"}, "code_refused", id="no such category"),
        pytest.param({"lon": 120.25}, "place_refused", id="half a point"),
        pytest.param({"lon": "east"}, "not_valid", id="no number"),
        pytest.param({"title": "a\x00b"}, "not_valid", id="a zero byte"),
        pytest.param({"summary": "\ud83d"}, "not_valid", id="half an emoji"),
    ],
)
def test_report_that_cannot_be_right_is_refused(desk, changes, code):
    assert problem(post(desk, "", {**REPORT, **changes})) == (422, code)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"state": "lost"}, "code_refused"),
        ({"limit": 0}, "not_valid"),
        ({"limit": 201}, "not_valid"),
        ({"cursor": "x"}, "cursor_refused"),
        ({"q": "字" * 101}, "not_valid"),
        ({"q": "a\x00b"}, "not_valid"),
        ({"tenant": "\x00"}, "not_valid"),
        ({"overdue": "perhaps"}, "not_valid"),
    ],
    ids=str,
)
def test_list_that_cannot_be_asked_is_refused(desk, query, code):
    assert problem(desk.get("/api/cases", query)) == (422, code)


def test_path_that_is_no_id_is_refused(desk):
    assert problem(desk.get("/api/cases/42")) == (422, "not_valid")
