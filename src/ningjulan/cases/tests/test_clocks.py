from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.cases.domain.clocks import (
    BY_LEVEL,
    CLOCK_EN,
    CLOCK_ZH,
    RECKON,
    RECKONING_EN,
    RECKONING_ZH,
    Allowance,
    ClockKind,
    ClockState,
    Moment,
    Reckoning,
    allowances,
    clocks,
    deadline_of,
    deadlines,
    is_overdue,
    settled_on_time,
    tightened,
)
from ningjulan.cases.domain.workflow import OPEN, State

T0 = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ALLOWED = {
    ClockKind.ACCEPT: Allowance(60),
    ClockKind.DISPATCH: Allowance(120),
    ClockKind.ARRIVE: Allowance(600),
    ClockKind.RESOLVE: Allowance(7200),
}


def at(seconds: int) -> datetime:
    return T0 + timedelta(seconds=seconds)


def moment(seconds: int, state: State) -> Moment:
    return Moment(at(seconds), state, deadlines(state, at(seconds), ALLOWED))


def story(*moments: tuple[int, State], now: int = 10_000) -> list[tuple[str, str]]:
    """Return each clock of the life with how it stands at `now`."""
    return [(c.kind.value, c.state.value) for c in clocks([moment(*m) for m in moments], at(now))]


def test_clocks_of_a_whole_life():
    read = clocks(
        [
            moment(0, State.REPORTED),
            moment(60, State.REGISTERED),
            moment(181, State.DISPATCHED),
            moment(700, State.CLOSED),
        ],
        at(10_000),
    )

    assert [(c.kind, c.started_at, c.due_at, c.stopped_at, c.state) for c in read] == [
        (ClockKind.ACCEPT, at(0), at(60), at(60), ClockState.MET),
        (ClockKind.DISPATCH, at(60), at(180), at(181), ClockState.MISSED),
        (ClockKind.ARRIVE, at(181), at(781), at(700), ClockState.MET),
        (ClockKind.RESOLVE, at(181), at(7381), at(700), ClockState.MET),
    ]


@pytest.mark.parametrize(
    ("now", "state"), [(60, ClockState.RUNNING), (61, ClockState.MISSED)], ids=["on the second", "just past"]
)
def test_running_clock_is_missed_only_past_its_deadline(now, state):
    (clock,) = clocks([moment(0, State.REPORTED)], at(now))

    assert (clock.state, clock.stopped_at) == (state, None)


def test_refusing_stops_the_clock():
    assert story((0, State.REPORTED), (30, State.REFUSED)) == [("accept", "met")]


def test_clock_given_up_by_sending_back_is_void():
    life = [(0, State.REPORTED), (1, State.REGISTERED), (2, State.DISPATCHED), (300, State.REGISTERED)]

    assert story(*life, now=301) == [("accept", "met"), ("dispatch", "met"), ("dispatch", "running")]


def test_miss_survives_sending_back_and_spoils_the_outcome():
    life = [
        moment(0, State.REPORTED),
        moment(1, State.REGISTERED),
        moment(2, State.DISPATCHED),
        moment(8000, State.REGISTERED),
        moment(8001, State.DISPATCHED),
        moment(8100, State.CLOSED),
    ]

    read = clocks(life, at(9000))

    assert [c.state.value for c in read if c.kind is ClockKind.RESOLVE] == ["missed", "met"]
    assert settled_on_time(read) is False


def test_outcome_of_a_case_without_deadline_is_unknown():
    assert settled_on_time(clocks([Moment(T0, State.CLOSED, {})], T0)) is None


def test_clock_does_not_go_on_after_closing():
    life = [moment(0, State.DISPATCHED), moment(100, State.CLOSED), Moment(at(9000), State.CLOSED, {})]

    stopped = {c.stopped_at for c in clocks(life, at(99_999))}

    assert stopped == {at(100)}


def test_step_that_moves_nothing_leaves_the_clock_alone():
    life = [moment(0, State.REPORTED), Moment(at(10), State.REPORTED, {})]

    (clock,) = clocks(life, at(20))

    assert (clock.started_at, clock.due_at) == (at(0), at(60))


def test_escalation_shortens_the_running_deadline_and_keeps_its_start():
    life = [moment(0, State.REPORTED), Moment(at(10), State.REPORTED, {ClockKind.ACCEPT: at(40)})]

    (clock,) = clocks(life, at(41))

    assert (clock.started_at, clock.due_at, clock.state) == (at(0), at(40), ClockState.MISSED)


@given(
    running=st.dictionaries(st.sampled_from(ClockKind), st.integers(0, 9999).map(at)),
    fresh=st.dictionaries(st.sampled_from(ClockKind), st.integers(0, 9999).map(at)),
)
def test_graver_case_never_gains_time(running, fresh):
    after = tightened(running, fresh)

    assert after.keys() == running.keys() | fresh.keys()
    assert all(after[kind] <= due for kind, due in running.items())


def test_allowance_of_the_scenario_goes_before_the_level():
    allowed = allowances("4", {"accept_s": 60, "arrive_s": 600, "resolve_s": None})

    assert allowed[ClockKind.ACCEPT] == Allowance(60)
    assert allowed[ClockKind.RESOLVE] == BY_LEVEL["4"][ClockKind.RESOLVE]


@pytest.mark.parametrize("level", ["1", "2", "3", "4"])
@pytest.mark.parametrize("state", OPEN)
def test_every_open_state_has_a_deadline_at_every_level(state, level):
    due = deadlines(state, T0, allowances(level, {}))

    assert deadline_of(state, due) is not None


def test_graver_levels_have_less_time():
    for kind in (ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.RESOLVE):
        seconds = [BY_LEVEL[level][kind].seconds for level in "1234"]
        assert seconds == sorted(seconds, reverse=True)


def test_overdue_needs_an_open_case_past_its_deadline():
    assert is_overdue(State.DISPATCHED, at(10), at(11))
    assert not is_overdue(State.DISPATCHED, at(10), at(10))
    assert not is_overdue(State.CLOSED, at(10), at(11))
    assert not is_overdue(State.REPORTED, None, at(11))


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (45, "45 秒", "45 s"),
        (90, "1 分钟 30 秒", "1 min 30 s"),
        (8 * 3600, "8 小时", "8 h"),
        (72 * 3600, "3 天", "3 d"),
    ],
)
def test_clock_says_its_rule(seconds, zh, en):
    (clock,) = clocks([Moment(T0, State.REPORTED, {ClockKind.ACCEPT: at(seconds)})], T0)

    assert clock.rule() == f"上报后应在 {zh} 内受理（自然时间）"
    assert clock.rule("en") == f"To be accepted within {en} of the report (natural time)"


def test_every_kind_can_be_explained_and_reckoned():
    assert set(CLOCK_ZH) == set(CLOCK_EN) == set(ClockKind)
    assert set(RECKON) == set(RECKONING_ZH) == set(RECKONING_EN) == set(Reckoning)
