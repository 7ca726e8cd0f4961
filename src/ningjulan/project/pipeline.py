"""Raw batches in, facts out: clean → commit → scenarios → outbox, in one transaction with the mark.

Pure thinking happens in `cleaning` and `scenarios.domain`; this is the one place that strings the stages
together.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import polars as pl
from django.db import transaction

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import facade as cleaning
from ningjulan.cleaning.contracts import CLEANER_VERSION
from ningjulan.foundation import outbox
from ningjulan.foundation.events import Event
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import CleanedBatch, Committed
from ningjulan.registry import facade as registry
from ningjulan.scenarios import facade as scenarios
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RawBatch

log = logging.getLogger(__name__)

EVENT_ROWS = 500  # a server takes messages of 1 MiB as it comes
CASE_CLASSES = ("BIZ16", "BIZ17")  # records that are reports or steps of cases themselves


@dataclass(frozen=True)
class RecordsAccepted(Event):
    """Accepted records of a class that concerns cases directly, without personal items: a case needs none,
    and events are kept for days in more than one place."""

    name: ClassVar[str] = "observations.records.accepted.v1"
    class_id: str
    source: str
    tenant_code: str
    intake: str
    rows: list[dict[str, Any]]


def clean_batches(batches: Sequence[RawBatch]) -> list[CleanedBatch]:
    """Clean each batch with its source's declarations and a snapshot of its tenant's registry."""
    cleaned = []
    for batch in batches:
        try:
            cleaned.append(_cleaned(batch))
        except Exception:
            if not sources.is_canary(batch):
                raise
            # What is real must not wait for it; that it never arrives is what it has to tell.
            log.warning("the canary of %s could not be cleaned", batch.source, exc_info=True)
    return cleaned


def _cleaned(batch: RawBatch) -> CleanedBatch:
    source = sources.get_source(batch.source)
    result = cleaning.clean(
        batch.class_id,
        list(batch.lines),
        received_at=batch.received_at,
        source=cleaning.source_ref(source),
        refs=registry.refs(source.tenant_code),
    )
    return CleanedBatch(batch, source.tenant_code, result, CLEANER_VERSION)


def commit(batches: Sequence[CleanedBatch], now: datetime) -> list[Committed]:
    """Make the batches facts: marks, rejects, alerts and events, together or not at all.

    Canaries are only seen: they have no mark, and nothing follows from them.
    """
    canaries = [batch.raw for batch in batches if sources.is_canary(batch.raw)]
    with transaction.atomic():
        observations.see_canaries(canaries, now)
        done = observations.commit_batches([b for b in batches if not sources.is_canary(b.raw)], now)
        # sorted: two workers lock the same keys in the same order
        for (tenant, source), rows_of in sorted(_fresh_rows(done).items(), key=lambda item: item[0]):
            live = sources.get_source(source).intake == "live"
            if live:
                scenarios.take(rows_of, tenant_code=tenant, source=source, now=now)
            for class_id in CASE_CLASSES:
                if class_id in rows_of:
                    for part in rows_of[class_id].iter_slices(EVENT_ROWS):
                        outbox.publish(_records_accepted(class_id, source, tenant, live, part))
    return done


def _fresh_rows(done: Sequence[Committed]) -> dict[tuple[str, str], dict[str, pl.DataFrame]]:
    """Gather the new rows of a commit per tenant and source, one frame per class."""
    frames: dict[tuple[str, str], dict[str, list[pl.DataFrame]]] = defaultdict(lambda: defaultdict(list))
    for committed in done:
        if committed.fresh and not committed.accepted.is_empty():
            raw = committed.batch.raw
            frames[committed.batch.tenant_code, raw.source][raw.class_id].append(committed.accepted)
    return {
        who: {class_id: pl.concat(parts, how="vertical_relaxed") for class_id, parts in classes.items()}
        for who, classes in frames.items()
    }


def _records_accepted(
    class_id: str, source: str, tenant: str, live: bool, rows: pl.DataFrame
) -> RecordsAccepted:
    return RecordsAccepted(
        class_id=class_id,
        source=source,
        tenant_code=tenant,
        intake="live" if live else "history",
        rows=rows.drop(item.id for item in catalog.get_class(class_id).items if item.pi).to_dicts(),
    )


def for_history(committed: Committed) -> pl.DataFrame:
    """Return the rows as the history keeps them, with where they came from."""
    raw = committed.batch.raw
    return committed.accepted.with_columns(
        source=pl.lit(raw.source),
        tenant_code=pl.lit(committed.batch.tenant_code),
        batch_id=pl.lit(raw.batch_id),
        received_at=pl.lit(raw.received_at).cast(pl.Datetime("us", "UTC")),
        cleaner_version=pl.lit(committed.batch.cleaner_version),
    )
