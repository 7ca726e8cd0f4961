"""The catalogue that ships: counts, facts, JSON Schema, pages."""

import json

import pytest

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import CHECKS, MASKS, UNITS
from ningjulan.catalog.forbidden import forbidden_word
from ningjulan.catalog.schemas import level_of

CLASSES = [data_class.id for data_class in facade.list_classes()]


# core/all items of each class, in order; the totals are those of the published catalogue
PUBLISHED = {
    "IOT": "5/15 5/10 5/14 5/11 5/11 5/12 5/10 5/13 5/12 5/11 5/13 5/11 5/9 5/11 5/10 5/10 5/10 5/9 5/9 5/12 "
    "5/9 5/12 5/8 5/11 5/12",
    "GEO": "5/8 5/9 5/11 5/9 5/20 5/9 5/12 5/15 5/16 5/14 5/11 5/10 5/9",
    "BIZ": "6/18 6/10 6/11 6/12 6/11 6/15 6/12 6/10 6/11 6/15 6/10 6/13 5/8 6/11 5/11 6/15 6/15 6/15 6/11 "
    "6/13 6/12 6/13 6/12 6/10 6/13 6/14 5/11 6/12 6/14 6/12 5/11",
}


def test_counts_are_those_of_the_published_catalogue():
    stats = facade.stats()

    assert (stats.classes, stats.core_items, stats.all_items) == (69, 372, 809)
    assert stats.by_group == {"iot": 25, "geo": 13, "business": 31}


@pytest.mark.parametrize("prefix", PUBLISHED)
def test_each_class_has_its_published_number_of_items(prefix):
    classes = [c for c in facade.list_classes() if c.id.startswith(prefix)]

    counted = [f"{sum(item.core for item in c.items)}/{len(c.items)}" for c in classes]
    assert " ".join(counted) == PUBLISHED[prefix]
    assert [c.id for c in classes] == [f"{prefix}{n:02}" for n in range(1, len(classes) + 1)]


def test_every_code_list_is_used():
    used = {i.code_list for c in facade.list_classes() for i in c.items if i.code_list}

    assert {code_list.id for code_list in facade.list_code_lists()} == used


# Kinds of gates and of places, not of people.
MAY_NAME_THEM = {"CL_PASS_MODE"}


def test_no_code_says_what_no_item_may_say():
    for code_list in facade.list_code_lists():
        words = [forbidden_word(word) for code in code_list.codes for word in (code.zh, code.en)]
        assert not any(words) or code_list.id in MAY_NAME_THEM | {"CL_POSITION", "CL_PLACE"}, code_list.id


def test_no_item_holds_the_picture_of_a_person():
    pictures = {
        f"{c.id}.{i.id}"
        for c in facade.list_classes()
        for i in c.items
        if i.type.kind in ("image_ref", "file_ref")
    }

    scenes_and_vehicles = {"IOT02.snapshot", "IOT03.snapshot", "IOT03.clip", "IOT04.clip", "IOT06.image"}
    assert pictures == scenes_and_vehicles | {"IOT07.image", "IOT09.image", "BIZ24.photo"}
    assert all(facade.get_class(p[:5]).by_id[p[6:]].mask == "blur" for p in pictures)


def test_personal_text_is_never_part_of_a_record_key():
    personal = [f"{c.id}.{i.id}" for c in facade.list_classes() for i in c.key_items if i.pi or i.mask]

    assert personal == []


def test_every_physical_quantity_has_a_unit_and_limits():
    for data_class in facade.list_classes():
        for item in data_class.items:
            if item.unit or item.type.kind == "int":
                assert item.minimum is not None, f"{data_class.id}.{item.id}"


def test_every_unit_and_check_and_mask_is_used():
    items = [item for data_class in facade.list_classes() for item in data_class.items]

    assert {item.unit for item in items if item.unit} == set(UNITS)
    assert {item.mask for item in items if item.mask} == set(MASKS)
    # sources may hold bare identity numbers; none of our items does without its kind
    assert {item.check for item in items if item.check} == set(CHECKS) - {"id_card_no"}


@pytest.mark.parametrize("class_id", CLASSES)
def test_retention_is_within_the_defaults(class_id):
    """PR-30: passages and plates 90 days, thermal and quarantine 28, gate verifications 30."""
    at_most = {"IOT05": 30, "IOT15": 28, "IOT16": 28, "BIZ21": 28, "BIZ22": 28, "BIZ26": 365} | dict.fromkeys(
        ["IOT06", "IOT07", "IOT08", "IOT09", "IOT10"], 90
    )
    data_class = facade.get_class(class_id)

    assert data_class.keep.days <= at_most.get(class_id, 36500)
    for item in data_class.items:
        if item.type.kind in ("image_ref", "file_ref"):
            assert item.keep is not None
            assert item.keep.days <= (7 if class_id == "BIZ24" else 30)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_labels_speak_both_languages(lang):
    assert facade.label("CL_CATEGORY", "C06", lang) == {"zh": "消防安全", "en": "Fire safety"}[lang]
    assert facade.label("CL_CATEGORY", "C98", lang) == "C98"


def test_personal_items_say_so():
    plate = facade.fields_of("IOT03")["plate_no"]

    assert (plate.pi, plate.level) == ("personal", "L3")
    assert facade.fields_of("IOT03")["area_code"].pi is None


def test_a_masked_item_is_never_below_level_3():
    for data_class in facade.list_classes():
        for item in data_class.items:
            assert not item.mask or level_of(item, data_class) >= "L3"


@pytest.mark.parametrize("class_id", CLASSES)
def test_json_schema_follows_from_the_class(class_id):
    schema = facade.json_schema(class_id)

    data_class = facade.get_class(class_id)
    assert set(schema["required"]) == {item.id for item in data_class.items if item.required}
    assert set(data_class.by_id) <= set(schema["properties"])
    assert ("recorded_at" in schema["properties"]) == data_class.is_register
    json.dumps(schema)


@pytest.mark.parametrize("class_id", CLASSES)
def test_labels_tell_the_items_of_a_class_apart(class_id):
    data_class = facade.get_class(class_id)

    for labels in ([item.zh for item in data_class.items], [item.en for item in data_class.items]):
        assert len(labels) == len(set(labels))
    assert data_class.file.startswith(f"{class_id}_")


def test_labels_tell_the_codes_of_a_list_apart():
    for code_list in facade.list_code_lists():
        for labels in ([code.zh for code in code_list.codes], [code.en for code in code_list.codes]):
            assert len(labels) == len(set(labels)), code_list.id


def test_english_is_english():
    words = [code.en for code_list in facade.list_code_lists() for code in code_list.codes]
    words += [word for c in facade.list_classes() for word in (c.en, c.note_en, *(i.en for i in c.items))]

    assert not any("\u4e00" <= letter <= "\u9fff" for word in words for letter in word)
