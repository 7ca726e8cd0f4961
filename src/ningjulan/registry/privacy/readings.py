"""Who read what: for the auditor all of it, the unusual marked; for a resident what is about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from ningjulan.foundation import audit
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.areas import within
from ningjulan.foundation.audit.models import AuditEntry
from ningjulan.foundation.audit.recording import DONE
from ningjulan.registry.privacy.errors import NotAuditor, NotResident, ReadingNotFound, ReasonRefused
from ningjulan.registry.privacy.reasons import is_reason

READING_ACTIONS = ("reveal", "read_raw", "query_history", "export_download")
QUESTION = "question"
MY_ACTIONS = (*READING_ACTIONS, "exported")  # each person of an export
MANY_IN_AN_HOUR = 15
OF_ONE_HOUSEHOLD = 3  # people, on one day, by one reader


class Mark(StrEnum):
    """What an auditor should look at (异常标记). A mark is a question, not a finding."""

    OFF_HOURS = "off_hours"
    SAME_HOUSEHOLD = "same_household"
    MANY_IN_AN_HOUR = "many_in_an_hour"
    QUESTIONED = "questioned"


MARK_ZH: dict[Mark, str] = {
    Mark.OFF_HOURS: "非工作时间",
    Mark.SAME_HOUSEHOLD: "集中查阅同一户",
    Mark.MANY_IN_AN_HOUR: "一小时内查阅过多",
    Mark.QUESTIONED: "本人已提出质疑",
}


@dataclass(frozen=True)
class ReadingFilter:
    """Which readings. `done`: only those that came to something, or only refusals; None for both."""

    since: datetime
    until: datetime
    actor_id: int | None = None
    person_id: UUID | None = None
    purpose: str | None = None
    done: bool | None = None
    mark: Mark | None = None


@dataclass(frozen=True)
class Reading:
    """One reading, or a refusal. `questions`: what the person it is about has asked since."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    roles: list[str]
    unit_code: str
    ip: str | None
    action: str
    result: str
    subject_kind: str
    subject_id: str
    label: str
    class_id: str
    area_code: str
    items: list[str]
    purpose: str
    reason: str
    case_no: str
    marks: list[Mark] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


_MARKED = """
with read as (
    select id, at, result,
        count(*) filter (where result = 'done') over
            (partition by actor_id order by at
             range between interval '1 hour' preceding and current row) as n_hour,
        (select count(distinct other.person_id) from foundation_auditentry other
          where other.actor_id = entry.actor_id and other.action = 'reveal' and other.result = 'done'
            and other.at between entry.at - interval '1 day' and entry.at
            and other.facts->>'household' = nullif(entry.facts->>'household', '')) as n_household,
        extract(isodow from at at time zone %(street)s) as weekday,
        extract(hour from at at time zone %(street)s) as hour,
        exists (select 1 from foundation_auditentry asked
                 where asked.action = 'question' and asked.subject_id = entry.id::text) as questioned
    from foundation_auditentry entry
    where action = any(%(actions)s) and at >= %(since)s and at < %(until)s
), marked as (
    select id, array_remove(array[
        case when weekday > 5 or hour < 7 or hour >= 20 then 'off_hours' end,
        case when n_household >= %(household)s and result = 'done' then 'same_household' end,
        case when n_hour >= %(many)s and result = 'done' then 'many_in_an_hour' end,
        case when questioned then 'questioned' end
    ], null) as marks from read
)
select id, marks from marked
"""


def list_readings(actor: Actor, wanted: ReadingFilter, *, before: int | None, limit: int) -> list[Reading]:
    """Return readings in the auditor's areas, newest first, older than number `before`.

    Raises:
        NotAuditor: The actor is no auditor.
    """
    check_auditor(actor)
    rows = AuditEntry.objects.filter(
        within(actor) | Q(area_code=""),  # a reading across areas belongs to all
        action__in=READING_ACTIONS,
        at__gte=wanted.since,
        at__lt=wanted.until,
        **{name: value for name, value in _equal(wanted).items() if value},
    )
    if wanted.done is not None:
        rows = rows.filter(result=DONE) if wanted.done else rows.exclude(result=DONE)
    marks = _marks(wanted)
    if wanted.mark is not None:
        rows = rows.filter(id__in=[number for number, found in marks.items() if wanted.mark in found])
    if before:
        rows = rows.filter(id__lt=before)
    return _readings(rows.order_by("-id")[:limit], marks)


def my_readings(actor: Actor, *, before: int | None, limit: int) -> list[Reading]:
    """Return who read about the resident who asks, newest first. Refusals showed nobody anything.

    Raises:
        NotResident: The account belongs to nobody in the registry.
    """
    person_id = require_resident(actor)
    rows = AuditEntry.objects.filter(person_id=person_id, action__in=MY_ACTIONS, result=DONE)
    if before:
        rows = rows.filter(id__lt=before)
    return _readings(rows.order_by("-id")[:limit], {})


def ask_about(reading_id: int, text: str, *, actor: Actor, now: datetime) -> list[str]:
    """Put on record that the person read about asks why; return all they have asked about that reading.

    The auditor sees it beside the reading.

    Raises:
        NotResident, ReadingNotFound: It is not about them.
        ReasonRefused: It says nothing.
    """
    person_id = require_resident(actor)
    if not is_reason(text):
        raise ReasonRefused
    if not AuditEntry.objects.filter(id=reading_id, person_id=person_id, action__in=MY_ACTIONS).exists():
        raise ReadingNotFound
    audit.record(
        actor,
        QUESTION,
        at=now,
        subject_kind="reading",
        subject_id=str(reading_id),
        person_id=person_id,
        reason=text.strip(),
    )
    asked = AuditEntry.objects.filter(action=QUESTION, subject_id=str(reading_id)).order_by("id")
    return list(asked.values_list("reason", flat=True))


def check_auditor(actor: Actor) -> None:
    if not actor.has(Role.AUDITOR):
        raise NotAuditor


def require_resident(actor: Actor) -> UUID:
    """Return whose account it is, or raise `NotResident`."""
    if not actor.has(Role.RESIDENT) or actor.person_id is None:
        raise NotResident
    return actor.person_id


def _equal(wanted: ReadingFilter) -> dict[str, object]:
    return {"actor_id": wanted.actor_id, "person_id": wanted.person_id, "purpose": wanted.purpose}


def _marks(wanted: ReadingFilter) -> dict[int, list[Mark]]:
    """Return what is unusual about each reading of a time, by number."""
    values: dict[str, Any] = {
        "actions": list(READING_ACTIONS),
        "since": wanted.since,
        "until": wanted.until,
        "household": OF_ONE_HOUSEHOLD,
        "many": MANY_IN_AN_HOUR,
        "street": settings.TIME_ZONE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARKED, values)
        return {number: [Mark(word) for word in found] for number, found in cursor.fetchall()}


def _readings(rows: QuerySet[AuditEntry], marks: Mapping[int, list[Mark]]) -> list[Reading]:
    entries = list(rows)
    asked = AuditEntry.objects.filter(action=QUESTION, subject_id__in=[str(entry.id) for entry in entries])
    questions: dict[str, list[str]] = {}
    for number, text in asked.order_by("id").values_list("subject_id", "reason"):
        questions.setdefault(number, []).append(text)
    return [
        Reading(
            **{name: getattr(entry, name) for name in _AS_THEY_ARE},
            label=entry.facts.get("label", ""),
            marks=marks.get(entry.id, []),
            questions=questions.get(str(entry.id), []),
        )
        for entry in entries
    ]


_AS_THEY_ARE = tuple(
    name for name in Reading.__dataclass_fields__ if name not in {"label", "marks", "questions"}
)
