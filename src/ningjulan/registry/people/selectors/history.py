"""What was believed of a person, change by change, and the changes of an area."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from ningjulan.catalog import facade as catalog
from ningjulan.catalog import permissions
from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.masking import masked
from ningjulan.registry.models import (
    Address,
    Change,
    Employment,
    Membership,
    Migrant,
    Organisation,
    Person,
    Residency,
)
from ningjulan.registry.models.changes import Version, facts_of
from ningjulan.registry.people import access
from ningjulan.registry.people.bitemporal import overlaps
from ningjulan.registry.people.contracts import ChangeRow, FieldChange, HistoryEntry
from ningjulan.registry.people.numbers import sealed_items
from ningjulan.registry.people.rights import may_undo
from ningjulan.registry.people.showing import CLASS_OF, shown, shown_number, word

_OF_A_PERSON: tuple[tuple[type[Version], str], ...] = (
    (Person, "entity_id"),
    (Residency, "person_id"),
    (Membership, "person_id"),
    (Migrant, "person_id"),
    (Employment, "person_id"),
)
_NOT_SHOWN = frozenset({"entity_id", "area_code", "source", "person_id", "household_id", "verified_by"})
_DAYS = {"valid_from": ("起始日期", "From"), "valid_to": ("截止日期", "Until")}
_LIMIT = 200


def person_history(person_id: UUID, *, actor: Actor, today: date) -> list[HistoryEntry]:
    """Return everything the registry learnt about a person, the latest first, with what it said otherwise.

    Values are masked. A number that changed shows as changed even where both masks look alike.

    Raises:
        PersonNotFound: No such person in the actor's areas.
    """
    permissions.check_list(actor, "BIZ01")
    access.get_person(person_id, actor, on=today)
    entries: list[HistoryEntry] = []
    for model, column in _OF_A_PERSON:
        rows = model._default_manager.select_related("change").filter(**{column: person_id})
        by_entity: dict[UUID, list[Version]] = defaultdict(list)
        for version in rows.order_by("known_from", "valid_from", "pk"):
            by_entity[version.entity_id].append(version)
        for versions in by_entity.values():
            entries += _entries(versions)
    undone = _undone(entry.change_id for entry in entries)
    marked = [HistoryEntry(**{**entry.__dict__, "undone": entry.change_id in undone}) for entry in entries]
    return sorted(marked, key=lambda entry: entry.at, reverse=True)


def _entries(versions: Sequence[Version]) -> list[HistoryEntry]:
    """Return an entry for each version of one entity, compared with the one it took the place of."""
    entries = []
    for n, version in enumerate(versions):
        before = next(
            (v for v in reversed(versions[:n]) if v.known_to == version.known_from and overlaps(v, version)),
            None,
        )
        change = version.change
        entries.append(
            HistoryEntry(
                at=version.known_from,
                kind=str(version._meta.model_name),
                entity_id=version.entity_id,
                valid_from=version.valid_from,
                valid_to=version.valid_to,
                is_first=before is None,
                is_current=version.known_to is None,
                fields=_differences(before, version),
                change_id=change.pk,
                change_kind=change.kind,
                actor_name=change.actor_name,
                source=word("CL_SOURCE", version.source),
                reason=change.reason,
                undone=False,
            )
        )
    return entries


def _differences(before: Version | None, after: Version) -> list[FieldChange]:
    model, class_id = type(after), CLASS_OF[type(after)]
    known_items = catalog.get_class(class_id).by_id
    old, new = facts_of(before) if before else {}, facts_of(after)
    sealed = sealed_items(model)
    found = []
    for item in sealed:
        if old.get(f"{item}_index") != new[f"{item}_index"]:
            label = known_items[item]
            found.append(FieldChange(item, label.zh, label.en, _number(before, item), _number(after, item)))
    for name, value in new.items():
        if name in _NOT_SHOWN or name.endswith(("_sealed", "_index")) or old.get(name, "") == value:
            continue
        if before is None and value in {None, ""}:
            continue
        found.append(_change_of(class_id, name, old.get(name), value))
    for name, (zh, en) in _DAYS.items():
        if before is not None and getattr(before, name) != getattr(after, name):
            found.append(FieldChange(name, zh, en, _day(getattr(before, name)), _day(getattr(after, name))))
    return found


def _change_of(class_id: str, name: str, old: object, new: object) -> FieldChange:
    known = catalog.get_class(class_id).by_id.get(name)
    if known is None:  # a pointer that the catalogue names otherwise
        return FieldChange(name, name, name, _pointer(name, old), _pointer(name, new))
    if name in {"house_id", "org_id", "hukou_address", "dorm_address_id"}:
        return FieldChange(name, known.zh, known.en, _pointer(name, old), _pointer(name, new))
    return FieldChange(name, known.zh, known.en, shown(class_id, name, old), shown(class_id, name, new))


def _pointer(name: str, value: object) -> str | None:
    """Return what an id points to, as lists show it."""
    if not isinstance(value, UUID):
        return None
    if name == "org_id":
        return Organisation.objects.filter(entity_id=value).values_list("name", flat=True).first()
    text = Address.objects.filter(pk=value).values_list("full_text", flat=True).first()
    return masked(text, "address") if text else str(value)[:8]


def _number(version: Version | None, item: str) -> str | None:
    return shown_number(version, item) if version else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _undone(change_ids: Iterable[UUID]) -> set[UUID]:
    return set(Change.objects.filter(undoes__in=set(change_ids)).values_list("undoes_id", flat=True))


def list_changes(
    actor: Actor, tenant_code: str, *, subject: str = "", limit: int = _LIMIT
) -> list[ChangeRow]:
    """Return the latest changes of the actor's areas, or those of one subject (`person:<id>`).

    Raises:
        RoleReadsNothing: The actor's role sees no residents.
    """
    permissions.check_list(actor, "BIZ01")
    rows = Change.objects.filter(areas.within(actor), area_code__startswith=tenant_code)
    if subject:
        rows = rows.filter(subject=subject)
    changes = list(rows.order_by("-at")[:limit])
    undone_by = dict(Change.objects.filter(undoes__in=changes).values_list("undoes_id", "pk"))
    return [
        ChangeRow(
            change_id=change.pk,
            at=change.at,
            kind=change.kind,
            kind_zh=Change.KINDS.get(change.kind, change.kind),
            actor_name=change.actor_name,
            source=change.source,
            reason=change.reason,
            subject=change.subject,
            area_code=change.area_code,
            n_closed=change.n_closed,
            n_opened=change.n_opened,
            undoes=change.undoes_id,
            undone_by=undone_by.get(change.pk),
            may_undo=may_undo(actor) and change.pk not in undone_by,
        )
        for change in changes
    ]
