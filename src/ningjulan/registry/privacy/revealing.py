"""Reading some items of one record unmasked: for a purpose and a reason, so many times a day, on record.

Modules register what can be read: `register("person", load)`. Everything else is decided here, once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from ningjulan.catalog import facade as catalog
from ningjulan.catalog import permissions
from ningjulan.foundation import audit
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.audit.models import AuditEntry
from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.masking import masked
from ningjulan.foundation.permissions import CASE_PURPOSES
from ningjulan.registry.privacy.errors import (
    CaseNotOpen,
    CaseNumberNeeded,
    QuotaUsedUp,
    ReasonRefused,
    StepUpNeeded,
    UnknownItems,
    UnknownKind,
)
from ningjulan.registry.privacy.reasons import is_reason

REVEAL = "reveal"
SHOWN_S = 60  # then the screen hides it again


@dataclass(frozen=True)
class Revealed:
    """One record as a module hands it over: unmasked, for this module's eyes until it has decided.

    Args:
        subject_person_id: Whom it is about; they see who read it.
        values: Item of the class → what is stored, of the items that say something.
        label: How a list shows it, masked: the auditor sees no more.
        household: Which household; many readings of one are marked for the auditor.
    """

    subject_person_id: UUID | None
    class_id: str
    area_code: str
    values: Mapping[str, str]
    label: str = ""
    household: str = ""


Load = Callable[[Actor, str], Revealed]
"""Fetches a record on behalf of an actor; raises a `NotFound` for what is absent or in another area."""

CaseState = Literal["open", "ended"]
_loads: dict[str, Load] = {}
_case_state: Callable[[Actor, str], CaseState | None] | None = None


def register(kind: str, load: Load) -> None:
    """Let records of a kind be read. Called once by the module that has them."""
    _loads[kind] = load


def look_up_cases_with(find: Callable[[Actor, str], CaseState | None]) -> None:
    """Say how a case number is looked up: cases lie downstream of the registry."""
    global _case_state  # noqa: PLW0603  # wired once, when the platform starts
    _case_state = find


@dataclass(frozen=True)
class Asked:
    """What somebody wants to read, and why."""

    kind: str
    id: str
    items: tuple[str, ...]
    purpose: str
    reason: str
    case_no: str = ""


@dataclass(frozen=True)
class By:
    """Who asks: the actor, from where, and when they last proved who they are."""

    actor: Actor
    ip: str | None
    authenticated_at: datetime | None


@dataclass(frozen=True)
class Shown:
    values: dict[str, str]
    quota_left: int
    reading_id: int


@dataclass(frozen=True)
class Choice:
    """What may be asked about one record: its items with their masks, the purposes, what is left today."""

    class_id: str
    label: str
    items: list[str]
    purposes: list[str]
    quota_left: int
    shown: dict[str, str | None] = field(default_factory=dict)


def reveal(asked: Asked, by: By, now: datetime) -> Shown:
    """Return the items asked for, and put on record that they were read. A refusal is on record too.

    Raises:
        NotFound: There is no such record in the actor's areas.
        RoleReadsNothing, PurposeNotAllowed, ItemNotAllowed, QuotaUsedUp, StepUpNeeded: The policy.
        UnknownKind, UnknownItems, ReasonRefused, CaseNumberNeeded, CaseNotOpen: What was asked.
    """
    try:
        return _reveal(asked, by, now)
    except StepUpNeeded:
        raise  # no refusal: they are asked for their password and come back
    except NingjulanError as error:
        audit.record(
            by.actor,
            REVEAL,
            at=now,
            ip=by.ip,
            result=error.code,
            subject_kind=asked.kind[:32],
            subject_id=asked.id[:64],
            items=[item[:80] for item in asked.items],
            purpose=asked.purpose[:8],
            reason=asked.reason,
            case_no=asked.case_no[:40],
        )
        raise


def choices(kind: str, record_id: str, actor: Actor, now: datetime) -> Choice:
    """Return what this actor may ask about a record; no purposes where nothing may be asked."""
    found = load(kind, record_id, actor)
    data_class = catalog.get_class(found.class_id)
    closed = {item.id for item in data_class.items if item.id in found.values and (item.pi or item.mask)}
    readable = [i for i in sorted(closed) if permissions.may_reveal(actor, found.class_id, i)]
    may = bool(readable) and actor.covers(found.area_code)
    return Choice(
        class_id=found.class_id,
        label=found.label,
        items=[item.id for item in data_class.items if item.id in readable] if may else [],
        purposes=[p.value for p in permissions.purposes_for(actor, found.class_id)] if may else [],
        quota_left=quota_left(actor, now),
        shown={i: masked(found.values[i], data_class.by_id[i].mask or "full") for i in readable}
        if may
        else {},
    )


def quota_left(actor: Actor, now: datetime) -> int:
    """Return how many readings the actor has left today, by the street's clock."""
    return max(0, settings.READINGS_PER_DAY - _n_today(actor, now))


@transaction.atomic
def _reveal(asked: Asked, by: By, now: datetime) -> Shown:
    actor = by.actor
    found = load(asked.kind, asked.id, actor)
    permissions.check_reveal(
        actor, found.class_id, asked.items, purpose=asked.purpose, area_code=found.area_code
    )
    unknown = [item for item in asked.items if item not in found.values]
    if unknown or not asked.items:
        raise UnknownItems(items="、".join(item[:40] for item in unknown[:5]))
    if not is_reason(asked.reason):
        raise ReasonRefused
    _check_case(asked, actor)
    _check_step_up(by, now)
    left = _take_one(actor, now)
    number = audit.record(
        actor,
        REVEAL,
        at=now,
        ip=by.ip,
        subject_kind=asked.kind,
        subject_id=asked.id,
        person_id=found.subject_person_id,
        class_id=found.class_id,
        area_code=found.area_code,
        items=asked.items,
        purpose=asked.purpose,
        reason=asked.reason.strip(),
        case_no=asked.case_no,
        facts={"label": found.label, "household": found.household},
    )
    return Shown({item: found.values[item] for item in asked.items}, left, number)


def load(kind: str, record_id: str, actor: Actor) -> Revealed:
    if kind not in _loads:
        raise UnknownKind(kind=kind[:32])
    return _loads[kind](actor, record_id)


def _check_case(asked: Asked, actor: Actor) -> None:
    """A purpose of a case needs its number; a number that is given must be that of an open case."""
    if not asked.case_no:
        if asked.purpose in CASE_PURPOSES:
            raise CaseNumberNeeded
        return
    if _case_state is None or _case_state(actor, asked.case_no) != "open":
        raise CaseNotOpen(case_no=asked.case_no[:40])


def _check_step_up(by: By, now: datetime) -> None:
    within = timedelta(minutes=settings.STEP_UP_MINUTES)
    if by.authenticated_at is None or now - by.authenticated_at > within:
        raise StepUpNeeded(minutes=settings.STEP_UP_MINUTES)


def _take_one(actor: Actor, now: datetime) -> int:
    """Take one of today's readings and return how many are left. Two windows of one person take turns."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('reveal'), %s)", [actor.user_id or 0])
    used = _n_today(actor, now)
    if used >= settings.READINGS_PER_DAY:
        raise QuotaUsedUp(quota=settings.READINGS_PER_DAY)
    return int(settings.READINGS_PER_DAY - used - 1)


def _n_today(actor: Actor, now: datetime) -> int:
    midnight = now.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = AuditEntry.objects.filter(actor_id=actor.user_id, at__gte=midnight)
    return mine.filter(action=REVEAL, result="done").count()
