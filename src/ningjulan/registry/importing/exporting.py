"""What a source brought, as a file that can be imported again: the way back of `jobs`.

Unmasked: no door of its own. Whoever wants it as a file asks for an export, which two people decide on.
"""

import polars as pl

from ningjulan.registry.models import Person, Residency
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.resolution.taking import FACTS, NUMBERS

COLUMNS = ("person_id", *FACTS, *NUMBERS, "current_address_id")


def exported(source: str) -> pl.DataFrame:
    """Return the people a source brought as they are known now: one row each, columns of BIZ01, all text."""
    people = list(Person.objects.filter(known(), source=source[:40], valid_to__isnull=True).order_by("pk"))
    homes = dict(
        Residency.objects.filter(
            known(), person_id__in=[person.entity_id for person in people], valid_to__isnull=True
        ).values_list("person_id", "house_id")
    )
    rows = [
        {
            "person_id": str(person.entity_id),
            **{name: _text(getattr(person, name)) for name in FACTS},
            **{item: opened(person, item) for item in NUMBERS},
            "current_address_id": _text(homes.get(person.entity_id)),
        }
        for person in people
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String))


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)
