from datetime import timedelta
from uuid import UUID

import pytest

from ningjulan.foundation import audit
from ningjulan.foundation.actors import Role
from ningjulan.registry.privacy.errors import NotAuditor, NotResident, ReadingNotFound, ReasonRefused
from ningjulan.registry.privacy.readings import (
    Mark,
    ReadingFilter,
    ask_about,
    list_readings,
    my_readings,
)
from ningjulan.registry.privacy.tests.conftest import GRID, NOW, PERSON, actor

pytestmark = pytest.mark.django_db
CLERK = actor(Role.CLERK)
AUDITOR = actor(Role.AUDITOR, user_id=2)
RESIDENT = actor(Role.RESIDENT, user_id=3, area="", person_id=PERSON)
DAY = ReadingFilter(since=NOW - timedelta(days=1), until=NOW + timedelta(days=1))


def read(*, at=NOW, who=CLERK, person=PERSON, household="", **changes) -> int:
    facts = {
        "at": at, "subject_kind": "person", "subject_id": person, "person_id": person, "class_id": "BIZ01",
        "area_code": GRID, "items": ["phone"], "purpose": "P05", "reason": "入户核对登记地址",
        "facts": {"label": "张**", "household": household},
    }  # fmt: skip
    return audit.record(who, "reveal", **(facts | changes))


def listed(wanted=DAY, who=AUDITOR, **paging):
    return list_readings(who, wanted, **({"before": None, "limit": 50} | paging))


def test_the_auditor_sees_who_read_what_and_why_but_not_what_was_read():
    number = read()

    (one,) = listed()

    assert (one.id, one.actor_name, one.roles, one.items) == (number, "李四", ["clerk"], ["phone"])
    assert (one.label, one.reason, one.marks) == ("张**", "入户核对登记地址", [])


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_nobody_else_does(role):
    with pytest.raises(NotAuditor):
        listed(who=actor(role))


def test_an_auditor_of_another_street_sees_none_of_it():
    read()

    assert listed(who=actor(Role.AUDITOR, area="440310")) == []


def test_readings_come_page_by_page_newest_first():
    numbers = [read() for _ in range(5)]

    first = listed(limit=2)
    second = listed(limit=2, before=first[-1].id)

    assert [one.id for one in first + second] == numbers[:0:-1]


@pytest.mark.parametrize(
    ("wanted", "n"),
    [
        ({"actor_id": 7}, 2),
        ({"actor_id": 8}, 1),
        ({"purpose": "P01"}, 1),
        ({"done": True}, 2),
        ({"done": False}, 1),
        ({"person_id": UUID(int=5)}, 1),
        ({"until": NOW}, 0),
    ],
)
def test_filters(wanted, n):
    read()
    read(who=actor(Role.CLERK, user_id=8), purpose="P01")
    read(person=UUID(int=5), result="quota_used_up")

    assert len(listed(ReadingFilter(**({"since": DAY.since, "until": DAY.until} | wanted)))) == n


@pytest.mark.parametrize(
    ("hours", "is_marked"),
    [(0, False), (9, False), (10, True), (13, True), (20, True), (-3, False), (72, True)],
    ids=["10:00", "19:00", "20:00", "23:00", "06:00", "07:00", "Saturday"],
)
def test_readings_outside_of_working_hours_are_marked(hours, is_marked):
    read(at=NOW + timedelta(hours=hours))

    (one,) = listed(ReadingFilter(since=DAY.since, until=NOW + timedelta(days=9)))

    assert (Mark.OFF_HOURS in one.marks) is is_marked


def test_many_in_one_hour_are_marked_from_the_fifteenth_on():
    for minute in range(16):
        read(at=NOW + timedelta(minutes=minute))
    read(at=NOW + timedelta(minutes=30), who=actor(Role.CLERK, user_id=8))

    marked = [one.at for one in listed(ReadingFilter(DAY.since, DAY.until, mark=Mark.MANY_IN_AN_HOUR))]

    assert marked == [NOW + timedelta(minutes=15), NOW + timedelta(minutes=14)]


def test_the_third_person_of_one_household_is_marked():
    for n in range(3):
        read(person=UUID(int=n), household="H1", at=NOW + timedelta(minutes=n))
    read(person=UUID(int=9), household="H2")

    assert [one.subject_id for one in listed() if Mark.SAME_HOUSEHOLD in one.marks] == [str(UUID(int=2))]


def test_a_resident_sees_who_read_about_them_and_no_refusals():
    number = read()
    read(result="quota_used_up")
    read(person=UUID(int=5))

    assert [one.id for one in my_readings(RESIDENT, before=None, limit=9)] == [number]


@pytest.mark.parametrize("who", [actor(Role.RESIDENT), CLERK, actor(Role.CLERK, person_id=PERSON)])
def test_an_account_that_is_no_residents_has_no_readings(who):
    with pytest.raises(NotResident):
        my_readings(who, before=None, limit=9)


def test_a_residents_question_stands_beside_the_reading():
    number = read()
    ask_about(number, "我并没有报过案件，请核实", actor=RESIDENT, now=NOW)

    (one,) = listed()

    assert one.questions == ["我并没有报过案件，请核实"]
    assert one.marks == [Mark.QUESTIONED]


def test_a_question_is_about_oneself_and_in_words():
    mine, other = read(), read(person=UUID(int=5))

    with pytest.raises(ReadingNotFound):
        ask_about(other, "我并没有报过案件，请核实", actor=RESIDENT, now=NOW)
    with pytest.raises(ReasonRefused):
        ask_about(mine, "？？？", actor=RESIDENT, now=NOW)
