from datetime import date

import polars as pl
import pytest

from ningjulan.registry.resolution.blocking import side_by_side
from ningjulan.registry.resolution.comparing import FIELD_BY_NAME, FIELDS, KEYS, MISSING, compare
from ningjulan.registry.resolution.names import with_name_keys
from ningjulan.registry.resolution.tests.people import person


def level(field, ours, theirs):
    """Return the word for how two values of a field agree, `None` where one is missing."""
    incoming = pl.DataFrame([person(**ours) | {"row_no": 0}], schema={"row_no": pl.UInt32(), **KEYS})
    known = pl.DataFrame([person(**theirs) | {"person_id": "P"}], schema={"person_id": pl.String(), **KEYS})
    pair = pl.DataFrame({"row_no": [0], "person_id": ["P"]}, schema_overrides={"row_no": pl.UInt32})
    found = compare(side_by_side(pair, with_name_keys(incoming), with_name_keys(known)))[field][0]
    return None if found == MISSING else FIELD_BY_NAME[field].levels[found].code


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("王秀英", "王秀英", "same"),
        ("王秀英", "王绣英", "sound"),
        ("秀英王", "王秀英", "swapped"),
        ("王季英", "王秀英", "look_alike"),
        ("王秀", "王秀英", "one_character"),
        ("王伟", "王芳", "surname"),
        ("王伟", "李芳", "differs"),
        (None, "李芳", None),
    ],
)
def test_names(ours, theirs, expected):
    assert level("name", {"name": ours}, {"name": theirs}) == expected


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (date(1980, 3, 4), date(1980, 3, 4), "same"),
        (date(1980, 3, 4), date(1980, 4, 3), "swapped"),
        (date(1980, 3, 4), date(1990, 3, 4), "digit"),
        (date(1980, 3, 12), date(1980, 3, 21), "digit"),
        (date(1980, 3, 4), date(1980, 11, 25), "year"),
        (date(1980, 3, 4), date(1975, 11, 25), "differs"),
        (None, date(1975, 11, 25), None),
    ],
)
def test_birth_dates(ours, theirs, expected):
    assert level("birth_date", {"birth_date": ours}, {"birth_date": theirs}) == expected


@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ({}, "dwelling"),
        ({"address_id": "A2"}, "building"),
        ({"address_id": "A2", "building_id": "B2"}, "grid"),
        ({"address_id": "A2", "building_id": "B2", "area_code": "330109013001002"}, "community"),
        ({"address_id": "A2", "building_id": "B2", "area_code": "330109013002001"}, "differs"),
        ({"address_id": None, "building_id": None, "area_code": None}, None),
    ],
)
def test_addresses(theirs, expected):
    assert level("address", {}, theirs) == expected


def test_an_unknown_sex_says_nothing():
    assert level("sex", {"sex": "9"}, {"sex": "1"}) is None


def test_every_level_of_every_field_has_both_languages():
    assert all(level.zh and level.en for field in FIELDS for level in field.levels)
