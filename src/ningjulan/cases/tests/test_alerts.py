from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connection, transaction

from ningjulan.cases import consumers, facade, selectors, services
from ningjulan.cases.contracts import DueSeconds
from ningjulan.cases.domain.workflow import State, Step
from ningjulan.cases.models import Case
from ningjulan.cases.tests.making import (
    CLERK,
    FIRE_UNIT,
    NOW,
    THERE,
    alert,
    close,
    escalate_from_alert,
    later,
    open_from_alert,
    timeline_of,
    told,
)
from ningjulan.foundation.events import Happened
from ningjulan.foundation.models import OutboxEvent
from ningjulan.scenarios.contracts import AlertRaised, Due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
CHANGED = "cases.case.changed.v1"


def closed(case):
    case = services.register_case(case_id=case.id, version=case.version, actor=CLERK, now=later(10))
    case = services.dispatch_case(
        case_id=case.id, version=case.version, unit_code=FIRE_UNIT, actor=CLERK, now=later(20)
    )
    return close(case, at=later(30))


def test_alert_opens_a_case_with_the_clock_of_its_scenario():
    case = open_from_alert(alert(due=DueSeconds(accept_s=60, arrive_s=600, resolve_s=7200)), now=later(3))

    assert (case.state, case.level, case.title, case.summary) == ("reported", "3", "消防火警", "3幢 烟感报警")
    assert (case.reported_at, case.due_at, case.updated_at) == (NOW, later(60), later(3))
    assert (case.lon, case.placement, case.scenario_id, case.channel) == (
        120.25,
        "device",
        "fire.fire_alarm",
        "01",
    )
    assert told() == [(CHANGED, "report")]


def test_clock_runs_from_the_alert_even_when_the_news_is_late():
    case = open_from_alert(alert(due=DueSeconds(accept_s=60)), now=later(300))

    assert case.overdue


def test_alert_delivered_twice_is_one_report():
    open_from_alert(alert(), now=NOW)
    again = open_from_alert(alert(), now=later(5))

    assert again is None
    assert (Case.objects.get().n_reports, told()) == (1, [(CHANGED, "report")])


def test_alert_of_a_scenario_without_case_is_left_alone():
    assert open_from_alert(alert(opens_case=False), now=NOW) is None
    assert escalate_from_alert(alert(opens_case=False, level="critical"), now=NOW) is None
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"building_id": None}, id="same key"),
        pytest.param({"key": "another", "building_id": "B7"}, id="same building"),
    ],
)
def test_same_matter_joins_the_open_case(second):
    first = open_from_alert(alert(), now=NOW)

    case = open_from_alert(alert("A2", **second), now=later(30))

    assert (case.id, case.n_reports) == (first.id, 2)
    assert timeline_of(case.id) == ["report", "merge_report"]
    assert case.version == first.version


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"key": "B8", "building_id": "B8"}, id="another building"),
        pytest.param({"scenario_id": "city_order.street_vendor"}, id="another scenario"),
        pytest.param({"merge": "never"}, id="scenario that never merges"),
        pytest.param({"key": "B8", "building_id": None, "area_code": THERE}, id="no building to compare"),
    ],
)
def test_another_matter_opens_its_own_case(second):
    first = open_from_alert(alert(), now=NOW)

    case = open_from_alert(alert("A2", **second), now=later(30))

    assert case.id != first.id


def test_ended_case_takes_no_more_reports():
    first = closed(open_from_alert(alert(), now=NOW))

    case = open_from_alert(alert("A2"), now=later(60))

    assert case.id != first.id


def test_graver_repeat_raises_the_level_and_makes_the_view_of_a_clerk_stale():
    first = open_from_alert(alert(), now=NOW)

    case = open_from_alert(alert("A2", level="critical"), now=later(30))

    assert (case.level, case.version) == ("4", first.version + 1)
    assert case.due_at == later(30 + 120)


def test_milder_repeat_changes_neither_level_nor_deadline():
    first = open_from_alert(alert(level="critical"), now=NOW)

    case = open_from_alert(alert("A2", level="minor"), now=later(30))

    assert (case.level, case.due_at) == ("4", first.due_at)


def test_escalation_shortens_the_deadline_once():
    first = open_from_alert(alert(), now=NOW)

    case = escalate_from_alert(alert(level="critical", message="两点报警"), now=later(30))
    again = escalate_from_alert(alert(level="critical", message="两点报警"), now=later(40))

    assert (case.id, case.level, case.due_at) == (first.id, "4", later(30 + 120))
    assert again is None
    assert timeline_of(case.id) == ["report", "escalate"]


def test_escalation_never_gives_time():
    first = open_from_alert(alert(due=DueSeconds(accept_s=60)), now=NOW)

    case = escalate_from_alert(alert(level="critical"), now=later(50))

    assert case.due_at == first.due_at


def test_escalation_that_overtakes_the_raise_opens_the_case_and_the_raise_adds_nothing():
    case = escalate_from_alert(alert(level="critical"), now=later(30))
    raised = open_from_alert(alert(), now=later(31))

    assert (case.level, raised) == ("4", None)
    assert Case.objects.count() == 1


def test_escalation_after_the_end_is_news_and_opens_another_case():
    first = closed(open_from_alert(alert(), now=NOW))

    case = escalate_from_alert(alert(level="critical"), now=later(60))
    again = escalate_from_alert(alert(level="critical"), now=later(61))

    assert case.id != first.id
    assert again is None
    assert facade.case_ids_of_alerts(["A1", "A9"]) == {"A1": case.id}


def test_end_of_a_case_names_its_alerts_so_that_they_can_be_closed():
    case = open_from_alert(alert(), now=NOW)
    open_from_alert(alert("A2"), now=later(5))

    closed(case)

    told_at = {e.payload["step"]: e.payload for e in OutboxEvent.objects.all()}
    assert (told_at["close"]["ended_as"], told_at["close"]["alert_ids"]) == ("solved", ["A1", "A2"])
    assert (told_at["dispatch"]["ended_as"], told_at["dispatch"]["alert_ids"]) == (None, [])


def test_refused_case_says_so():
    case = open_from_alert(alert(), now=NOW)

    services.refuse_case(case_id=case.id, version=1, opinion="重复", actor=CLERK, now=later(5))

    payload = OutboxEvent.objects.last().payload
    assert (payload["ended_as"], payload["alert_ids"]) == ("refused", ["A1"])


def test_detail_shows_alerts_clocks_and_the_unit_the_scenario_meant():
    case = open_from_alert(alert(), now=NOW)
    open_from_alert(alert("A2", raised_at=later(5)), now=later(5))

    detail = selectors.get_case(case.id, actor=CLERK, now=later(30))

    assert [a.id for a in detail.alerts] == ["A1", "A2"]
    assert [(c.kind, c.state) for c in detail.clocks] == [("accept", "running")]
    assert detail.suggested_unit_code == FIRE_UNIT


@pytest.mark.parametrize(
    ("to_unit", "suggested"),
    [
        pytest.param("U-CITY", "U-CITY", id="by code"),
        pytest.param("community", "U-COM2", id="by kind, the one of the community"),
        pytest.param("unheard_of", None, id="nobody"),
        pytest.param(None, None, id="not said"),
    ],
)
def test_suggested_unit(to_unit, suggested):
    case = open_from_alert(alert(to_unit=to_unit), now=NOW)

    assert selectors.get_case(case.id, actor=CLERK, now=NOW).suggested_unit_code == suggested


def test_consumer_reads_the_events_as_scenarios_publish_them():
    raised = AlertRaised(
        **{**vars(alert()), "alert_id": UUID(int=1), "due": Due(60, 600, 7200), "channel": "02"},
        title_en="Fire alarm",
        occurred_at=NOW,
        device_id="D1",
        n=1,
    )
    payload = raised.payload()

    told_twice = [Happened("scenarios.alert.raised.v1", payload)] * 2
    consumers.on_alerts(told_twice, NOW)
    consumers.on_alerts(
        [Happened("scenarios.alert.escalated.v1", {**payload, "level": "critical"})], later(5)
    )

    case = Case.objects.get()
    assert (case.level, case.channel, case.due_at) == ("4", "02", later(60))
    assert OutboxEvent.objects.count() == 2


def as_stored():
    """Return all cases with their alerts and lines, and what was told, without what is new each time."""
    cases = [
        (
            *(case.level, case.due_at, case.n_reports, case.version, case.state, case.case_no),
            [(link.alert_id, link.level, link.message) for link in case.alerts.order_by("id")],
            [(entry.at, entry.step, entry.due) for entry in case.timeline.all()],
        )
        for case in Case.objects.order_by("case_no")
    ]
    told_of = [
        {**event.payload["case"], "id": None, "step": event.payload["step"]}
        for event in OutboxEvent.objects.order_by("id")
    ]
    return cases, told_of


MANY = [
    (Step.REPORT, alert()),
    (Step.REPORT, alert("A2", key="other", building_id="B1")),
    (Step.REPORT, alert("A3", key="far", building_id="B9")),
    (Step.ESCALATE, alert("A2", key="other", building_id="B1", level="critical", message="两点报警")),
    (Step.ESCALATE, alert("A2", key="other", building_id="B1", level="critical")),
    (Step.ESCALATE, alert("A4", key="unheard", building_id="B9", level="critical")),
    (Step.REPORT, alert("A4", key="unheard", building_id="B9")),
    (Step.REPORT, alert("A5", opens_case=False)),
    (Step.REPORT, alert("A6", merge="never")),
]


@pytest.mark.parametrize("n_before", [0, 1, 3, 5])
def test_many_alerts_at_once_come_to_the_same_as_one_by_one(n_before):
    news = [services.AlertNews(step, report) for step, report in MANY]
    with transaction.atomic():
        one_by_one = [services.take_alerts([one], now=later(30))[0] for one in news]
        expected = as_stored()
        transaction.set_rollback(True)

    services.take_alerts(news[:n_before], now=later(30))
    at_once = services.take_alerts(news[n_before:], now=later(30))

    assert as_stored() == expected
    assert [case and case.n_reports for case in at_once] == [
        case and case.n_reports for case in one_by_one[n_before:]
    ]


def test_many_alerts_take_few_queries(django_assert_max_num_queries):
    news = [services.AlertNews(Step.REPORT, alert(f"A{n}", key=f"D{n}", building_id="")) for n in range(50)]

    with django_assert_max_num_queries(14):
        services.take_alerts(news, now=NOW)

    assert Case.objects.count() == 50


@pytest.mark.django_db(transaction=True)
def test_two_alerts_of_one_matter_at_once_open_one_case():
    barrier = Barrier(2)

    def take(alert_id):
        barrier.wait()
        open_from_alert(alert(alert_id), now=NOW)
        connection.close()

    workers = [Thread(target=take, args=(alert_id,)) for alert_id in ("A1", "A2")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Case.objects.get().n_reports == 2
    assert State(Case.objects.get().state) is State.REPORTED
