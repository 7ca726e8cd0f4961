"""Balances and quality: exact whether or not the hours have been added up."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.observations.adding_up import add_up
from ningjulan.observations.delivering import delivering
from ningjulan.observations.history import History
from ningjulan.observations.models import Batch, BatchHour, Reject, RejectHour
from ningjulan.observations.quality import filled, quality, together

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
STREET = "330109013"

pytestmark = pytest.mark.django_db


def batch(seq, *, ago, source="town_iot", committed_ago=None, batch_id=None, receipt="r", **counts):
    counts = {"n_stored": 0, "n_rejected": 0, "n_duplicate": 0, "n_parked": 0} | counts
    received_at = NOW - ago
    committed_at = NOW - (ago if committed_ago is None else committed_ago)
    return Batch.objects.create(
        batch_id=batch_id or f"r:{seq}",
        stream_seq=seq,
        receipt_id=receipt,
        source=source,
        tenant_code=STREET,
        class_id="IOT12",
        first_row=1,
        n_received=sum(counts.values()),
        received_at=received_at,
        committed_at=committed_at,
        cleaner_version="1",
        **counts,
    )


def reject(batch_id, row, *reasons, ago, state="open"):
    return Reject.objects.create(
        batch_id=batch_id, source="town_iot", tenant_code=STREET, class_id="IOT12", row_no=row,
        received_at=NOW - ago, reasons=list(reasons), detail="", raw=b"{", cleaner_version="1", state=state,
    )  # fmt: skip


def sheet():
    (row,) = [row for row in delivering(SYSTEM, NOW) if row.source == "town_iot"]
    return (row.received, row.stored, row.rejected, row.duplicate, row.parked)


def rules(days=7):
    (row,) = quality(SYSTEM, source=None, class_id=None, days=days, now=NOW)
    return {rule.reason: (rule.n, rule.example_id) for rule in row.reasons.values()}


HOURS_AGO = [timedelta(minutes=1), timedelta(minutes=50), timedelta(hours=7), timedelta(days=3)]


def test_balance_is_the_same_before_and_after_adding_up():
    for seq, ago in enumerate(HOURS_AGO):
        batch(seq, ago=ago, n_stored=4, n_rejected=2, n_duplicate=1)

    before = sheet()
    add_up(NOW)

    assert before == sheet() == (28, 16, 8, 4, 0)
    assert BatchHour.objects.count() == 4


def test_batch_that_comes_to_an_hour_long_added_up_counts_at_once_and_once():
    batch(1, ago=timedelta(days=3), n_stored=4)
    add_up(NOW)

    batch(2, ago=timedelta(days=3), committed_ago=timedelta(0), n_stored=1)

    assert sheet() == (5, 5, 0, 0, 0)
    add_up(NOW)
    add_up(NOW + timedelta(hours=1))
    assert sheet() == (5, 5, 0, 0, 0)


def test_parked_batch_that_was_taken_later_is_no_longer_parked():
    batch(1, ago=timedelta(hours=5), n_parked=3).delete()
    batch(2, ago=timedelta(hours=5), n_parked=3, batch_id="r:x")
    add_up(NOW)

    Batch.objects.all().delete()
    batch(9, ago=timedelta(hours=5), committed_ago=timedelta(0), n_stored=3, batch_id="r:x")

    assert sheet() == (3, 3, 0, 0, 0)


def test_rules_are_counted_exactly_with_an_example():
    for seq, ago in enumerate(HOURS_AGO):
        batch(seq, ago=ago, n_rejected=2)
        reject(f"r:{seq}", 1, "bad_time", ago=ago)
    last = reject("r:0", 2, "bad_time", "unknown_code", ago=HOURS_AGO[0])

    before = rules()
    add_up(NOW)

    assert before == rules() == {"bad_time": (5, last.id), "unknown_code": (1, last.id)}
    assert rules(days=1)["bad_time"][0] == 4
    assert RejectHour.objects.count() == 5


def test_quality_has_every_day_and_the_sum_of_all_sources():
    batch(1, ago=timedelta(days=2), n_stored=3, n_rejected=1)
    reject("r:1", 1, "bad_time", ago=timedelta(days=2), state="resolved")
    batch(2, ago=timedelta(minutes=1), n_stored=5, source="town_video")

    rows = quality(SYSTEM, source=None, class_id=None, days=3, now=NOW)
    whole = together(rows, days=3, now=NOW)

    assert [(row.source, [day.n_received for day in row.days.values()]) for row in rows] == [
        ("town_iot", [4, 0, 0]),
        ("town_video", [0, 0, 5]),
    ]
    assert (whole.sums().n_received, whole.sums().n_rejected, whole.n_mended) == (9, 1, 1)
    assert whole.reasons["bad_time"].n == 1


@pytest.mark.parametrize(
    ("asked", "n"), [({"source": "town_iot"}, 1), ({"class_id": "IOT13"}, 0), ({"source": "other"}, 0)]
)
def test_quality_of_what_is_asked_for(asked, n):
    batch(1, ago=timedelta(minutes=1), n_stored=1)

    assert len(quality(SYSTEM, **{"source": None, "class_id": None} | asked, days=1, now=NOW)) == n


def test_nobody_counts_the_records_of_another_street():
    batch(1, ago=timedelta(minutes=1), n_stored=1)
    stranger = Actor(1, "外", frozenset({Role.LEADER}), frozenset({"440310"}))

    assert quality(stranger, source=None, class_id=None, days=1, now=NOW) == []
    assert [row.source for row in delivering(stranger, NOW) if row.received] == []


def test_rates_count_what_came_lately_and_not_what_was_mended():
    batch(1, ago=timedelta(minutes=2), n_stored=50)
    batch(2, ago=timedelta(minutes=40), n_stored=70)
    batch(3, ago=timedelta(minutes=3), n_stored=1, receipt="fix:1", batch_id="fix:1:1")

    (row,) = [row for row in delivering(SYSTEM, NOW) if row.source == "town_iot"]

    assert (row.per_minute_5m, row.per_minute_1h, row.fresh_s) == (10.0, 2.0, 120)


def test_mended_and_open_rejects_are_told_apart():
    batch(1, ago=timedelta(hours=2), n_rejected=4)
    for row, state in enumerate(["open", "resolved", "dismissed", "resubmitted"]):
        reject("r:1", row, "bad_time", ago=timedelta(hours=2), state=state)
    batch(2, ago=timedelta(hours=2), n_stored=1, receipt="fix:2", batch_id="fix:2:1")

    (row,) = [row for row in delivering(SYSTEM, NOW) if row.source == "town_iot"]

    assert (row.rejected, row.n_mended, row.n_open) == (4, 1, 1)


def test_items_of_a_class_that_nothing_is_stored_of_are_not_judged(settings, tmp_path):
    settings.HISTORY_URL = str(tmp_path)

    assert filled("IOT12", days=7, now=NOW) == []


def test_items_are_as_complete_as_their_stored_records(settings, tmp_path):
    settings.HISTORY_URL = str(tmp_path)
    history = History(str(tmp_path), shard=0)
    frame = pl.DataFrame(
        {
            "record_key": ["a", "b", "c"],
            "msg_id": ["a", "b", "c"],
            "type_flag": [2, None, None],
            "occurred_at": [NOW, NOW - timedelta(days=1), NOW - timedelta(days=9)],
        },
        schema_overrides={"occurred_at": pl.Datetime("us", "UTC")},
    )
    history.add("IOT12", frame, 1)
    history.flush()

    found = {one.item: (one.n_filled, one.n_rows) for one in filled("IOT12", days=7, now=NOW)}

    assert found == {"msg_id": (2, 2), "type_flag": (1, 2)}
