from datetime import date, timedelta
from uuid import uuid4

import pytest

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models import Membership, Person, Residency
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.people.changing import undo
from ningjulan.registry.people.errors import ChangedMeanwhile, DwellingNotFound, FactRefused, PersonNotFound
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.people.rights import MayNotEdit
from ningjulan.registry.people.services import (
    Edit,
    Move,
    change_relation,
    edit_dwelling,
    edit_person,
    move_person,
)
from ningjulan.registry.people.tests.conftest import NOW

STREET = "330109013"
TODAY = date(2026, 11, 25)
LATER = NOW + timedelta(hours=1)
STEWARD = Actor(8, "数据管理员", frozenset({Role.STEWARD}), frozenset({STREET}))
CLERK = Actor(7, "李四", frozenset({Role.CLERK}), frozenset({STREET}))
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("peopled")]


def current(**wanted):
    return Person.objects.filter(known(), valid(TODAY), **wanted).order_by("pk").first()


def edit(person, who=CLERK, now=LATER, since=None, **values):
    change = Edit(values, person.pk, "来电更正", "02", since)
    return edit_person(person.entity_id, change, actor=who, now=now, today=TODAY)


def test_a_correction_replaces_what_was_believed_and_can_be_taken_back():
    person = current(phone_index__isnull=False)
    before = opened(person, "phone")

    change = edit(person, phone="000 1234-9999")

    corrected = current(entity_id=person.entity_id)
    assert opened(corrected, "phone") == "00012349999"
    assert corrected.valid_from == person.valid_from
    undo(change.pk, actor=STEWARD, now=LATER + timedelta(hours=1), reason="听错了")
    assert opened(current(entity_id=person.entity_id), "phone") == before


def test_what_is_so_from_a_day_on_leaves_the_days_before_alone():
    person = current(valid_from__lt=date(2026, 1, 1), valid_to__isnull=True)

    edit(person, since=date(2026, 6, 1), workplace="示例公司")

    then, now = Person.objects.filter(known(), entity_id=person.entity_id).order_by("valid_from")
    assert (then.workplace, then.valid_to) == (person.workplace, date(2026, 6, 1))
    assert (now.workplace, now.valid_from) == ("示例公司", date(2026, 6, 1))


def test_two_clerks_at_once_are_not_both_right():
    person = current()
    edit(person, workplace="甲公司")

    with pytest.raises(ChangedMeanwhile):
        edit(person, workplace="乙公司")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"birth_date": "2031-01-01"}, "birth_in_future"),
        ({"birth_date": "31.1.1990"}, "not_a_value"),
        ({"id_no": "999999199001010011", "id_type": "111"}, "bad_id_check_digit"),
        ({"phone": "12"}, "bad_phone"),
        ({"sex": "7"}, "not_a_value"),
        ({"ethnicity": "01"}, "not_an_item"),
        ({"person_id": str(uuid4())}, "not_an_item"),
    ],
)
def test_what_cannot_be_true_is_refused_with_the_reason(values, problem):
    person = current()

    with pytest.raises(FactRefused) as refused:
        edit(person, **values)

    assert problem in refused.value.facts["problems"]
    assert current(entity_id=person.entity_id).pk == person.pk


def test_a_birth_that_contradicts_the_identity_number_is_refused():
    person = current(id_no_index__isnull=False, id_type="111")

    with pytest.raises(FactRefused) as refused:
        edit(person, birth_date="1950-02-03")

    assert "birth_contradicts_id" in refused.value.facts["problems"]


@pytest.mark.parametrize("role", [Role.LEADER, Role.DUTY_OFFICER, Role.ADMIN, Role.AUDITOR, Role.RESIDENT])
def test_only_those_who_register_people_edit(role):
    with pytest.raises(MayNotEdit):
        edit(current(), who=Actor(9, "他人", frozenset({role}), frozenset({STREET})), workplace="x")


def test_nobody_is_edited_outside_the_area():
    with pytest.raises(PersonNotFound):
        edit(
            current(), who=Actor(9, "邻街", frozenset({Role.CLERK}), frozenset({"330109014"})), workplace="x"
        )


def test_moving_ends_one_home_and_begins_another():
    person = current()
    old = Residency.objects.get(known(), valid(TODAY), person_id=person.entity_id)
    other = Residency.objects.filter(known(), valid(TODAY)).exclude(area_code=old.area_code).first()
    move = Move(other.house_id, date(2026, 11, 20), "", "搬家", "02")

    change = move_person(person.entity_id, move, actor=CLERK, now=LATER, today=TODAY)

    lives = Residency.objects.get(known(), valid(TODAY), person_id=person.entity_id)
    assert (lives.house_id, lives.valid_from) == (other.house_id, date(2026, 11, 20))
    assert Residency.objects.get(known(), pk__gt=0, entity_id=old.entity_id).valid_to == date(2026, 11, 20)
    assert current(entity_id=person.entity_id).area_code == other.area_code
    undo(change.pk, actor=STEWARD, now=LATER + timedelta(hours=1), reason="没有搬")
    assert Residency.objects.get(known(), valid(TODAY), person_id=person.entity_id).house_id == old.house_id


def test_nobody_moves_to_an_address_that_is_not_there_or_before_birth():
    person = current(birth_date__isnull=False)
    house = Residency.objects.filter(known(), valid(TODAY)).first().house_id

    with pytest.raises(DwellingNotFound):
        move_person(
            person.entity_id, Move(uuid4(), TODAY, "", "搬家", "02"), actor=CLERK, now=LATER, today=TODAY
        )
    with pytest.raises(FactRefused) as refused:
        early = Move(house, person.birth_date - timedelta(days=1), "", "搬家", "02")
        move_person(person.entity_id, early, actor=CLERK, now=LATER, today=TODAY)
    assert refused.value.facts["problems"] == ["lives_before_birth"]


def test_a_household_has_one_head():
    member = Membership.objects.filter(known(), valid(TODAY)).exclude(relation_to_head="0").first()

    with pytest.raises(FactRefused) as refused:
        change_relation(member.entity_id, "0", actor=CLERK, now=LATER, today=TODAY, reason="改户主")

    assert refused.value.facts["problems"] == ["two_heads"]


def test_a_dwelling_is_corrected_like_a_person():
    from ningjulan.registry.models import Dwelling

    dwelling = Dwelling.objects.filter(known(), valid(TODAY)).order_by("pk").first()
    wrong = Edit({"area_m2": "-4"}, dwelling.pk, "测绘", "02")
    right = Edit({"area_m2": "88.50"}, dwelling.pk, "测绘", "02")

    with pytest.raises(FactRefused):
        edit_dwelling(dwelling.entity_id, wrong, actor=CLERK, now=LATER, today=TODAY)
    edit_dwelling(dwelling.entity_id, right, actor=CLERK, now=LATER, today=TODAY)

    assert str(Dwelling.objects.get(known(), valid(TODAY), entity_id=dwelling.entity_id).area_m2) == "88.50"
