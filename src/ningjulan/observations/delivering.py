"""What each source delivers: its balance, how fresh, how much a minute; also who has never delivered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ningjulan.foundation.actors import Actor
from ningjulan.observations.adding_up import BALANCES, areas_like, rows_of
from ningjulan.sources import facade as sources

FIX = "fix:"  # what a clerk has mended was received when it first came: it says nothing about the present
SUMS = f"""{BALANCES}
select source, class_id, sum(n_batches), sum(n_received), sum(n_stored), sum(n_rejected), sum(n_duplicate),
       sum(n_parked), max(last_received_at)
from balances where tenant_code like any(%(areas)s)
group by source, class_id
"""  # noqa: S608 its own words
LATELY = f"""
select source, class_id,
       percentile_cont(0.5) within group (order by extract(epoch from committed_at - received_at) * 1000),
       sum(n_received) filter (where received_at >= %(minutes)s), sum(n_received)
from observations_batch
where committed_at >= %(hour)s and received_at >= %(hour)s and tenant_code like any(%(areas)s)
  and receipt_id not like '{FIX}%%'
group by source, class_id
"""  # noqa: S608 its own words
MENDED = """
select source, class_id, count(*) filter (where state = 'resolved'),
       count(*) filter (where state in ('resolved', 'dismissed', 'superseded', 'resubmitted'))
from observations_reject
where state in ('resolved', 'dismissed', 'superseded', 'resubmitted') and tenant_code like any(%(areas)s)
group by source, class_id
"""


class DeliveryState(StrEnum):
    DELIVERED = "delivered"
    NEVER = "never"  # declared in its manifest, and nothing has ever come


@dataclass(frozen=True)
class Delivering:
    """A class of a source: `received = stored + rejected + duplicate + parked`, and how it comes.

    Args:
        n_mended: Rejects that were mended and are stored, or proved to be stored already. Their second way
            is a batch of its own; `rejected` still counts the first.
        n_open: Rejects that wait for somebody.
        median_visible_ms: From receipt to visible, of the last hour.
        per_minute_5m, per_minute_1h: Records received a minute, over the last five minutes and the last hour.
    """

    source: str
    class_id: str
    state: DeliveryState
    n_batches: int = 0
    received: int = 0
    stored: int = 0
    rejected: int = 0
    duplicate: int = 0
    parked: int = 0
    n_mended: int = 0
    n_open: int = 0
    last_received_at: datetime | None = None
    fresh_s: int | None = None
    median_visible_ms: float | None = None
    per_minute_5m: float = 0.0
    per_minute_1h: float = 0.0


def delivering(actor: Actor, now: datetime) -> list[Delivering]:
    """Return every class of every source in the actor's areas, the latest first, the silent ones last."""
    asked = {
        "areas": areas_like(actor),
        "hour": now - timedelta(hours=1),
        "minutes": now - timedelta(minutes=5),
    }
    lately = {row[:2]: row[2:] for row in rows_of(LATELY, asked)}
    mended = {row[:2]: row[2:] for row in rows_of(MENDED, asked)}
    found = [
        _delivered(row, lately.get(row[:2]), mended.get(row[:2], (0, 0)), now) for row in rows_of(SUMS, asked)
    ]
    found.sort(key=lambda one: (one.source, one.class_id))
    found.sort(key=lambda one: one.last_received_at or now, reverse=True)
    return found + _silent(actor, {(one.source, one.class_id) for one in found})


def _delivered(
    row: tuple[Any, ...], lately: tuple[Any, ...] | None, mended: tuple[int, int], now: datetime
) -> Delivering:
    source, class_id, n_batches, received, stored, rejected, duplicate, parked, last = row
    median, in_5m, in_1h = lately or (None, 0, 0)
    return Delivering(
        source=source,
        class_id=class_id,
        state=DeliveryState.DELIVERED,
        n_batches=int(n_batches),
        received=int(received),
        stored=int(stored),
        rejected=int(rejected),
        duplicate=int(duplicate),
        parked=int(parked),
        n_mended=mended[0],
        n_open=int(rejected) - mended[1],
        last_received_at=last,
        fresh_s=max(0, int((now - last).total_seconds())),
        median_visible_ms=median,
        per_minute_5m=round(float(in_5m or 0) / 5, 2),
        per_minute_1h=round(float(in_1h or 0) / 60, 2),
    )


def _silent(actor: Actor, known: set[tuple[str, str]]) -> list[Delivering]:
    """Return what sources of the actor's areas declare and have never delivered."""
    return [
        Delivering(source.name, class_id, DeliveryState.NEVER)
        for source in sources.list_sources()
        if actor.covers(source.tenant_code)
        for class_id in source.classes
        if (source.name, class_id) not in known
    ]
