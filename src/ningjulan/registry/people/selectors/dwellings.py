"""The house as the unit: who lives or lived at an address on a day, as known at an instant. Masked."""

from collections import defaultdict
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from ningjulan.catalog import permissions
from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor
from ningjulan.registry.models import (
    Address,
    AddressState,
    Area,
    Dwelling,
    Household,
    Membership,
    Organisation,
    Person,
    Rental,
    Residency,
)
from ningjulan.registry.models.changes import Version, known, valid
from ningjulan.registry.people import access
from ningjulan.registry.people.contracts import (
    DwellingPage,
    HouseholdCard,
    Letting,
    Place,
    Resident,
)
from ningjulan.registry.people.selectors.holdings import organisation_rows
from ningjulan.registry.people.showing import age_on, name_shown, sheet_of, shown, shown_number, word

V = TypeVar("V", bound=Version)

_IN_USE = "OC"


def residents(
    address_id: UUID, *, actor: Actor, valid_on: date, known_at: datetime | None = None
) -> list[Resident]:
    """Return who lived at an address on a day, as the registry knew it at an instant (now, without one)."""
    page = dwelling_page(address_id, actor=actor, valid_on=valid_on, known_at=known_at)
    return [member for household in page.households for member in household.members]


def dwelling_page(
    address_id: UUID, *, actor: Actor, valid_on: date, known_at: datetime | None = None
) -> DwellingPage:
    """Return the house as the unit of management: one address, its dwelling, households and organisations.

    Raises:
        DwellingNotFound: No such address, or outside the actor's areas.
        RoleReadsNothing: The actor's role sees no residents.
    """
    permissions.check_list(actor, "BIZ05")
    address = access.get_address(address_id, actor)

    def here(model: type[V]) -> QuerySet[V]:
        return access.visible(model, actor, on=valid_on, at=known_at)

    dwelling = here(Dwelling).filter(entity_id=address_id).first()
    letting = here(Rental).filter(house_id=address_id).first()
    firms = here(Organisation).filter(address_id=address_id).order_by("name")
    days, corrections = _turning_points(address_id, actor)
    return DwellingPage(
        place=_place(address, valid_on),
        valid_on=valid_on,
        known_at=known_at,
        dwelling=sheet_of(dwelling, leave_out=frozenset({"owner_id_type"})) if dwelling else None,
        letting=_letting(letting) if letting else None,
        households=_households(address_id, actor, valid_on, known_at),
        organisations=organisation_rows(firms),
        turning_days=days,
        corrections=corrections,
    )


def _place(address: Address, on: date) -> Place:
    building = address.building
    state = AddressState.objects.filter(known(), valid(on), entity_id=address.pk).values_list(
        "state", flat=True
    )
    return Place(
        address_id=address.pk,
        code=address.code,
        full_text=address.full_text,
        building_name=building.name,
        community_name=Area.objects.values_list("name", flat=True).get(code=address.community_code),
        grid_code=address.grid_code,
        lon=address.lon,
        lat=address.lat,
        floor_no=address.floor_no,
        use_type=address.use_type,
        state=state.first() or _IN_USE,
    )


def _turning_points(address_id: UUID, actor: Actor) -> tuple[list[date], list[datetime]]:
    """Return the days on which somebody moved in or out, and the instants at which that was corrected."""
    rows = Residency.objects.filter(areas.within(actor), house_id=address_id)
    days: set[date] = set()
    corrected: set[datetime] = set()
    for since, until, known_to in rows.values_list("valid_from", "valid_to", "known_to"):
        if known_to is not None:
            corrected.add(known_to)
            continue
        days.update(day for day in (since, until) if day)
    return sorted(days), sorted(corrected)


def _households(address_id: UUID, actor: Actor, on: date, at: datetime | None) -> list[HouseholdCard]:
    lives = list(access.visible(Residency, actor, on=on, at=at).filter(house_id=address_id))
    who = [residency.person_id for residency in lives]
    people = {p.entity_id: p for p in Person.objects.filter(known(at), valid(on), entity_id__in=who)}
    houses = {h.entity_id: h for h in Household.objects.filter(known(at), valid(on), house_id=address_id)}
    members = {
        m.person_id: m
        for m in Membership.objects.filter(known(at), valid(on), person_id__in=who)
        if m.household_id in houses
    }
    cards: dict[UUID | None, list[Resident]] = defaultdict(list)
    for residency in lives:
        person, member = people.get(residency.person_id), members.get(residency.person_id)
        if person is not None:
            cards[member.household_id if member else None].append(_resident(person, residency, member, on))
    return sorted(
        (
            HouseholdCard(key, _number_of(houses[key] if key else None), sorted(residents, key=_by_relation))
            for key, residents in cards.items()
        ),
        key=lambda card: (card.household_id is None, card.members[0].since),
    )


def _number_of(household: Household | None) -> str | None:
    return shown("BIZ02", "household_no", household.household_no) if household else None


def _by_relation(resident: Resident) -> tuple[str, int]:
    return (resident.relation.code if resident.relation else "9", -(resident.age or 0))


def _resident(person: Person, residency: Residency, member: Membership | None, on: date) -> Resident:
    return Resident(
        person_id=person.entity_id,
        name=name_shown(person.name),
        sex=word("CL_SEX", person.sex),
        age=age_on(person.birth_date, on),
        category=word("CL_PERSON_CAT", person.person_category),
        relation=word("CL_RELATION", member.relation_to_head) if member else None,
        residence_kind=word("CL_RESIDENCE", residency.residence_kind),
        owner_relation=word("CL_OWNER_REL", residency.owner_relation),
        is_owner=bool(residency.is_owner),
        since=residency.valid_from,
        until=residency.valid_to,
        id_no=shown_number(person, "id_no"),
        phone=shown_number(person, "phone"),
        verified_at=residency.verified_at,
        source=word("CL_SOURCE", residency.source),
    )


def _letting(rental: Rental) -> Letting:
    return Letting(
        rental_id=rental.entity_id,
        since=rental.valid_from,
        contract_end=rental.contract_end,
        tenant_count=rental.tenant_count,
        manage_level=word("CL_RENT_LEVEL", rental.manage_level),
        rental_use=word("CL_RENT_USE", rental.rental_use),
        hazard=word("CL_HAZARD", rental.hazard_type),
        filing_no=rental.filing_no,
        landlord_phone=shown_number(rental, "landlord_phone"),
        alliance_joined=rental.alliance_joined,
        last_inspect=rental.last_inspect,
    )
