"""Committing cleaned batches: exactly once, whatever is delivered how often."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from ningjulan.observations.contracts import CleanedBatch, Committed
from ningjulan.observations.models import Batch, ParkedBatch, Position, Reject
from ningjulan.sources.stream import RawBatch


@dataclass(frozen=True)
class _Delivery:
    """A delivery that counts. `is_new`: its batch was never here, not even parked."""

    batch: CleanedBatch
    is_new: bool
    fresh: bool


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
    counting: list[_Delivery] = []
    mended: list[str] = []
    for batch in batches:
        raw = batch.raw
        seq, is_parked = known.get(raw.batch_id, (raw.seq, False))
        is_sent_again = is_parked and raw.seq > seq  # somebody has mended what stood in its way
        if not is_sent_again and (is_parked or raw.seq != seq):
            continue
        if is_sent_again:
            mended.append(raw.batch_id)
        is_new = raw.batch_id not in known
        counting.append(_Delivery(batch, is_new=is_new, fresh=is_new or is_sent_again))
        known[raw.batch_id] = (raw.seq, False)
    first = _first_arrivals(counting)
    done = [
        Committed(batch=one.batch, accepted=accepted, fresh=one.fresh)
        for one, accepted in zip(counting, first, strict=True)
    ]
    Batch.objects.filter(batch_id__in=mended).delete()
    ParkedBatch.objects.filter(batch_id__in=mended).delete()
    _write([one for one in done if one.fresh], now)
    return done


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


def _first_arrivals(deliveries: Sequence[_Delivery]) -> list[pl.DataFrame]:
    """Return, per batch, the accepted rows whose key nobody brought before. Writes the keys; repeatable.

    One statement for all of them. What it writes it returns; only of a batch that was here before, some keys
    may be its own from that time.
    """
    hashes = [_hashes(one.batch) for one in deliveries]
    first = _claimed([one.batch for one in deliveries], hashes)
    frames = []
    for one, hashed in zip(deliveries, hashes, strict=True):
        accepted, batch_id = one.batch.cleaned.accepted, one.batch.raw.batch_id
        rows = first.get(batch_id, []) if one.is_new else _own_rows(batch_id, hashed)
        is_whole = len(rows) == len(accepted)
        frames.append(accepted if is_whole else accepted.filter(pl.col("row_no").is_in(rows)))
    return frames


def _hashes(batch: CleanedBatch) -> list[bytes]:
    """Return the 16 bytes that stand for each accepted row's source, class and key."""
    begun = hashlib.blake2b(f"{batch.raw.source}\0{batch.raw.class_id}\0".encode(), digest_size=16)
    hashes = []
    for key in batch.cleaned.accepted["record_key"]:
        one = begun.copy()
        one.update(key.encode())
        hashes.append(one.digest())
    return hashes


def _claimed(batches: Sequence[CleanedBatch], hashes: Sequence[list[bytes]]) -> dict[str, list[int]]:
    """Write the keys that are new; return batch → rows that brought them. The earlier batch comes first."""
    keys = b"".join(one for of_batch in hashes for one in of_batch)
    rows = [row for batch in batches for row in batch.cleaned.accepted["row_no"]]
    numbers = [n for n, of_batch in enumerate(hashes, start=1) for _ in of_batch]
    if not rows:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(  # one long text of keys: an array of bytes costs its escapes for every one of them
            """
            with claimed as (
                insert into observations_seenkey (key_hash, batch_id, row_no)
                select substr(%s::bytea, 16 * ord::int - 15, 16) as hash, (%s::text[])[batch], row_no
                from unnest(%s::int[], %s::int[]) with ordinality as k(batch, row_no, ord)
                order by hash, ord on conflict (key_hash) do nothing
                returning batch_id, row_no
            )
            select batch_id, array_agg(row_no) from claimed group by batch_id
            """,
            [keys, [batch.raw.batch_id for batch in batches], numbers, rows],
        )
        return dict(cursor.fetchall())


def _own_rows(batch_id: str, hashes: list[bytes]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select row_no from observations_seenkey where key_hash = any(%s::bytea[]) and batch_id = %s",
            [hashes, batch_id],
        )
        return [row for (row,) in cursor.fetchall()]


def _write(committed: Sequence[Committed], now: datetime) -> None:
    """Write the marks and the rejects of batches that have none."""
    Batch.objects.bulk_create(
        Batch(
            batch_id=one.batch.raw.batch_id,
            **_mark(one.batch.raw, one.batch.tenant_code, now) | _counts(one.batch, len(one.accepted)),
        )
        for one in committed
    )
    Reject.objects.bulk_create(reject for one in committed for reject in _rejects(one.batch))


def _counts(batch: CleanedBatch, n_stored: int) -> dict[str, Any]:
    n_rejected = len(batch.cleaned.rejected)
    return {
        "n_stored": n_stored,
        "n_rejected": n_rejected,
        "n_duplicate": batch.raw.n_lines - n_stored - n_rejected,
        "cleaner_version": batch.cleaner_version,
    }


def _rejects(batch: CleanedBatch) -> Iterator[Reject]:
    raw, cleaned = batch.raw, batch.cleaned
    lines = raw.lines if len(cleaned.rejected) else []
    for row_no, reasons, detail in cleaned.rejected.select("row_no", "reasons", "detail").iter_rows():
        yield Reject(
            batch_id=raw.batch_id,
            source=raw.source,
            tenant_code=batch.tenant_code,
            class_id=raw.class_id,
            row_no=raw.first_row + row_no,
            received_at=raw.received_at,
            reasons=reasons,
            detail=detail,
            raw=lines[row_no],
            cleaner_version=batch.cleaner_version,
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
