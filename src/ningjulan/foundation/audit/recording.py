"""Appending to the trail: one row, in the caller's transaction. Writers do not wait for each other."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from uuid import UUID

from ningjulan.foundation.actors import Actor

if TYPE_CHECKING:  # a table needs Django to be ready
    from ningjulan.foundation.audit.models import AuditEntry

DONE = "done"


class What(TypedDict, total=False):
    """What an entry says besides who and which action. Ids, names of items and words; never values."""

    at: datetime
    ip: str | None
    result: str  # default "done"; else the code of the refusal
    subject_kind: str
    subject_id: str | int | UUID
    person_id: UUID | None  # whom it is about, where that is one person
    class_id: str
    area_code: str
    items: Iterable[str]
    purpose: str
    reason: str
    case_no: str | None
    facts: dict[str, Any]


def record_each(actor: Actor, action: str, persons: Iterable[UUID], **what: Unpack[What]) -> None:
    """Append an entry for each of some people, alike but for whom it is about: they are to see it."""
    from ningjulan.foundation.audit.models import AuditEntry

    rows = [_entry(actor, action, {**what, "person_id": person, "subject_id": person}) for person in persons]
    AuditEntry.objects.bulk_create(rows, batch_size=1_000)


def record(actor: Actor, action: str, **what: Unpack[What]) -> int:
    """Append an entry: `actor` did, or was refused, `action`. Returns its number.

    It stands or falls with the caller's transaction. A refusal that must stay is recorded outside of the
    transaction that it ends.

    Args:
        action: A word: `reveal`, `read_raw`, `export_ask` …
    """
    entry = _entry(actor, action, what)
    entry.save(force_insert=True)
    return int(entry.pk)


def _entry(actor: Actor, action: str, what: What) -> "AuditEntry":
    from ningjulan.foundation.audit.models import AuditEntry

    facts: dict[str, Any] = dict(what)
    return AuditEntry(
        actor_id=actor.user_id,
        actor_name=actor.name[:150],
        roles=sorted(role.value for role in actor.roles),
        unit_code=actor.unit_code or "",
        action=action,
        result=facts.pop("result", DONE),
        items=sorted(facts.pop("items", ())),
        case_no=facts.pop("case_no", None) or "",
        subject_id=str(facts.pop("subject_id", "")),
        **facts,
    )
