"""The raw lines of a record's batch: in the stream, or in the archive once the stream has let them go."""

import asyncio
from typing import Literal

from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import facade as cleaning
from ningjulan.foundation.bus import connect
from ningjulan.observations import archive
from ningjulan.observations import lineage as store
from ningjulan.observations.lineage import BatchOutcome, SearchTooLong, Stored
from ningjulan.project import settings
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RAW, RawBatch, read_batch

RawState = Literal["held", "archived", "expired", "unknown", "closed"]
"""In the stream; in the archive; in neither; the stream does not answer; not to be read (L4)."""

STREAM_LIMIT_S = 3.0  # somebody waits for the page; without the stream the rest is still worth having


def find_raw(batch: BatchOutcome) -> tuple[RawState, RawBatch | None]:
    """Return a batch as it was sent, and where it was found; nothing of a class that is closed."""
    if catalog.get_class(batch.class_id).sensitivity == "L4":
        return "closed", None
    try:
        return "held", asyncio.run(asyncio.wait_for(_in_stream(batch.stream_seq), timeout=STREAM_LIMIT_S))
    except NotFoundError:
        elsewhere: RawState = "expired"
    except (NatsError, OSError, TimeoutError):
        elsewhere = "unknown"
    kept = archive.archived_batch(
        settings.ARCHIVE_FOLDER, batch.class_id, received_at=batch.received_at, seq=batch.stream_seq
    )
    return (elsewhere, None) if kept is None else ("archived", kept)


async def _in_stream(seq: int) -> RawBatch:
    client = await connect(settings.NATS_URL, name="lineage")
    try:
        message = await client.jetstream().get_msg(RAW.name or "", seq, direct=True)
    finally:
        await client.close()
    return read_batch(seq, message.headers or {}, message.data or b"")


def why_duplicate(raw: RawBatch, row: int) -> tuple[str, Stored | None] | None:
    """Return why a line that was not rejected is not stored either: which repeat, and the record it repeats.

    Nobody keeps that per line; the batch is cleaned once more, by today's rules.

    Args:
        raw: The batch.
        row: Of the line, from 0.

    Returns:
        Code of `noting.DUPLICATES`, and the stored record where there is one; `None` where it cannot be told.
    """
    source = sources.find_source(raw.source)
    if source is None:
        return None
    cleaned = cleaning.clean(
        raw.class_id,
        raw.lines,
        received_at=raw.received_at,
        source=cleaning.source_ref(source),
        refs=registry.refs(source.tenant_code),
    )
    for again in cleaned.duplicates.filter(row_no=row).iter_rows(named=True):
        return again["reason"], _stored(raw, again["record_key"])
    for accepted in cleaned.accepted.filter(row_no=row).iter_rows(named=True):
        first = _stored(raw, accepted["record_key"])
        return ("same_key", first) if first else None
    return None


def _stored(raw: RawBatch, record_key: str) -> Stored | None:
    try:
        return store.find_stored(raw.class_id, record_key=record_key, source=raw.source)
    except SearchTooLong:
        return None
