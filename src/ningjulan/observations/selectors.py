"""Reads of the store: balance sheets and rejects."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from ningjulan.foundation.actors import Actor
from ningjulan.observations.contracts import Balance, RejectedRow
from ningjulan.observations.models import Reject

BALANCE = """
select source, class_id, count(*), sum(n_received), sum(n_stored), sum(n_rejected), sum(n_duplicate),
max(received_at),
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
    """Return rejected lines within the actor's areas, newest first, older than id `before`."""
    rows = Reject.objects.filter(tenant_code__regex=_prefixes(actor)).order_by("-id")
    if source:
        rows = rows.filter(source=source)
    if class_id:
        rows = rows.filter(class_id=class_id)
    if before:
        rows = rows.filter(id__lt=before)
    return [
        RejectedRow(
            r.id,
            r.source,
            r.class_id,
            r.row_no,
            r.received_at,
            r.reasons,
            r.detail,
            bytes(r.raw),
            r.cleaner_version,
        )
        for r in rows[:limit]
    ]


def _prefixes(actor: Actor) -> str:
    """Return a pattern of the actor's area codes; codes are digits, so nothing needs quoting."""
    return f"^({'|'.join(sorted(actor.area_codes)) or '-'})"


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
