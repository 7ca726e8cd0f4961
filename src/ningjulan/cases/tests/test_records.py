from itertools import permutations

import pytest

from ningjulan.cases import consumers
from ningjulan.cases.contracts import EventsNotHereYet, Taken
from ningjulan.cases.domain.drafts import Intake
from ningjulan.cases.models import Case, TimelineEntry
from ningjulan.cases.services import take_in_records
from ningjulan.cases.tests.making import NOW, TENANT, delivery, event_row, later, step_row, told
from ningjulan.foundation.events import Event, Happened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
LIVE = Intake.LIVE


def events(*numbers, intake=Intake.HISTORY):
    return take_in_records(
        delivery=delivery("BIZ16", *(event_row(n) for n in numbers), intake=intake), now=NOW
    )


def steps(*rows, intake=Intake.HISTORY, now=NOW):
    return take_in_records(delivery=delivery("BIZ17", *rows, intake=intake), now=now)


def test_case_of_the_past_is_kept_as_delivered():
    events("E1")
    steps(step_row("E1", overdue_flag=True))

    case = Case.objects.get()
    assert (case.state, case.settled_outcome, case.unit_name) == ("closed", "late", "城管办")
    assert (case.case_no, case.title) == ("20261125013000001", "道路破损")
    assert (case.closed_at, case.due_at, case.dispatched_at) == (None, None, None)
    assert [e.due for e in case.timeline.all()] == [{}, {}]


def test_history_is_told_by_the_batch():
    events("E1", "E2")
    steps(step_row("E1"), step_row("E2"))

    assert told() == [("cases.history.imported.v1", ""), ("cases.history.imported.v1", "")]


def test_live_event_is_reported_with_a_running_clock():
    events("E1", intake=LIVE)

    case = Case.objects.get()
    assert (case.state, case.due_at is not None) == ("reported", True)
    assert told() == [("cases.case.changed.v1", "report")]


def test_event_without_any_title_gets_the_name_of_its_category():
    take_in_records(delivery=delivery("BIZ16", event_row("E1", subcategory=None)), now=NOW)

    assert Case.objects.get().title == "市容环境"


@pytest.mark.parametrize("intake", [Intake.HISTORY, Intake.LIVE])
def test_delivered_twice_changes_nothing(intake):
    for _ in range(2):
        events("E1", "E2", intake=intake)
        steps(step_row("E1"), step_row("E2"), intake=intake)

    assert Case.objects.count() == 2
    assert TimelineEntry.objects.count() == 4
    assert {case.version for case in Case.objects.all()} == {2}


def test_balance_says_what_was_new():
    assert events("E1", "E2", "E1") == Taken(opened=2, known=1)
    assert events("E2", "E3") == Taken(opened=1, known=1)
    assert steps(step_row("E1"), step_row("E1")) == Taken(moved=1, known=1)


def test_steps_before_their_event_are_asked_again_and_the_others_stored():
    events("E1")

    with pytest.raises(EventsNotHereYet) as early:
        steps(step_row("E1"), step_row("E2"))

    assert (early.value.retryable, early.value.facts["n"]) == (True, 1)
    assert Case.objects.get().state == "closed"


def test_retry_after_the_event_came_completes_the_rest():
    rows = [step_row("E1"), step_row("E2")]
    events("E1")
    with pytest.raises(EventsNotHereYet):
        steps(*rows)
    events("E2")

    assert steps(*rows) == Taken(moved=1, known=1)
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}


LIFE = [
    step_row("E1", stage="2", action="register", action_time="2026-11-24T17:00:00Z", overdue_flag=None),
    step_row("E1", stage="3", action="dispatch", action_time="2026-11-24T18:00:00Z", overdue_flag=None),
    step_row("E1", stage="6", action="close", action_time="2026-11-24T20:00:00Z"),
]


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
@pytest.mark.parametrize("intake", [Intake.HISTORY, Intake.LIVE])
def test_steps_in_any_order_end_in_the_same_state(order, intake):
    events("E1", intake=intake)
    for i in order:
        steps(LIFE[i], intake=intake)

    case = Case.objects.get()
    assert (case.state, case.settled_outcome) == ("closed", "on_time")
    assert case.closed_at.isoformat() == "2026-11-24T20:00:00+00:00"


def test_live_step_is_told_with_the_case():
    events("E1", intake=LIVE)
    steps(LIFE[0], LIFE[1], intake=LIVE, now=later(60))

    case = Case.objects.get()
    assert (case.state, case.unit_name) == ("dispatched", "城管办")
    assert case.due_at is not None
    assert told()[-1] == ("cases.case.changed.v1", "sync")


def test_deadline_of_the_other_platform_goes_before_ours():
    events("E1", intake=LIVE)
    steps({**LIFE[1], "due_time": "2026-11-26T00:00:00Z"}, intake=LIVE)

    assert Case.objects.get().due_at.isoformat() == "2026-11-26T00:00:00+00:00"


def test_dispatch_to_nobody_does_not_move_the_case():
    events("E1", intake=LIVE)
    steps({**LIFE[1], "to_org": None}, intake=LIVE)

    assert Case.objects.get().state == "reported"
    assert TimelineEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        pytest.param({"overdue_flag": True}, "late", id="said to be late"),
        pytest.param(
            {"overdue_flag": False, "due_time": "2020-01-01T00:00:00Z"}, "on_time", id="the word counts"
        ),
        pytest.param(
            {
                "overdue_flag": None,
                "due_time": "2026-11-24T20:00:00Z",
                "action_time": "2026-11-24T20:00:01Z",
            },
            "late",
            id="by its times",
        ),
        pytest.param({"overdue_flag": None}, None, id="nobody said"),
    ],
)
def test_outcome_is_what_was_delivered(row, outcome):
    events("E1")
    steps(step_row("E1", **row))

    assert Case.objects.get().settled_outcome == outcome


def test_late_news_does_not_rename_the_unit_that_closed_the_case():
    events("E1", intake=LIVE)
    steps(LIFE[2], intake=LIVE)
    steps({**LIFE[1], "to_org": "上一个单位"}, intake=LIVE)

    assert Case.objects.get().unit_name == "城管办"


def test_transfer_gives_the_case_to_the_new_unit():
    events("E1", intake=LIVE)
    steps(LIFE[1], {**LIFE[1], "action": "transfer", "to_org": "接手单位"}, intake=LIVE)

    assert Case.objects.get().unit_name == "接手单位"


def test_case_closed_elsewhere_is_not_judged_by_our_deadline_for_accepting_it():
    events("E1", intake=LIVE)
    steps({**LIFE[2], "overdue_flag": None}, intake=LIVE)

    case = Case.objects.get()
    assert (case.state, case.settled_outcome, case.due_at) == ("closed", None, None)


def test_unit_known_by_code_is_stored_with_its_name():
    events("E1")
    steps(step_row("E1", to_org="U-CITY"))

    case = Case.objects.get()
    assert (case.unit_code, case.unit_name) == ("U-CITY", "综合执法队")


def test_serials_follow_the_local_day():
    before_midnight = event_row("E1", report_time="2026-11-24T15:59:59Z")
    take_in_records(delivery=delivery("BIZ16", before_midnight, event_row("E2")), now=NOW)

    assert sorted(Case.objects.values_list("case_no", flat=True)) == [
        "20261124013000001",
        "20261125013000001",
    ]


def test_consumer_reads_the_event_as_published():
    payload = Event.payload(delivery("BIZ16", event_row("E1")))

    consumers.on_records_accepted([Happened("observations.records.accepted.v1", payload)], NOW)

    assert Case.objects.get().tenant_code == TENANT


def test_history_takes_few_queries(django_assert_max_num_queries):
    numbers = [f"E{i}" for i in range(500)]

    with django_assert_max_num_queries(12):
        events(*numbers)
    with django_assert_max_num_queries(12):
        steps(*(step_row(n) for n in numbers))

    assert Case.objects.filter(settled_outcome="on_time").count() == 500
