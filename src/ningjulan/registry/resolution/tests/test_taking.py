from datetime import date
from uuid import uuid4

import polars as pl
import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import facade as cleaning
from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models import Change, Duplicate, Incoming, Person, Residency
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.numbers import index_of, opened
from ningjulan.registry.resolution import keys
from ningjulan.registry.resolution.deciding import Known, everybody
from ningjulan.registry.resolution.taking import Came, opened_record, take
from ningjulan.registry.resolution.tests.conftest import NOW, STEWARD, STREET, TODAY

CARD = "99999919560304002X"
pytestmark = pytest.mark.django_db


def records(*rows):
    """Accepted records of people: what is not given is missing."""
    schema = cleaning.accepted_schema("BIZ01")
    whole = [
        dict.fromkeys(schema) | {"row_no": n, "person_id": f"row:{n}", "person_category": "01"} | row
        for n, row in enumerate(rows)
    ]
    return pl.DataFrame(whole, schema=schema)


def taken(*rows, by=STEWARD, source="landlords", today=TODAY, in_memory=False):
    keys.refresh(today)
    came = Came(source, STREET, by, NOW, today)
    return take(records(*rows), came, everybody(today) if in_memory else Known())


def counts(found):
    return found.new, found.changed, found.unchanged, found.queued, len(found.rejected)


def somebody(homes, **changes):
    known_facts = {"name": "王秀英", "sex": "2", "birth_date": date(1956, 3, 4), "phone": "00011112222",
                   "current_address_id": str(homes[0].pk)}  # fmt: skip
    return known_facts | changes


def person(person_id=None):
    rows = Person.objects.filter(known(), valid_to__isnull=True)
    return (rows.filter(entity_id=person_id) if person_id else rows).get()


@pytest.mark.parametrize("in_memory", [False, True])
def test_somebody_new_is_registered_with_home_and_sealed_numbers(homes, in_memory):
    found = taken(somebody(homes, id_no=CARD, id_type="111"), in_memory=in_memory)

    assert counts(found) == (1, 0, 0, 0, 0)
    assert opened(person(), "id_no") == CARD
    assert bytes(person().phone_index) == index_of("phone", "00011112222")
    home = Residency.objects.get(known())
    assert (home.person_id, home.house_id, home.area_code) == (
        person().entity_id,
        homes[0].pk,
        homes[0].grid_code,
    )
    assert Change.objects.get(kind="import").n_opened == 2


def test_the_same_file_again_changes_nothing(homes):
    taken(somebody(homes), {"name": "李建国", "birth_date": date(1980, 1, 2)})

    again = taken(somebody(homes), {"name": "李建国", "birth_date": date(1980, 1, 2)})

    assert counts(again) == (0, 0, 2, 0, 0)


def test_a_number_that_agrees_corrects_the_name(register, homes):
    known_person = register(id_no=CARD)

    found = taken(somebody(homes, name="王绣英", id_no=CARD))

    assert counts(found) == (0, 1, 0, 0, 0)
    assert person(known_person).name == "王绣英"


def test_a_name_that_only_resembles_corrects_nothing_but_gives_what_is_missing(register, homes):
    known_person = register()

    found = taken(somebody(homes, name="王绣英", education="20", id_no=CARD))

    assert counts(found) == (0, 1, 0, 0, 0)
    assert (person(known_person).name, person(known_person).education) == ("王秀英", "20")
    assert opened(person(known_person), "id_no") == CARD


def test_who_has_moved_lives_elsewhere_from_today(register, homes):
    known_person = register()

    taken(somebody(homes, current_address_id=str(homes[7].pk)))

    days = Residency.objects.filter(known(), person_id=known_person).order_by("valid_from")
    assert list(days.values_list("house_id", "valid_from", "valid_to")) == [
        (homes[0].pk, date(2020, 1, 1), TODAY),
        (homes[7].pk, TODAY, None),
    ]


def test_a_doubtful_record_waits_sealed_with_its_candidates(register, homes):
    known_person = register()

    found = taken(somebody(homes, name="王秀芝", education="20"))

    assert counts(found) == (0, 0, 0, 1, 0)
    waiting = Incoming.objects.get()
    assert b"\xe7\xa7\x80" not in bytes(waiting.record_sealed)
    assert opened_record(waiting)["name"] == "王秀芝"
    pair = Duplicate.objects.get()
    assert (pair.right_id, pair.state) == (known_person, "open")
    assert ["birth_date", "same"] in [reason[:2] for reason in pair.reasons]


def test_a_record_that_waits_is_not_asked_about_twice(register, homes):
    register()
    taken(somebody(homes, name="王秀芝"))

    again = taken(somebody(homes, name="王秀芝"))

    assert counts(again) == (0, 0, 0, 1, 0)
    assert Duplicate.objects.count() == 1


def test_one_person_twice_in_a_file_is_one_person_and_keeps_all_that_was_said(homes):
    found = taken(somebody(homes, id_no=CARD), somebody(homes, id_no=CARD, education="20"))

    assert counts(found) == (1, 1, 0, 0, 0)
    assert person().education == "20"


def test_a_row_that_says_next_to_nothing_twice_is_one_person(homes):
    found = taken({"name": "赵一"}, {"name": "赵一"})

    assert counts(found) == (1, 0, 1, 0, 0)


def test_a_doubtful_row_twice_is_asked_about_once(register, homes):
    register()

    found = taken(somebody(homes, name="王秀芝"), somebody(homes, name="王秀芝"))

    assert counts(found) == (0, 0, 0, 2, 0)
    assert Incoming.objects.count() == 1


def test_a_home_in_somebody_elses_area_is_refused(homes):
    narrow = Actor(5, "网格员", frozenset({Role.GRID_WORKER}), frozenset({"330109013099"}))

    found = taken(somebody(homes), by=narrow)

    assert found.rejected == {0: "area_not_yours"}
    assert not Person.objects.exists()


def test_the_sources_own_id_knows_who_it_is_although_all_else_has_changed(homes):
    taken(somebody(homes, person_id="L-17"))

    found = taken(somebody(homes, person_id="L-17", name="王淑珍", phone="00099998888", birth_date=None))

    assert counts(found) == (0, 1, 0, 0, 0)
    assert person().name == "王淑珍"


def test_a_batch_that_fails_leaves_nothing(homes, monkeypatch):
    from ningjulan.registry.resolution import taking

    monkeypatch.setattr(taking, "_copy_new", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        taken(somebody(homes), somebody(homes, name="王秀芝"))

    assert not Person.objects.exists()
    assert not Incoming.objects.exists()
    assert not Change.objects.exists()


def test_the_items_that_are_written_are_those_of_the_catalogue():
    from ningjulan.registry.resolution.taking import FACTS, NUMBERS

    items = {item.id for item in catalog.get_class("BIZ01").items}
    assert items - {*FACTS, *NUMBERS} == {"person_id", "current_address_id", "data_source"}


def test_every_record_is_counted_once(register, homes):
    register()
    rows = [somebody(homes), somebody(homes, name="王秀芝"), {"name": "赵一"}, {"name": str(uuid4())[:8]}]

    assert taken(*rows).received == len(rows)
