"""The outbox: events leave with the facts that caused them, or not at all.

`publish` writes a row in the caller's transaction; the relay process sends the rows to NATS in order of `id`,
at least once, so consumers are idempotent. A NOTIFY wakes the relay at commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ningjulan.foundation.events import Event

CHANNEL = "ningjulan_outbox"


@dataclass(frozen=True)
class Unsent:
    id: int
    name: str
    payload: dict[str, Any]


def publish(*events: Event) -> None:
    """Write `events` to the outbox. Must be called inside the transaction that makes them true.

    Raises:
        RuntimeError: There is no transaction: the event could outlive a failed write.
    """
    from ningjulan.foundation.models import OutboxEvent

    if not events:
        return
    if not connection.in_atomic_block:
        raise RuntimeError("outbox.publish needs a transaction: the event must stand or fall with the facts")
    OutboxEvent.objects.bulk_create([OutboxEvent(name=e.name, payload=e.payload()) for e in events])
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def unsent(limit: int) -> list[Unsent]:
    """Return the oldest events not yet sent, in order."""
    from ningjulan.foundation.models import OutboxEvent

    rows = OutboxEvent.objects.filter(sent_at__isnull=True).order_by("id")[:limit]
    return [Unsent(id=r.id, name=r.name, payload=r.payload) for r in rows]


@transaction.atomic
def mark_sent(ids: Sequence[int], now: datetime) -> None:
    from ningjulan.foundation.models import OutboxEvent

    OutboxEvent.objects.filter(id__in=ids).update(sent_at=now)
