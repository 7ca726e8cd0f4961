import json
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.permissions import RoleReadsNothing
from ningjulan.registry.models import Change, Person, Residency, Vehicle
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.people import selectors
from ningjulan.registry.people.changing import apply, begin, ended
from ningjulan.registry.people.errors import DwellingNotFound, PersonNotFound
from ningjulan.registry.people.loading import load_population
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.people.services import Edit, edit_person
from ningjulan.registry.people.tests.conftest import NOW

STREET = "330109013"
TODAY = date(2026, 11, 25)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("peopled")]


def actor(*roles, area=STREET):
    return Actor(7, "李四", frozenset(roles), frozenset({area}))


CLERK = actor(Role.CLERK)


def somebody(**wanted):
    return Person.objects.filter(known(), valid(TODAY), **wanted).order_by("pk").first()


def home_of(person):
    return Residency.objects.filter(known(), valid(TODAY), person_id=person.entity_id).get().house_id


def test_a_name_is_found_by_how_it_begins_and_shown_masked():
    person = somebody()

    rows = selectors.find_people(CLERK, STREET, person.name[:2], today=TODAY)

    assert person.entity_id in {row.person_id for row in rows}
    assert all("*" in row.name and row.name != person.name for row in rows)
    assert all(row.id_no is None or "*" in row.id_no for row in rows)


@pytest.mark.parametrize("item", ["id_no", "phone"])
def test_a_number_is_found_only_whole_however_it_is_written(item):
    person = somebody(**{f"{item}_index__isnull": False})
    number = opened(person, item)

    def found(text):
        return {row.person_id for row in selectors.find_people(CLERK, STREET, text, today=TODAY)}

    assert person.entity_id in found(f" {number[:6]} {number[6:]} ")
    assert found(number[:-1]) == set()


def test_a_plate_finds_its_owner():
    vehicle = Vehicle.objects.filter(known(), valid(TODAY), owner_person_id__isnull=False).first()

    rows = selectors.find_people(CLERK, STREET, opened(vehicle, "plate_no"), today=TODAY)

    assert vehicle.owner_person_id in {row.person_id for row in rows}


def test_nobody_outside_the_area_is_found_or_opened():
    person = somebody()
    elsewhere = actor(Role.GRID_WORKER, area="330109014")

    assert selectors.find_people(elsewhere, STREET, person.name, today=TODAY) == []
    with pytest.raises(PersonNotFound):
        selectors.person_page(person.entity_id, actor=elsewhere, today=TODAY)
    with pytest.raises(DwellingNotFound):
        selectors.dwelling_page(home_of(person), actor=elsewhere, valid_on=TODAY)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR, Role.PROPERTY, Role.RESIDENT, Role.LANDLORD])
def test_roles_without_a_purpose_see_no_residents(role):
    person = somebody()

    with pytest.raises(RoleReadsNothing):
        selectors.find_people(actor(role), STREET, person.name, today=TODAY)
    with pytest.raises(RoleReadsNothing):
        selectors.person_page(person.entity_id, actor=actor(role), today=TODAY)


def test_every_personal_item_of_a_page_is_masked_and_says_so():
    person = somebody(id_no_index__isnull=False, phone_index__isnull=False, hukou_detail__gt="")

    page = selectors.person_page(person.entity_id, actor=CLERK, today=TODAY)

    items = catalog.get_class("BIZ01").by_id
    shown = {fact.item: fact for fact in page.sheet.facts if fact.value is not None}
    assert all(fact.is_hidden for name, fact in shown.items() if items[name].pi)
    plain = {"name": person.name, "id_no": opened(person, "id_no"), "phone": opened(person, "phone")}
    assert all(shown[name].value != value for name, value in plain.items())


def test_a_dwelling_shows_its_households_with_the_head_first():
    person = somebody()

    page = selectors.dwelling_page(home_of(person), actor=CLERK, valid_on=TODAY)

    members = [member for household in page.households for member in household.members]
    assert person.entity_id in {member.person_id for member in members}
    for household in page.households:
        if household.household_id is not None:
            assert household.members[0].relation.code == "0"


def test_who_lived_here_on_a_day_as_known_on_another():
    """Moved out on the 20th; the street learns of it weeks later."""
    person = somebody()
    house = home_of(person)
    lives = list(Residency.objects.filter(known(), person_id=person.entity_id, house_id=house))
    told = NOW + timedelta(days=20)
    out = date(2026, 11, 20)
    kept, closed = ended([v for v in lives if v.valid_to is None], out)
    apply(begin(actor=actor(Role.STEWARD), now=told, kind="edit", source="02", reason="核实"), kept, closed)

    def lived_here(on, known_at=None):
        page = selectors.residents(house, actor=CLERK, valid_on=on, known_at=known_at)
        return person.entity_id in {resident.person_id for resident in page}

    assert lived_here(date(2026, 11, 23), known_at=NOW + timedelta(days=10))  # so it was believed
    assert not lived_here(date(2026, 11, 23), known_at=told)
    assert not lived_here(date(2026, 11, 23))
    assert lived_here(date(2026, 11, 19))


def test_history_tells_what_a_correction_changed_without_the_numbers():
    person = somebody(phone_index__isnull=False)
    before = opened(person, "phone")
    edit = Edit({"phone": "00012349999"}, person.pk, "本人来电", "02")
    edit_person(person.entity_id, edit, actor=CLERK, now=NOW + timedelta(hours=1), today=TODAY)

    latest = selectors.person_history(person.entity_id, actor=CLERK, today=TODAY)[0]

    (field,) = [field for field in latest.fields if field.item == "phone"]
    assert (latest.actor_name, latest.reason) == ("李四", "本人来电")
    assert before not in (field.before, field.after)
    assert field.before != "00012349999" != field.after


def test_completeness_counts_each_community_and_lists_its_gaps():
    since = NOW - timedelta(days=180)

    rows = selectors.completeness(CLERK, STREET, since=since, today=TODAY)

    assert sum(row.addresses for row in rows) == 6_100
    assert all(row.people_verified <= row.people and row.dwellings_known <= row.dwellings for row in rows)
    short = next(row for row in rows if row.people_verified < row.people)
    gaps = selectors.gaps(CLERK, short.area_code, "residency_unverified", since=since, today=TODAY)
    assert gaps
    assert all(gap.area_code.startswith(short.area_code) for gap in gaps)


def test_a_population_comes_back_after_another_one(peopled, peopled_folder, tmp_path):
    other = shutil.copytree(peopled_folder, tmp_path / "town")
    meta = json.loads((other / "residents.json").read_text())
    (other / "residents.json").write_text(json.dumps(meta | {"version": "another"}))
    n_people = Person.objects.filter(known()).count()
    load_population(other, datetime(2026, 11, 26, tzinfo=UTC))

    back = load_population(peopled_folder, datetime(2026, 11, 27, tzinfo=UTC))

    assert back.changed
    assert Person.objects.filter(known()).count() == n_people
    assert Change.objects.filter(source="population").count() == 1


def test_a_population_is_loaded_once(peopled, peopled_folder):
    again = load_population(peopled_folder, datetime(2026, 11, 26, tzinfo=UTC))

    assert peopled.changed
    assert not again.changed
    assert Change.objects.count() == 1
    assert selectors.stats(STREET, today=TODAY)["people"] == peopled.counts["membership"]
