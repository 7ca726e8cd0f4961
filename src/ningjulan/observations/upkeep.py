"""Upkeep of the history's tables: look, delete days, blank items, compact, vacuum.

Whoever calls must be the only writer of the table while it lasts (see `tidying`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
from deltalake import DeltaTable

from ningjulan.catalog.contracts import DataClass
from ningjulan.observations.domain.retention import STREET, TARGET_BYTES, Day, Retention
from ningjulan.observations.history import read_history

LOG_RETENTION = {"delta.logRetentionDuration": "interval 2 days"}  # an append every 5 s is 17,000 a day
COMPACTED_KEPT_HOURS = 1  # far longer than a query may take


def retention_of(data_class: DataClass) -> Retention:
    keep_items = {i.id: i.keep for i in data_class.items if i.keep is not None and i.keep < data_class.keep}
    return Retention(data_class.id, data_class.keep, keep_items)


def table_path(root: str, class_id: str) -> str:
    return f"{root.rstrip('/')}/{class_id}"


def has_table(root: str, class_id: str) -> bool:
    return DeltaTable.is_deltatable(table_path(root, class_id))


def files_of(root: str, class_id: str) -> list[Day]:
    """Return the days of a class that has a table, oldest first, as far as the log tells: no row is read."""
    files = pl.DataFrame(DeltaTable(table_path(root, class_id)).get_add_actions(flatten=True))
    if files.is_empty():
        return []
    by_day = (
        files.group_by(day="partition.day")
        .agg(pl.col("num_records").sum(), pl.col("size_bytes").sum(), n_files=pl.len())
        .sort("day")
    )
    return [Day(day, n_rows, n_bytes, n_files, day) for day, n_rows, n_bytes, n_files in by_day.iter_rows()]


def survey(root: str, data_class: DataClass) -> list[Day]:
    """Return the days of a class that has a table, oldest first, with what only the rows know."""
    days = files_of(root, data_class.id)
    facts = {row["day"]: row for row in _row_facts(root, data_class).iter_rows(named=True)}
    items = retention_of(data_class).keep_items
    return [
        replace(
            d,
            counts_from=facts[d.day]["counts_from"] if data_class.keep_from else d.day,
            filled={item: facts[d.day][item] for item in items if item in facts.get(d.day, {})},
        )
        for d in days
    ]


def _row_facts(root: str, data_class: DataClass) -> pl.DataFrame:
    """Return per day what only the rows know: the last end of a matter, how many rows have an item."""
    rows = read_history(root, data_class.id)
    columns = rows.collect_schema()
    wanted = [pl.col(i).count().alias(i) for i in retention_of(data_class).keep_items if i in columns]
    if data_class.keep_from:
        wanted.append(_counts_from(data_class.keep_from, columns).alias("counts_from"))
    if not wanted:
        return pl.DataFrame()
    return rows.group_by("day").agg(wanted).collect()


def _counts_from(item: str, columns: pl.Schema) -> pl.Expr:
    """The latest end of a matter, not before its day; null while any row has no end."""
    if item not in columns:
        return pl.lit(None, pl.Date)
    ended = pl.col(item)
    if isinstance(columns[item], pl.Datetime):
        ended = ended.dt.convert_time_zone(STREET.key).dt.date()
    latest = pl.max_horizontal(ended.max(), pl.col("day").first())
    return pl.when(ended.null_count() == 0).then(latest)


def delete_days(root: str, class_id: str, days: Sequence[date]) -> None:
    """Take days out of the table and off the disk: who still reads them has no right to."""
    table = DeltaTable(table_path(root, class_id))
    table.delete(_any_of(days))
    table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)


def blank_item(root: str, class_id: str, item: str, days: Sequence[date]) -> None:
    """Empty one item of the records of some days, and erase the files that still held it."""
    table = DeltaTable(table_path(root, class_id))
    table.update(updates={item: "NULL"}, predicate=f"{_any_of(days)} and {_quoted(item)} is not null")
    table.vacuum(retention_hours=0, dry_run=False, enforce_retention_duration=False)


def compact(root: str, class_id: str, days: Sequence[date]) -> None:
    """Write the small files of each day as few large ones; the small ones go with the next vacuum."""
    table = DeltaTable(table_path(root, class_id))
    for day in days:
        table.optimize.compact([("day", "=", day.isoformat())], target_size=TARGET_BYTES)


def trim(root: str, class_id: str) -> None:
    """Erase files nobody refers to any more and shorten the log behind a checkpoint."""
    table = DeltaTable(table_path(root, class_id))
    if table.metadata().configuration.get(next(iter(LOG_RETENTION))) is None:
        table.alter.set_table_properties(LOG_RETENTION)
    table.vacuum(retention_hours=COMPACTED_KEPT_HOURS, dry_run=False, enforce_retention_duration=False)
    table = DeltaTable(table_path(root, class_id))
    table.create_checkpoint()
    table.cleanup_metadata()


def days_left(root: str, class_id: str, days: Iterable[date]) -> set[date]:
    """Return which of `days` are still in the table or, where we can see them, on the disk."""
    wanted = set(days)
    path = table_path(root, class_id)
    in_table = {date.fromisoformat(part["day"]) for part in DeltaTable(path).partitions()}
    on_disk = {day for day in wanted if any(Path(path).glob(f"day={day.isoformat()}/*.parquet"))}
    return wanted & (in_table | on_disk)


def _any_of(days: Sequence[date]) -> str:
    return f"day in ({', '.join(repr(day.isoformat()) for day in days)})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
