from datetime import date, timedelta

import pytest

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models import Duplicate, Incoming, Person
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.numbers import sealed
from ningjulan.registry.resolution.errors import AlreadyDecided, DuplicateNotFound, NotDecided
from ningjulan.registry.resolution.merging import who_is
from ningjulan.registry.resolution.services import (
    Asked,
    OnlyClerksDecide,
    decide,
    find_duplicates,
    look_up,
    take_back,
)
from ningjulan.registry.resolution.tests.conftest import NOW, STREET, TODAY
from ningjulan.registry.resolution.tests.test_merging import beliefs
from ningjulan.registry.resolution.tests.test_taking import somebody, taken

pytestmark = pytest.mark.django_db
CLERK = Actor(7, "受理员", frozenset({Role.CLERK}), frozenset({STREET}))
LATER = NOW + timedelta(hours=1)


def said(pair, same, by=CLERK):
    return decide(pair.pk, same=same, actor=by, now=LATER, today=TODAY, reason="电话核实")


def back(pair, by=CLERK):
    return take_back(pair.pk, actor=by, now=LATER + timedelta(hours=1))


@pytest.fixture
def doubtful(register, homes):
    """A record that may be of a registered person, waiting for a clerk."""
    register()
    taken(somebody(homes, name="王秀芝", education="20"))
    return Duplicate.objects.get()


def test_the_same_person_gets_what_the_record_says(doubtful):
    said(doubtful, same=True)

    person = Person.objects.get(known(), valid_to__isnull=True)
    assert (person.name, person.education) == ("王秀英", "20")
    assert Incoming.objects.get().state == "done"


def test_another_person_is_registered(doubtful):
    said(doubtful, same=False)

    names = Person.objects.filter(known(), valid_to__isnull=True).values_list("name", flat=True)
    assert sorted(names) == ["王秀芝", "王秀英"]


@pytest.mark.parametrize("same", [True, False])
def test_a_decision_taken_back_leaves_all_as_it_was(doubtful, same):
    before = beliefs()

    said(doubtful, same=same)
    again = back(doubtful)

    assert beliefs() == before
    assert again.state == "open"
    assert Incoming.objects.get().state == "queued"
    said(doubtful, same=not same)


def test_two_registered_entries_are_merged_and_parted(register):
    one, other = register(), register(home=1)
    assert find_duplicates(NOW, TODAY) == 1
    pair = Duplicate.objects.get()
    before = beliefs()

    said(pair, same=True)
    assert {who_is(one), who_is(other)} == {pair.right_id}
    back(pair)

    assert beliefs() == before


def test_not_the_same_person_is_not_asked_again(register):
    register()
    register(home=1)
    find_duplicates(NOW, TODAY)
    said(Duplicate.objects.get(), same=False)

    assert find_duplicates(LATER, TODAY) == 0


def test_a_new_identifying_fact_is_asked_about(register):
    one, other = register(phone="00011112222"), register(phone="00033334444")
    find_duplicates(NOW, TODAY)
    said(Duplicate.objects.get(), same=False)

    phone = sealed(Person, "phone", "00011112222")
    Person.objects.filter(entity_id=other).update(**phone)

    assert find_duplicates(LATER, TODAY) == 1
    assert {Duplicate.objects.get(state="open").left_id, Duplicate.objects.get(state="open").right_id} == {
        one,
        other,
    }


def test_a_pair_is_decided_once(doubtful):
    said(doubtful, same=True)
    with pytest.raises(AlreadyDecided):
        said(doubtful, same=False)


def test_what_nobody_decided_cannot_be_taken_back(doubtful):
    with pytest.raises(NotDecided):
        back(doubtful)


def test_others_neither_see_nor_decide(doubtful):
    foreign = Actor(8, "外区", frozenset({Role.CLERK}), frozenset({"440310"}))
    handler = Actor(9, "处置单位", frozenset({Role.HANDLER}), frozenset({STREET}))

    with pytest.raises(DuplicateNotFound):
        said(doubtful, same=True, by=foreign)
    with pytest.raises(OnlyClerksDecide):
        said(doubtful, same=True, by=handler)


def test_who_might_it_be(register, homes):
    person = register()
    register(name="李建国", birth_date=date(1980, 5, 6), phone="00088887777", home=9)

    found = look_up(
        Asked("王绣英", date(1956, 3, 4), phone="000-1111-2222", address_id=homes[0].pk), CLERK, TODAY
    )

    assert [doubt.person_id for doubt in found] == [str(person)]
    assert {r.field: r.level for r in found[0].reasons}["name"] == "sound"
