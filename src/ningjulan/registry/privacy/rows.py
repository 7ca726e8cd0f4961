"""What the registry offers for export: residents of an area (BIZ01), without what is sensitive by itself."""

from collections.abc import Sequence

from django.utils import timezone

from ningjulan.registry.models import Person
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.privacy.exporting import ExportedRow, offer

COLUMNS = ("name", "person_category", "sex", "birth_date", "workplace", "hukou_division")


def offer_rows() -> None:
    """Tell exporting what there is. Called once, when the platform starts."""
    offer("BIZ01", residents)


def residents(area_code: str, most: int) -> Sequence[ExportedRow]:
    """Return at most so many of who is registered in an area today, by their id."""
    people = Person.objects.filter(known(), valid(timezone.localdate()), area_code__startswith=area_code)
    return [_row(person) for person in people.order_by("entity_id")[:most]]


def _row(person: Person) -> ExportedRow:
    values = {name: getattr(person, name) for name in COLUMNS} | {"phone": opened(person, "phone")}
    said = {name: str(value) for name, value in values.items() if value not in {None, ""}}
    return ExportedRow(person.entity_id, {"person_id": str(person.entity_id), **said})
