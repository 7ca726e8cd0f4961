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
    """Clean each batch with its source's declarations and a snapshot of its tenant's registry, in order."""
    cleaned: dict[int, CleanedBatch] = {}
    for places in _together(batches):
        some = [batches[place] for place in places]
        try:
            cleaned.update(zip(places, _cleaned(some), strict=True))
        except Exception:
            if not sources.is_canary(some[0]):
                raise
            # What is real must not wait for it; that it never arrives is what it has to tell.
            log.warning("the canary of %s could not be cleaned", some[0].source, exc_info=True)
    return [cleaned[place] for place in sorted(cleaned)]


def _together(batches: Sequence[RawBatch]) -> list[list[int]]:
    """Return the places of the batches that may be cleaned as one: most of cleaning's cost is per call.

    Those must be judged against one moment, and what one batch finds in another as its duplicate must not
    depend on who came with whom: the store remembers a key whatever happens, but only of batches that have no
    outcome yet; content it does not remember at all.
    """
    known = observations.outcomes_of([batch.batch_id for batch in batches])
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, batch in enumerate(batches):
        alone = (
            batch.batch_id in known
            or sources.is_canary(batch)
            or catalog.get_class(batch.class_id).same_content_within is not None
        )
        groups[batch.source, batch.class_id, batch.received_at, place if alone else None].append(place)
    return list(groups.values())


def _cleaned(batches: Sequence[RawBatch]) -> list[CleanedBatch]:
    """Clean batches of one source, class and moment in one go."""
    source = sources.get_source(batches[0].source)
    result = cleaning.clean(
        batches[0].class_id,
        [line for batch in batches for line in batch.lines],
        received_at=batches[0].received_at,
        source=cleaning.source_ref(source),
        refs=registry.refs(source.tenant_code),
    )
    parts = result.cut([batch.n_lines for batch in batches])
    return [
        CleanedBatch(batch, source.tenant_code, part, CLEANER_VERSION)
        for batch, part in zip(batches, parts, strict=True)
    ]


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
