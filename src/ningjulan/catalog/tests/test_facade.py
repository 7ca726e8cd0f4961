"""The catalogue that ships: counts, facts, JSON Schema, pages."""

import json

import pytest

from ningjulan.catalog import commands, facade
from ningjulan.catalog.schemas import level_of

CLASSES = [data_class.id for data_class in facade.list_classes()]


def test_counts_are_those_of_the_published_catalogue():
    stats = facade.stats()

    assert {class_id: sum(i.core for i in facade.get_class(class_id).items) for class_id in CLASSES} == {
        "BIZ16": 6,
        "BIZ17": 6,
        "IOT03": 5,
        "IOT12": 5,
    }
    assert (stats.classes, stats.core_items, stats.all_items) == (4, 22, 55)
    assert json.loads(commands.stats_text(as_json=True))["core_items"] == stats.core_items


def test_every_code_list_is_used():
    used = {i.code_list for c in facade.list_classes() for i in c.items if i.code_list}

    assert facade.stats().code_lists == len(used)


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
    json.dumps(schema)


@pytest.mark.parametrize("class_id", CLASSES)
def test_show_names_every_item(class_id):
    page = commands.class_text(class_id)

    assert "超前 10 分钟" in page
    assert all(item.zh in page for item in facade.get_class(class_id).items)
