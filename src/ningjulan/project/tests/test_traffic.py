"""The simulated street: believable, and never the same record twice."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ningjulan.project.simulator import Later, bodies
from ningjulan.project.traffic import Scenery, Street, day_shape

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
SCENERY = Scenery(
    cameras=pl.DataFrame({"device_id": ["C1", "C2"], "lon": [120.2, 120.3], "lat": [30.2, 30.3]}),
    fire=pl.DataFrame({"device_id": ["F1", "F2", "F3"], "building_id": ["B1", "B1", "B2"]}),
    buildings=pl.DataFrame({"building_id": ["B1"], "address_text": ["x"], "lon": [120.2], "lat": [30.2]}),
)


def ids(records):
    return [next(iter(record.items.values())) for record in records]


def hour(**options):
    return Street(SCENERY, seed=7, **options).slice(NOON, 3600, rate=1)


def test_same_seed_and_run_give_the_same_traffic():
    assert hour(run=1) == hour(run=1)


def test_another_run_repeats_no_record():
    assert set(ids(hour(run=1))).isdisjoint(ids(hour(run=2)))


def test_traffic_reaches_the_rate_with_what_happens_on_top():
    records = hour(run=3)

    routine = [r for r in records if r.class_id == "IOT12" and r.items["alarm_kind"] in ("NORMAL", "TEST")]
    assert 3300 < len(routine) < 3900
    assert {r.source for r in records} == {"town_iot", "town_video", "resident_reports", "hotline_12345"}


def test_records_come_in_order_of_time():
    times = [record.at for record in hour(run=4)]

    assert times == sorted(times)


def test_nights_are_quiet_and_a_day_averages_one():
    hours = [day_shape(NOON + timedelta(minutes=10 * step)) for step in range(144)]

    assert sum(hours) / len(hours) == pytest.approx(1, abs=0.06)
    assert day_shape(NOON + timedelta(hours=15)) < 0.2
    assert day_shape(NOON - timedelta(hours=3)) > 1.3


def test_what_has_not_happened_yet_is_told_later():
    later = Later()
    later.put(hour(run=5))

    first = later.due(NOON + timedelta(minutes=30))
    rest = later.due(NOON + timedelta(hours=2))

    assert max(r.at for r in first) <= NOON + timedelta(minutes=30) < min(r.at for r in rest)


def test_bodies_are_ndjson_of_one_source_and_class():
    records = hour(run=6)

    parts = bodies(records)

    assert sum(body.count(b"\n") + 1 for of in parts.values() for body in of) == len(records)
    assert max(body.count(b"\n") for of in parts.values() for body in of) < 500
