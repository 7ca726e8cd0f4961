"""The same content again, soon after: a device that sends under a new id what it has sent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import pipeline
from ningjulan.cleaning.contracts import INSTANT, REPEATS
from ningjulan.cleaning.duplicates import repeated_content
from ningjulan.cleaning.tests.samples import NOW, REFS, TOWN, fire_alarm, lines_of

START = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def again(rows, within_s=10):
    """Rows of (content, second) → which of them repeat."""
    frame = pl.DataFrame(
        rows, schema=["content", "second"], orient="row", schema_overrides={"second": pl.Int64}
    )
    at = pl.Series(
        [START + timedelta(seconds=second) for second in frame["second"]], dtype=pl.Datetime("us", "UTC")
    )
    return repeated_content(frame.select("content"), at, timedelta(seconds=within_s)).to_list()


def in_turn(rows, within_s=10):
    """The same, one row after another."""
    counted: dict[str, int] = {}
    repeats = [False] * len(rows)
    for row, (content, second) in sorted(enumerate(rows), key=lambda each: (each[1][1], each[0])):
        if content in counted and second - counted[content] <= within_s:
            repeats[row] = True
        else:
            counted[content] = second
    return repeats


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([("a", 0), ("a", 10), ("a", 11)], [False, True, False], id="to the second"),
        pytest.param([("a", 0), ("b", 1), ("a", 2)], [False, False, True], id="other content between"),
        pytest.param([("a", 5), ("a", 0)], [True, False], id="later one delivered first"),
        pytest.param([("a", 0), ("a", 0)], [False, True], id="at the same time"),
        pytest.param(
            [("a", 0), ("a", 8), ("a", 16)], [False, True, False], id="a run is thinned, not silenced"
        ),
        pytest.param([(None, 0), (None, 1)], [False, True], id="nothing said, twice"),
    ],
)
def test_what_repeats(rows, expected):
    assert again(rows) == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-60, 60)), max_size=60), st.integers(0, 30))
def test_all_at_once_is_the_same_as_one_after_another(rows, within_s):
    assert again(rows, within_s) == in_turn(rows, within_s)


def test_times_far_apart_do_not_overflow():
    rows = [("abcdefgh"[n % 8], second) for n in range(400) for second in (-900_000_000, 900_000_000)]

    assert sum(not repeats for repeats in again(rows)) == 16


def alarms(*records, within):
    data_class = replace(catalog.get_class("IOT12"), same_content_within=within)
    received_at = pl.Series([NOW] * len(records), dtype=INSTANT)
    return pipeline.clean_lines(data_class, lines_of(*records), received_at, TOWN, REFS)


def test_an_alarm_sent_again_under_a_new_id_is_a_duplicate_with_its_reason():
    records = [
        fire_alarm(msg_id="M1", event_time="2026-11-25T10:20:00+08:00"),
        fire_alarm(msg_id="M1", event_time="2026-11-25T10:20:00+08:00"),
        fire_alarm(msg_id="M2", event_time="2026-11-25T10:20:05+08:00"),
        fire_alarm(msg_id="M3", event_time="2026-11-25T10:20:05+08:00", status_bits=4),
        fire_alarm(msg_id="M4", event_time="2026-11-25T10:21:00+08:00"),
    ]

    out = alarms(*records, within=timedelta(seconds=10))

    assert out.accepted["record_key"].to_list() == ["M1", "M3", "M4"]
    assert out.duplicates.rows() == [(1, "M1", "same_key"), (2, "M2", "same_content")]
    assert set(out.duplicates["reason"]) == set(REPEATS)


def test_content_may_repeat_where_the_class_says_nothing():
    out = alarms(fire_alarm(msg_id="M1"), fire_alarm(msg_id="M2"), within=None)

    assert out.accepted.height == 2
