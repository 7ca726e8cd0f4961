"""Identity of a record, and records that stand twice in one batch."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.catalog.contracts import DataClass

_SEPARATOR = "|"


def record_key(data_class: DataClass, values: Mapping[str, pl.Series]) -> pl.Series:
    """Return the key items of each record as one text, `a|b|c`; an absent part stays empty.

    Null only where the class has one key item and it is absent.
    """
    keys = [values[item.id].alias(item.id) for item in data_class.key_items]
    if len(keys) == 1:
        return keys[0].cast(pl.String).alias("record_key")
    parts = [
        pl.col(key.name)
        .cast(pl.String)
        .fill_null("")
        .str.replace_all(_SEPARATOR, _SEPARATOR * 2, literal=True)
        for key in keys
    ]
    return pl.DataFrame(keys).select(record_key=pl.concat_str(parts, separator=_SEPARATOR))["record_key"]


def repeated(key: pl.Series) -> pl.Series:
    """Return true where the key stands earlier in the batch: the first record counts."""
    return ~key.is_first_distinct()


def repeated_content(content: pl.DataFrame, at: pl.Series, within: timedelta) -> pl.Series:
    """Return true where the same content stood at most `within` earlier: a device that sent again.

    The earliest record of a run counts; one later than `within` after it counts anew, and so on. So a device
    that reports an unchanged state for hours is thinned, never silenced. Of equal times the first row counts.

    Args:
        content: All that makes a record except its key and time.
        at: When each record happened.
        within: How soon is too soon.
    """
    frame = pl.DataFrame({"group": _groups(content), "at": at.dt.epoch("us")}).with_row_index("row")
    frame = frame.sort("group", "at", "row")
    group, time = frame["group"].to_numpy(), frame["at"].to_numpy()
    counts = np.zeros(len(frame), dtype=np.bool_)
    counts[_counting(group, time, within // timedelta(microseconds=1))] = True
    return frame.select("row", again=~pl.Series(counts)).sort("row")["again"]


def _groups(content: pl.DataFrame) -> pl.Series:
    """Return for each row the first row with the same content: exact, not by a hash that could collide."""
    first = content.with_row_index("__row").select(pl.col("__row").first().over(content.columns))
    return first["__row"]


def _counting(
    group: npt.NDArray[np.integer], time: npt.NDArray[np.int64], within: int
) -> npt.NDArray[np.integer]:
    """Return the rows that count; rows come sorted by group and time.

    After a row the next that counts is the first of its group later than `within`. The chains from the first
    rows are followed all at once, by jumps of 1, 2, 4, 8 … links.
    """
    n = len(group)
    if n == 0:
        return np.empty(0, dtype=np.int64)
    begins = np.r_[True, group[1:] != group[:-1]]
    gap = np.where(begins, within + 1, np.diff(time, prepend=time[0]))
    line = np.cumsum(np.minimum(gap, within + 1))  # one line of time for all groups: no gap need be longer
    jump = np.r_[np.searchsorted(line, line + within, side="right"), n]
    reached = np.r_[begins, False]
    while (jump[:n] < n).any():
        reached[jump[reached]] = True
        jump = jump[jump]
    return np.flatnonzero(reached[:n])
