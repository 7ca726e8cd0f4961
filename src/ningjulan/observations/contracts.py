"""What others may know of the store of observations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

import numpy as np
import polars as pl

from ningjulan.cleaning.contracts import Cleaned
from ningjulan.foundation.errors import NotAllowed
from ningjulan.sources.stream import RawBatch


class RejectsNotYours(NotAllowed):
    code = "rejects_not_yours"
    message_zh = "拒收的原始记录可能含个人信息，仅数据管理员和系统管理员可以查看"
    message_en = "Rejected records may hold personal data; only data stewards and administrators see them"


@dataclass(frozen=True)
class CleanedBatches:
    """Batches of one source and class, in stream order, with what cleaning made of them in one go.

    `cleaned` counts its rows through all of them.
    """

    batches: Sequence[RawBatch]
    tenant_code: str
    cleaned: Cleaned
    cleaner_version: str

    @property
    def source(self) -> str:
        return self.batches[0].source

    @property
    def class_id(self) -> str:
        return self.batches[0].class_id

    @cached_property
    def first_rows(self) -> np.ndarray:
        """The row that each batch begins with, shape (n batches,)."""
        return np.cumsum([0, *(batch.n_lines for batch in self.batches[:-1])])

    def batch_of(self, row_no: pl.Series) -> np.ndarray:
        """Return the place in `batches` that each row came with."""
        return np.searchsorted(self.first_rows, row_no.to_numpy(), side="right") - 1


@dataclass(frozen=True)
class Committed:
    """What a commit made of batches cleaned together.

    rows:  The accepted rows that are the first of their key, with `batch`: the place in `batches`.
    fresh: Per batch: is it new? What had been committed before is then only wanted by the history.
    """

    of: CleanedBatches
    rows: pl.DataFrame
    fresh: np.ndarray

    def fresh_rows(self) -> pl.DataFrame:
        """Return the rows of the batches that are new, as cleaning gives them."""
        is_fresh = self.fresh[self.rows["batch"].to_numpy()]
        rows = self.rows if is_fresh.all() else self.rows.filter(pl.Series(is_fresh))
        return rows.drop("batch")


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
