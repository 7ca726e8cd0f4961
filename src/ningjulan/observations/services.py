"""Committing cleaned batches: exactly once, whatever is delivered how often."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import Enum, auto
from typing import Any

import numpy as np
import polars as pl
from django.db import connection, transaction

from ningjulan.observations.contracts import CleanedBatches, Committed
from ningjulan.observations.models import Batch, ParkedBatch, Position
from ningjulan.observations.noting import count_notes
from ningjulan.observations.seen import Claims, hashes, owners
from ningjulan.sources.stream import RawBatch

REJECT_COLUMNS = (
    *("batch_id", "source", "tenant_code", "class_id", "row_no", "received_at"),
    *("reasons", "detail", "raw", "cleaner_version"),
)


class _Delivered(Enum):
    """What a delivery of a batch is."""

    NEW = auto()
    AGAIN = auto()  # the delivery that counts, once more
    COPY = auto()  # under another sequence number: nothing comes of it


def commit_batches(cleaned: Sequence[CleanedBatches], now: datetime, claims: Claims) -> list[Committed]:
    """Write marks and rejects, claim the keys of what is accepted; return the rows that are first.

    Must run inside the caller's transaction, together with whatever follows from the new rows. A batch
    delivered again gives the same rows again with `fresh` false; a copy under another sequence number
    gives none, unless the batch was parked: then the later delivery counts.

    Args:
        cleaned: In stream order, within each source and class.
        now: Commit time.
        claims: Knows the keys that came before; keeps ours if the transaction succeeds.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("commit_batches needs the caller's transaction")
    known = outcomes_of([batch.batch_id for one in cleaned for batch in one.batches])
    mended: list[str] = []
    done = []
    for one in cleaned:
        delivered = [_delivered(batch, known, mended) for batch in one.batches]
        done.append(_first_arrivals(one, delivered, claims))
    Batch.objects.filter(batch_id__in=mended).delete()
    ParkedBatch.objects.filter(batch_id__in=mended).delete()
    Batch.objects.bulk_create(mark for one in done for mark in _marks(one, now))
    _write_rejects(done)
    count_notes(done)
    return done


def _delivered(raw: RawBatch, known: dict[str, tuple[int, bool]], mended: list[str]) -> _Delivered:
    """Judge a delivery, and note it: in `known` for the next, in `mended` if the batch was parked."""
    if raw.batch_id not in known:
        known[raw.batch_id] = (raw.seq, False)
        return _Delivered.NEW
    seq, is_parked = known[raw.batch_id]
    if is_parked and raw.seq > seq:  # sent in again: somebody has mended what stood in its way
        mended.append(raw.batch_id)
        known[raw.batch_id] = (raw.seq, False)
        return _Delivered.NEW
    return _Delivered.AGAIN if raw.seq == seq and not is_parked else _Delivered.COPY


@transaction.atomic
def park_batch(raw: RawBatch, *, tenant_code: str, error: str, now: datetime) -> None:
    """Put a batch aside, whole, that fails by itself. Repeatable; what was taken before stays taken."""
    mark = outcomes_of([raw.batch_id]).get(raw.batch_id)
    if mark is not None and not mark[1]:
        return
    Batch.objects.update_or_create(
        batch_id=raw.batch_id,
        defaults=_mark(raw, tenant_code, now) | {"n_parked": raw.n_lines, "cleaner_version": ""},
    )
    parked, is_new = ParkedBatch.objects.update_or_create(
        batch_id=raw.batch_id,
        defaults={
            "stream_seq": raw.seq,
            "receipt_id": raw.receipt_id,
            "source": raw.source,
            "class_id": raw.class_id,
            "first_row": raw.first_row,
            "received_at": raw.received_at,
            "payload": raw.payload,
            "error": error.replace("\x00", "")[:2000],
            "parked_at": now,
        },
    )
    if not is_new and mark is not None and mark[0] != raw.seq:
        parked.n_times += 1
        parked.save(update_fields=["n_times"])


def _first_arrivals(one: CleanedBatches, delivered: Sequence[_Delivered], claims: Claims) -> Committed:
    """Return the accepted rows whose key nobody brought before, of the deliveries that count."""
    accepted = one.cleaned.accepted
    batch = one.batch_of(accepted["row_no"])
    row_no = accepted["row_no"].to_numpy() - one.first_rows[batch]
    counts = np.array([what is not _Delivered.COPY for what in delivered])
    rows = accepted.with_columns(pl.Series("row_no", row_no, pl.UInt32), pl.Series("batch", batch, pl.Int32))
    if not counts.all():
        rows = rows.filter(pl.Series(counts[batch]))
    first = claims.first(
        hashes(rows["record_key"], source=one.source, class_id=one.class_id),
        owners([raw.batch_id for raw in one.batches])[rows["batch"].to_numpy()],
        rows["row_no"].to_numpy(),
    )
    return Committed(
        of=one,
        rows=rows if first.all() else rows.filter(pl.Series(first)),
        fresh=np.array([what is _Delivered.NEW for what in delivered]),
    )


def _marks(one: Committed, now: datetime) -> Iterator[Batch]:
    """Return the marks of the batches that have none."""
    n_batches = len(one.of.batches)
    n_stored = np.bincount(one.rows["batch"].to_numpy(), minlength=n_batches)
    n_rejected = np.bincount(one.of.batch_of(one.of.cleaned.rejected["row_no"]), minlength=n_batches)
    for place in np.flatnonzero(one.fresh).tolist():
        raw, stored, rejected = one.of.batches[place], int(n_stored[place]), int(n_rejected[place])
        counts = {
            "n_stored": stored,
            "n_rejected": rejected,
            "n_duplicate": raw.n_lines - stored - rejected,
            "cleaner_version": one.of.cleaner_version,
        }
        yield Batch(batch_id=raw.batch_id, **_mark(raw, one.of.tenant_code, now) | counts)


def _write_rejects(done: Sequence[Committed]) -> None:
    """Copy the rejects of new batches into their table: on a bad day they are as many as the records."""
    lines = [text for one in done for text in _rejects(one)]
    if not lines:
        return
    columns = ", ".join(REJECT_COLUMNS)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy observations_reject ({columns}) from stdin") as copy,
    ):
        for text in lines:
            copy.write(text)


def _rejects(one: Committed) -> Iterator[str]:
    """Yield, per new batch with rejects, the values of `REJECT_COLUMNS` as COPY reads them.

    Written by hand: the driver looks up for each value how to write it, which takes five times as long.
    """
    rejected = one.of.cleaned.rejected
    places = one.of.batch_of(rejected["row_no"])
    for place in np.unique(places).tolist():
        if not one.fresh[place]:
            continue
        raw, lines = one.of.batches[place], one.of.batches[place].lines
        before = "\t".join(map(_copied, (raw.batch_id, raw.source, one.of.tenant_code, raw.class_id)))
        received_at, version = raw.received_at.isoformat(), _copied(one.of.cleaner_version)
        first_row = int(one.of.first_rows[place])
        wanted = rejected.filter(pl.Series(places == place)).select(
            "row_no", pl.col("reasons").list.join(","), "detail"
        )
        yield "".join(
            f"{before}\t{raw.first_row + row_no - first_row}\t{received_at}\t{{{reasons}}}"
            f"\t{_copied(detail)}\t\\\\x{lines[row_no - first_row].hex()}\t{version}\n"
            for row_no, reasons, detail in wanted.iter_rows()
        )


def _copied(text: str) -> str:
    """Return a text as COPY reads it: what would end it, or begin an escape, is escaped."""
    escaped = text.replace("\\", "\\\\").replace("\t", "\\t")
    return escaped.replace("\n", "\\n").replace("\r", "\\r")


def _mark(raw: RawBatch, tenant_code: str, now: datetime) -> dict[str, Any]:
    """Return the columns of a batch's mark, nothing counted yet."""
    return {
        "stream_seq": raw.seq,
        "receipt_id": raw.receipt_id,
        "source": raw.source,
        "tenant_code": tenant_code,
        "class_id": raw.class_id,
        "first_row": raw.first_row,
        "n_received": raw.n_lines,
        "n_stored": 0,
        "n_rejected": 0,
        "n_duplicate": 0,
        "n_parked": 0,
        "received_at": raw.received_at,
        "committed_at": now,
    }


def position_of(shard: int) -> int:
    """Return the last sequence number of `shard` that is in the history, 0 for none."""
    found = Position.objects.filter(shard=shard).first()
    return found.history_seq if found else 0


@transaction.atomic
def move_position(shard: int, seq: int, now: datetime) -> None:
    Position.objects.update_or_create(shard=shard, defaults={"history_seq": seq, "written_at": now})


def outcomes_of(batch_ids: Sequence[str]) -> dict[str, tuple[int, bool]]:
    """Return, per batch that has an outcome, the number of the delivery that counts and: is it parked?"""
    rows = Batch.objects.filter(batch_id__in=batch_ids).values_list("batch_id", "stream_seq", "n_parked")
    return {batch_id: (seq, n_parked > 0) for batch_id, seq, n_parked in rows}


def highest_seq() -> int:
    """Return the highest number of the stream that anything was delivered under, 0 for none.

    Our positions count too: canaries are passed and leave no batch.
    """
    batch = Batch.objects.order_by("-stream_seq").values_list("stream_seq", flat=True).first()
    position = Position.objects.order_by("-history_seq").values_list("history_seq", flat=True).first()
    return max(batch or 0, position or 0)
