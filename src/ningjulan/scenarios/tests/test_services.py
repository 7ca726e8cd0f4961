"""Records in, alerts and events out: in one transaction, once, whatever comes twice or at the same moment."""

import threading
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, connection, transaction

from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.foundation.errors import NotAllowed
from ningjulan.foundation.models import OutboxEvent
from ningjulan.scenarios import facade, library, services
from ningjulan.scenarios.contracts import AlertNotFound, AlertStepRefused, Fact, Verdict
from ningjulan.scenarios.domain.language import Status
from ningjulan.scenarios.models import Alert, ScenarioState
from ningjulan.scenarios.services import RETRY_TIMER, acknowledge_alert, close_alert, fire_due, take

T0 = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TENANT = "330109013"
GRID = "330109013002001"
DUTY = Actor(1, "值班长甲", frozenset({Role.DUTY_OFFICER}), frozenset({TENANT}))
STRANGER = Actor(2, "值班长乙", frozenset({Role.DUTY_OFFICER}), frozenset({"440310"}))
HANDLER = Actor(3, "处置员", frozenset({Role.HANDLER}), frozenset({TENANT}))


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def fire(seconds, device="A", kind="FIRE", building="B1", number=0):
    return {
        "record_key": f"{device}-{seconds}-{kind}-{number}",
        "occurred_at": at(seconds),
        "device_id": device,
        "building_id": building,
        "area_code": GRID,
        "grid_code": GRID,
        "lon": 120.25,
        "lat": 30.24,
        "placement": "device",
        "address_text": "示范路1号",
        "alarm_kind": kind,
        "type_flag": 2,
    }


def deliver(*rows, now=None, class_id="IOT12", **more):
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    now = now or max(row["occurred_at"] for row in rows)
    return take({class_id: frame}, tenant_code=TENANT, source="town_iot", now=now, **more)


def events():
    return [
        (event.name.split(".")[2], event.payload["level"]) for event in OutboxEvent.objects.order_by("id")
    ]


@pytest.mark.django_db
def test_first_alarm_raises_at_once_and_a_second_detector_escalates():
    first = deliver(fire(0))
    second = deliver(fire(60, "B"))

    assert (first.n_raised, second.n_escalated) == (1, 1)
    assert events() == [("raised", "major"), ("escalated", "critical")]
    alert = Alert.objects.get()
    assert (alert.key, alert.level, alert.n, alert.state) == ("B1", "critical", 2, "open")
    assert (alert.area_code, alert.placement, alert.lon) == (GRID, "device", 120.25)
    assert alert.message == "示范路1号 火警，设备 B，已收到 2 个报警"
    assert [one["record_key"] for one in alert.inputs] == ["A-0-FIRE-0", "B-60-FIRE-0"]
    assert alert.parameters["confirm_within"] == "1分钟30秒"
    assert "alarm_kind == 'FIRE'" in alert.rule


@pytest.mark.django_db
def test_event_says_all_that_a_case_needs():
    deliver(fire(0))

    payload = OutboxEvent.objects.get().payload
    assert payload["scenario_id"] == "fire.fire_alarm"
    assert (payload["category_code"], payload["to_unit"]) == ("C06", "micro_fire_station")
    assert payload["due"] == {"accept_s": 60, "arrive_s": 600, "resolve_s": 7200}
    assert (payload["merge"], payload["opens_case"], payload["channel"]) == ("open", True, "01")
    assert payload["building_id"] == "B1"


@pytest.mark.django_db
def test_the_same_delivery_twice_is_one_alert_and_one_event():
    deliver(fire(0), fire(1, "A"))
    deliver(fire(0), fire(1, "A"))

    assert (Alert.objects.get().n, events()) == (1, [("raised", "major")])


@pytest.mark.django_db
def test_nobody_answering_escalates_without_any_record():
    deliver(fire(0))

    assert fire_due(at(89)) == 0
    assert fire_due(at(91)) == 1
    assert fire_due(at(92)) == 0
    assert events() == [("raised", "major"), ("escalated", "critical")]


@pytest.mark.django_db
def test_reset_takes_the_alert_back_and_leaves_the_case_to_people():
    deliver(fire(0))
    deliver(fire(30, kind="NORMAL"))

    fire_due(at(500))

    alert = Alert.objects.get()
    assert (alert.state, alert.cleared_at, alert.level) == ("cleared", at(30), "major")
    assert events() == [("raised", "major")]


@pytest.mark.django_db
def test_detector_that_reports_normal_all_day_leaves_no_row():
    deliver(*(fire(second, kind="NORMAL") for second in range(0, 600, 10)))

    assert ScenarioState.objects.count() == 0


@pytest.mark.django_db
def test_alarm_and_reset_in_one_delivery_are_both_heard():
    deliver(fire(0), fire(30, kind="NORMAL"), fire(31, kind="NORMAL", building="B2"))

    assert (Alert.objects.get().state, ScenarioState.objects.get().key) == ("cleared", "B1")


@pytest.mark.django_db
def test_a_batch_that_fails_later_leaves_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        deliver(fire(0))
        1 / 0  # noqa: B018

    assert (Alert.objects.count(), ScenarioState.objects.count(), OutboxEvent.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_record_nobody_can_place_still_raises():
    bare = {key: fire(0)[key] for key in ("record_key", "occurred_at", "device_id", "alarm_kind")}

    deliver(bare)

    alert = Alert.objects.get()
    assert (alert.key, alert.area_code, alert.placement) == ("A", TENANT, "none")
    assert alert.message.startswith("（未知）")


@pytest.mark.django_db
def test_scenario_on_trial_records_and_tells_nobody(monkeypatch):
    on_trial(monkeypatch)

    deliver(fire(0))

    assert Alert.objects.get().is_shadow
    assert (OutboxEvent.objects.count(), facade.n_alerts_since(TENANT, T0)) == (0, 0)


@pytest.mark.django_db
def test_what_was_open_on_trial_does_not_swallow_a_real_fire(monkeypatch):
    with monkeypatch.context() as trial:
        on_trial(trial)
        deliver(fire(0))

    deliver(fire(60, "B"))

    assert events() == [("raised", "major")]


def on_trial(monkeypatch):
    found = library.library()
    shadow = {id_: replace_status(one) for id_, one in found.scenarios.items()}
    other = library.Library(shadow, found.modules, ())
    for user in ("ningjulan.scenarios.services.library", "ningjulan.scenarios.selectors.library"):
        monkeypatch.setattr(user, lambda: other)


def replace_status(scenario):
    return type(scenario)(**{**vars(scenario), "status": Status.SHADOW})


def vendor(hours, confidence=0.9):
    return {
        "record_key": f"V{hours}",
        "occurred_at": T0 + timedelta(hours=hours),
        "device_id": "C1",
        "lon": 120.25,
        "lat": 30.24,
        "area_code": GRID,
        "algo_code": "A02",
        "confidence": confidence,
        "dwell_seconds": 300,
    }


@pytest.mark.django_db
def test_vendor_seen_three_times_is_one_alert_with_three_inputs():
    deliver(vendor(0), vendor(1), vendor(2), class_id="IOT03")

    alert = Alert.objects.get()
    assert (alert.scenario_id, alert.level, alert.n, len(alert.inputs)) == (
        "city_order.street_vendor", "minor", 3, 3,
    )  # fmt: skip
    assert OutboxEvent.objects.get().payload["channel"] == "02"


@pytest.mark.django_db
def test_licensed_stall_excuses_the_vendor():
    def facts(kind, match, *, tenant_code):
        assert (kind, tenant_code) == ("licensed_stall", TENANT)
        return [Fact(kind, dict(match), T0 - timedelta(days=1), None, T0 - timedelta(days=1))]

    deliver(vendor(0), vendor(1), vendor(2), class_id="IOT03", facts=facts)

    assert Alert.objects.count() == 0


@pytest.mark.django_db
def test_duty_officer_acknowledges_and_closes():
    deliver(fire(0))
    alert_id = Alert.objects.get().id

    acknowledge_alert(alert_id, actor=DUTY, now=at(20))
    close_alert(alert_id, verdict=Verdict.FALSE_ALARM, actor=DUTY, now=at(40))
    fire_due(at(200))

    alert = Alert.objects.get()
    assert (alert.state, alert.verdict, alert.acknowledged_by) == ("closed", "false_alarm", "值班长甲")
    assert events() == [("raised", "major")]


@pytest.mark.django_db
def test_after_closing_another_detector_raises_anew():
    deliver(fire(0))
    close_alert(Alert.objects.get().id, verdict=Verdict.FALSE_ALARM, actor=DUTY, now=at(40))

    deliver(fire(100, "B"))

    assert events() == [("raised", "major"), ("raised", "major")]


@pytest.mark.django_db
def test_steps_that_are_refused_change_nothing():
    deliver(fire(0))
    alert_id = Alert.objects.get().id

    with pytest.raises(AlertNotFound):
        acknowledge_alert(alert_id, actor=STRANGER, now=at(1))
    with pytest.raises(NotAllowed):
        close_alert(alert_id, verdict=Verdict.CONFIRMED, actor=HANDLER, now=at(1))
    close_alert(alert_id, verdict=Verdict.CONFIRMED, actor=DUTY, now=at(1))
    with pytest.raises(AlertStepRefused):
        acknowledge_alert(alert_id, actor=DUTY, now=at(2))

    assert Alert.objects.get().acknowledged_at is None


@pytest.mark.django_db
def test_closing_the_alerts_of_a_case_may_be_told_twice():
    deliver(fire(0))
    alert_id = Alert.objects.get().id

    told = [facade.close_alerts([alert_id], Verdict.CONFIRMED, now=at(60)) for _ in range(2)]

    assert told == [1, 0]
    assert SYSTEM.name not in Alert.objects.get().acknowledged_by


@pytest.mark.django_db
def test_database_refuses_a_second_open_alert_of_a_key():
    deliver(fire(0))
    alert = Alert.objects.get()
    alert.pk = None
    alert._state.adding = True

    with pytest.raises(IntegrityError, match="scenarios_one_open_alert_per_key"), transaction.atomic():
        alert.save(force_insert=True)


@pytest.mark.django_db
def test_timer_that_fails_holds_no_other_up_and_is_tried_again_later(monkeypatch):
    deliver(fire(0, building="B1"), fire(1, device="B", building="B2"))
    broken, sound = ScenarioState.objects.order_by("key")
    advance = services.engine.advance

    def fail_for_the_first(scenario, state, candidates, now, find_facts):
        if state.log[0].key == broken.key:
            raise ZeroDivisionError
        return advance(scenario, state, candidates, now, find_facts)

    monkeypatch.setattr(services.engine, "advance", fail_for_the_first)

    fire_due(at(200))

    broken.refresh_from_db()
    assert (sound.key, events()[-1]) == ("B2", ("escalated", "critical"))
    assert broken.due_at == at(200) + RETRY_TIMER


@pytest.mark.django_db
def test_timers_of_a_scenario_that_has_gone_are_laid_to_rest():
    deliver(fire(0))
    ScenarioState.objects.update(scenario_id="fire.gone")

    assert (fire_due(at(200)), fire_due(at(201))) == (1, 0)


@pytest.mark.django_db
def test_state_of_another_version_begins_anew(caplog):
    deliver(fire(0))
    ScenarioState.objects.update(state={"life": "of a former version"})

    deliver(fire(120, "B"))

    assert "begins anew" in caplog.text
    assert (Alert.objects.get().n, events()) == (2, [("raised", "major")])


@pytest.mark.django_db(transaction=True)
def test_two_engines_at_once_raise_one_alert():
    """Eight workers deliver records of one building at the same moment, each record twice."""
    ready = threading.Barrier(8)

    def work(number):
        ready.wait()
        deliver(*(fire(second, f"D{number % 4}") for second in range(0, 30, 10)), now=at(60))
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Alert.objects.count() == 1
    assert events() == [("raised", "major"), ("escalated", "critical")]
