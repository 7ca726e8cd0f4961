"""Reads of the store: balance sheets, rejects and what is parked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import BinaryField
from django.db.models.functions import Substr

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.areas import within
from ningjulan.observations.contracts import Balance, ParkedRow, RejectedRow, RejectsNotYours
from ningjulan.observations.models import Batch, ParkedBatch, Reject
from ningjulan.sources.stream import RawBatch

SHOWN_BYTES = 8000  # of a raw line: 2,000 characters of any kind
BALANCE = """
select source, class_id, count(*), sum(n_received), sum(n_stored), sum(n_rejected), sum(n_duplicate),
       sum(n_parked), max(received_at),
       percentile_cont(0.5) within group (order by extract(epoch from committed_at - received_at) * 1000)
         filter (where received_at >= %s)
from observations_batch
where {where}
group by source, class_id
order by max(received_at) desc, source, class_id
"""


def balance_of_receipt(receipt_id: str, *, since: datetime) -> list[Balance]:
    """Return the balance of one upload, one line per class."""
    return _balances("receipt_id = %s", [receipt_id], since)


def balance_sheet(actor: Actor, *, since: datetime) -> list[Balance]:
    """Return the balance per source and class within the actor's areas.

    Args:
        since: The median time from receipt to visible counts batches received after this instant.
    """
    prefixes = [f"{code}%" for code in actor.area_codes]
    return _balances("tenant_code like any(%s)", [prefixes], since)


def _balances(where: str, parameters: Sequence[Any], since: datetime) -> list[Balance]:
    with connection.cursor() as cursor:
        cursor.execute(BALANCE.format(where=where), [since, *parameters])
        return [Balance(*row) for row in cursor.fetchall()]


def list_rejects(
    actor: Actor, *, source: str | None, class_id: str | None, before: int | None, limit: int
) -> list[RejectedRow]:
    """Return rejected lines within the actor's areas, newest first, older than id `before`.

    Of a long line only the beginning: one may be as large as a body.

    Raises:
        RejectsNotYours: The actor is no data steward; a raw line may hold anything, names and numbers too.
    """
    if not actor.has(Role.STEWARD, Role.ADMIN, Role.SYSTEM):
        raise RejectsNotYours
    rows = Reject.objects.filter(within(actor, "tenant_code")).order_by("-id")
    if source:
        rows = rows.filter(source=source)
    if class_id:
        rows = rows.filter(class_id=class_id)
    if before:
        rows = rows.filter(id__lt=before)
    shown = rows.defer("raw").annotate(begin=Substr("raw", 1, SHOWN_BYTES, output_field=BinaryField()))
    return [
        RejectedRow(
            id=r.id,
            source=r.source,
            class_id=r.class_id,
            row_no=r.row_no,
            received_at=r.received_at,
            reasons=r.reasons,
            detail=r.detail,
            raw=bytes(r.begin),
            cleaner_version=r.cleaner_version,
        )
        for r in shown[:limit]
    ]


def records_since(tenant_code: str, since: datetime) -> int:
    """Return how many records of a tenant were stored since `since`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            select coalesce(sum(n_stored), 0) from observations_batch
            where tenant_code = %s and committed_at >= %s
            """,
            [tenant_code, since],
        )
        return int(cursor.fetchone()[0])


def list_parked() -> list[ParkedRow]:
    """Return the batches that wait for somebody, oldest first."""
    n_of = dict(Batch.objects.filter(n_parked__gt=0).values_list("batch_id", "n_parked"))
    rows = ParkedBatch.objects.defer("payload").order_by("parked_at", "batch_id")
    return [
        ParkedRow(p.batch_id, p.source, p.class_id, n_of.get(p.batch_id, 0), p.error, p.n_times, p.parked_at)
        for p in rows
    ]


def parked_batch(batch_id: str) -> RawBatch:
    """Return a parked batch as it was sent; its number is that of the delivery that failed."""
    p = ParkedBatch.objects.get(pk=batch_id)
    return RawBatch(
        batch_id=p.batch_id,
        receipt_id=p.receipt_id,
        source=p.source,
        class_id=p.class_id,
        first_row=p.first_row,
        received_at=p.received_at,
        payload=bytes(p.payload),
        seq=p.stream_seq,
    )
