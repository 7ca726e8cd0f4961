"""Whatever bytes come in, every line comes out exactly once, and always the same way."""

import json

import msgspec
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.contracts import COLLATED, REASONS, Cleaned
from ningjulan.cleaning.tests.samples import RIGHT, cleaned

CLASSES = sorted(RIGHT)
UNHURRIED = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
BRIEF = settings(UNHURRIED, max_examples=8)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(
        ["-", "0,0", "120.15,30.15", "2026-11-25", "1795573200", "火警", "[x", '{"a":', "\x00", "1e400"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def records(draw: st.DrawFn, class_id: str) -> bytes:
    """A right record with some items replaced by anything."""
    names = st.sampled_from([*catalog.get_class(class_id).by_id, "area_code", "community_name", "lon", "lat"])
    changes = draw(st.dictionaries(names, json_values, max_size=3))
    key = catalog.get_class(class_id).key_items[0].id
    record = RIGHT[class_id](**{key: f"K{draw(st.integers(0, 20))}", **changes})
    return json.dumps(record, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")


def lines_of(class_id: str) -> st.SearchStrategy[list[bytes]]:
    garbage = st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
    any_json = json_values.map(lambda value: json.dumps(value).encode())
    return st.lists(records(class_id) | records(class_id) | any_json | garbage, max_size=8)


def row_numbers(out: Cleaned) -> list[int]:
    return [*out.accepted["row_no"], *out.rejected["row_no"], *out.duplicates["row_no"]]


@pytest.mark.parametrize("class_id", CLASSES)
@UNHURRIED
@given(data=st.data())
def test_no_line_is_lost_or_doubled(class_id, data):
    lines = data.draw(lines_of(class_id))

    out = cleaned(class_id, *lines)

    assert sorted(row_numbers(out)) == list(range(len(lines)))
    assert set(out.rejected["reasons"].explode().drop_nulls()) <= set(REASONS)
    assert all(out.rejected["reasons"].list.len() > 0)
    assert out.rejected["detail"].null_count() == 0


@UNHURRIED
@given(lines=st.lists(st.binary(max_size=200), max_size=20))
def test_arbitrary_bytes_never_crash(lines):
    assert sorted(row_numbers(cleaned("BIZ16", *lines))) == list(range(len(lines)))


@pytest.mark.parametrize("class_id", CLASSES)
@UNHURRIED
@given(data=st.data())
def test_the_same_batch_always_comes_out_the_same(class_id, data):
    lines = data.draw(lines_of(class_id))

    once, again = cleaned(class_id, *lines), cleaned(class_id, *lines)

    assert_frame_equal(once.accepted, again.accepted)
    assert_frame_equal(once.rejected, again.rejected)
    assert_frame_equal(once.duplicates, again.duplicates)


@pytest.mark.parametrize("class_id", CLASSES)
@BRIEF
@given(data=st.data())
def test_a_line_comes_out_the_same_in_whatever_company(class_id, data):
    lines = data.draw(lines_of(class_id))
    order = data.draw(st.permutations(range(len(lines))))

    alone = [cleaned(class_id, line) for line in lines]
    together = cleaned(class_id, *[lines[row] for row in order])

    for out_row, row in enumerate(order):
        own = alone[row]
        rejected = together.rejected.filter(pl.col("row_no") == out_row).drop("row_no")
        assert_frame_equal(rejected, own.rejected.drop("row_no"))
        accepted = together.accepted.filter(pl.col("row_no") == out_row).drop("row_no")
        if accepted.height:
            assert_frame_equal(accepted, own.accepted.drop("row_no"))
        else:
            assert own.accepted.height == together.duplicates.filter(pl.col("row_no") == out_row).height


@pytest.mark.parametrize("class_id", CLASSES)
@UNHURRIED
@given(data=st.data())
def test_what_is_clean_stays_as_it_is(class_id, data):
    items = [item.id for item in catalog.get_class(class_id).items if item.id not in COLLATED]
    first = cleaned(class_id, *data.draw(lines_of(class_id))).accepted

    rows = [{k: v for k, v in row.items() if v is not None} for row in first.select(items).to_dicts()]
    extra = first.select(column for column in ("device_id",) if column in first.columns).to_dicts()
    second = cleaned(
        class_id, *[msgspec.json.encode(row | more) for row, more in zip(rows, extra, strict=True)]
    )

    assert second.rejected.to_dicts() == []
    assert_frame_equal(second.accepted.select(items), first.select(items))
