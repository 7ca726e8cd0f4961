"""The columnar history: one Delta table per class, partitioned by day, appended at most every few seconds.

Exactly once: each append carries the stream's sequence number as Delta application transaction, so rows
that a crash made us process again are recognised and left out.
"""

import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from ningjulan.observations import appending

FLUSH_EVERY_S = 5.0
STREET_ZONE = "Asia/Shanghai"
ALL_STATISTICS = {"delta.dataSkippingNumIndexedCols": "-1"}  # of wide classes too: `seq` stands last


@dataclass
class History:
    """Collects accepted rows and appends them. Used by one worker per shard.

    Args:
        root: Folder or object-store URL; each class has its table below it.
        shard: The stream shard whose order the sequence numbers follow.
        writing: Held while a table is appended to; upkeep takes it too, so that they take turns.
    """

    root: str
    shard: int
    writing: threading.Lock = field(default_factory=threading.Lock)
    _waiting: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: defaultdict(list))
    _last_seq: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, class_id: str, rows: pl.DataFrame, seq: int) -> None:
        """Take the rows of batches up to number `seq`: each has its own `seq`, or is of this one."""
        self.add_all([(class_id, rows)], seq)

    def add_all(self, rows_of: Iterable[tuple[str, pl.DataFrame]], seq: int) -> None:
        """Take all rows of all classes up to number `seq`, at once.

        A flush between two of them would say that `seq` is written; the rest would then be taken for known.
        """
        prepared = [(class_id, _dated(rows, seq)) for class_id, rows in rows_of if not rows.is_empty()]
        with self._lock:
            self._last_seq = max(self._last_seq, seq)
            for class_id, rows in prepared:
                self._waiting[class_id].append(rows)

    def skip_to(self, seq: int) -> None:
        """Say that everything up to `seq` has been added, also what had no rows."""
        with self._lock:
            self._last_seq = max(self._last_seq, seq)

    @property
    def n_waiting(self) -> int:
        """How many rows are still only in memory."""
        with self._lock:
            return sum(len(rows) for frames in self._waiting.values() for rows in frames)

    def written(self, class_ids: Iterable[str]) -> int:
        """Return the highest sequence number that any of the tables has from this shard, 0 for none."""
        tables = [DeltaTable(p) for c in class_ids if DeltaTable.is_deltatable(p := self._path(c))]
        versions = [table.transaction_version(f"shard-{self.shard}") or 0 for table in tables]
        return max(versions, default=0)

    def flush(self) -> int:
        """Append all that waits and return the sequence number up to which the history is now complete."""
        with self._lock:
            waiting, self._waiting = self._waiting, defaultdict(list)
            last = self._last_seq
        try:
            while waiting:
                class_id, frames = next(iter(waiting.items()))
                with self.writing:
                    self._append(class_id, pl.concat(frames, how="diagonal_relaxed"), last)
                del waiting[class_id]
        except BaseException:
            self._put_back(waiting)
            raise
        return last

    def _put_back(self, waiting: dict[str, list[pl.DataFrame]]) -> None:
        with self._lock:
            for class_id, frames in waiting.items():
                self._waiting[class_id] = frames + self._waiting[class_id]

    def _append(self, class_id: str, rows: pl.DataFrame, last: int) -> None:
        path = self._path(class_id)
        application = f"shard-{self.shard}"
        properties = CommitProperties(app_transactions=[Transaction(application, last)])
        rows = rows.with_columns(pl.col(pl.UInt32).cast(pl.Int32))  # the format has nothing unsigned
        if "://" not in path:
            Path(self.root).mkdir(parents=True, exist_ok=True, mode=0o700)  # plate numbers are not for all
            Path(path).mkdir(exist_ok=True)
        table = DeltaTable(path) if DeltaTable.is_deltatable(path) else None
        if table is not None:
            rows = rows.filter(pl.col("seq") > (table.transaction_version(application) or 0))
            if rows.is_empty():
                return
        if "://" not in path:
            table = table or appending.new_table(Path(path), rows, ALL_STATISTICS)
            if appending.knows_columns(table, rows):
                appending.append(table, Path(path), rows, properties)
                return
        write_deltalake(
            path,
            rows,
            mode="append",
            partition_by=["day"],
            schema_mode="merge",
            configuration=ALL_STATISTICS,
            commit_properties=properties,
        )

    def _path(self, class_id: str) -> str:
        if "://" in self.root:
            return f"{self.root.rstrip('/')}/{class_id}"
        return str(Path(self.root) / class_id)


def _dated(rows: pl.DataFrame, seq: int) -> pl.DataFrame:
    number = pl.col("seq") if "seq" in rows.columns else pl.lit(seq, pl.Int64)
    day = pl.col("occurred_at").dt.convert_time_zone(STREET_ZONE).dt.date()
    return rows.with_columns(seq=number, day=day)


def read_history(root: str, class_id: str, **options: Any) -> pl.LazyFrame:
    """Return the stored rows of a class, newest schema, unordered."""
    return pl.scan_delta(f"{root.rstrip('/')}/{class_id}", **options)
