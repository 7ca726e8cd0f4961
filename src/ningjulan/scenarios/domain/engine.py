"""Layer 2: `advance(scenario, state, candidates, now) → state, transitions`. Pure; state and timers are data.

Records come late, twice and out of order. So the state of a key is a short log: what lies further behind its
newest record than the scenario's lateness is folded into a memory, what is younger stays as records. An
advance puts new records in their place, folds again from the memory, and passes on only what it has not said
before. That makes order and duplicates harmless within the lateness; older records are not counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from ningjulan.scenarios.domain import life as lives
from ningjulan.scenarios.domain import matching
from ningjulan.scenarios.domain.language import Scenario
from ningjulan.scenarios.domain.life import FindFacts, Life, Transition, no_facts
from ningjulan.scenarios.domain.matching import CLOSED, Fire, Memory
from ningjulan.scenarios.domain.signals import Candidate

LONGEST_LOG = 200  # records per key; a device gone mad shortens the lateness, it does not fill the database


@dataclass(frozen=True)
class Said:
    """A fire that has been passed on; never again for the same record and stage."""

    identity: str
    stage: str
    at: datetime


@dataclass(frozen=True)
class KeyState:
    """All the engine knows of one key of one scenario."""

    folded_until: datetime | None = None
    memory: Memory = field(default_factory=Memory)
    log: tuple[Candidate, ...] = ()  # by time, then identity
    said: tuple[Said, ...] = ()
    life: Life = field(default_factory=Life)
    is_idle: bool = True  # nothing waits and nothing is open


@dataclass(frozen=True)
class Advanced:
    state: KeyState
    transitions: tuple[Transition, ...]
    due_at: datetime | None  # call again then, even if no record comes


def advance(
    scenario: Scenario,
    state: KeyState,
    candidates: Iterable[Candidate],
    now: datetime,
    find_facts: FindFacts = no_facts,
) -> Advanced:
    """Take the records of one key into account, and the timers up to `now`.

    Args:
        candidates: Records of one key, in any order, possibly seen before.
        now: The clock. Timers fire on the later of the clock and the newest record.
        find_facts: Asked when something fires.
    """
    log, fresh = _with_new(state, _worth_noting(scenario, state, tuple(candidates)))
    until = max(now, log[-1].occurred_at) if log else now
    memory, fires = matching.run(scenario.form, state.memory, log, until)
    said = {(one.identity, one.stage) for one in state.said}
    new_fires = [fire for fire in fires if (fire.record.identity, fire.stage) not in said]

    life, transitions = _lived(scenario, state, new_fires, fresh, until, now, find_facts)
    told = (*state.said, *(Said(fire.record.identity, fire.stage, fire.at) for fire in new_fires))
    is_idle = life.open is None and memory.pending is None and not memory.waiting
    kept = _folded(scenario, replace(state, log=log, said=told, life=life, is_idle=is_idle))
    timers = (matching.next_timer(scenario.form, memory), lives.next_timer(scenario, life))
    return Advanced(kept, tuple(transitions), min((due for due in timers if due), default=None))


def closed(state: KeyState, at: datetime, key: str) -> KeyState:
    """Return the state after somebody closed the alert at `at`: nothing is open, nothing waits for an answer.

    The closing is a record of the log, so that a late record is still judged as if it had come in time.
    """
    mark = Candidate(
        class_id=CLOSED,
        source="",
        record_key=at.isoformat(),
        occurred_at=at,
        key=key,
        signals=(CLOSED,),
        fields={},
    )
    log, _ = _with_new(state, [mark])
    return replace(state, log=log, life=replace(state.life, open=None), is_idle=False)


def to_json(state: KeyState) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(state)
    return plain


def from_json(plain: dict[str, Any]) -> KeyState:
    return msgspec.convert(plain, KeyState)


def _worth_noting(
    scenario: Scenario, state: KeyState, candidates: tuple[Candidate, ...]
) -> tuple[Candidate, ...]:
    """Leave out answers to nothing: a detector that reports `normal` every minute must not fill the log.

    A fire that is delivered after its own restore is then raised all the same: the safe side.
    """
    starts = any(not scenario.starters.isdisjoint(candidate.signals) for candidate in candidates)
    return candidates if starts or not state.is_idle else ()


def _with_new(
    state: KeyState, candidates: Iterable[Candidate]
) -> tuple[tuple[Candidate, ...], list[Candidate]]:
    known = {record.identity for record in state.log}
    fresh: dict[str, Candidate] = {}
    for candidate in candidates:
        too_late = state.folded_until is not None and candidate.occurred_at <= state.folded_until
        if candidate.identity not in known and not too_late:
            fresh.setdefault(candidate.identity, candidate)
    log = sorted([*state.log, *fresh.values()], key=lambda record: (record.occurred_at, record.identity))
    return tuple(log), list(fresh.values())


def _lived(  # noqa: PLR0913, PLR0917  the whole situation of one advance
    scenario: Scenario,
    state: KeyState,
    fires: list[Fire],
    fresh: list[Candidate],
    until: datetime,
    now: datetime,
    find_facts: FindFacts,
) -> tuple[Life, list[Transition]]:
    """Lead the alert through new fires and restores in order of time, its own timers in between."""
    life, transitions = state.life, []
    for at, what in _in_order(scenario, fires, fresh):
        life, told = lives.after_timers(scenario, life, at)
        transitions += told
        if isinstance(what, Fire):
            life, told = lives.after_fire(scenario, life, what, find_facts, now)
        else:
            life, told = lives.after_restore(scenario, life, what)
        transitions += told
    life, told = lives.after_timers(scenario, life, until)
    return life, [*transitions, *told]


def _in_order(
    scenario: Scenario, fires: list[Fire], fresh: list[Candidate]
) -> list[tuple[datetime, Fire | Candidate]]:
    clear = scenario.alert.clear
    restores = [record for record in fresh if clear and clear.signal and clear.signal in record.signals]
    told: list[tuple[datetime, str, int, Fire | Candidate]] = [
        *((fire.at, fire.told_by, 0, fire) for fire in fires),
        *((record.occurred_at, record.identity, 1, record) for record in restores),
    ]
    return [(at, what) for at, _, _, what in sorted(told, key=lambda one: one[:3])]


def _folded(scenario: Scenario, state: KeyState) -> KeyState:
    """Fold the part of the log that nothing can come before any more."""
    if not state.log:
        return state
    edge = state.log[-1].occurred_at - scenario.lateness
    if len(state.log) > LONGEST_LOG:
        edge = max(edge, state.log[-LONGEST_LOG - 1].occurred_at)
    if state.folded_until is not None:
        edge = max(edge, state.folded_until)
    old = [record for record in state.log if record.occurred_at <= edge]
    memory, _ = matching.run(scenario.form, state.memory, old, edge)
    waiting = {one.identity for one in (*memory.waiting, memory.pending) if one}
    return replace(
        state,
        folded_until=edge,
        memory=memory,
        log=state.log[len(old) :],
        said=tuple(one for one in state.said if one.at > edge or one.identity in waiting),
    )
