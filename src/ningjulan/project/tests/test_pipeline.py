"""From raw lines to facts and events."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ningjulan.foundation import outbox
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import Committed
from ningjulan.observations.models import Batch
from ningjulan.project import pipeline
from ningjulan.sources.stream import RawBatch

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
EVENT = {
    "event_no": "E-1", "title": "路灯不亮", "category_code": "C05", "source_channel": "04", "severity": "1",
    "report_time": "2026-11-25T10:00:00+08:00", "occur_time": "2026-11-25T10:00:00+08:00",
    "description": "巷口路灯不亮", "reporter_id": "R-000017", "status": "1", "lon": 120.25, "lat": 30.24,
}  # fmt: skip


@pytest.mark.django_db
def test_event_of_accepted_records_says_nothing_about_who_reported():
    raw = RawBatch("r:1", "r", "resident_reports", "BIZ16", 1, NOW, json.dumps(EVENT).encode(), 1)

    (done,) = pipeline.commit(pipeline.clean_batches([raw]), NOW)

    assert done.accepted["reporter_id"].to_list() == ["R-000017"], done.batch.cleaned.rejected.to_dicts()
    (event,) = outbox.unsent(10)
    assert event.payload["rows"][0]["event_no"] == "E-1"
    assert "R-000017" not in json.dumps(event.payload)


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


def summary(done: list[Committed]) -> list[tuple[list[str], list[int], bool]]:
    return [
        (one.accepted["record_key"].to_list(), one.batch.cleaned.rejected["row_no"].to_list(), one.fresh)
        for one in done
    ]


@pytest.mark.django_db
def test_batches_cleaned_together_come_out_as_if_one_by_one():
    batches = [
        fire_batch(1, "a", "", "b"),
        fire_batch(2, "b", "c", "c", ""),
        fire_batch(3, "d", "a", received_at=NOW + timedelta(seconds=1)),
        fire_batch(4, "e"),
    ]

    done = pipeline.commit(pipeline.clean_batches(batches), NOW)

    assert summary(done) == [
        (["a", "b"], [1], True),
        (["c"], [3], True),
        (["d"], [], True),
        (["e"], [], True),
    ]
    assert [one.n_duplicate for one in Batch.objects.order_by("stream_seq")] == [0, 2, 1, 0]


@pytest.mark.django_db
@pytest.mark.parametrize("again", [slice(0, 2), slice(1, 2)], ids=["both", "only the second"])
def test_batches_delivered_again_give_the_same_rows_in_whatever_company(again):
    batches = [fire_batch(1, "a", "b"), fire_batch(2, "b", "c")]
    first = summary(pipeline.commit(pipeline.clean_batches(batches), NOW))

    later = summary(pipeline.commit(pipeline.clean_batches([*batches[again], fire_batch(3, "c", "f")]), NOW))

    assert later == [*((keys, rejected, False) for keys, rejected, _ in first[again]), (["f"], [], True)]


@pytest.mark.django_db
def test_what_a_parked_batch_holds_makes_nothing_of_another_a_duplicate():
    parked = fire_batch(1, "a")
    observations.park_batch(parked, tenant_code="330109013", error="x", now=NOW)

    done = pipeline.commit(pipeline.clean_batches([parked, fire_batch(2, "a")]), NOW)

    assert summary(done) == [(["a"], [], True)]
