"""What clerks and stewards decide about addresses: texts, other names, states, boundaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import polars as pl
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils.timezone import localdate

from ningjulan.catalog.permissions import check_list
from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.addresses.base import exact_keys
from ningjulan.registry.addresses.bases import Base, base_of
from ningjulan.registry.addresses.errors import (
    AddressNotFound,
    AlreadyDecided,
    NoSuchPlace,
    OnlyClerksDecide,
    OnlyStewardsChange,
    QuestionNotFound,
)
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.addresses.selectors import ADDRESS_CLASS, Match, Seen, explained
from ningjulan.registry.models import (
    Address,
    AddressAlias,
    AddressQuestion,
    AddressState,
    Area,
    AreaVersion,
    Building,
    Change,
    Compound,
    Tenant,
)
from ningjulan.registry.models.changes import known
from ningjulan.registry.people import changing
from ningjulan.registry.people.bitemporal import Days

MOST_ON_A_PAGE = 50
_PLACES: dict[str, type[Address | Building | Compound]] = {
    "address": Address,
    "building": Building,
    "compound": Compound,
}


@dataclass(frozen=True)
class Asking:
    """A text that a job could not place by itself: what `ask` writes down."""

    text: str
    key: str
    score: float
    area_code: str
    n_times: int = 1


@dataclass(frozen=True)
class Question:
    """A text in the clerk's queue, with what it may mean, the likeliest first."""

    id: UUID
    n_times: int
    asked_at: datetime
    state: str
    decision: str
    by_name: str
    decided_at: datetime | None
    note: str
    match: Match


@dataclass(frozen=True)
class Decision:
    """What a clerk decides about a text.

    Args:
        decision: `accept` (level and target), `building` (target), `new`, `unusable`.
    """

    decision: str
    level: str = ""
    target: str = ""
    note: str = ""


def keys_of(texts: Sequence[str], base: Base) -> list[str]:
    """Return what the texts are remembered by."""
    keys: list[str] = exact_keys(
        normalised(pl.Series(list(texts), dtype=pl.String)), base.addresses.regions
    ).to_list()
    return keys


@transaction.atomic
def ask(tenant_code: str, asked: Sequence[Asking], *, job_id: UUID | None, now: datetime) -> int:
    """Put texts into the queue, each once; return how many are new. What was decided is not asked again."""
    keys = [a.key for a in asked]
    known_keys = set(
        AddressQuestion.objects.filter(tenant_code=tenant_code, key__in=keys).values_list("key", flat=True)
    )
    for again in (a for a in asked if a.key in known_keys):
        AddressQuestion.objects.filter(tenant_code=tenant_code, key=again.key, state="open").update(
            n_times=F("n_times") + again.n_times
        )
    new = [
        AddressQuestion(
            tenant_code=tenant_code, text=a.text[:200], key=a.key[:200], score=a.score, area_code=a.area_code,
            n_times=a.n_times, job_id=job_id, asked_at=now,
        )
        for a in asked
        if a.key not in known_keys
    ]  # fmt: skip
    AddressQuestion.objects.bulk_create(new, ignore_conflicts=True, batch_size=1_000)
    return len(new)


def queue(actor: Actor, tenant_code: str, *, state: str, offset: int, on: date) -> tuple[int, list[Question]]:
    """Return how many texts wait (or are decided), and a page of them, the most frequent first."""
    check_list(actor, ADDRESS_CLASS)
    rows = _visible(actor, tenant_code).filter(state=state)
    order = ("-n_times", "-score", "id") if state == "open" else ("-decided_at", "id")
    page = list(rows.order_by(*order)[offset : offset + MOST_ON_A_PAGE])
    seen = Seen(base_of(tenant_code, on), actor)
    matches = explained(seen, [row.text for row in page])
    return rows.count(), [_question(row, match) for row, match in zip(page, matches, strict=True)]


def _visible(actor: Actor, tenant_code: str) -> QuerySet[AddressQuestion]:
    rows = AddressQuestion.objects.filter(tenant_code=tenant_code)
    if actor.covers(tenant_code):
        return rows
    return rows.filter(areas.within(actor, "area_code"))


def _question(row: AddressQuestion, match: Match) -> Question:
    done = row.state, row.decision, row.by_name, row.decided_at, row.note
    return Question(row.id, row.n_times, row.asked_at, *done, match)


@transaction.atomic
def decide(question_id: UUID, decided: Decision, *, actor: Actor, now: datetime) -> None:
    """Decide what a text means (认定). It is remembered: the same text is answered from then on.

    Raises:
        QuestionNotFound: Not there, or not in the actor's area.
        AlreadyDecided: Somebody else was faster.
        NoSuchPlace: The place chosen is not registered, or outside the actor's area.
    """
    if not actor.has(Role.CLERK, Role.STEWARD, Role.DUTY_OFFICER, Role.GRID_WORKER):
        raise OnlyClerksDecide
    row = AddressQuestion.objects.select_for_update().filter(pk=question_id).first()
    if row is None or not _visible(actor, row.tenant_code).filter(pk=row.pk).exists():
        raise QuestionNotFound(question_id=str(question_id))
    if row.state != "open":
        raise AlreadyDecided(by=row.by_name)
    level = {"accept": decided.level, "building": "building"}.get(decided.decision, "")
    if level:
        remember(row, level, decided.target, actor, now)
    row.state, row.decision, row.note = "decided", decided.decision, decided.note[:200]
    row.level, row.target = level, decided.target if level else ""
    row.by, row.by_name, row.decided_at = actor.user_id, actor.name, now
    row.save()


def remember(row: AddressQuestion, level: str, target: str, actor: Actor, now: datetime) -> None:
    """Let the text of a question mean a place from now on, whatever it was taken for before."""
    if not is_place(level, target, actor):
        raise NoSuchPlace(level=level)
    same = AddressAlias.objects.filter(
        tenant_code=row.tenant_code, key=row.key, origin="decided", withdrawn_at__isnull=True
    )
    same.update(withdrawn_at=now)
    AddressAlias.objects.create(
        tenant_code=row.tenant_code, text=row.text, key=row.key, level=level, target=target,
        origin="decided", source="desk", by=actor.user_id, by_name=actor.name, at=now,
    )  # fmt: skip


def is_place(level: str, target: str, actor: Actor) -> bool:
    """Is this the id (or area code) of a place in the actor's area?"""
    if level in ("street", "community"):
        return actor.covers(target) and Area.objects.filter(code=target, level=level).exists()
    model = _PLACES.get(level)
    try:
        place = model.objects.filter(pk=UUID(target)).first() if model else None
    except ValueError:
        return False
    return place is not None and actor.covers(getattr(place, "grid_code", "") or place.community_code)


@transaction.atomic
def take_back(question_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Open a decided text again; what was remembered of it is withdrawn."""
    if not actor.has(Role.CLERK, Role.STEWARD, Role.DUTY_OFFICER):
        raise OnlyClerksDecide
    row = AddressQuestion.objects.select_for_update().filter(pk=question_id, state="decided").first()
    if row is None or not _visible(actor, row.tenant_code).filter(pk=row.pk).exists():
        raise QuestionNotFound(question_id=str(question_id))
    AddressAlias.objects.filter(
        tenant_code=row.tenant_code, key=row.key, origin="decided", withdrawn_at__isnull=True
    ).update(withdrawn_at=now)
    row.state, row.decision, row.level, row.target, row.decided_at = "open", "", "", "", None
    row.save()


@transaction.atomic
def add_name(text: str, level: str, target: str, *, origin: str, actor: Actor, now: datetime) -> AddressAlias:
    """Give a place another name or a name it had (别名、曾用名).

    Raises:
        NoSuchPlace: Not a place in the actor's area.
        AlreadyDecided: It has that name already.
    """
    if not actor.has(Role.STEWARD):
        raise OnlyStewardsChange
    if not is_place(level, target, actor):
        raise NoSuchPlace(level=level)
    tenant_code = _tenant_of(level, target)
    key = keys_of([text], base_of(tenant_code, localdate(now)))[0]
    try:
        with transaction.atomic():
            return AddressAlias.objects.create(
                tenant_code=tenant_code, text=text[:200], key=key[:200], level=level, target=target,
                origin=origin, source="desk", by=actor.user_id, by_name=actor.name, at=now,
            )  # fmt: skip
    except IntegrityError:
        raise AlreadyDecided(by=actor.name) from None


def withdraw_name(alias_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take another name back; it stays on record."""
    if not actor.has(Role.STEWARD):
        raise OnlyStewardsChange
    alias = AddressAlias.objects.filter(pk=alias_id, withdrawn_at__isnull=True).first()
    if alias is None or not is_place(alias.level, alias.target, actor):
        raise AddressNotFound(alias_id=str(alias_id))
    alias.withdrawn_at = now
    alias.save(update_fields=["withdrawn_at"])


def _tenant_of(level: str, target: str) -> str:
    code = target
    if level in _PLACES:
        place = _PLACES[level].objects.get(pk=UUID(target))
        code = place.community_code
    tenants = Tenant.objects.values_list("code", flat=True)
    return max((t for t in tenants if code.startswith(t)), key=len, default=code[:9])


@transaction.atomic
def change_state(
    address_id: UUID, state: str, *, valid_from: date, reason: str, actor: Actor, now: datetime
) -> Change:
    """Say in which state an address is from a day on (启用、废弃 …). Earlier days stay as they were.

    Raises:
        AddressNotFound: Not there, or not in the actor's area.
    """
    if not actor.has(Role.STEWARD):
        raise OnlyStewardsChange
    address = Address.objects.filter(pk=address_id).first()
    if address is None or not actor.covers(address.grid_code):
        raise AddressNotFound(address_id=str(address_id))
    current = list(AddressState.objects.filter(known(), entity_id=address_id))
    kept, closed = changing.revision(current, Days(valid_from))
    change = changing.begin(
        actor=actor, now=now, kind="edit", source="desk", reason=reason, subject=f"address:{address_id.hex}"
    )
    new = AddressState(
        entity_id=address_id, area_code=address.grid_code, valid_from=valid_from, source="desk", state=state
    )
    return changing.apply(change, [*kept, new], closed)


@dataclass(frozen=True)
class Boundary:
    """How an area is from a day on: its name, its outline (WKB, CGCS2000 degrees), who says so."""

    code: str
    name: str
    outline: bytes | None
    valid_from: date
    source: str
    note: str = ""


@transaction.atomic
def change_boundary(boundary: Boundary, *, now: datetime) -> AreaVersion:
    """Note that an area has another boundary or name from a day on; how it was before stays.

    The first change also notes the area as the registry has it now, up to that day. What was noted for the
    same day or later is corrected: it stays, closed at `now`.
    """
    code, day = boundary.code, boundary.valid_from
    versions = list(AreaVersion.objects.select_for_update().filter(known(), code=code))
    if not versions:
        area = Area.objects.get(code=code)
        versions = [AreaVersion(code=code, name=area.name, outline=area.outline, source=area.source)]
    for version in versions:
        is_touched = version.valid_to is None or version.valid_to > day
        if is_touched and version.known_from is not None:
            AreaVersion.objects.filter(pk=version.pk).update(known_to=now)
        if is_touched and (version.valid_from is None or version.valid_from < day):
            AreaVersion.objects.create(
                code=code, name=version.name, outline=version.outline, valid_from=version.valid_from,
                valid_to=day, known_from=now, source=version.source, note=version.note,
            )  # fmt: skip
    return AreaVersion.objects.create(
        code=code, name=boundary.name, outline=boundary.outline, valid_from=day, known_from=now,
        source=boundary.source, note=boundary.note,
    )  # fmt: skip
