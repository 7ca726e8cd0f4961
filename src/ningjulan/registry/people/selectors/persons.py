"""Finding people, and what is known of one. Masked, limited to the actor's areas."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from ningjulan.catalog import permissions
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.masking import masked
from ningjulan.registry.models import (
    Address,
    Employment,
    Membership,
    Organisation,
    Person,
    Residency,
    Vehicle,
)
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.people import access
from ningjulan.registry.people.contracts import Job, PersonPage, PersonRow, Relative, Stay
from ningjulan.registry.people.numbers import index_of, normalised
from ningjulan.registry.people.rights import may_edit
from ningjulan.registry.people.selectors.holdings import vehicle_rows
from ningjulan.registry.people.showing import age_on, name_shown, sheet_of, shown_number, word

_LIMIT = 50
_NOWHERE = UUID(int=0)


def find_people(
    actor: Actor, tenant_code: str, q: str, *, today: date, limit: int = _LIMIT
) -> list[PersonRow]:
    """Return people whose name begins with `q`, or whose document, telephone or plate number is exactly `q`.

    Numbers are found by their blind index: nothing is opened to look. Nothing is found without `q`.

    Raises:
        RoleReadsNothing: The actor's role sees no residents.
    """
    permissions.check_list(actor, "BIZ01")
    wanted = q.strip()
    if not wanted:
        return []
    rows = access.visible(Person, actor, on=today).filter(area_code__startswith=tenant_code)
    found = list(rows.filter(_matches(wanted, actor)).order_by("name", "pk")[:limit])
    return person_rows(found, today)


def _matches(wanted: str, actor: Actor) -> Q:
    number = normalised(wanted)
    if not any(c.isdigit() for c in number):
        return Q(name__startswith=wanted)
    owners = access.visible(Vehicle, actor).filter(plate_no_index=index_of("plate_no", number))
    return (
        Q(id_no_index=index_of("id_no", number))
        | Q(phone_index=index_of("phone", number))
        | Q(entity_id__in=list(owners.values_list("owner_person_id", flat=True)))
    )


def person_rows(people: Sequence[Person], on: date) -> list[PersonRow]:
    """Return people as lists show them. The caller has limited them to its actor's areas."""
    lives = Residency.objects.filter(known(), valid(on), person_id__in=[p.entity_id for p in people])
    house_of = dict(lives.order_by("valid_from").values_list("person_id", "house_id"))
    texts = address_texts(house_of.values())
    return [
        PersonRow(
            person_id=person.entity_id,
            name=name_shown(person.name),
            sex=word("CL_SEX", person.sex),
            age=age_on(person.birth_date, on),
            category=word("CL_PERSON_CAT", person.person_category),
            id_no=shown_number(person, "id_no"),
            phone=shown_number(person, "phone"),
            address_id=house_of.get(person.entity_id),
            address=texts.get(house_of.get(person.entity_id, _NOWHERE)),
            area_code=person.area_code,
            verified_at=person.verified_at,
        )
        for person in people
    ]


def address_texts(ids: Iterable[UUID | None]) -> dict[UUID | None, str | None]:
    """Return addresses to the building: whose home it is, is not read off a list."""
    rows = Address.objects.filter(pk__in=[i for i in ids if i]).values_list("pk", "full_text")
    return {key: masked(text, "address") for key, text in rows}


def person_page(person_id: UUID, *, actor: Actor, today: date, at: datetime | None = None) -> PersonPage:
    """Return what is known of a person, masked: facts with source and since when, homes, household, work.

    Raises:
        PersonNotFound: No such person in the actor's areas.
        RoleReadsNothing: The actor's role sees no residents.
    """
    permissions.check_list(actor, "BIZ01")
    person = access.get_person(person_id, actor, on=today, at=at)
    return PersonPage(
        person_id=person_id,
        name=name_shown(person.name),
        age=age_on(person.birth_date, today),
        area_code=person.area_code,
        sheet=sheet_of(person),
        stays=_stays(person_id, at),
        household=_relatives(person_id, today, at),
        jobs=_jobs(person_id, at),
        vehicles=vehicle_rows(
            access.visible(Vehicle, actor, on=today, at=at).filter(owner_person_id=person_id)
        ),
        may_edit=may_edit(actor),
    )


def _stays(person_id: UUID, at: datetime | None) -> list[Stay]:
    rows = list(Residency.objects.filter(known(at), person_id=person_id).order_by("-valid_from"))
    texts = address_texts(row.house_id for row in rows)
    return [
        Stay(
            residency_id=row.entity_id,
            address_id=row.house_id,
            address=texts.get(row.house_id),
            since=row.valid_from,
            until=row.valid_to,
            kind=word("CL_RESIDENCE", row.residence_kind),
            source=word("CL_SOURCE", row.source),
            known_from=row.known_from,
            verified_at=row.verified_at,
        )
        for row in rows
    ]


def _relatives(person_id: UUID, on: date, at: datetime | None) -> list[Relative]:
    mine = Membership.objects.filter(known(at), valid(on), person_id=person_id)
    households = list(mine.values_list("household_id", flat=True))
    members = Membership.objects.filter(known(at), valid(on), household_id__in=households).exclude(
        person_id=person_id
    )
    relation_of = dict(members.values_list("person_id", "relation_to_head"))
    people = Person.objects.filter(known(at), valid(on), entity_id__in=list(relation_of))
    return [
        Relative(
            p.entity_id,
            name_shown(p.name),
            word("CL_RELATION", relation_of[p.entity_id]),
            age_on(p.birth_date, on),
        )
        for p in sorted(people, key=lambda p: (relation_of[p.entity_id], p.birth_date or on))
    ]


def _jobs(person_id: UUID, at: datetime | None) -> list[Job]:
    rows = list(Employment.objects.filter(known(at), person_id=person_id).order_by("-valid_from"))
    firms = Organisation.objects.filter(known(at), entity_id__in=[row.org_id for row in rows])
    names = dict(firms.order_by("valid_from").values_list("entity_id", "name"))
    return [
        Job(row.org_id, names.get(row.org_id, ""), row.post, row.valid_from, row.valid_to) for row in rows
    ]
