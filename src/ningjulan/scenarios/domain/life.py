"""Layer 2, second half: the life of an alert. What fired becomes raised, merged, escalated or cleared.

One open alert per key. Facts are asked here, at the moment of firing: validity is judged when the record
occurred, knowledge now.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from ningjulan.scenarios.domain import expressions
from ningjulan.scenarios.domain.language import CountForm, FactCheck, Level, Scenario
from ningjulan.scenarios.domain.matching import CANCELLED, CONFIRMED, PENDING, Fire
from ningjulan.scenarios.domain.signals import Candidate


@dataclass(frozen=True)
class Fact:
    """Something the registry holds to be true for a time, and since when it has known it."""

    kind: str
    fields: Mapping[str, Any]
    valid_from: datetime
    valid_to: datetime | None  # None: until further notice
    known_at: datetime


# (kind of fact, its fields that must match) → the facts; the engine itself judges time and `where`.
FindFacts = Callable[[str, Mapping[str, Any]], Iterable[Fact]]


def no_facts(kind: str, match: Mapping[str, Any]) -> Iterable[Fact]:
    """The registry of a town that has recorded nothing."""
    return ()


class Change(StrEnum):
    RAISED = "raised"
    MERGED = "merged"
    ESCALATED = "escalated"
    CLEARED = "cleared"


@dataclass(frozen=True)
class Transition:
    """One change in the life of an alert."""

    change: Change
    at: datetime  # in the time of the records
    level: Level
    n: int  # matches so far
    shown_n: int  # what `{n}` in the message means: for `count`, those in the window
    record: Candidate | None = None  # None: time alone cleared it
    inputs: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class OpenAlert:
    level: Level
    n: int
    raised_at: datetime
    raised_by: str  # identity of the record; empty for a timer
    last_seen_at: datetime
    is_pending: bool  # raised at the first match, not confirmed yet
    counted: tuple[str, ...]  # identities of the last records in `n`: one record fires at most twice
    active: tuple[str, ...] = ()  # devices that matched and have not been restored (clear.same)
    clear_at: datetime | None = None


@dataclass(frozen=True)
class Raise:
    at: datetime
    level: Level
    same: str | None


@dataclass(frozen=True)
class Life:
    open: OpenAlert | None = None
    raises: tuple[Raise, ...] = ()  # still inside `again_after`


_REMEMBERED = 20
Changed = tuple[Life, list[Transition]]


def after_timers(scenario: Scenario, life: Life, until: datetime) -> Changed:
    """Clear the alert when its hold or its quiet has run out by `until`."""
    due = next_timer(scenario, life)
    if due is None or due > until or life.open is None:
        return life, []
    return _cleared(life, due, None)


def next_timer(scenario: Scenario, life: Life) -> datetime | None:
    if life.open is None:
        return None
    quiet = scenario.alert.clear.quiet if scenario.alert.clear else None
    return life.open.last_seen_at + quiet if quiet is not None else life.open.clear_at


def after_fire(scenario: Scenario, life: Life, fire: Fire, find_facts: FindFacts, now: datetime) -> Changed:
    """Return the life after `fire`, if the facts known `now` allow it."""
    if fire.stage == CANCELLED:
        taken_back = life.open is not None and life.open.is_pending
        return _cleared(life, fire.at, fire.record) if taken_back else (life, [])
    if fire.stage == PENDING and scenario.alert.levels.pending is None:
        return life, []
    if not is_allowed(scenario, fire.record, find_facts, now):
        return life, []
    if life.open is None:
        return _raised(scenario, life, fire)
    return _matched(scenario, life, life.open, fire)


def after_restore(scenario: Scenario, life: Life, record: Candidate) -> Changed:
    """Return the life after a record of the clearing signal."""
    clear = scenario.alert.clear
    if life.open is None or clear is None:
        return life, []
    if (record.occurred_at, record.identity) <= (life.open.raised_at, life.open.raised_by):
        return life, []  # it ended something before this alert
    active = life.open.active
    if clear.same:
        active = tuple(one for one in active if one != str(record.fields.get(clear.same)))
    if active and clear.same:
        return replace(life, open=replace(life.open, active=active)), []
    at = record.occurred_at
    if not clear.hold:
        return _cleared(life, at, record)
    clear_at = life.open.clear_at or at + clear.hold
    return replace(life, open=replace(life.open, active=active, clear_at=clear_at)), []


def is_allowed(scenario: Scenario, record: Candidate, find_facts: FindFacts, now: datetime) -> bool:
    """Do all `only` facts hold for `record`, and none of the `unless` facts?"""
    return all(_holds(check, record, find_facts, now) for check in scenario.only) and not any(
        _holds(check, record, find_facts, now) for check in scenario.unless
    )


def _holds(check: FactCheck, record: Candidate, find_facts: FindFacts, now: datetime) -> bool:
    match = {fact_field: record.fields.get(record_field) for fact_field, record_field in check.match}
    if None in match.values():
        return False
    at, condition = record.occurred_at, expressions.predicate(check.where)
    return any(
        fact.known_at <= now
        and fact.valid_from - check.grace <= at
        and (fact.valid_to is None or at <= fact.valid_to + check.grace)
        and all(fact.fields.get(name) == value for name, value in match.items())
        and condition(fact.fields)
        for fact in find_facts(check.fact, match)
    )


def _raised(scenario: Scenario, life: Life, fire: Fire) -> Changed:
    level, again = _level(scenario, fire, fire.n), scenario.alert.again
    same = str(fire.record.fields.get(again.same)) if again and again.same else None
    recent = tuple(one for one in life.raises if again and abs(fire.at - one.at) < again.within)
    if any(one.same == same and one.level.rank >= level.rank for one in recent):
        return replace(life, raises=recent), []
    alert = OpenAlert(
        level=level,
        n=fire.n,
        raised_at=fire.at,
        raised_by=fire.told_by,
        last_seen_at=fire.at,
        is_pending=fire.stage == PENDING,
        counted=(fire.record.identity,),
        active=_active(scenario, (), fire.record),
    )
    told = Transition(Change.RAISED, fire.at, level, fire.n, fire.n, fire.record, fire.inputs)
    raises = (*recent, Raise(fire.at, level, same)) if again else ()
    return Life(open=alert, raises=raises), [told]


def _matched(scenario: Scenario, life: Life, alert: OpenAlert, fire: Fire) -> Changed:
    is_new = fire.record.identity not in alert.counted
    n = alert.n + is_new
    shown_n = fire.n if isinstance(scenario.form, CountForm) else n
    level = _level(scenario, fire, shown_n)
    rises = level.rank > alert.level.rank
    later = replace(
        alert,
        level=level if rises else alert.level,
        n=n,
        last_seen_at=max(alert.last_seen_at, fire.at),
        counted=(*alert.counted, fire.record.identity)[-_REMEMBERED:] if is_new else alert.counted,
        is_pending=alert.is_pending and fire.stage != CONFIRMED,
        active=_active(scenario, alert.active, fire.record),
        clear_at=None,
    )
    raises = life.raises
    if rises and raises:  # the last raise is this alert's: from now on it counts at the higher level
        raises = (*raises[:-1], replace(raises[-1], level=level))
    change = Change.ESCALATED if rises else Change.MERGED
    told = Transition(change, fire.at, later.level, n, shown_n, fire.record, fire.inputs)
    return Life(open=later, raises=raises), [told]


def _cleared(life: Life, at: datetime, record: Candidate | None) -> Changed:
    alert = life.open
    assert alert is not None
    told = Transition(Change.CLEARED, at, alert.level, alert.n, alert.n, record)
    return replace(life, open=None), [told]


def _active(scenario: Scenario, active: tuple[str, ...], record: Candidate) -> tuple[str, ...]:
    clear = scenario.alert.clear
    if clear is None or clear.same is None:
        return ()
    return tuple(sorted({*active, str(record.fields.get(clear.same))}))


def _level(scenario: Scenario, fire: Fire, n: int) -> Level:
    levels = scenario.alert.levels
    named = {PENDING: levels.pending, CONFIRMED: levels.confirmed}.get(fire.stage)
    level = named or levels.default
    for condition, higher in levels.steps:
        if expressions.evaluated(condition, {"n": n}) is True:
            level = higher
    return level
