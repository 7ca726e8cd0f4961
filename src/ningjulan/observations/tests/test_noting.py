"""What cleaning noted of records, and why lines are duplicates: counted once, hour by hour."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import transaction

from ningjulan.cleaning.contracts import DUPLICATE_SCHEMA, NOTE_SCHEMA, REJECTED_SCHEMA, Cleaned
from ningjulan.foundation.actors import SYSTEM
from ningjulan.observations.contracts import CleanedBatches
from ningjulan.observations.facade import Belonging, SeenKeys
from ningjulan.observations.models import Batch, NoteHour, Reject
from ningjulan.observations.quality import quality, together
from ningjulan.observations.services import commit_batches
from ningjulan.sources.stream import RawBatch

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def batches(*hours_ago, first=1, keys="AAB", notes=()):
    """Batches received so long ago, cleaned together: one line a key, each `notes` of a row of all lines."""
    payload = b"\n".join([b"{}"] * len(keys))
    raws = [
        RawBatch(f"r:{seq}", "r", "town_iot", "IOT06", 1, NOW - timedelta(hours=ago), payload, seq)
        for seq, ago in enumerate(hours_ago, start=first)
    ]
    all_keys = pl.DataFrame({"record_key": list(keys) * len(raws)}).with_row_index("row_no")
    is_first = pl.col("record_key").is_first_distinct()
    cleaned = Cleaned(
        all_keys.filter(is_first),
        pl.DataFrame(schema=dict(REJECTED_SCHEMA)),
        all_keys.filter(~is_first).with_columns(reason=pl.lit("same_key")).cast(dict(DUPLICATE_SCHEMA)),
        pl.DataFrame(
            [(row, "plate_no", note) for row, note in notes], schema=dict(NOTE_SCHEMA), orient="row"
        ),
    )
    return CleanedBatches(raws, "330109013", cleaned, "1")


@pytest.fixture
def commit(tmp_path):
    seen = SeenKeys(tmp_path / "seen", Belonging(0, 1, "nowhere"))

    def run(*cleaned):
        with seen.claiming(99) as claims, transaction.atomic():
            commit_batches(cleaned, NOW, claims)

    return run


def counted():
    rows = NoteHour.objects.order_by("hour", "note")
    return [(round((NOW - row.hour) / timedelta(hours=1)), row.note, row.n) for row in rows]


def test_each_hour_has_its_notes_and_its_duplicates(commit):
    commit(batches(0, 2, notes=[(0, "no_plate"), (2, "no_plate"), (0, "synthetic_number")]))

    assert counted() == [
        (2, "same_key", 3),
        (0, "no_plate", 2),
        (0, "same_key", 1),
        (0, "synthetic_number", 1),
    ]


def test_what_came_in_an_earlier_batch_counts_like_what_came_in_the_same(commit):
    commit(batches(0))
    commit(batches(0, first=2, keys="ABC"))

    assert counted() == [(0, "same_key", 1 + 2)]
    assert sum(Batch.objects.values_list("n_duplicate", flat=True)) == 3


def test_batch_delivered_again_is_not_counted_again(commit):
    for _ in range(2):
        commit(batches(0, notes=[(0, "no_plate")]))

    assert counted() == [(0, "no_plate", 1), (0, "same_key", 1)]


def test_quality_tells_them_per_day(commit):
    commit(batches(0, 30, notes=[(0, "no_plate")]))

    (row,) = quality(SYSTEM, source=None, class_id=None, days=3, now=NOW)

    whole = together([row, row], days=3, now=NOW)
    assert {note: list(days.values()) for note, days in row.notes.items()} == {
        "no_plate": [0, 0, 1],
        "same_key": [0, 3, 1],
    }
    assert {note: sum(days.values()) for note, days in whole.notes.items()} == {"no_plate": 2, "same_key": 8}


def test_which_replay_rejected_a_line_is_no_rule_that_it_broke(commit):
    commit(batches(0))
    Reject.objects.create(
        batch_id="r:1", source="town_iot", tenant_code="330109013", class_id="IOT06", row_no=1, raw=b"{",
        received_at=NOW, reasons=["out_of_range", "replay:7"], detail="", cleaner_version="1",
    )  # fmt: skip

    (row,) = quality(SYSTEM, source=None, class_id=None, days=1, now=NOW)

    assert list(row.reasons) == ["out_of_range"]
