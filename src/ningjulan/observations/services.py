"""Committing cleaned batches: exactly once, whatever is delivered how often."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from ningjulan.observations.contracts import CleanedBatch, Committed
from ningjulan.observations.models import Batch, ParkedBatch, Position, Reject
from ningjulan.sources.stream import RawBatch


def commit_batches(batches: Sequence[CleanedBatch], now: datetime) -> list[Committed]:
    """Write marks, rejects and first arrivals of `batches`; return what is really new.

    Must run inside the caller's transaction, together with whatever follows from the new rows. A batch
    delivered again gives the same rows again with `fresh` false; a copy under another sequence number
    gives none, unless the batch was parked: then the later delivery counts.

    Args:
        batches: In stream order.
        now: Commit time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("commit_batches needs the caller's transaction")
    known = outcomes_of([b.raw.batch_id for b in batches])
    done: list[Committed] = []
    for batch in batches:
        raw = batch.raw
        seq, is_parked = known.get(raw.batch_id, (raw.seq, False))
        is_sent_again = is_parked and raw.seq > seq  # somebody has mended what stood in its way
        if not is_sent_again and (is_parked or raw.seq != seq):
            continue
        fresh = is_sent_again or raw.batch_id not in known
        known[raw.batch_id] = (raw.seq, False)
        accepted = _first_arrivals(batch)
        if fresh:
            if is_sent_again:
                Batch.objects.filter(batch_id=raw.batch_id).delete()
                ParkedBatch.objects.filter(batch_id=raw.batch_id).delete()
            _write(batch, n_stored=len(accepted), now=now)
        done.append(Committed(batch=batch, accepted=accepted, fresh=fresh))
    return done


@transaction.atomic
def park_batch(raw: RawBatch, *, tenant_code: str, error: str, now: datetime) -> None:
    """Put a batch aside, whole, that fails by itself. Repeatable; what was taken before stays taken."""
    mark = outcomes_of([raw.batch_id]).get(raw.batch_id)
    if mark is not None and not mark[1]:
        return
    Batch.objects.update_or_create(
        batch_id=raw.batch_id,
        defaults=_mark(raw, tenant_code, now) | {"n_parked": len(raw.lines), "cleaner_version": ""},
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
            "payload": b"\n".join(raw.lines),
            "error": error.replace("\x00", "")[:2000],
            "parked_at": now,
        },
    )
    if not is_new and mark is not None and mark[0] != raw.seq:
        parked.n_times += 1
        parked.save(update_fields=["n_times"])


def _first_arrivals(batch: CleanedBatch) -> pl.DataFrame:
    """Return the accepted rows whose key nobody brought before this batch. Writes the keys; repeatable."""
    accepted = batch.cleaned.accepted
    if accepted.is_empty():
        return accepted
    scope = f"{batch.raw.source}\0{batch.raw.class_id}\0"
    hashes = [
        hashlib.blake2b((scope + key).encode(), digest_size=16).digest() for key in accepted["record_key"]
    ]
    rows = accepted["row_no"].to_list()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into observations_seenkey (key_hash, batch_id, row_no)
            select hash, %s, row_no from unnest(%s::bytea[], %s::int[]) with ordinality as k(hash, row_no,
            ord) order by hash, ord on conflict (key_hash) do nothing
            """,
            [batch.raw.batch_id, hashes, rows],
        )
        cursor.execute(
            "select row_no from observations_seenkey where key_hash = any(%s::bytea[]) and batch_id = %s",
            [hashes, batch.raw.batch_id],
        )
        first = [row for (row,) in cursor.fetchall()]
    return accepted.filter(pl.col("row_no").is_in(first))


def _write(batch: CleanedBatch, *, n_stored: int, now: datetime) -> None:
    raw, cleaned = batch.raw, batch.cleaned
    counts = {
        "n_stored": n_stored,
        "n_rejected": len(cleaned.rejected),
        "n_duplicate": len(raw.lines) - n_stored - len(cleaned.rejected),
        "cleaner_version": batch.cleaner_version,
    }
    Batch.objects.create(batch_id=raw.batch_id, **(_mark(raw, batch.tenant_code, now) | counts))
    Reject.objects.bulk_create(
        Reject(
            batch_id=raw.batch_id,
            source=raw.source,
            tenant_code=batch.tenant_code,
            class_id=raw.class_id,
            row_no=raw.first_row + row_no,
            received_at=raw.received_at,
            reasons=reasons,
            detail=detail,
            raw=raw.lines[row_no],
            cleaner_version=batch.cleaner_version,
        )
        for row_no, reasons, detail in cleaned.rejected.select("row_no", "reasons", "detail").iter_rows()
    )


def _mark(raw: RawBatch, tenant_code: str, now: datetime) -> dict[str, Any]:
    """Return the columns of a batch's mark, nothing counted yet."""
    return {
        "stream_seq": raw.seq,
        "receipt_id": raw.receipt_id,
        "source": raw.source,
        "tenant_code": tenant_code,
        "class_id": raw.class_id,
        "first_row": raw.first_row,
        "n_received": len(raw.lines),
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
