"""Committing cleaned batches: exactly once, whatever is delivered how often."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db import connection, transaction

from ningjulan.observations.contracts import CleanedBatch, Committed
from ningjulan.observations.models import Batch, Position, Reject


def commit_batches(batches: Sequence[CleanedBatch], now: datetime) -> list[Committed]:
    """Write marks, rejects and first arrivals of `batches`; return what is really new.

    Must run inside the caller's transaction, together with whatever follows from the new rows. A batch
    delivered again gives the same rows again with `fresh` false; a copy under another sequence number
    gives none.

    Args:
        batches: In stream order.
        now: Commit time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("commit_batches needs the caller's transaction")
    known = dict(
        Batch.objects.filter(batch_id__in=[b.raw.batch_id for b in batches]).values_list(
            "batch_id", "stream_seq"
        )
    )
    done: list[Committed] = []
    for batch in batches:
        seq = known.setdefault(batch.raw.batch_id, batch.raw.seq)
        if seq != batch.raw.seq:
            continue
        fresh = not Batch.objects.filter(batch_id=batch.raw.batch_id).exists()
        accepted = _first_arrivals(batch)
        if fresh:
            _write(batch, n_stored=len(accepted), now=now)
        done.append(Committed(batch=batch, accepted=accepted, fresh=fresh))
    return done


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
    Batch.objects.create(
        batch_id=raw.batch_id,
        stream_seq=raw.seq,
        receipt_id=raw.receipt_id,
        source=raw.source,
        tenant_code=batch.tenant_code,
        class_id=raw.class_id,
        first_row=raw.first_row,
        n_received=len(raw.lines),
        n_stored=n_stored,
        n_rejected=len(cleaned.rejected),
        n_duplicate=len(raw.lines) - n_stored - len(cleaned.rejected),
        received_at=raw.received_at,
        committed_at=now,
        cleaner_version=batch.cleaner_version,
    )
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


def position_of(shard: int) -> int:
    """Return the last sequence number of `shard` that is in the history, 0 for none."""
    found = Position.objects.filter(shard=shard).first()
    return found.history_seq if found else 0


@transaction.atomic
def move_position(shard: int, seq: int, now: datetime) -> None:
    Position.objects.update_or_create(shard=shard, defaults={"history_seq": seq, "written_at": now})
