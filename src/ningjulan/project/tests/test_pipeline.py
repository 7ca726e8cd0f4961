"""From raw lines to facts and events."""

import json
from datetime import UTC, datetime

import pytest

from ningjulan.foundation import outbox
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
    raw = RawBatch("r:1", "r", "resident_reports", "BIZ16", 1, NOW, (json.dumps(EVENT).encode(),), 1)

    (done,) = pipeline.commit(pipeline.clean_batches([raw]), NOW)

    assert done.accepted["reporter_id"].to_list() == ["R-000017"], done.batch.cleaned.rejected.to_dicts()
    (event,) = outbox.unsent(10)
    assert event.payload["rows"][0]["event_no"] == "E-1"
    assert "R-000017" not in json.dumps(event.payload)
