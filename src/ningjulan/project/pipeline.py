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
from ningjulan.cleaning.contracts import CLEANER_VERSION, INSTANT, Part
from ningjulan.foundation import outbox
from ningjulan.foundation.events import Event
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import CleanedBatches, Committed
from ningjulan.observations.facade import SeenKeys
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


def clean_batches(batches: Sequence[RawBatch]) -> list[CleanedBatches]:
    """Clean batches with their source's declarations and a snapshot of their tenant's registry.

    Returns:
        Those of one source and class together, in stream order.
    """
    cleaned = []
    for together in _together(batches):
        try:
            cleaned.append(_cleaned(together))
        except Exception:
            if not sources.is_canary(together[0]):
                raise
            # What is real must not wait for it; that it never arrives is what it has to tell.
            log.warning("the canary of %s could not be cleaned", together[0].source, exc_info=True)
    return cleaned


def _together(batches: Sequence[RawBatch]) -> list[list[RawBatch]]:
    """Group the batches that may be cleaned as one: much of cleaning's cost is per call.

    What one batch finds in another as its duplicate must not depend on who came with whom: the store
    remembers a key whatever happens, but only of batches that have no outcome yet; content it does not
    remember at all. And where one is cleaned alone, what came before it stays before it, what came after
    after: who is first must not change when something is delivered again.
    """
    known = observations.outcomes_of([batch.batch_id for batch in batches])
    groups: dict[tuple[object, ...], list[RawBatch]] = defaultdict(list)
    turns: dict[tuple[str, str], int] = defaultdict(int)
    for batch in batches:
        of = batch.source, batch.class_id
        alone = (
            batch.batch_id in known
            or sources.is_canary(batch)
            or catalog.get_class(batch.class_id).same_content_within is not None
        )
        groups[*of, turns[of], alone].append(batch)
        turns[of] += alone
    return sorted(groups.values(), key=lambda together: together[0].seq)


def _cleaned(batches: Sequence[RawBatch]) -> CleanedBatches:
    source = sources.get_source(batches[0].source)
    result = cleaning.clean_parts(
        batches[0].class_id,
        [Part(batch.payload, batch.received_at) for batch in batches],
        source=cleaning.source_ref(source),
        refs=registry.refs(source.tenant_code),
    )
    return CleanedBatches(batches, source.tenant_code, result, CLEANER_VERSION)


def commit(cleaned: Sequence[CleanedBatches], now: datetime, seen: SeenKeys) -> list[Committed]:
    """Make the batches facts: marks, rejects, alerts and events, together or not at all.

    Canaries are only seen: they have no mark, and nothing follows from them.

    Args:
        cleaned: In stream order, within each source and class.
        now: Commit time.
        seen: The keys that this shard has seen; those of a commit that fails it forgets.
    """
    real: list[CleanedBatches] = []
    canaries: list[CleanedBatches] = []
    for one in cleaned:
        (canaries if sources.is_canary(one.batches[0]) else real).append(one)
    last = max((batch.seq for one in real for batch in one.batches), default=0)
    with seen.claiming(last) as claims, transaction.atomic():
        observations.see_canaries([batch for one in canaries for batch in one.batches], now)
        done = observations.commit_batches(real, now, claims)
        # sorted: two workers lock the same keys in the same order
        for (tenant, source), rows_of in sorted(_fresh_rows(done).items(), key=lambda item: item[0]):
            live = sources.get_source(source).intake == "live"
            if live:
                scenarios.take(rows_of, tenant_code=tenant, source=source, now=now)
                for class_id, rows in rows_of.items():
                    registry.stage(rows, class_id=class_id, source=source, tenant_code=tenant, now=now)
            for class_id in CASE_CLASSES:
                if class_id in rows_of:
                    for part in rows_of[class_id].iter_slices(EVENT_ROWS):
                        outbox.publish(_records_accepted(class_id, source, tenant, live, part))
    return done


def _fresh_rows(done: Sequence[Committed]) -> dict[tuple[str, str], dict[str, pl.DataFrame]]:
    """Gather the new rows of a commit per tenant and source, one frame per class."""
    frames: dict[tuple[str, str], dict[str, list[pl.DataFrame]]] = defaultdict(lambda: defaultdict(list))
    for one in done:
        rows = one.fresh_rows()
        if not rows.is_empty():
            frames[one.of.tenant_code, one.of.source][one.of.class_id].append(rows)
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
    one = committed.of
    came_with = pl.DataFrame(
        {
            "batch_id": [batch.batch_id for batch in one.batches],
            "received_at": pl.Series([batch.received_at for batch in one.batches], dtype=INSTANT),
            "seq": pl.Series([batch.seq for batch in one.batches], dtype=pl.Int64),
        }
    )[committed.rows["batch"]]
    return committed.rows.drop("batch").with_columns(
        source=pl.lit(one.source),
        tenant_code=pl.lit(one.tenant_code),
        batch_id=came_with["batch_id"],
        received_at=came_with["received_at"],
        cleaner_version=pl.lit(one.cleaner_version),
        seq=came_with["seq"],
    )
