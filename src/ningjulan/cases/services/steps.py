"""What clerks, duty officers and handling units do with a case: one function per step."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ningjulan.cases import places
from ningjulan.cases.access import case_for_update
from ningjulan.cases.contracts import CaseSummary, OpinionMissing, StaleVersion, StepNotYours
from ningjulan.cases.domain.clocks import (
    ClockKind,
    allowances,
    deadline_of,
    deadlines,
    settled_on_time,
)
from ningjulan.cases.domain.workflow import (
    RESULT_ZH,
    STATE_EN,
    STATE_ZH,
    STEP_EN,
    STEP_ZH,
    Result,
    State,
    Step,
    after,
    may_take,
)
from ningjulan.cases.models import Case
from ningjulan.cases.presenting import clocks_of
from ningjulan.cases.services.writing import Entry, announce, entry_row, outcome_word
from ningjulan.foundation.actors import Actor


@transaction.atomic
def register_case(
    *, case_id: UUID, version: int, actor: Actor, now: datetime, opinion: str = ""
) -> CaseSummary:
    """Take a reported case on (立案); the clock of dispatching starts."""
    case, was, state = _begin(Step.REGISTER, case_id, version, actor)

    due = _enter(case, state, now)
    case.registered_at = now

    entry_row(case, Entry(Step.REGISTER, now, actor, state, was, opinion, due=due)).save()
    return _finish(case, Step.REGISTER, now)


@transaction.atomic
def refuse_case(*, case_id: UUID, version: int, opinion: str, actor: Actor, now: datetime) -> CaseSummary:
    """Do not take a reported case on, with the reason (不予立案)."""
    _require(opinion, Step.REFUSE)
    case, was, state = _begin(Step.REFUSE, case_id, version, actor)

    _enter(case, state, now)

    entry_row(case, Entry(Step.REFUSE, now, actor, state, was, opinion)).save()
    return _finish(case, Step.REFUSE, now)


@transaction.atomic
def dispatch_case(
    *, case_id: UUID, version: int, unit_code: str, actor: Actor, now: datetime, opinion: str = ""
) -> CaseSummary:
    """Hand a registered case to a handling unit and start its clocks (派遣).

    The case, its timeline and the outgoing event are written together or not at all.

    Raises:
        CaseNotFound: No such case in the actor's areas.
        StepNotYours: The actor's role does not dispatch.
        StaleVersion: Somebody has changed the case since the actor looked.
        StepRefused: The case is not waiting to be dispatched.
        UnitNotFound: The unit does not serve the case's tenant.
    """
    case, was, state = _begin(Step.DISPATCH, case_id, version, actor)
    unit = places.get_unit(case.tenant_code, unit_code)

    due = _enter(case, state, now)
    case.unit_code, case.unit_name = unit.code, unit.name
    case.dispatched_at = now

    entry_row(case, Entry(Step.DISPATCH, now, actor, state, was, opinion, unit.name, due)).save()
    return _finish(case, Step.DISPATCH, now)


@transaction.atomic
def send_back_case(*, case_id: UUID, version: int, opinion: str, actor: Actor, now: datetime) -> CaseSummary:
    """Give a dispatched case back, with the reason (退回): it waits for another dispatch."""
    _require(opinion, Step.SEND_BACK)
    case, was, state = _begin(Step.SEND_BACK, case_id, version, actor)

    due = _enter(case, state, now)
    unit_name, case.unit_code, case.unit_name = case.unit_name, "", ""
    case.dispatched_at = None

    entry_row(case, Entry(Step.SEND_BACK, now, actor, state, was, opinion, unit_name, due)).save()
    return _finish(case, Step.SEND_BACK, now)


@transaction.atomic
def close_case(
    *, case_id: UUID, version: int, result: Result, actor: Actor, now: datetime, opinion: str = ""
) -> CaseSummary:
    """End a dispatched case (办结) and settle for good whether it was on time.

    On time means that no unit's deadline was missed on the way, not even that of a unit which sent it back.
    """
    case, was, state = _begin(Step.CLOSE, case_id, version, actor)

    _enter(case, state, now)
    case.closed_at = now
    case.result = result.value
    said = "：".join(part for part in (RESULT_ZH[result], opinion) if part)
    entry_row(case, Entry(Step.CLOSE, now, actor, state, was, said, case.unit_name)).save()
    case.settled_outcome = outcome_word(settled_on_time(clocks_of(case, now)))

    return _finish(case, Step.CLOSE, now)


def _begin(step: Step, case_id: UUID, version: int, actor: Actor) -> tuple[Case, State, State]:
    """Lock the case; return it with its state before and after `step`, or say why it may not be taken."""
    case = case_for_update(case_id, actor=actor)
    if not may_take(step, roles=actor.roles, own_unit=actor.unit_code, case_unit=case.unit_code):
        raise StepNotYours(step=step.value, step_zh=STEP_ZH[step], step_en=STEP_EN[step])
    state = State(case.state)
    if case.version != version:
        raise StaleVersion(version=case.version, state_zh=STATE_ZH[state], state_en=STATE_EN[state])
    return case, state, after(state, step)


def _enter(case: Case, state: State, now: datetime) -> Mapping[ClockKind, datetime]:
    """Move the case to `state`; return the deadlines that start. An ended case keeps its last deadline."""
    due = deadlines(state, now, allowances(case.level, case.allowed_seconds))
    case.state = state.value
    if due:
        case.due_at = deadline_of(state, due)
    return due


def _finish(case: Case, step: Step, now: datetime) -> CaseSummary:
    case.version += 1
    case.updated_at = now
    case.save()
    return announce(case, step, now=now)


def _require(opinion: str, step: Step) -> None:
    if not opinion.strip():
        raise OpinionMissing(step=step.value, step_zh=STEP_ZH[step], step_en=STEP_EN[step])
