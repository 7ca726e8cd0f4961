"""Two entries beside each other as a clerk may see them: masked, with what agrees and what that is worth."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.masking import masked
from ningjulan.registry.domain.codes import is_uuid
from ningjulan.registry.models import Address, Duplicate, Person, Residency
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.resolution.taking import CLASS_ID, opened_record

SHOWN = ("name", "sex", "birth_date", "id_no", "phone", "address")
"""Fields a pair is shown by, in order: those that are compared."""

Side = dict[str, str | None]


def sides_of(pairs: Sequence[Duplicate]) -> list[tuple[Side, Side]]:
    """Return (left, right) of each pair, every value as its mask shows it."""
    ids = {pair.right_id for pair in pairs} | {pair.left_id for pair in pairs if pair.incoming is None}
    people = _people(ids)
    nobody: Side = dict.fromkeys(SHOWN)
    records = {pair.pk: opened_record(pair.incoming) for pair in pairs if pair.incoming}
    addresses = _addresses([record.get("current_address_id") for record in records.values()])
    return [
        (
            _side(records[pair.pk], addresses) if pair.pk in records else people.get(pair.left_id, nobody),
            people.get(pair.right_id, nobody),
        )
        for pair in pairs
    ]


def _people(ids: set[UUID]) -> dict[UUID, Side]:
    homes = dict(
        Residency.objects.filter(known(), person_id__in=ids, valid_to__isnull=True)
        .order_by("valid_from")
        .values_list("person_id", "house_id")
    )
    addresses = _addresses(homes.values())
    found: dict[UUID, Side] = {}
    for person in Person.objects.filter(known(), entity_id__in=ids).order_by("valid_from"):
        numbers = {item: opened(person, item) for item in ("id_no", "phone")}
        facts = {"name": person.name, "sex": person.sex, "birth_date": person.birth_date, **numbers}
        found[person.entity_id] = _side(
            facts | {"current_address_id": homes.get(person.entity_id)}, addresses
        )
    return found


def _addresses(ids: Any) -> dict[str, str]:
    wanted = {str(value) for value in ids if value}
    rows = Address.objects.filter(pk__in=[value for value in wanted if is_uuid(value)])
    return {str(pk): text for pk, text in rows.values_list("id", "full_text")}


def _side(facts: Mapping[str, Any], addresses: Mapping[str, str]) -> Side:
    masks = {item.id: item.mask for item in catalog.get_class(CLASS_ID).items}
    side: Side = {item: masked(facts.get(item), masks[item] or "full") for item in ("name", "id_no", "phone")}
    side["sex"] = facts.get("sex") or None
    side["birth_date"] = _year_only(facts.get("birth_date"))
    side["address"] = masked(addresses.get(str(facts.get("current_address_id"))), "address")
    return side


def _year_only(born: date | str | None) -> str | None:
    """1956-**-**: whether month and day agree is said by the agreement, not shown."""
    return f"{str(born)[:4]}-**-**" if born else None
