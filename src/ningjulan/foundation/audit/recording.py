"""Appending to the trail: one row, in the caller's transaction. Writers do not wait for each other."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from ningjulan.foundation.actors import Actor

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


def record(actor: Actor, action: str, **what: Unpack[What]) -> int:
    """Append an entry: `actor` did, or was refused, `action`. Returns its number.

    It stands or falls with the caller's transaction. A refusal that must stay is recorded outside of the
    transaction that it ends.

    Args:
        action: A word: `reveal`, `read_raw`, `export_ask` …
    """
    from ningjulan.foundation.audit.models import AuditEntry

    entry = AuditEntry(
        actor_id=actor.user_id,
        actor_name=actor.name[:150],
        roles=sorted(role.value for role in actor.roles),
        unit_code=actor.unit_code or "",
        action=action,
        result=what.pop("result", DONE),
        items=sorted(what.pop("items", ())),
        case_no=what.pop("case_no", None) or "",
        subject_id=str(what.pop("subject_id", "")),
        **what,
    )
    entry.save(force_insert=True)
    return int(entry.pk)
