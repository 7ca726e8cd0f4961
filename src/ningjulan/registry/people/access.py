"""The only way to fetch facts on behalf of somebody: what is believed, in the areas they look after."""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor
from ningjulan.registry.models import Address, Person
from ningjulan.registry.models.changes import Version, known, valid
from ningjulan.registry.people.errors import DwellingNotFound, PersonNotFound

V = TypeVar("V", bound=Version)


def visible(
    model: type[V], actor: Actor, *, on: date | None = None, at: datetime | None = None
) -> QuerySet[V]:
    """Return the versions of the actor's areas that hold on a day, as known at an instant (now, without)."""
    rows = model._default_manager.filter(known(at), areas.within(actor))
    return rows.filter(valid(on)) if on else rows


def get_address(address_id: UUID, actor: Actor) -> Address:
    """Return the address, or raise `DwellingNotFound`."""
    rows = Address.objects.select_related("building").filter(areas.within(actor, "grid_code"))
    found = rows.filter(pk=address_id).first()
    if found is None:
        raise DwellingNotFound(address_id=str(address_id))
    return found


def get_person(person_id: UUID, actor: Actor, *, on: date, at: datetime | None = None) -> Person:
    """Return what is known of a person, or raise `PersonNotFound`."""
    found = visible(Person, actor, on=on, at=at).filter(entity_id=person_id).first()
    if found is None:
        raise PersonNotFound(person_id=str(person_id))
    return found
