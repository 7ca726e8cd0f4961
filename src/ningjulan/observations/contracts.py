"""What others may know of the store of observations."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from ningjulan.cleaning.contracts import Cleaned
from ningjulan.sources.stream import RawBatch


@dataclass(frozen=True)
class CleanedBatch:
    """One raw batch with what cleaning made of it."""

    raw: RawBatch
    tenant_code: str
    cleaned: Cleaned
    cleaner_version: str


@dataclass(frozen=True)
class Committed:
    """One batch after its commit.

    `fresh` is false when the batch had been committed before: its rows are then only wanted by the history.
    `accepted` holds the rows that are really new, duplicates taken out.
    """

    batch: CleanedBatch
    accepted: pl.DataFrame
    fresh: bool


@dataclass(frozen=True)
class Balance:
    """`received = stored + rejected + duplicate` of the committed batches of a receipt or a source."""

    source: str
    class_id: str
    n_batches: int
    received: int
    stored: int
    rejected: int
    duplicate: int
    last_received_at: datetime | None
    median_visible_ms: float | None


@dataclass(frozen=True)
class RejectedRow:
    id: int
    source: str
    class_id: str
    row_no: int
    received_at: datetime
    reasons: list[str]
    detail: str
    raw: bytes
    cleaner_version: str
