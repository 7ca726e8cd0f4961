"""Canaries that came through: when the last one of each live source did, and how long it took."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F

from ningjulan.observations.contracts import CanarySight, CanaryState
from ningjulan.observations.models import Canary
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RawBatch

SILENT_AFTER = timedelta(minutes=3)  # one is sent each minute; two may be on their way or lost
NO_CANARY = CanarySight(CanaryState.NONE)


def see_canaries(batches: Sequence[RawBatch], now: datetime) -> None:
    """Note canaries that were cleaned. One delivered again, or overtaken, changes nothing."""
    for batch in sorted(batches, key=lambda b: (b.source, b.received_at)):
        took = {
            "sent_at": batch.received_at,
            "seen_at": now,
            "visible_ms": (now - batch.received_at) / timedelta(milliseconds=1),
        }
        _, is_first = Canary.objects.get_or_create(source=batch.source, defaults={**took, "n_seen": 1})
        if not is_first:
            older = Canary.objects.filter(source=batch.source, sent_at__lt=batch.received_at)
            older.update(**took, n_seen=F("n_seen") + 1)


def sights(now: datetime) -> dict[str, CanarySight]:
    """Return what is known of the canary of every live source."""
    seen = {canary.source: canary for canary in Canary.objects.all()}
    live = [source.name for source in sources.list_sources() if source.intake == "live"]
    return {name: _sight(seen.get(name), now) for name in live}


def _sight(canary: Canary | None, now: datetime) -> CanarySight:
    if canary is None:
        return CanarySight(CanaryState.NEVER)
    silence = now - canary.seen_at
    is_silent = silence > SILENT_AFTER
    return CanarySight(
        state=CanaryState.SILENT if is_silent else CanaryState.FRESH,
        seen_at=canary.seen_at,
        visible_ms=canary.visible_ms,
        silent_min=int(silence / timedelta(minutes=1)) if is_silent else None,
        n_seen=canary.n_seen,
    )
