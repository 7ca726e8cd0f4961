"""From records of other platforms to cases: live ones one by one, history in bulk.

A delivery may come twice, in pieces, or steps before events: the balance `Taken` says what was new.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from ningjulan.cases import places
from ningjulan.cases.contracts import Delivery, EventsNotHereYet, HistoryImported, Taken
from ningjulan.cases.domain.clocks import ClockKind, allowances, deadline_of, deadlines
from ningjulan.cases.domain.drafts import Draft, Intake
from ningjulan.cases.domain.outside import OutsideStep, draft_of, outcome, step_of
from ningjulan.cases.domain.workflow import OPEN, State, Step, furthest
from ningjulan.cases.models import Case, TimelineEntry
from ningjulan.cases.services.writing import (
    Entry,
    announce,
    case_numbers,
    entry_row,
    lock_name,
    new_row,
    open_case,
    outcome_word,
)
from ningjulan.catalog import facade as catalog
from ningjulan.foundation import outbox
from ningjulan.foundation.actors import SYSTEM

EVENTS = "BIZ16"  # the other class is BIZ17, steps

_MOVED = [
    "state",
    "unit_code",
    "unit_name",
    "due_at",
    "registered_at",
    "dispatched_at",
    "closed_at",
    "settled_outcome",
    "version",
    "updated_at",
]


def take_in_records(*, delivery: Delivery, now: datetime) -> Taken:
    """Open cases from events (BIZ16) or move them by steps (BIZ17) that another platform delivered.

    Must not run inside a transaction of the caller: what can be stored is committed before the error rises.

    Raises:
        EventsNotHereYet: Steps whose event is not here; retryable. All other rows are stored.
    """
    source, class_id = delivery.source, delivery.class_id
    with transaction.atomic():
        lock_name("cases.records", source)
        taken = _open(delivery, now) if class_id == EVENTS else _move(delivery, now)
        if delivery.intake is Intake.HISTORY and (taken.opened or taken.moved):
            imported = HistoryImported(source, delivery.tenant_code, class_id, taken.opened, taken.moved)
            outbox.publish(imported)
    if taken.waiting:
        raise EventsNotHereYet(n=len(taken.waiting), source=source, first=taken.waiting[0])
    return taken


def _open(delivery: Delivery, now: datetime) -> Taken:
    source, intake = delivery.source, delivery.intake
    drafts = [
        draft_of(row, tenant_code=delivery.tenant_code, source=source, intake=intake) for row in delivery.rows
    ]
    delivered = [draft.external_no for draft in drafts]
    known = set(
        Case.objects.filter(source=source, external_no__in=delivered).values_list("external_no", flat=True)
    )
    fresh = [_titled(draft) for draft in _first_of_each(drafts) if draft.external_no not in known]
    numbers = case_numbers(fresh)
    if intake is Intake.LIVE:
        for draft, number in zip(fresh, numbers, strict=True):
            announce(open_case(draft, number, actor=SYSTEM, now=now), Step.REPORT, now=now)
    else:
        _open_history(fresh, numbers, now)
    return Taken(opened=len(fresh), known=len(drafts) - len(fresh))


def _open_history(drafts: Sequence[Draft], numbers: Sequence[str], now: datetime) -> None:
    """Write many cases of the past. No clocks: nobody here was ever late for them."""
    cases = [new_row(draft, number, now) for draft, number in zip(drafts, numbers, strict=True)]
    Case.objects.bulk_create(cases)
    TimelineEntry.objects.bulk_create(
        entry_row(case, Entry(Step.REPORT, case.reported_at, SYSTEM, State.REPORTED, None, case.summary))
        for case in cases
    )


def _move(delivery: Delivery, now: datetime) -> Taken:
    steps = [step_of(row) for row in delivery.rows]
    numbers = {step.event_no for step in steps}
    cases = {
        case.external_no: case
        for case in Case.objects.select_for_update()
        .filter(source=delivery.source, external_no__in=numbers)
        .order_by("id")
    }
    written = set(
        TimelineEntry.objects.filter(case__in=list(cases.values()))
        .exclude(outside_key="")
        .values_list("case_id", "outside_key")
    )
    unit_names = places.unit_names(delivery.tenant_code)
    entries: list[TimelineEntry] = []
    waiting: list[str] = []
    moved: dict[str, Case] = {}
    known = 0
    for step in steps:
        case = cases.get(step.event_no)
        if case is None:
            waiting.append(step.event_no)
        elif (case.id, step.key) in written:
            known += 1
        else:
            written.add((case.id, step.key))
            entries.append(_apply(case, step, unit_names, now))
            moved[step.event_no] = case
    TimelineEntry.objects.bulk_create(entries)
    _store(moved.values(), now)
    return Taken(moved=len(entries), known=known, waiting=waiting)


def _apply(case: Case, step: OutsideStep, unit_names: Mapping[str, str], now: datetime) -> TimelineEntry:
    """Move `case` as far as `step` says and return the timeline entry. Nothing is written yet."""
    was = State(case.state)
    state = furthest(was, step.state)
    if state is State.DISPATCHED and not (step.unit or case.unit_name):
        state = was  # dispatched to nobody is not dispatched; the timeline keeps what was said
    at = step.at or now
    due: dict[ClockKind, datetime] = {}
    if step.unit and (was in OPEN or not case.unit_name):  # late news does not rename who closed it
        case.unit_code = step.unit if step.unit in unit_names else ""
        case.unit_name = unit_names.get(step.unit, step.unit)[:100]
    if state is not was:
        due = _arrive_in(case, state, step, at)
    return entry_row(
        case, Entry(Step.SYNC, at, SYSTEM, state, was, step.opinion, case.unit_name, due, step.key)
    )


def _arrive_in(case: Case, state: State, step: OutsideStep, at: datetime) -> dict[ClockKind, datetime]:
    """Set what belongs to entering `state`. Times not delivered stay unknown for cases of the past."""
    live = case.intake == Intake.LIVE.value
    at_known = at if live else step.at
    was, case.state = State(case.state), state.value
    due = deadlines(state, at, allowances(case.level, case.allowed_seconds)) if live else {}
    if state is State.DISPATCHED and step.due_at is not None:
        due[ClockKind.RESOLVE] = step.due_at
    if state is State.REGISTERED:
        case.registered_at = at_known
    elif state is State.DISPATCHED:
        case.dispatched_at = at_known
    elif state is State.CLOSED:
        case.closed_at = at_known
        case.due_at = step.due_at or (case.due_at if was is State.DISPATCHED else None)
        case.settled_outcome = outcome_word(outcome(step, at_known, case.due_at))
    if state in OPEN:
        case.due_at = deadline_of(state, due)
    return due


def _store(cases: Iterable[Case], now: datetime) -> None:
    """Write the moved cases; tell about the live ones."""
    rows = list(cases)
    for case in rows:
        case.version += 1
        case.updated_at = now
    Case.objects.bulk_create(  # upsert of locked rows: 7 times as fast as bulk_update
        rows, update_conflicts=True, unique_fields=["id"], update_fields=_MOVED
    )
    for case in rows:
        if case.intake == Intake.LIVE.value:
            announce(case, Step.SYNC, now=now)


def _first_of_each(drafts: Iterable[Draft]) -> Iterable[Draft]:
    """Drop repeats inside one delivery: the first of each number counts."""
    first: dict[str, Draft] = {}
    for draft in drafts:
        first.setdefault(draft.external_no, draft)
    return first.values()


def _titled(draft: Draft) -> Draft:
    """Give an event without a title the name of its category."""
    if draft.title:
        return draft
    return replace(draft, title=catalog.label("CL_CATEGORY", draft.category_code))
