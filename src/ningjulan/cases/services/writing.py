"""What every change of a case shares: the number, the row, the timeline entry, the outgoing event."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from ningjulan.cases.contracts import CaseChanged, CaseSummary
from ningjulan.cases.domain.clocks import (
    ClockKind,
    allowances,
    deadline_of,
    deadlines,
)
from ningjulan.cases.domain.drafts import Draft, Intake, case_no
from ningjulan.cases.domain.workflow import OPEN, State, Step
from ningjulan.cases.models import Case, TimelineEntry
from ningjulan.cases.presenting import summary_of
from ningjulan.foundation import outbox
from ningjulan.foundation.actors import Actor


@dataclass(frozen=True)
class Entry:
    """One line for the timeline, before it has a case."""

    step: Step
    at: datetime
    actor: Actor
    to_state: State
    from_state: State | None
    opinion: str = ""
    unit_name: str = ""
    due: Mapping[ClockKind, datetime] | None = None
    outside_key: str = ""


def entry_row(case: Case, entry: Entry) -> TimelineEntry:
    return TimelineEntry(
        case=case,
        at=entry.at,
        step=entry.step.value,
        actor_id=entry.actor.user_id,
        actor_name=entry.actor.name,
        opinion=entry.opinion,
        from_state=entry.from_state.value if entry.from_state else "",
        to_state=entry.to_state.value,
        unit_name=entry.unit_name,
        due={kind.value: due.isoformat() for kind, due in (entry.due or {}).items()},
        outside_key=entry.outside_key,
    )


def open_case(draft: Draft, number: str, *, actor: Actor, now: datetime) -> Case:
    """Write a new live case with its first timeline entry. The caller announces it, once it is whole."""
    case = new_row(draft, number, now)
    entry = first_entry(case, draft, actor)
    case.save(force_insert=True)
    entry.save(force_insert=True)
    return case


def first_entry(case: Case, draft: Draft, actor: Actor) -> TimelineEntry:
    """Start the clocks of a new live case; return the line that says so."""
    due = deadlines(State.REPORTED, draft.reported_at, allowances(case.level, case.allowed_seconds))
    case.due_at = deadline_of(State.REPORTED, due)
    entry = Entry(Step.REPORT, draft.reported_at, actor, State.REPORTED, None, draft.summary, due=due)
    return entry_row(case, entry)


def new_row(draft: Draft, number: str, now: datetime) -> Case:
    place = draft.place
    return Case(
        case_no=number,
        tenant_code=draft.tenant_code,
        area_code=place.area_code,
        lon=place.lon,
        lat=place.lat,
        placement=place.placement.value,
        address_text=place.address_text[:300],
        category_code=draft.category_code,
        subcategory=draft.subcategory[:100],
        title=draft.title,
        summary=draft.summary[:4000],
        level=draft.level,
        state=State.REPORTED.value,
        intake=draft.intake.value,
        source=draft.source,
        external_no=draft.external_no,
        channel=draft.channel,
        scenario_id=draft.scenario_id,
        suggested_unit=draft.suggested_unit,
        reported_at=draft.reported_at,
        allowed_seconds=dict(draft.allowed_seconds) if draft.intake is Intake.LIVE else {},
        updated_at=now,
    )


def case_numbers(drafts: Sequence[Draft]) -> list[str]:
    """Return a case number for each draft. The row of the day is locked until the transaction ends.

    Days are locked in one order, so two deliveries of many days cannot wait for each other.
    """
    timezone = ZoneInfo(settings.TIME_ZONE)
    days = [(d.tenant_code, d.reported_at.astimezone(timezone).date()) for d in drafts]
    counts = Counter(days)
    last: dict[tuple[str, date], int] = {}
    with connection.cursor() as cursor:
        for (tenant_code, day), n in sorted(counts.items()):
            cursor.execute(
                """
                insert into cases_dayserial (tenant_code, day, last) values (%s, %s, %s)
                on conflict (tenant_code, day) do update set last = cases_dayserial.last + excluded.last
                returning last
                """,
                [tenant_code, day, n],
            )
            last[tenant_code, day] = cursor.fetchone()[0] - n
    numbers = []
    for draft, day_key in zip(drafts, days, strict=True):
        last[day_key] += 1
        numbers.append(case_no(draft.reported_at, draft.place.area_code, last[day_key], timezone))
    return numbers


def announce(case: Case, step: Step, *, now: datetime) -> CaseSummary:
    """Publish the case as it now stands and return it."""
    summary = summary_of(case, now=now)
    event = CaseChanged(step=step.value, case=summary)
    if State(case.state) not in OPEN:
        alert_ids = list(case.alerts.order_by("id").values_list("alert_id", flat=True))
        event = replace(event, ended_as=case.result or case.state, alert_ids=alert_ids)
    outbox.publish(event)
    return summary


def lock_name(*parts: str) -> None:
    """Hold a lock on a name until the transaction ends, where there is no row yet to lock."""
    lock_names({parts})


def lock_names(names: AbstractSet[tuple[str, ...]]) -> None:
    """Hold locks on several, taken in one order: nobody waits for somebody who waits for him."""
    joined = sorted("\x1f".join(parts) for parts in names)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest(%s::text[]) name", [joined]
        )


def outcome_word(on_time: bool | None) -> str | None:
    """Return how the outcome is stored; unknown stays unknown."""
    return None if on_time is None else ("on_time" if on_time else "late")
