from datetime import date

import polars as pl
import pytest

from ningjulan.registry.models import Person, PersonKey, Residency, StaleKey
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.changing import apply, begin, restated
from ningjulan.registry.people.numbers import index_of
from ningjulan.registry.resolution import keys
from ningjulan.registry.resolution.blocking import candidates
from ningjulan.registry.resolution.comparing import KEYS
from ningjulan.registry.resolution.matching import prepared
from ningjulan.registry.resolution.tests.conftest import NOW, STEWARD, TODAY


def edit(version, **facts):
    apply(
        begin(actor=STEWARD, now=NOW, kind="edit", source="desk", reason="更正"),
        [restated(version, **facts)],
        [version],
    )


def test_keys_are_what_is_known_today(register, homes):
    person = register(name="劉國榮", phone="000-1111 2222", home=3)

    keys.refresh(TODAY)

    key = PersonKey.objects.get(pk=person)
    assert (key.name_key, key.name_sound, key.birth_day) == ("刘国荣", "liuguorong", 304)
    assert bytes(key.phone) == index_of("phone", "00011112222")
    assert (key.address_id, key.building_id, key.area_code) == (
        homes[3].pk,
        homes[3].building_id,
        homes[3].grid_code,
    )


def test_whatever_changes_the_facts_changes_the_keys(register, homes):
    person = register()
    keys.refresh(TODAY)

    edit(Person.objects.get(known(), entity_id=person), name="王绣英")
    edit(Residency.objects.get(known(), person_id=person), house_id=homes[9].pk)
    keys.refresh(TODAY)

    key = PersonKey.objects.get(pk=person)
    assert (key.name, key.address_id) == ("王绣英", homes[9].pk)
    assert not StaleKey.objects.exists()


def test_who_is_registered_no_more_is_not_found(register):
    register()
    keys.refresh(TODAY)

    Person.objects.all().delete()
    keys.refresh(TODAY)

    assert not PersonKey.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": pl.lit("WANG Xiuying"), "phone": None, "address_id": None, "building_id": None},
        {"birth_date": date(1956, 4, 3), "phone": None},
        {"name": pl.lit("秀英王"), "phone": None, "address_id": None, "building_id": None},
        {"name": pl.lit("王淑珍"), "phone": None},
        {"name": pl.lit("李娜"), "birth_date": None},
    ],
)
def test_the_database_finds_whom_the_frames_find(register, homes, changes):
    register()
    for n in range(1, 20):
        register(name="陈建国", birth_date=date(1950 + n, 1, n), home=n, phone=f"0002222{n:04}")
    keys.refresh(TODAY)
    everybody = keys.all_keys()
    known_person = everybody.filter(name="王秀英")
    forms = [column for column in everybody.columns if column.startswith("name_")]
    came = known_person.drop("person_id", *forms).with_columns(**changes).with_row_index("row_no")
    came = prepared(came.cast({name: kind for name, kind in KEYS.items() if name in came.columns}))

    by_sql = keys.candidates_of(came.row(0, named=True))

    by_frames = candidates(came, everybody)
    assert sorted(by_sql["person_id"]) == sorted(by_frames["person_id"])
    assert known_person["person_id"][0] in by_sql["person_id"]
