"""Records about people that come through a live door: kept with their commit, resolved soon after.

The commit of a batch only writes them down, sealed. A background step resolves them; it removes a record in
the transaction that makes it a fact or a question, so a kill at any moment loses none and takes none twice.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import polars as pl
from django.db import transaction

from ningjulan.foundation.actors import SYSTEM
from ningjulan.registry.models import Incoming
from ningjulan.registry.resolution.deciding import Known
from ningjulan.registry.resolution.taking import CLASS_ID, Came, frame_of, opened_record, sealed_record, take

log = logging.getLogger(__name__)

AT_ONCE = 200
_NOBODY = UUID(int=0)  # who it is, is found out later


def stage(rows: pl.DataFrame, *, class_id: str, source: str, tenant_code: str, now: datetime) -> int:
    """Write down accepted records for the registry, in the caller's transaction; return how many.

    Args:
        rows: Accepted records of one class; of classes the registry does not take, none is written.
    """
    if class_id != CLASS_ID:
        return 0
    staged = [
        Incoming(
            class_id=class_id, source=source, tenant_code=tenant_code, record_sealed=sealed_record(row),
            received_at=now, state="waiting", person_id=_NOBODY,
        )
        for row in rows.to_dicts()
    ]  # fmt: skip
    return len(Incoming.objects.bulk_create(staged, batch_size=1_000))


def resolve_waiting(now: datetime, today: date) -> int:
    """Resolve some of the records that wait; return how many. One that cannot be holds up no other."""
    first = Incoming.objects.filter(state="waiting").order_by("id").first()
    if first is None:
        return 0
    same = Incoming.objects.filter(state="waiting", source=first.source, tenant_code=first.tenant_code)
    ids = list(same.order_by("id").values_list("pk", flat=True)[:AT_ONCE])
    try:
        _resolve(ids, now, today)
    except Exception:
        log.exception("%d records about people could not be resolved together; one by one", len(ids))
        for pk in ids:
            _resolve_alone(pk, now, today)
    return len(ids)


def _resolve_alone(pk: int, now: datetime, today: date) -> None:
    try:
        _resolve([pk], now, today)
    except Exception:
        log.exception("record %d about a person cannot be resolved; it is kept as failed", pk)
        Incoming.objects.filter(pk=pk).update(state="failed")


@transaction.atomic
def _resolve(ids: Sequence[int], now: datetime, today: date) -> None:
    rows = list(
        Incoming.objects.select_for_update(skip_locked=True)
        .filter(pk__in=ids, state="waiting")
        .order_by("id")
    )
    if not rows:
        return
    came = Came(rows[0].source, rows[0].tenant_code, SYSTEM, now, today)
    take(frame_of([opened_record(row) for row in rows]), came, Known())
    Incoming.objects.filter(pk__in=[row.pk for row in rows]).delete()
