from datetime import timedelta

import pytest

from ningjulan.cases import facade
from ningjulan.cases.contracts import CaseNotFound, CodeRefused, CursorRefused
from ningjulan.cases.domain.workflow import State
from ningjulan.cases.models import Case
from ningjulan.cases.selectors import CaseFilter, PageAsked, get_case, list_cases
from ningjulan.cases.services import take_in_records
from ningjulan.cases.tests.making import (
    CLERK,
    HANDLER,
    HERE,
    LEADER,
    NEIGHBOUR,
    NOW,
    TENANT,
    THERE,
    alert,
    delivery,
    event_row,
    later,
    make_case,
    open_from_alert,
)
from ningjulan.foundation.actors import Actor, Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
EVERYTHING = CaseFilter()
GUARD_HERE = Actor(5, "社区专干", frozenset({Role.CLERK}), frozenset({HERE}))


def titles(wanted=EVERYTHING, *, actor=CLERK, now=NOW, **asked):
    return [case.title for case in list_cases(wanted, actor=actor, now=now, asked=PageAsked(**asked)).items]


@pytest.fixture
def five_events():
    rows = [
        event_row(f"E{i}", title=f"第{i}件", report_time=f"2026-11-2{i // 2}T00:00:00Z") for i in range(5)
    ]
    take_in_records(delivery=delivery("BIZ16", *rows), now=NOW)


@pytest.mark.usefixtures("five_events")
def test_pages_follow_each_other_without_gap_or_repeat():
    seen, cursor = [], None
    while True:
        page = list_cases(CaseFilter(), actor=CLERK, now=NOW, asked=PageAsked(limit=2, cursor=cursor))
        seen += [case.title for case in page.items]
        assert page.total == 5
        if (cursor := page.next_cursor) is None:
            break

    assert [title[1] for title in seen] == list("43210")


@pytest.mark.parametrize("cursor", ["nonsense", "5LqU", "MjAyNi0xMS0yNVQwMDowMDowMHx4", "😀"])
def test_cursor_we_did_not_give_is_refused(cursor):
    with pytest.raises(CursorRefused):
        titles(cursor=cursor)


@pytest.mark.parametrize(
    ("wanted", "n"),
    [
        pytest.param(CaseFilter(tenant=TENANT), 4, id="tenant"),
        pytest.param(CaseFilter(tenant="330109015"), 0, id="tenant of others"),
        pytest.param(CaseFilter(state="reported"), 2, id="one state"),
        pytest.param(CaseFilter(state="registered,dispatched"), 2, id="several states"),
        pytest.param(CaseFilter(level="1"), 1, id="level"),
        pytest.param(CaseFilter(category="C06"), 1, id="category"),
        pytest.param(CaseFilter(category="C06,C02"), 4, id="several categories"),
        pytest.param(CaseFilter(community=THERE), 1, id="community"),
        pytest.param(CaseFilter(source="scenarios"), 1, id="source"),
        pytest.param(CaseFilter(q="火警"), 1, id="words of the title"),
        pytest.param(CaseFilter(q="小区3幢"), 1, id="words of the address"),
        pytest.param(CaseFilter(q="消防站"), 1, id="name of the unit"),
        pytest.param(CaseFilter(q="20261125013"), 4, id="case number"),
        pytest.param(CaseFilter(q="%"), 0, id="a percent sign is a percent sign"),
        pytest.param(CaseFilter(q="火警", state="closed"), 0, id="all filters at once"),
    ],
)
def test_list_is_narrowed(wanted, n):
    make_case(level="1")
    make_case(State.REGISTERED, area_code=THERE)
    make_case(State.DISPATCHED)
    open_from_alert(alert(), now=NOW)

    page = list_cases(wanted, actor=CLERK, now=NOW)

    assert (len(page.items), page.total) == (n, n)


@pytest.mark.parametrize(("overdue", "n"), [(True, 1), (False, 2), (None, 3)])
def test_overdue_are_open_cases_past_their_deadline(overdue, n):
    make_case(level="3")
    make_case(level="1")
    make_case(State.CLOSED)

    page = list_cases(CaseFilter(overdue=overdue), actor=CLERK, now=later(1800))

    assert page.total == n
    if overdue:
        assert page.items[0].overdue


@pytest.mark.parametrize("wanted", [CaseFilter(state="lost"), CaseFilter(level="1,9")])
def test_word_that_is_in_no_list_is_refused(wanted):
    with pytest.raises(CodeRefused):
        titles(wanted)


def test_everybody_sees_the_own_areas_only():
    here, there = make_case(area_code=HERE), make_case(area_code=THERE)

    assert len(titles(actor=LEADER)) == 2
    assert len(titles(actor=GUARD_HERE)) == 1
    assert titles(actor=NEIGHBOUR) == []
    assert titles(actor=Actor(9, "无辖区")) == []
    assert get_case(here.id, actor=GUARD_HERE, now=NOW).id == here.id
    with pytest.raises(CaseNotFound):
        get_case(there.id, actor=GUARD_HERE, now=NOW)


def test_detail_tells_the_story_and_what_is_next():
    case = make_case(State.DISPATCHED)

    detail = get_case(case.id, actor=HANDLER, now=later(60))

    assert [(t.step, t.from_state, t.to_state, t.actor_name) for t in detail.timeline] == [
        ("report", None, "reported", "受理员甲"),
        ("register", "reported", "registered", "受理员甲"),
        ("dispatch", "registered", "dispatched", "受理员甲"),
    ]
    assert [(c.kind, c.state, c.rule) for c in detail.clocks] == [
        ("accept", "met", "上报后应在 10 分钟 内受理（自然时间）"),
        ("dispatch", "met", "立案或退回后应在 15 分钟 内派遣（自然时间）"),
        (
            "arrive",
            "running",
            "派遣后应在 30 分钟 内到场（自然时间）；到场时间未单独登记的，以办结时间为准",
        ),
        ("resolve", "running", "派遣后应在 8 小时 内办结（自然时间）"),
    ]
    assert detail.allowed_steps == ["send_back", "close"]
    assert get_case(case.id, actor=LEADER, now=NOW).allowed_steps == []


def test_english_labels_at_a_switch():
    case = make_case(State.DISPATCHED)

    detail = get_case(case.id, actor=CLERK, now=NOW, language="en")

    assert detail.state_label == "Dispatched"
    assert [t.step_label for t in detail.timeline] == ["Report", "Register", "Dispatch"]
    assert detail.clocks[0].rule == "To be accepted within 10 min of the report (natural time)"


def test_map_shows_open_cases_and_the_recent_ones_that_have_a_point():
    open_from_alert(alert(), now=NOW)
    make_case()
    old = event_row("E1", lon=120.2, lat=30.2, placement="exact", report_time="2026-11-01T00:00:00Z")
    recent = event_row("E2", lon=120.3, lat=30.3, placement="exact", report_time="2026-11-24T00:00:00Z")
    take_in_records(delivery=delivery("BIZ16", old, recent), now=NOW)
    Case.objects.filter(external_no__in=["E1", "E2"]).update(state="closed")

    points = facade.case_points(TENANT, NOW - timedelta(days=7))

    assert [(p.lon, p.state) for p in points] == [(120.25, "reported"), (120.3, "closed")]


@pytest.mark.parametrize("n", [1, 20], ids=["one row", "twenty rows"])
def test_list_takes_the_same_queries_for_any_number_of_rows(n, django_assert_num_queries):
    take_in_records(delivery=delivery("BIZ16", *(event_row(f"E{i}") for i in range(n))), now=NOW)

    with django_assert_num_queries(3):  # rows, names of communities, total
        list_cases(CaseFilter(tenant=TENANT), actor=CLERK, now=NOW)


def test_open_cases_come_oldest_first():
    open_from_alert(alert(raised_at=later(-60)), now=NOW)
    make_case(State.CLOSED)
    make_case(State.DISPATCHED)

    assert [c.state for c in facade.list_open_cases(TENANT, now=NOW)] == ["reported", "dispatched"]
    assert facade.list_open_cases("330109015", now=NOW) == []


def test_a_number_tells_whether_its_case_is_open_over_or_not_there():
    open_case, closed = make_case(State.DISPATCHED), make_case(State.CLOSED)

    assert facade.case_state_of(CLERK, open_case.case_no) == "open"
    assert facade.case_state_of(CLERK, closed.case_no) == "ended"
    assert facade.case_state_of(CLERK, "none") is None
    assert facade.case_state_of(NEIGHBOUR, open_case.case_no) is None
