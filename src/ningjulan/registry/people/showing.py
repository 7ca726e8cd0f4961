"""How facts are shown: codes as words, personal values as masks. The only way from a version to a screen."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item
from ningjulan.foundation.masking import masked
from ningjulan.registry.models import (
    Assistance,
    CareRecipient,
    CareService,
    Dwelling,
    Employment,
    Household,
    Membership,
    Migrant,
    Organisation,
    OverseasPerson,
    Person,
    Rental,
    Residency,
    Vehicle,
)
from ningjulan.registry.models.changes import Version
from ningjulan.registry.people.contracts import Fact, FactSheet, Word
from ningjulan.registry.people.numbers import opened, sealed_items

CLASS_OF: Mapping[type[Version], str] = {
    Person: "BIZ01",
    Household: "BIZ02",
    Membership: "BIZ02",
    Migrant: "BIZ03",
    OverseasPerson: "BIZ04",
    Residency: "BIZ05",
    Rental: "BIZ06",
    Assistance: "BIZ07",
    CareService: "BIZ08",
    CareRecipient: "BIZ09",
    Organisation: "BIZ10",
    Employment: "BIZ11",
    Vehicle: "BIZ12",
    Dwelling: "GEO09",
}
_YEAR = 365.25


def word(code_list: str, code: str | None) -> Word | None:
    """Return a code with its labels; of a code the list does not know, the code itself."""
    if not code:
        return None
    known = catalog.code_list(code_list).by_code.get(code)
    return Word(code, known.zh, known.en) if known else Word(code, code, code)


def shown(class_id: str, item: str, value: object) -> str | None:
    """Return a value as lists show it: by its mask; personal without one: hidden."""
    if value is None or value == "":
        return None
    known = catalog.get_class(class_id).by_id[item]
    mask = known.mask or ("full" if known.pi else None)
    return masked(value, mask) if mask else _plain(value)


def shown_number(version: Version, item: str) -> str | None:
    """Return a sealed number as its mask shows it."""
    return shown(CLASS_OF[type(version)], item, opened(version, item))


def name_shown(name: str) -> str:
    return masked(name, "name") or ""


def age_on(birth: date | None, day: date) -> int | None:
    return None if birth is None or birth > day else int((day - birth).days // _YEAR)


def sheet_of(version: Version, leave_out: frozenset[str] = frozenset()) -> FactSheet:
    """Return everything a version says, masked, in the order of the catalogue; what is not known as well."""
    data_class = catalog.get_class(CLASS_OF[type(version)])
    columns = {field.name for field in version._meta.concrete_fields}
    sealed = set(sealed_items(type(version)))
    facts = [
        _fact(version, item, data_class.id, sealed)
        for item in data_class.items
        if (item.id in columns or item.id in sealed) and item.id not in leave_out
    ]
    source = word("CL_SOURCE", version.source)
    return FactSheet(version.pk, version.valid_from, version.known_from, source, facts)


def _fact(version: Version, item: Item, class_id: str, sealed: set[str]) -> Fact:
    value: Any = opened(version, item.id) if item.id in sealed else getattr(version, item.id)
    hides = bool(item.pi or item.mask) and value not in {None, ""}
    as_word = word(item.code_list, value) if item.code_list and not hides else None
    return Fact(item.id, item.zh, item.en, shown(class_id, item.id, value), as_word, hides)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
