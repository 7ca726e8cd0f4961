"""Rows → files of a Delta table on this machine, and the statistics that say what is in them.

`write_deltalake` can do it all, in twice the processor time: it converts every text and plans a query over
the rows. So it only changes the columns of tables; rows of columns that the table knows are written by Polars
and entered into the table's log.
"""

import math
import os
import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import polars as pl
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema
from deltalake.transaction import AddAction, RemoveAction

_LONGEST = 64  # characters; of longer texts nothing is said
_DAY = "day"


def knows_columns(table: DeltaTable, rows: pl.DataFrame) -> bool:
    """Does the table, parted by day, have all columns of `rows`, in the same types?"""
    known = {field.name: field.type for field in table.schema().fields}
    return (
        table.metadata().partition_columns == [_DAY]
        and rows[_DAY].null_count() == 0
        and all(known.get(field.name) == field.type for field in _schema_of(rows).fields)
    )


def new_table(folder: Path, rows: pl.DataFrame, configuration: Mapping[str, str | None]) -> DeltaTable:
    """Return a table for the columns of `rows`, parted by day; if another has just made it, that one."""
    DeltaTable.create(
        folder, _schema_of(rows), mode="ignore", partition_by=[_DAY], configuration=dict(configuration)
    )
    return DeltaTable(folder)


def append(table: DeltaTable, folder: Path, rows: pl.DataFrame, properties: CommitProperties) -> None:
    """Append rows whose columns the table knows, in one commit."""
    written: list[Path] = []
    try:
        actions: list[AddAction | RemoveAction] = []
        for day, part in rows.partition_by(_DAY, as_dict=True, include_key=False).items():
            name = f"{_DAY}={day[0]}/part-00000-{uuid4()}-c000.zstd.parquet"
            written.append(folder / name)
            written[-1].parent.mkdir(exist_ok=True)
            part.write_parquet(written[-1], compression="zstd", compression_level=1)
            _on_disk(written[-1])
            actions.append(_entry(name, written[-1], {_DAY: str(day[0])}))
        table.create_write_transaction(
            actions, "append", table.schema(), partition_by=[_DAY], commit_properties=properties
        )
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    log = folder / "_delta_log"
    _on_disk(max(log.glob("*.json")))


def _on_disk(file: Path) -> None:
    """Return when a file and its name outlive a power cut: our position is about to move behind its rows."""
    for path in (file, file.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _schema_of(rows: pl.DataFrame) -> Schema:
    return Schema.from_arrow(rows.head(0).to_arrow(compat_level=pl.CompatLevel.oldest()).schema)


def _entry(name: str, file: Path, partition: Mapping[str, str | None]) -> AddAction:
    return AddAction(
        path=name,
        size=file.stat().st_size,
        partition_values=partition,
        modification_time=int(time.time() * 1000),
        data_change=True,
        stats=msgspec.json.encode(_statistics(file)).decode(),
    )


def _statistics(file: Path) -> dict[str, Any]:
    """Return what the log says of a file, so that readers may leave it out: see Delta's protocol."""
    metadata = pq.read_metadata(file)
    least: dict[str, list[Any]] = {}
    most: dict[str, list[Any]] = {}
    n_null: dict[str, int] = {}
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            name, found = column.path_in_schema, column.statistics
            if (
                "." in name or found is None or not found.has_null_count
            ):  # inside of a point, or nothing known
                continue
            n_null[name] = n_null.get(name, 0) + found.null_count
            if found.null_count < column.num_values:
                is_known = found.has_min_max
                least.setdefault(name, []).append(found.min if is_known else None)
                most.setdefault(name, []).append(found.max if is_known else None)
    return {
        "numRecords": metadata.num_rows,
        "minValues": {name: _said(min(all_)) for name, all_ in least.items() if _can_be_said(all_)},
        "maxValues": {name: _said(max(all_)) for name, all_ in most.items() if _can_be_said(all_)},
        "nullCount": n_null,
    }


def _can_be_said(values: list[Any]) -> bool:
    return all(
        isinstance(value, int | date)
        or (isinstance(value, str) and len(value) <= _LONGEST)
        or (isinstance(value, float) and math.isfinite(value))
        for value in values
    ) and not any(isinstance(value, bool) for value in values)


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
