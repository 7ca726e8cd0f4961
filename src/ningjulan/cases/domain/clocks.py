"""The clocks of a case: pure, and able to say why they stand where they stand.

Each step writes down the deadlines it starts (`due`), so a clock is read from the timeline and never from
today's rules: a changed allowance, or an escalation, cannot rewrite a deadline already met or missed.

Entering a state starts its clocks and leaving it stops them. A clock given up by sending the case back is
void, unless it had already been missed: a miss stays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ningjulan.cases.domain.workflow import OPEN, State


class ClockKind(StrEnum):
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    ARRIVE = "arrive"
    RESOLVE = "resolve"


class ClockState(StrEnum):
    RUNNING = "running"
    MET = "met"
    MISSED = "missed"


class Reckoning(StrEnum):
    """In which time an allowance is counted. Working hours and working days join with the duty calendar."""

    NATURAL = "natural"


@dataclass(frozen=True)
class Allowance:
    seconds: int
    reckoning: Reckoning = Reckoning.NATURAL


Allowed = Mapping[ClockKind, Allowance]
RECKON: dict[Reckoning, Callable[[datetime, int], datetime]] = {
    Reckoning.NATURAL: lambda start, seconds: start + timedelta(seconds=seconds),
}
RECKONING_ZH: dict[Reckoning, str] = {Reckoning.NATURAL: "自然时间"}
RECKONING_EN: dict[Reckoning, str] = {Reckoning.NATURAL: "natural time"}

# While a case is in a state, these run; the last one is the deadline that the case shows.
WATCHED: dict[State, tuple[ClockKind, ...]] = {
    State.REPORTED: (ClockKind.ACCEPT,),
    State.REGISTERED: (ClockKind.DISPATCH,),
    State.DISPATCHED: (ClockKind.ARRIVE, ClockKind.RESOLVE),
}
CLOCK_ZH: dict[ClockKind, str] = {
    ClockKind.ACCEPT: "上报后应在 {limit} 内受理（{reckoning}）",
    ClockKind.DISPATCH: "立案或退回后应在 {limit} 内派遣（{reckoning}）",
    ClockKind.ARRIVE: "派遣后应在 {limit} 内到场（{reckoning}）；到场时间未单独登记的，以办结时间为准",
    ClockKind.RESOLVE: "派遣后应在 {limit} 内办结（{reckoning}）",
}
CLOCK_EN: dict[ClockKind, str] = {
    ClockKind.ACCEPT: "To be accepted within {limit} of the report ({reckoning})",
    ClockKind.DISPATCH: "To be dispatched within {limit} of registering or sending back ({reckoning})",
    ClockKind.ARRIVE: "On site within {limit} of dispatch ({reckoning}); by closing if it is not recorded",
    ClockKind.RESOLVE: "To be closed within {limit} of dispatch ({reckoning})",
}


def _allowed(
    *, accept: int, dispatch: int, resolve: int, arrive: int | None = None
) -> dict[ClockKind, Allowance]:
    minutes = {
        ClockKind.ACCEPT: accept,
        ClockKind.DISPATCH: dispatch,
        ClockKind.ARRIVE: arrive,
        ClockKind.RESOLVE: resolve,
    }
    return {kind: Allowance(m * 60) for kind, m in minutes.items() if m is not None}


# Product defaults in minutes by CL_EVENT_LEVEL; a scenario or an outside deadline goes before them.
BY_LEVEL: dict[str, dict[ClockKind, Allowance]] = {
    "1": _allowed(accept=120, dispatch=240, resolve=72 * 60),  # 一般
    "2": _allowed(accept=30, dispatch=60, resolve=24 * 60),  # 较大
    "3": _allowed(accept=10, dispatch=15, arrive=30, resolve=8 * 60),  # 重大
    "4": _allowed(accept=2, dispatch=3, arrive=10, resolve=2 * 60),  # 紧急
}


def allowances(level: str, given_seconds: Mapping[str, int | None]) -> dict[ClockKind, Allowance]:
    """Return what a case of `level` is allowed; values set for it (keys `accept_s` …) go before."""
    own = {
        kind: Allowance(seconds)
        for kind in ClockKind
        if (seconds := given_seconds.get(f"{kind.value}_s")) is not None
    }
    return {**BY_LEVEL[level], **own}


def deadlines(state: State, since: datetime, allowed: Allowed) -> dict[ClockKind, datetime]:
    """Return the deadlines that start when a case enters `state` at `since`."""
    return {
        kind: RECKON[allowed[kind].reckoning](since, allowed[kind].seconds)
        for kind in WATCHED.get(state, ())
        if kind in allowed
    }


def tightened(
    running: Mapping[ClockKind, datetime], fresh: Mapping[ClockKind, datetime]
) -> dict[ClockKind, datetime]:
    """Return the deadlines after an escalation: the earlier of both, for a graver case never gains time."""
    return {
        kind: min(due for due in (running.get(kind), fresh.get(kind)) if due) for kind in {*running, *fresh}
    }


def deadline_of(state: State, due: Mapping[ClockKind, datetime]) -> datetime | None:
    """Return the one deadline a case in `state` is judged by."""
    kinds = WATCHED.get(state, ())
    return due.get(kinds[-1]) if kinds else None


def is_overdue(state: State, due_at: datetime | None, now: datetime) -> bool:
    """Is an open case past its deadline? Exactly on the deadline is still in time."""
    return state in OPEN and due_at is not None and now > due_at


@dataclass(frozen=True)
class Moment:
    """What the timeline says about time: in `state` from `at`, with the deadlines `due` set then."""

    at: datetime
    state: State
    due: Mapping[ClockKind, datetime]


@dataclass(frozen=True)
class Clock:
    kind: ClockKind
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    state: ClockState

    def rule(self, language: str = "zh") -> str:
        """Return the sentence that explains this deadline."""
        seconds = round((self.due_at - self.started_at).total_seconds())
        if language == "en":
            return CLOCK_EN[self.kind].format(
                limit=_span(seconds, " d", " h", " min", " s"), reckoning=RECKONING_EN[Reckoning.NATURAL]
            )
        return CLOCK_ZH[self.kind].format(
            limit=_span(seconds, " 天", " 小时", " 分钟", " 秒"), reckoning=RECKONING_ZH[Reckoning.NATURAL]
        )


def clocks(moments: Iterable[Moment], now: datetime) -> list[Clock]:
    """Read every clock of a case from its timeline, oldest first.

    Args:
        moments: the timeline in order of time; a step that moves nothing repeats the state.
        now: aware; judges the clocks still running.
    """
    done: list[Clock] = []
    running: dict[ClockKind, tuple[datetime, datetime]] = {}
    last: State | None = None
    for moment in moments:
        if moment.state is not last:
            given_up = last is State.DISPATCHED and moment.state is State.REGISTERED
            done += [
                clock
                for kind, (start, due) in running.items()
                if (clock := _stopped(kind, start, due, moment.at)).state is ClockState.MISSED or not given_up
            ]
            running = {}
        for kind, due in moment.due.items():
            running[kind] = (running[kind][0] if kind in running else moment.at, due)
        last = moment.state
    return done + [
        Clock(kind, start, due, None, ClockState.MISSED if now > due else ClockState.RUNNING)
        for kind, (start, due) in running.items()
    ]


def settled_on_time(of_case: Iterable[Clock]) -> bool | None:
    """Was the case closed on time? No, if any unit missed its deadline; `None` without a deadline."""
    judged = [clock.state for clock in of_case if clock.kind is ClockKind.RESOLVE]
    return ClockState.MISSED not in judged if judged else None


def _stopped(kind: ClockKind, start: datetime, due: datetime, at: datetime) -> Clock:
    return Clock(kind, start, due, at, ClockState.MET if at <= due else ClockState.MISSED)


def _span(seconds: int, day: str, hour: str, minute: str, second: str) -> str:
    """Say a duration in whole units: 90 → `1 min 30 s`, 259,200 → `3 d`."""
    parts = []
    for size, unit in ((86400, day), (3600, hour), (60, minute), (1, second)):
        n, seconds = divmod(seconds, size)
        if n:
            parts.append(f"{n}{unit}")
    return " ".join(parts) or f"0{second}"
