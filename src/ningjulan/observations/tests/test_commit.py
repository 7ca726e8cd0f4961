from datetime import UTC, datetime

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from ningjulan.cleaning.contracts import DUPLICATE_SCHEMA, REJECTED_SCHEMA, Cleaned
from ningjulan.observations.contracts import CleanedBatches
from ningjulan.observations.facade import Belonging, SeenKeys
from ningjulan.observations.models import Batch, ParkedBatch, Reject
from ningjulan.observations.selectors import balance_of_receipt, list_parked, parked_batch
from ningjulan.observations.services import commit_batches, park_batch
from ningjulan.sources.stream import RawBatch

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
BELONGING = Belonging(shard=0, n_shards=1, history="nowhere")


def batch(seq, *keys, rejected=0, batch_id=None, source="town_iot"):
    """A cleaned batch: one accepted row per key, then `rejected` bad lines."""
    n_lines = len(keys) + rejected
    raw = RawBatch(batch_id or f"r:{seq}", "r", source, "IOT12", 1, NOW, b"\n".join([b"{}"] * n_lines), seq)
    accepted = pl.DataFrame(
        {"row_no": range(len(keys)), "record_key": list(keys)},
        schema={"row_no": pl.UInt32, "record_key": pl.String},
    )
    bad = pl.DataFrame(
        [
            {"row_no": row, "reasons": ["bad_json"], "detail": "不是完整的 JSON"}
            for row in range(len(keys), n_lines)
        ],
        schema=dict(REJECTED_SCHEMA),
    )
    cleaned = Cleaned(accepted, bad, pl.DataFrame(schema=dict(DUPLICATE_SCHEMA)))
    return CleanedBatches([raw], "330109013", cleaned, "1.0.0")


@pytest.fixture
def commit(tmp_path):
    seen = SeenKeys(tmp_path / "seen", BELONGING)

    def run(*batches):
        with seen.claiming(9) as claims, transaction.atomic():
            return commit_batches(batches, NOW, claims)

    return run


def keys(done):
    return done.rows["record_key"].to_list()


def park(cleaned, error="ZeroDivisionError: 1 / 0"):
    park_batch(cleaned.batches[0], tenant_code="330109013", error=error, now=NOW)


def sheet():
    return [(b.received, b.stored, b.rejected, b.duplicate) for b in balance_of_receipt("r", since=NOW)]


def n_parked():
    return sum(b.parked for b in balance_of_receipt("r", since=NOW))


@pytest.mark.django_db
def test_batch_balances(commit):
    commit(batch(1, "A", "B", rejected=1), batch(2, "B", "C"))

    assert sheet() == [(5, 3, 1, 1)]
    assert [(r.row_no, r.reasons) for r in Reject.objects.all()] == [(3, ["bad_json"])]


@pytest.mark.django_db
def test_rejects_are_kept_to_the_byte(commit):
    lines = [b'{"a": "\t\\t"}', b"\x00\xff\\.\r", "街道\\N".encode()]
    details = ["a\\tb\tc\\", "\\.", "收到“\r\n{},”"]
    reasons = [["wrong_type", "too_long"], ["not_utf8"], ["bad_json"]]
    raw = RawBatch("r:1", "r", "town_iot", "IOT12", 11, NOW, b"\n".join(lines), 1)
    bad = pl.DataFrame(
        {"row_no": [0, 1, 2], "reasons": reasons, "detail": details}, schema=dict(REJECTED_SCHEMA)
    )
    none = batch(2).cleaned

    commit(CleanedBatches([raw], "330109013", Cleaned(none.accepted, bad, none.duplicates), "1.0.0"))

    kept = [
        (
            r.batch_id,
            r.class_id,
            r.row_no,
            r.received_at,
            r.reasons,
            r.detail,
            bytes(r.raw),
            r.cleaner_version,
        )
        for r in Reject.objects.order_by("row_no")
    ]
    wanted = zip((11, 12, 13), reasons, details, lines, strict=True)
    assert kept == [("r:1", "IOT12", n, NOW, why, detail, line, "1.0.0") for n, why, detail, line in wanted]


@pytest.mark.django_db
def test_batch_delivered_again_changes_nothing_and_gives_the_same_rows(commit):
    (first,) = commit(batch(1, "A", "B", rejected=1))
    (again,) = commit(batch(1, "A", "B", rejected=1))

    assert (first.fresh.tolist(), again.fresh.tolist()) == ([True], [False])
    assert again.rows.equals(first.rows)
    assert again.fresh_rows().is_empty()
    assert sheet() == [(3, 2, 1, 0)]


@pytest.mark.django_db
def test_copy_of_a_batch_under_another_number_gives_nothing(commit):
    commit(batch(1, "A", batch_id="r:x"))

    (copy,) = commit(batch(9, "A", batch_id="r:x"))

    assert copy.rows.is_empty()
    assert sheet() == [(1, 1, 0, 0)]


@pytest.mark.django_db
def test_copy_within_one_commit_gives_nothing(commit):
    done = commit(batch(1, "A", batch_id="r:x"), batch(2, "A", batch_id="r:x"))

    assert [keys(one) for one in done] == [["A"], []]


@pytest.mark.django_db
def test_same_key_from_another_source_is_another_record(commit):
    commit(batch(1, "A"), batch(2, "A", source="other"))

    assert sorted(b.stored for b in balance_of_receipt("r", since=NOW)) == [1, 1]


@pytest.mark.django_db
def test_commit_that_fails_leaves_no_trace(tmp_path):
    seen = SeenKeys(tmp_path, BELONGING)
    with pytest.raises(ZeroDivisionError), seen.claiming(9) as claims, transaction.atomic():
        commit_batches([batch(1, "A", rejected=1)], NOW, claims)
        1 / 0  # noqa: B018

    assert (Batch.objects.count(), Reject.objects.count()) == (0, 0)
    with seen.claiming(9) as claims, transaction.atomic():
        (first,) = commit_batches([batch(2, "A", rejected=1)], NOW, claims)
    assert keys(first) == ["A"]


@pytest.mark.django_db
def test_database_refuses_a_batch_that_does_not_balance(commit):
    commit(batch(1, "A"))

    with pytest.raises(IntegrityError, match="observations_batch_balances"), transaction.atomic():
        Batch.objects.update(n_stored=7)


@pytest.mark.django_db
def test_parked_batch_is_kept_whole_and_counted():
    poison = batch(1, "A", "B")

    park(poison)
    park(poison)  # delivered again after a crash

    assert (sheet(), n_parked()) == ([(2, 0, 0, 0)], 2)
    assert parked_batch("r:1") == poison.batches[0]
    assert [(p.n, p.n_times, p.error) for p in list_parked()] == [(2, 1, "ZeroDivisionError: 1 / 0")]


@pytest.mark.django_db
def test_parked_batch_delivered_again_waits_until_it_is_sent_again(commit):
    park(batch(1, "A", batch_id="r:x"))

    (waiting,) = commit(batch(1, "A", batch_id="r:x"))

    assert waiting.rows.is_empty()
    assert n_parked() == 1


@pytest.mark.django_db
def test_parked_batch_sent_again_becomes_what_it_is(commit):
    park(batch(1, "A", batch_id="r:x", rejected=1))

    (done,) = commit(batch(5, "A", batch_id="r:x", rejected=1))
    (again,) = commit(batch(5, "A", batch_id="r:x", rejected=1))

    assert (done.fresh.tolist(), keys(done), again.fresh.tolist()) == ([True], ["A"], [False])
    assert (sheet(), n_parked(), ParkedBatch.objects.count()) == ([(2, 1, 1, 0)], 0, 0)


@pytest.mark.django_db
def test_batch_that_fails_again_says_how_often_and_why_last():
    park(batch(1, "A", batch_id="r:x"))
    park(batch(5, "A", batch_id="r:x"), error="KeyError: 'x'")

    assert [(p.n, p.n_times, p.error) for p in list_parked()] == [(1, 2, "KeyError: 'x'")]
    assert parked_batch("r:x").seq == 5


@pytest.mark.django_db
def test_copy_of_a_batch_that_was_taken_cannot_park_it(commit):
    commit(batch(1, "A", batch_id="r:x"))

    park(batch(9, "A", batch_id="r:x"))

    assert (sheet(), n_parked(), list_parked()) == ([(1, 1, 0, 0)], 0, [])
