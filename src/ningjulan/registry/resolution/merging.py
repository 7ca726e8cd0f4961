"""Two entries become one person, and two again (合并、拆分).

A merge is a change like any other: what was known of the merged entry is closed and known from now on of the
one that stays. Taking it back is undoing that change, which opens again exactly what it closed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import UUIDField

from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models import Change, Membership, Person, PersonAlias, Residency
from ningjulan.registry.models.changes import Version, known
from ningjulan.registry.models.people import HEAD
from ningjulan.registry.people.bitemporal import Days
from ningjulan.registry.people.changing import apply, begin, restated, undo, versioned
from ningjulan.registry.people.errors import PersonNotFound
from ningjulan.registry.resolution.errors import NotMerged, SamePerson

_FACTS_TO_FILL = (
    *(
        "id_type",
        "sex",
        "birth_date",
        "former_name",
        "education",
        "marital_status",
        "occupation",
        "workplace",
    ),
    *("hukou_division", "hukou_detail", "verified_at"),
)
_NUMBERS_TO_FILL = ("id_no", "phone")
_POINTS_TO_PEOPLE = ("person_id", "owner_person_id", "landlord_id")


@transaction.atomic
def merge(*, keep_id: UUID, merged_id: UUID, actor: Actor, now: datetime, reason: str) -> Change:
    """Make one person of two entries; `keep_id` stays (合并).

    Where both say something, the one that stays counts; what only the merged entry says is taken over, as are
    its homes, households, vehicles and all else that points to it.

    Raises:
        PersonNotFound: One of them is not registered in the actor's area.
        SamePerson: They are the same entry.
    """
    if keep_id == merged_id:
        raise SamePerson
    kept, merged = _versions_of(keep_id, actor), _versions_of(merged_id, actor)
    opened, closed = _one_history(kept, merged)
    for version, column in _that_point_to(merged_id):
        closed.append(version)
        opened += _pointing_to(keep_id, version, column, closed)
    alias = PersonAlias(
        entity_id=merged_id,
        person_id=keep_id,
        area_code=merged[-1].area_code,
        valid_from=min(version.valid_from for version in merged),
        source="desk",
    )
    change = begin(
        actor=actor, now=now, kind="merge", source="desk", reason=reason, subject=f"person:{keep_id.hex}"
    )
    return apply(change, [*opened, alias], closed)


@transaction.atomic
def unmerge(*, merged_id: UUID, actor: Actor, now: datetime, reason: str) -> Change:
    """Make two entries of one person again, as they were before the merge (拆分).

    A data steward may always do it, and whoever merged them.

    Raises:
        NotMerged: The entry is nobody else's.
        OnlyStewardsUndo, ChangeBuiltUpon: See `changing.undo`.
    """
    alias = PersonAlias.objects.filter(known(), areas.within(actor), entity_id=merged_id).first()
    if alias is None:
        raise NotMerged(person_id=str(merged_id))
    return take_back_as(alias.change_id, actor=actor, now=now, reason=reason, kind="unmerge")


def take_back_as(change_id: UUID, *, actor: Actor, now: datetime, reason: str, kind: str) -> Change:
    """Undo a change that came of a decision: a data steward may, and whoever decided. Raises as `undo`."""
    done = Change.objects.filter(pk=change_id).first()
    by_whom = actor
    if done is not None and actor.user_id is not None and done.actor_id == actor.user_id:
        by_whom = replace(actor, roles=actor.roles | {Role.STEWARD})
    return undo(change_id, actor=by_whom, now=now, reason=reason, kind=kind)


def who_is(person_id: UUID) -> UUID:
    """Return the entry that an entry has become part of; itself, if it was not merged."""
    seen = {person_id}
    while True:
        found = (
            PersonAlias.objects.filter(known(), entity_id=person_id)
            .values_list("person_id", flat=True)
            .first()
        )
        if found is None or found in seen:
            return person_id
        seen.add(found)
        person_id = found


def _versions_of(person_id: UUID, actor: Actor) -> list[Person]:
    rows = Person.objects.select_for_update().filter(known(), areas.within(actor), entity_id=person_id)
    versions = list(rows.order_by("valid_from"))
    if not versions:
        raise PersonNotFound(person_id=str(person_id))
    return versions


def _one_history(kept: Sequence[Person], merged: Sequence[Person]) -> tuple[list[Version], list[Version]]:
    """Return (opened, closed): the latest facts completed, the days before the first version filled in."""
    latest, other = kept[-1], merged[-1]
    facts: dict[str, Any] = {
        name: getattr(other, name) for name in _FACTS_TO_FILL if not getattr(latest, name)
    }
    for item in _NUMBERS_TO_FILL:
        if getattr(latest, f"{item}_index") is None:
            facts |= {f"{item}_{part}": getattr(other, f"{item}_{part}") for part in ("sealed", "index")}
    if other.name != latest.name and not latest.former_name and not other.former_name:
        facts["former_name"] = other.name
    opened: list[Version] = [restated(latest, **facts)]
    begins = kept[0].valid_from
    for version in merged:
        if version.valid_from < begins:
            until = begins if version.valid_to is None else min(version.valid_to, begins)
            opened.append(restated(version, Days(version.valid_from, until), entity_id=latest.entity_id))
    return opened, [latest, *merged]


def _that_point_to(person_id: UUID) -> Iterator[tuple[Version, str]]:
    for model in versioned():
        columns = {f.name for f in model._meta.concrete_fields if isinstance(f, UUIDField)}
        for column in columns.intersection(_POINTS_TO_PEOPLE):
            for version in model._default_manager.filter(known(), **{column: person_id}).order_by("pk"):
                yield version, column


def _pointing_to(keep_id: UUID, version: Version, column: str, closed: list[Version]) -> list[Version]:
    """Return what takes the place of a version that pointed to the merged entry; nothing if said twice."""
    if isinstance(version, Residency) and _has(Residency, keep_id, house_id=version.house_id):
        return []
    if isinstance(version, Membership):
        own = Membership.objects.filter(
            known(), person_id=keep_id, household_id=version.household_id, valid_to__isnull=True
        ).first()
        if own is not None and version.valid_to is None:
            if version.relation_to_head != HEAD or own.relation_to_head == HEAD:
                return []
            closed.append(own)
            return [restated(own, relation_to_head=HEAD)]
    facts: dict[str, Any] = {column: keep_id}
    return [restated(version, **facts)]


def _has(model: type[Residency], person_id: UUID, **same: object) -> bool:
    rows = model._default_manager.filter(known(), person_id=person_id, valid_to__isnull=True, **same)
    return bool(rows.exists())
