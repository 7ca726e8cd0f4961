"""Merging and taking it back, proved on whatever two entries say."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models import (
    Household,
    Membership,
    Person,
    PersonAlias,
    PersonKey,
    Residency,
    Vehicle,
)
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.changing import apply, begin, versioned
from ningjulan.registry.people.errors import OnlyStewardsUndo, PersonNotFound
from ningjulan.registry.people.numbers import index_of, sealed
from ningjulan.registry.resolution import keys
from ningjulan.registry.resolution.errors import NotMerged, SamePerson
from ningjulan.registry.resolution.merging import merge, unmerge, who_is
from ningjulan.registry.resolution.tests.conftest import NOW, STEWARD, STREET, TODAY

CLERK = Actor(7, "受理员", frozenset({Role.CLERK}), frozenset({STREET}))


def merged(keep, other, actor=STEWARD):
    return merge(keep_id=keep, merged_id=other, actor=actor, now=NOW, reason="同一人")


def beliefs():
    """Return everything that is known now, but for the versions' own keys, instants and changes."""
    own = {"id", "change_id", "closed_by_id", "restored_by_id", "known_from", "known_to"}
    found = []
    for model in versioned():
        columns = [f.attname for f in model._meta.concrete_fields if f.attname not in own]
        rows = model._default_manager.filter(known()).values_list(*columns)
        found += [(model.__name__, *map(str, row)) for row in rows]
    return sorted(found)


def test_what_one_entry_lacks_the_other_gives(register):
    keep = register(phone=None)
    other = register(name="王绣英", id_no="99999919560304002X", home=1)

    merged(keep, other)

    person = Person.objects.get(known(), entity_id=keep)
    assert (person.name, person.former_name) == ("王秀英", "王绣英")
    assert bytes(person.phone_index) == index_of("phone", "00011112222")
    assert bytes(person.id_no_index) == index_of("id_no", "99999919560304002X")
    assert Residency.objects.filter(known(), person_id=keep).count() == 2
    assert who_is(other) == keep


def test_the_merged_entry_is_found_no_more_and_again_after_it_is_taken_back(register):
    keep, other = register(), register(home=1)
    merged(keep, other)
    keys.refresh(TODAY)
    assert set(PersonKey.objects.values_list("pk", flat=True)) == {keep}

    unmerge(merged_id=other, actor=STEWARD, now=NOW, reason="误合并")
    keys.refresh(TODAY)

    assert set(PersonKey.objects.values_list("pk", flat=True)) == {keep, other}
    assert who_is(other) == other


def test_one_home_said_twice_is_one_home(register):
    keep, other = register(home=4), register(home=4)

    merged(keep, other)

    assert Residency.objects.filter(known(), person_id=keep).count() == 1


def test_a_household_keeps_its_head(register, homes):
    keep, other = register(), register()
    household = uuid4()
    common = {"area_code": homes[0].grid_code, "valid_from": date(2020, 1, 1), "source": "02"}
    members = [
        Membership(
            entity_id=uuid4(), household_id=household, person_id=person, relation_to_head=relation, **common
        )
        for person, relation in ((keep, "2"), (other, "0"))
    ]
    house = Household(entity_id=household, household_no="H1", **common)
    apply(begin(actor=STEWARD, now=NOW, kind="edit", source="desk"), [house, *members])

    merged(keep, other)

    assert list(Membership.objects.filter(known()).values_list("person_id", "relation_to_head")) == [
        (keep, "0")
    ]


def test_somebody_of_another_area_is_nobody(register):
    foreign = Actor(9, "外区", frozenset({Role.CLERK}), frozenset({"440310"}))
    with pytest.raises(PersonNotFound):
        merged(register(), register(home=1), actor=foreign)


def test_an_entry_is_not_merged_with_itself(register):
    person = register()
    with pytest.raises(SamePerson):
        merged(person, person)


def test_who_merged_takes_it_back_and_nobody_else_but_a_steward(register):
    keep, other = register(), register(home=1)
    merged(keep, other, actor=CLERK)
    colleague = Actor(8, "另一受理员", frozenset({Role.CLERK}), frozenset({STREET}))

    with pytest.raises(OnlyStewardsUndo):
        unmerge(merged_id=other, actor=colleague, now=NOW, reason="误合并")
    unmerge(merged_id=other, actor=CLERK, now=NOW, reason="误合并")

    with pytest.raises(NotMerged):
        unmerge(merged_id=other, actor=CLERK, now=NOW, reason="再次")


GRID = "330109013006003"
DAYS = st.integers(0, 3_000).map(lambda n: date(2018, 1, 1) + timedelta(days=n))
HOUSES = [uuid4() for _ in range(3)]


@st.composite
def entries(draw):
    """What an entry says: facts that may be missing, homes and vehicles that may be those of the other."""
    return {
        "since": draw(DAYS),
        "name": draw(st.sampled_from(["王秀英", "王绣英", "李娜"])),
        "phone": draw(st.none() | st.sampled_from(["00011112222", "00033334444"])),
        "education": draw(st.sampled_from(["", "20"])),
        "houses": draw(st.lists(st.sampled_from(HOUSES), unique=True)),
        "n_vehicles": draw(st.integers(0, 2)),
    }


class MergeIsReversible(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(entries(), entries())
    def test_taking_a_merge_back_restores_all_that_was_known(self, one, other):
        keep, gone = self.registered(one), self.registered(other)
        before = beliefs()

        merged(keep, gone)
        assert not Person.objects.filter(known(), entity_id=gone).exists()
        assert PersonAlias.objects.filter(known()).count() == 1
        unmerge(merged_id=gone, actor=STEWARD, now=NOW + timedelta(hours=1), reason="误合并")

        assert beliefs() == before

    def registered(self, says):
        person = uuid4()
        common = {"area_code": GRID, "valid_from": says["since"], "source": "02"}
        phone = sealed(Person, "phone", says["phone"])
        versions = [
            Person(entity_id=person, name=says["name"], person_category="11", education=says["education"],
                   **phone, **common),
            *(Residency(entity_id=uuid4(), person_id=person, house_id=house, **common)
              for house in says["houses"]),
            *(Vehicle(entity_id=uuid4(), owner_person_id=person, plate_class="02",
                      **sealed(Vehicle, "plate_no", f"浙A{uuid4().hex[:5]}"), **common)
              for _ in range(says["n_vehicles"])),
        ]  # fmt: skip
        apply(begin(actor=STEWARD, now=NOW - timedelta(hours=1), kind="edit", source="desk"), versions)
        return person
