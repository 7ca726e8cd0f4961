"""What others may know of the store of observations."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import polars as pl

from ningjulan.cleaning.contracts import Cleaned
from ningjulan.foundation.errors import NotAllowed
from ningjulan.sources.stream import RawBatch


class RejectsNotYours(NotAllowed):
    code = "rejects_not_yours"
    message_zh = "拒收的原始记录可能含个人信息，仅数据管理员和系统管理员可以查看"
    message_en = "Rejected records may hold personal data; only data stewards and administrators see them"


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
    """`received = stored + rejected + duplicate + parked` of the batches of a receipt or a source."""

    source: str
    class_id: str
    n_batches: int
    received: int
    stored: int
    rejected: int
    duplicate: int
    parked: int
    last_received_at: datetime | None
    median_visible_ms: float | None


@dataclass(frozen=True)
class ParkedRow:
    """A parked batch, without what it brought."""

    batch_id: str
    source: str
    class_id: str
    n: int
    error: str
    n_times: int
    parked_at: datetime


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


@dataclass(frozen=True)
class HoldRow:
    """Days of a class that are kept from deletion (保全)."""

    id: int
    class_id: str
    from_day: date
    to_day: date
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Purged:
    """A day of a class, or of one item of it, that a run deleted. `proven_at`: looked again, nothing left."""

    class_id: str
    day: date
    item: str
    n_rows: int
    n_bytes: int
    keep_days: int
    proven_at: datetime | None


@dataclass(frozen=True)
class TidyingReport:
    """What a run of the history's upkeep did.

    failures: Class → why it was left as it is.
    is_authentic: The report still says what was signed when the run ended.
    """

    id: int
    by: str
    asked_at: datetime
    ended_at: datetime | None
    n_compacted: int
    failures: dict[str, str]
    purged: list[Purged]
    is_authentic: bool


class CanaryState(StrEnum):
    """Do a source's canaries come through?"""

    FRESH = "fresh"
    SILENT = "silent"  # none for some minutes: something between the stream and the store stands still
    NEVER = "never"
    NONE = "none"  # a source of the past has no canary


@dataclass(frozen=True)
class CanarySight:
    """What is known of a source's canary. `visible_ms`: of the last one, from receipt to visible."""

    state: CanaryState
    seen_at: datetime | None = None
    visible_ms: float | None = None
    silent_min: int | None = None
    n_seen: int = 0
