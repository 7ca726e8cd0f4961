"""What of people and premises can be read unmasked, one record at a time. `privacy` decides who may."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.errors import NotFound
from ningjulan.registry.models import (
    CareRecipient,
    Dwelling,
    Household,
    Membership,
    Organisation,
    Person,
    Rental,
    Vehicle,
)
from ningjulan.registry.models.changes import Version, known, valid
from ningjulan.registry.models.people import HEAD
from ningjulan.registry.people import access
from ningjulan.registry.people.numbers import opened, sealed_items
from ningjulan.registry.people.showing import CLASS_OF, name_shown, shown
from ningjulan.registry.privacy.revealing import Revealed, register


class RecordNotFound(NotFound):
    code = "record_not_found"


def register_kinds() -> None:
    """Tell `privacy` what there is to be read. Called once, when the platform starts."""
    for kind, load in _LOADERS.items():
        register(kind, load)


def _current(model: type[Any], actor: Actor, record_id: str) -> Any:
    try:
        entity_id = UUID(record_id)
    except ValueError:
        raise RecordNotFound from None
    found = access.visible(model, actor, on=_today()).filter(entity_id=entity_id).first()
    if found is None:
        raise RecordNotFound(record_id=str(entity_id))
    return found


def _today() -> date:
    return timezone.localdate()


def _values(version: Version, columns: Iterable[str]) -> dict[str, str]:
    """Return the items that say something: numbers opened, the rest as stored."""
    numbers = {item: opened(version, item) for item in sealed_items(type(version))}
    texts = {name: getattr(version, name) for name in columns}
    return {name: str(value) for name, value in {**texts, **numbers}.items() if value not in {None, ""}}


def _person(actor: Actor, record_id: str) -> Revealed:
    person: Person = _current(Person, actor, record_id)
    columns = ("name", "former_name", "birth_date", "marital_status", "workplace", "hukou_detail")
    return _revealed(
        person, person.entity_id, columns, name_shown(person.name), _household_of(person.entity_id)
    )


def _household_of(person_id: UUID) -> str:
    rows = Membership.objects.filter(known(), valid(_today()), person_id=person_id)
    found = rows.values_list("household_id", flat=True).first()
    return str(found or "")


def _household(actor: Actor, record_id: str) -> Revealed:
    household: Household = _current(Household, actor, record_id)
    heads = Membership.objects.filter(
        known(), valid(_today()), household_id=household.entity_id, relation_to_head=HEAD
    )
    head = heads.values_list("person_id", flat=True).first()
    person = Person.objects.filter(known(), valid(_today()), entity_id=head).first() if head else None
    values = _values(household, ["household_no"])
    number = opened(person, "phone") if person else None
    if number:
        values["head_phone"] = number
    label = shown("BIZ02", "household_no", household.household_no) or ""
    return Revealed(head, "BIZ02", household.area_code, values, label, str(household.entity_id))


def _dwelling(actor: Actor, record_id: str) -> Revealed:
    dwelling: Dwelling = _current(Dwelling, actor, record_id)
    return _revealed(dwelling, dwelling.owner_person_id, ("owner_name",), name_shown(dwelling.owner_name))


def _rental(actor: Actor, record_id: str) -> Revealed:
    rental: Rental = _current(Rental, actor, record_id)
    return _revealed(rental, rental.landlord_id, (), rental.filing_no)


def _vehicle(actor: Actor, record_id: str) -> Revealed:
    vehicle: Vehicle = _current(Vehicle, actor, record_id)
    label = shown("BIZ12", "plate_no", opened(vehicle, "plate_no")) or ""
    return _revealed(vehicle, vehicle.owner_person_id, (), label)


def _organisation(actor: Actor, record_id: str) -> Revealed:
    firm: Organisation = _current(Organisation, actor, record_id)
    return _revealed(firm, None, ("legal_rep", "safety_officer"), firm.name)


def _care_recipient(actor: Actor, record_id: str) -> Revealed:
    """Found by the person: who looks after somebody opens their page, and no list says who is cared for."""
    try:
        person_id = UUID(record_id)
    except ValueError:
        raise RecordNotFound from None
    rows = access.visible(CareRecipient, actor, on=_today()).filter(person_id=person_id)
    found = rows.first()
    if found is None:
        raise RecordNotFound(record_id=str(person_id))
    return _revealed(found, person_id, ("care_type", "service_needs", "emergency_contact"), "")


def _revealed(
    version: Version, subject: UUID | None, columns: Iterable[str], label: str, household: str = ""
) -> Revealed:
    class_id = CLASS_OF[type(version)]
    return Revealed(subject, class_id, version.area_code, _values(version, columns), label, household)


_LOADERS: dict[str, Callable[[Actor, str], Revealed]] = {
    "person": _person,
    "household": _household,
    "dwelling": _dwelling,
    "rental": _rental,
    "vehicle": _vehicle,
    "organisation": _organisation,
    "care_recipient": _care_recipient,
}
