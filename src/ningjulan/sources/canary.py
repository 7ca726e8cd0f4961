"""Canaries: invented records the platform sends itself, in a source's name, to see whether data come through.

A canary goes into RAW like any batch and is cleaned like any. What tells it apart is its receipt, which no
door can give: theirs are `<source>:<key>` or a UUID.
"""

from datetime import datetime

import msgspec

from ningjulan.catalog import facade as catalog
from ningjulan.sources.manifest import Source
from ningjulan.sources.stream import RawBatch

RECEIPT = "canary"


def canary_of(source: Source, now: datetime) -> RawBatch:
    """Return the source's canary of this minute; asked for twice, the stream keeps one."""
    class_id = source.classes[0]
    (record,) = catalog.clean_samples(class_id, 1, now=now)
    return RawBatch(
        batch_id=f"{RECEIPT}:{source.name}:{now:%Y%m%dT%H%M}",
        receipt_id=RECEIPT,
        source=source.name,
        class_id=class_id,
        first_row=1,
        received_at=now,
        payload=msgspec.json.encode(record),
    )


def is_canary(batch: RawBatch) -> bool:
    return batch.receipt_id == RECEIPT
