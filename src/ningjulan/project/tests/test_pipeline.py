"""From raw lines to facts and events."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.foundation import outbox
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import Committed
from ningjulan.observations.facade import Belonging, SeenKeys
from ningjulan.observations.models import Batch
from ningjulan.project import pipeline
from ningjulan.sources.stream import RawBatch

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
EVENT = {
    "event_no": "E-1", "title": "路灯不亮", "category_code": "C05", "source_channel": "04", "severity": "1",
    "report_time": "2026-11-25T10:00:00+08:00", "occur_time": "2026-11-25T10:00:00+08:00",
    "description": "巷口路灯不亮", "reporter_id": "R-000017", "status": "1", "lon": 120.25, "lat": 30.24,
}  # fmt: skip
LEFT_OUT = ("grid_code", "entry_source")


@pytest.mark.django_db
def test_event_of_accepted_records_says_nothing_about_who_reported(seen):
    raw = RawBatch("r:1", "r", "resident_reports", "BIZ16", 1, NOW, json.dumps(EVENT).encode(), 1)

    (done,) = pipeline.commit(pipeline.clean_batches([raw]), NOW, seen)

    assert done.rows["reporter_id"].to_list() == ["R-000017"], done.of.cleaned.rejected.to_dicts()
    (event,) = outbox.unsent(10)
    assert event.payload["rows"][0]["event_no"] == "E-1"
    assert "R-000017" not in json.dumps(event.payload)


@pytest.mark.django_db
@pytest.mark.parametrize("class_id", ["BIZ05", "GEO05"])
def test_history_says_who_sent_an_entry_and_keeps_where_the_entry_is_from(class_id, seen):
    records = [one | {"source": "01"} for one in catalog.clean_samples(class_id, 5, now=NOW)]
    lines = [json.dumps({k: v for k, v in one.items() if k not in LEFT_OUT}).encode() for one in records]
    raw = RawBatch("r:1", "r", "town_iot", class_id, 1, NOW, b"\n".join(lines), 1)

    (done,) = pipeline.commit(pipeline.clean_batches([raw]), NOW, seen)
    rows = pipeline.for_history(done)

    assert rows.select("source", "entry_source").rows() == [("town_iot", "01")] * 5


def fire_batch(number: int, *keys: str, received_at: datetime = NOW) -> RawBatch:
    lines = [
        {
            "msg_id": key,
            "facility_id": "F1",
            "alarm_kind": "NORMAL",
            "event_time": NOW.isoformat(),
            "status_bits": 0,
        }
        for key in keys
    ]
    encoded = b"\n".join(json.dumps(line).encode() if line["msg_id"] else b"{" for line in lines)
    return RawBatch(f"b:{number}", "r", "town_iot", "IOT12", 1, received_at, encoded, number)


@pytest.fixture
def seen(tmp_path):
    return SeenKeys(tmp_path / "seen", Belonging(0, 1, "nowhere"))


def summary(done: list[Committed]) -> list[tuple[int, list[str], list[int], bool]]:
    """Per batch, by its number: keys of its rows, its rejected rows, is it fresh."""
    found = []
    for one in done:
        rejected = one.of.cleaned.rejected["row_no"]
        for place, raw in enumerate(one.of.batches):
            keys = one.rows.filter(pl.col("batch") == place)["record_key"].to_list()
            bad = rejected.to_numpy()[one.of.batch_of(rejected) == place] - one.of.first_rows[place]
            found.append((raw.seq, keys, bad.tolist(), bool(one.fresh[place])))
    return sorted(found)


@pytest.mark.django_db
def test_batches_cleaned_together_come_out_as_if_one_by_one(seen):
    batches = [
        fire_batch(1, "a", "", "b"),
        fire_batch(2, "b", "c", "c", ""),
        fire_batch(3, "d", "a", received_at=NOW + timedelta(seconds=1)),
        fire_batch(4, "e"),
    ]

    done = pipeline.commit(pipeline.clean_batches(batches), NOW, seen)

    assert summary(done) == [
        (1, ["a", "b"], [1], True),
        (2, ["c"], [3], True),
        (3, ["d"], [], True),
        (4, ["e"], [], True),
    ]
    assert [one.n_duplicate for one in Batch.objects.order_by("stream_seq")] == [0, 2, 1, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("again", [slice(0, 2), slice(1, 2)], ids=["both", "only the second"])
def test_batches_delivered_again_give_the_same_rows_in_whatever_company(again, seen):
    batches = [fire_batch(1, "a", "b"), fire_batch(2, "b", "c")]
    first = summary(pipeline.commit(pipeline.clean_batches(batches), NOW, seen))

    company = [*batches[again], fire_batch(3, "c", "f")]
    later = summary(pipeline.commit(pipeline.clean_batches(company), NOW, seen))

    expected = [(seq, keys, rejected, False) for seq, keys, rejected, _ in first[again]]
    assert later == [*expected, (3, ["f"], [], True)]


@pytest.mark.django_db
def test_what_a_parked_batch_holds_makes_nothing_of_another_a_duplicate(seen):
    parked = fire_batch(1, "a")
    observations.park_batch(parked, tenant_code="330109013", error="x", now=NOW)

    done = pipeline.commit(pipeline.clean_batches([parked, fire_batch(2, "a")]), NOW, seen)

    assert [keys for _, keys, _, _ in summary(done)] == [[], ["a"]]


@pytest.mark.django_db
def test_who_is_first_stays_so_when_something_in_between_is_delivered_again(seen, tmp_path):
    pipeline.commit(pipeline.clean_batches([fire_batch(2, "b")]), NOW, seen)
    after_a_crash = SeenKeys(tmp_path / "anew", Belonging(0, 1, "nowhere"))

    batches = [fire_batch(1, "a"), fire_batch(2, "b"), fire_batch(3, "b", "c")]
    done = pipeline.commit(pipeline.clean_batches(batches), NOW, after_a_crash)

    assert [keys for _, keys, _, _ in summary(done)] == [["a"], ["b"], ["c"]]
