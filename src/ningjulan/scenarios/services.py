"""What is done with scenarios: records taken in, timers fired, alerts acknowledged and closed."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import polars as pl
from django.db import OperationalError, transaction
from django.db.models import Q

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import NotAllowed
from ningjulan.foundation.rewriting import rewrite
from ningjulan.scenarios.access import get_alert
from ningjulan.scenarios.contracts import AlertNotFound, Facts, NoFacts, Taken
from ningjulan.scenarios.domain import engine
from ningjulan.scenarios.domain.alert_states import UNFINISHED, AlertState, AlertStep, Verdict, after
from ningjulan.scenarios.domain.engine import KeyState
from ningjulan.scenarios.domain.language import Scenario
from ningjulan.scenarios.domain.life import Fact, FindFacts
from ningjulan.scenarios.domain.signals import Candidate, signals
from ningjulan.scenarios.library import library
from ningjulan.scenarios.models import Alert, ScenarioState
from ningjulan.scenarios.recording import Advance, is_shadow, record

log = logging.getLogger(__name__)

_Keyed = dict[tuple[str, str], list[Candidate]]  # (scenario id, key) → its records
NO_FACTS = NoFacts()
RETRY_TIMER = timedelta(minutes=5)
_KEPT = ["state", "is_idle", "due_at", "updated_at"]


@transaction.atomic
def take(
    accepted: Mapping[str, pl.DataFrame],
    *,
    tenant_code: str,
    source: str,
    now: datetime,
    facts: Facts = NO_FACTS,
) -> Taken:
    """Take accepted records into account: advance the scenarios they concern, write alerts, publish events.

    Called inside the transaction that makes the records facts. Taking the same records again changes nothing.

    Args:
        accepted: Class → cleaned rows of one tenant and one source.
        now: The clock; also the moment up to which timers of the touched keys run.
    """
    by_key, n_without_key = _candidates(accepted, tenant_code, source, now)
    rows = _locked(tenant_code, by_key)
    advances = [
        _advanced(row, by_key[row.scenario_id, row.key], now, _facts_of(facts, tenant_code)) for row in rows
    ]
    n_raised, n_escalated = _written(advances, now)
    n_candidates = sum(len(found) for found in by_key.values())
    return Taken(n_candidates, n_without_key, n_raised, n_escalated)


@transaction.atomic
def fire_due(now: datetime, limit: int = 500, *, facts: Facts = NO_FACTS) -> int:
    """Fire timers that are due; return how many keys were touched. What another engine holds is skipped."""
    rows = list(
        ScenarioState.objects.select_for_update(skip_locked=True)
        .filter(due_at__lte=now)
        .order_by("due_at", "id")[:limit]
    )
    running = library().scenarios
    for row in rows:
        if row.scenario_id not in running or not running[row.scenario_id].is_running:
            row.due_at = None  # the scenario has gone; its timers mean nothing any more
    ScenarioState.objects.bulk_update([row for row in rows if row.due_at is None], ["due_at"])
    for row in (row for row in rows if row.due_at is not None):
        _fire(row, now, facts)
    return len(rows)


def _fire(row: ScenarioState, now: datetime, facts: Facts) -> None:
    """Fire the timer of one key. One that fails is looked at again later and holds no other up."""
    try:
        with transaction.atomic():
            _written([_advanced(row, (), now, _facts_of(facts, row.tenant_code))], now)
    except OperationalError:
        raise  # the database itself: the caller tries the whole again
    except Exception:
        log.exception("the timer of %s, state %s, failed; again in %s", row.scenario_id, row.pk, RETRY_TIMER)
        ScenarioState.objects.filter(pk=row.pk).update(due_at=now + RETRY_TIMER)


@transaction.atomic
def acknowledge_alert(alert_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Say that somebody has seen the alert (确认). It stays open.

    Raises:
        NotAllowed: The actor does not sit at the desk.
        AlertNotFound: No such alert in the actor's areas.
        AlertStepRefused: It is not open any more.
    """
    _require_desk(actor)
    alert, _ = _alert_for_update(alert_id, actor)

    alert.state = after(AlertState(alert.state), AlertStep.ACKNOWLEDGE).value
    alert.acknowledged_at, alert.acknowledged_by = now, actor.name[:64]
    alert.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])


@transaction.atomic
def close_alert(alert_id: UUID, *, verdict: Verdict, actor: Actor, now: datetime) -> None:
    """End the alert with what it turned out to be. What waited for an answer waits no more.

    The next match of the same key raises a new alert, unless `again_after` forbids it.

    Raises:
        NotAllowed: The actor does not sit at the desk.
        AlertNotFound: No such alert in the actor's areas.
        AlertStepRefused: It is closed already.
    """
    _require_desk(actor)
    alert, row = _alert_for_update(alert_id, actor)
    later = after(AlertState(alert.state), AlertStep.CLOSE)

    if row is not None and alert.state in UNFINISHED:
        _close_state(row, alert.scenario_id, now)
    alert.state, alert.closed_at, alert.verdict = later.value, now, verdict.value
    alert.save(update_fields=["state", "closed_at", "verdict"])


def _require_desk(actor: Actor) -> None:
    if not actor.has(Role.DUTY_OFFICER, Role.CLERK, Role.SYSTEM):
        raise NotAllowed(needed="duty_officer, clerk")


def _close_state(row: ScenarioState, scenario_id: str, now: datetime) -> None:
    """Let the engine forget the open alert. Timers due until now are spent: somebody has decided."""
    state = engine.closed(_state_of(row), now, row.key)
    scenario = library().scenarios.get(scenario_id)
    due_at = None
    if scenario is not None:
        advanced = engine.advance(scenario, state, (), now)
        state, due_at = engine.closed(advanced.state, now, row.key), advanced.due_at
    _keep(row, state, due_at, now)
    row.save(update_fields=_KEPT)


def _alert_for_update(alert_id: UUID, actor: Actor) -> tuple[Alert, ScenarioState | None]:
    """Return the alert and the state of its key, both locked, the state first as everywhere."""
    seen = get_alert(alert_id, actor=actor)
    row = (
        ScenarioState.objects.select_for_update()
        .filter(
            tenant_code=seen.tenant_code,
            scenario_id=seen.scenario_id,
            is_shadow=seen.is_shadow,
            key=seen.key,
        )
        .first()
    )
    alert = Alert.objects.select_for_update().filter(id=alert_id).first()
    if alert is None:
        raise AlertNotFound(alert_id=alert_id)
    return alert, row


def _candidates(
    accepted: Mapping[str, pl.DataFrame], tenant_code: str, source: str, now: datetime
) -> tuple[_Keyed, int]:
    awake = _awake(tenant_code)
    found: _Keyed = defaultdict(list)
    n_without_key = 0
    for scenario in library().in_force(now):
        for class_id in sorted(scenario.classes & accepted.keys()):
            keys = awake[scenario.id, is_shadow(scenario)]
            signalled = signals(scenario, class_id, accepted[class_id], source=source, awake=keys)
            n_without_key += signalled.n_without_key
            for candidate in signalled.candidates:
                found[scenario.id, candidate.key].append(candidate)
    return found, n_without_key


def _awake(tenant_code: str) -> dict[tuple[str, bool], set[str]]:
    """Return, per scenario, the keys for which something is open or waits."""
    awake: dict[tuple[str, bool], set[str]] = defaultdict(set)
    rows = ScenarioState.objects.filter(tenant_code=tenant_code, is_idle=False)
    for scenario_id, on_trial, key in rows.values_list("scenario_id", "is_shadow", "key"):
        awake[scenario_id, on_trial].add(key)
    return awake


def _locked(tenant_code: str, by_key: _Keyed) -> list[ScenarioState]:
    """Return the states of the touched keys, locked in primary-key order.

    A key that has no state gets one only from a record that can start something: a detector reporting
    `normal` all day leaves no row.
    """
    scenarios = library().scenarios
    starting = [
        (scenario_id, key)
        for (scenario_id, key), found in sorted(by_key.items())
        if any(not scenarios[scenario_id].starters.isdisjoint(candidate.signals) for candidate in found)
    ]
    ScenarioState.objects.bulk_create(
        [
            ScenarioState(
                tenant_code=tenant_code,
                scenario_id=scenario_id,
                is_shadow=is_shadow(scenarios[scenario_id]),
                key=key,
            )
            for scenario_id, key in starting
        ],
        ignore_conflicts=True,
    )
    touched = Q(pk__in=[])
    for scenario_id in sorted({scenario_id for scenario_id, _ in by_key}):
        keys = [key for other, key in by_key if other == scenario_id]
        touched |= Q(scenario_id=scenario_id, is_shadow=is_shadow(scenarios[scenario_id]), key__in=keys)
    rows = ScenarioState.objects.select_for_update().filter(touched, tenant_code=tenant_code)
    return list(rows.order_by("id"))


def _advanced(
    row: ScenarioState, candidates: Sequence[Candidate], now: datetime, find_facts: FindFacts
) -> Advance:
    scenario: Scenario = library().get(row.scenario_id)
    advanced = engine.advance(scenario, _state_of(row), candidates, now, find_facts)
    _keep(row, advanced.state, advanced.due_at, now)
    return Advance(row, scenario, advanced.transitions)


def _keep(row: ScenarioState, state: KeyState, due_at: datetime | None, now: datetime) -> None:
    row.state, row.is_idle = engine.to_json(state), state.is_idle
    row.due_at, row.updated_at = due_at, now


def _state_of(row: ScenarioState) -> KeyState:
    if not row.state:
        return KeyState()
    try:
        return engine.from_json(row.state)
    except msgspec.ValidationError:
        # Written by another version: beginning anew may repeat one alert, stopping would lose all.
        log.exception("state %s of %s cannot be read and begins anew", row.pk, row.scenario_id)
        return KeyState()


def _written(advances: Sequence[Advance], now: datetime) -> tuple[int, int]:
    rewrite([one.row for one in advances], _KEPT)
    return record(advances, now)


def _facts_of(facts: Facts, tenant_code: str) -> FindFacts:
    def find(kind: str, match: Mapping[str, Any]) -> Iterable[Fact]:
        return facts(kind, match, tenant_code=tenant_code)

    return find
