"""Transitions of the engine → rows and events, in the transaction that advanced the state."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ningjulan.foundation import outbox
from ningjulan.foundation.rewriting import rewrite
from ningjulan.scenarios.contracts import AlertEscalated, AlertRaised, Due
from ningjulan.scenarios.domain.alert_states import UNFINISHED, AlertState, AlertStep, after
from ningjulan.scenarios.domain.language import PLACE_FIELDS, Level, OpenCase, Scenario, Status
from ningjulan.scenarios.domain.life import Change, Transition
from ningjulan.scenarios.domain.messages import message_of, readable, rule_of
from ningjulan.scenarios.domain.signals import Candidate
from ningjulan.scenarios.models import Alert, ScenarioState

KEPT_INPUTS = 20  # records shown under “why”; the newest of each kind of change
VIDEO_CLASSES = ("IOT03",)
_CHANGED = ["level", "state", "message", "n", "last_seen_at", "inputs", "cleared_at"]


@dataclass(frozen=True)
class Advance:
    """What happened to one key."""

    row: ScenarioState
    scenario: Scenario
    transitions: Sequence[Transition]


@dataclass
class _Book:
    """Alerts as they will be written, and events in the order they happened."""

    now: datetime
    current: dict[tuple[str, str, bool, str], Alert]
    new: list[Alert] = field(default_factory=list)
    changed: dict[Any, Alert] = field(default_factory=dict)
    events: list[AlertRaised] = field(default_factory=list)


def record(advances: Sequence[Advance], now: datetime) -> tuple[int, int]:
    """Write alerts and publish events; return how many were raised and escalated."""
    told = [advance for advance in advances if advance.transitions]
    if not told:
        return 0, 0
    book = _Book(now, {_identity(alert): alert for alert in _unfinished(told)})
    for advance in told:
        for transition in advance.transitions:
            _enter(book, advance, transition)
    rewrite(list(book.changed.values()), _CHANGED)  # clearings first: one open alert per key
    Alert.objects.bulk_create(book.new)
    outbox.publish(*book.events)
    raised = [one for one in told for transition in one.transitions if transition.change is Change.RAISED]
    escalated = [
        one for one in told for transition in one.transitions if transition.change is Change.ESCALATED
    ]
    return len(raised), len(escalated)


def _unfinished(advances: Sequence[Advance]) -> list[Alert]:
    rows = [advance.row for advance in advances]
    return list(
        Alert.objects.filter(
            tenant_code__in={row.tenant_code for row in rows},
            scenario_id__in={row.scenario_id for row in rows},
            key__in={row.key for row in rows},
            state__in=UNFINISHED,
        )
    )


def _identity(one: Alert | ScenarioState) -> tuple[str, str, bool, str]:
    return one.tenant_code, one.scenario_id, one.is_shadow, one.key


def _enter(book: _Book, advance: Advance, told: Transition) -> None:
    identity = _identity(advance.row)
    if told.change is Change.RAISED and identity in book.current:
        told = _joined(book.current[identity], told)
    if told.change is Change.RAISED:
        alert = _new_alert(advance, told, book.now)
        book.current[identity] = alert
        book.new.append(alert)
    else:
        found = book.current.get(identity)
        if found is None:  # closed by hand in the same moment: nothing is left to change
            return
        alert = found
        _change(alert, advance.scenario, told)
        if alert not in book.new:
            book.changed[alert.id] = alert
        if told.change is Change.CLEARED:
            del book.current[identity]
    if not advance.row.is_shadow and told.change in (Change.RAISED, Change.ESCALATED):
        kind = AlertRaised if told.change is Change.RAISED else AlertEscalated
        book.events.append(_event(kind, alert, advance.scenario, told))


def _joined(alert: Alert, told: Transition) -> Transition:
    """A state that had to begin anew raises what is still open: it continues, and is no second alert."""
    rises = told.level.rank > Level(alert.level).rank
    level = told.level if rises else Level(alert.level)
    change = Change.ESCALATED if rises else Change.MERGED
    return replace(told, change=change, level=level, n=alert.n + told.n)


def _new_alert(advance: Advance, told: Transition, now: datetime) -> Alert:
    record_, scenario, row = told.record, advance.scenario, advance.row
    assert record_ is not None  # only a clearing has none
    place = record_.fields
    return Alert(
        scenario_id=scenario.id,
        scenario_version=scenario.version,
        is_shadow=row.is_shadow,
        key=row.key,
        tenant_code=row.tenant_code,
        area_code=_text(place.get("area_code"), 15) or row.tenant_code,
        level=told.level.value,
        message=message_of(scenario, record_, told.shown_n)[:1000],
        n=told.n,
        raised_at=now,
        occurred_at=record_.occurred_at,
        last_seen_at=told.at,
        lon=place.get("lon"),
        lat=place.get("lat"),
        placement=_text(place.get("placement"), 20) or "none",
        address_text=_text(place.get("address_text"), 300),
        building_id=_text(place.get("building_id"), 64),
        device_id=_text(place.get("device_id"), 64),
        inputs=[_input(one) for one in told.inputs][-KEPT_INPUTS:],
        parameters=readable(scenario.values),
        rule=rule_of(scenario),
    )


def _change(alert: Alert, scenario: Scenario, told: Transition) -> None:
    if told.change is Change.CLEARED:
        alert.state = after(AlertState(alert.state), AlertStep.CLEAR).value
        alert.cleared_at = told.at
        return
    assert told.record is not None
    alert.level, alert.n = told.level.value, told.n
    alert.last_seen_at = max(alert.last_seen_at, told.at)
    alert.message = message_of(scenario, told.record, told.shown_n)[:1000]
    known = {(one["class_id"], one["record_key"]) for one in alert.inputs}
    news = [_input(one) for one in told.inputs if (one.class_id, one.record_key) not in known]
    alert.inputs = [*alert.inputs, *news][-KEPT_INPUTS:]


def _input(record_: Candidate) -> dict[str, Any]:
    return {
        "class_id": record_.class_id,
        "record_key": record_.record_key,
        "occurred_at": record_.occurred_at.isoformat(),
        "facts": {name: value for name, value in record_.fields.items() if name not in PLACE_FIELDS[:5]},
    }


def _event(kind: type[AlertRaised], alert: Alert, scenario: Scenario, told: Transition) -> AlertRaised:
    follow = scenario.then[0] if scenario.then else None
    is_video = told.record is not None and told.record.class_id in VIDEO_CLASSES
    return kind(
        alert_id=alert.id,
        scenario_id=scenario.id,
        title_zh=scenario.title.zh,
        title_en=scenario.title.en,
        key=alert.key,
        level=alert.level,
        message=alert.message,
        opens_case=follow is not None,
        category_code=follow.category if follow else "C99",
        to_unit=follow.to if follow else None,
        due=_due(follow) if follow else None,
        merge=follow.merge if follow else "never",
        raised_at=alert.raised_at,
        occurred_at=alert.occurred_at,
        tenant_code=alert.tenant_code,
        area_code=alert.area_code,
        lon=alert.lon,
        lat=alert.lat,
        placement=alert.placement,
        address_text=alert.address_text,
        building_id=alert.building_id,
        device_id=alert.device_id,
        channel="02" if is_video else "01",
        n=alert.n,
    )


def _due(follow: OpenCase) -> Due:
    clocks = (follow.accept, follow.arrive, follow.resolve)
    return Due(*(round(clock.total_seconds()) for clock in clocks))


def _text(value: object, longest: int) -> str | None:
    return str(value)[:longest] if value not in (None, "") else None


def is_shadow(scenario: Scenario) -> bool:
    return scenario.status is Status.SHADOW
