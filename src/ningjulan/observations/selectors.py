"""Reads of the store: what became of an upload, and what is parked."""

from datetime import datetime

from django.db import connection

from ningjulan.observations.contracts import Balance, ParkedRow
from ningjulan.observations.models import Batch, ParkedBatch
from ningjulan.sources.stream import RawBatch

BALANCE = """
select source, class_id, count(*), sum(n_received), sum(n_stored), sum(n_rejected), sum(n_duplicate),
       sum(n_parked), max(received_at),
       percentile_cont(0.5) within group (order by extract(epoch from committed_at - received_at) * 1000)
         filter (where received_at >= %s)
from observations_batch
where receipt_id = %s
group by source, class_id
order by max(received_at) desc, source, class_id
"""


def balance_of_receipt(receipt_id: str, *, since: datetime) -> list[Balance]:
    """Return the balance of one upload, one line per class.

    Args:
        since: The median time from receipt to visible counts batches received after this instant.
    """
    with connection.cursor() as cursor:
        cursor.execute(BALANCE, [since, receipt_id])
        return [Balance(*row) for row in cursor.fetchall()]


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
    parked = ParkedBatch.objects.values("batch_id")
    n_of = dict(Batch.objects.filter(batch_id__in=parked).values_list("batch_id", "n_parked"))
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
