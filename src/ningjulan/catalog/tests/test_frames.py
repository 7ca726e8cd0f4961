"""Typed frames made from the catalogue."""

from datetime import UTC, datetime

import polars as pl
import pytest

from ningjulan.catalog import facade

CLASSES = [data_class.id for data_class in facade.list_classes()]


def visitors(**changes):
    right = {
        "visit_id": "V1",
        "visit_address_id": "A1",
        "valid_from": datetime(2026, 11, 25, tzinfo=UTC),
        "id_type": "111",
        "pass_count": 2,
    }
    given = right | changes
    absent = [pl.lit(None).alias(name) for name in facade.get_class("IOT10").by_id if name not in given]
    return facade.frame("IOT10").cast(pl.DataFrame([given]).with_columns(absent))


@pytest.mark.parametrize("class_id", CLASSES)
def test_a_frame_has_a_column_for_each_item(class_id):
    frame = facade.frame(class_id)

    assert list(frame.columns()) == [item.id for item in facade.get_class(class_id).items]
    assert frame.is_valid(frame.create_empty())


def test_what_the_catalogue_allows_fits():
    assert facade.frame("IOT10").is_valid(visitors())
    assert facade.frame("IOT10").is_valid(visitors(visitor_name="样" * 50))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"visit_id": None}, id="required item absent"),
        pytest.param({"visit_id": "V" * 37}, id="longer than allowed"),
        pytest.param({"visitor_name": "样" * 51}, id="more characters than allowed"),
        pytest.param({"id_type": "998"}, id="not in the code list"),
        pytest.param({"pass_count": -1}, id="out of range"),
    ],
)
def test_what_the_catalogue_does_not_allow_does_not_fit(changes):
    assert not facade.frame("IOT10").is_valid(visitors(**changes))


def test_types_are_those_of_the_catalogue():
    rivers = facade.frame("GEO12").create_empty().schema
    disputes = facade.frame("BIZ18").create_empty().schema

    assert (rivers["length_km"], rivers["geometry"]) == (pl.Float64, pl.String)
    assert (disputes["occur_date"], disputes["resolved_flag"]) == (pl.Date, pl.Boolean)
