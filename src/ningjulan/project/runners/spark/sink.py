"""Where Spark's rows go: Delta tables like those of the history, each batch of Spark exactly once.

Spark writes Parquet files into the folder of the table, on all hosts at once; the driver then makes them
part of the table by one entry of its log, which carries the number of the batch as Delta application
transaction. Files of a batch that failed are written again under the same names, and until then belong to
nothing. So no jar of Delta's is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Schema, Transaction
from deltalake.transaction import AddAction, create_table_with_add_actions
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F  # noqa: N812  # as everybody writes it

from ningjulan.observations.history import STREET_ZONE
from ningjulan.project.runners.outcomes import BATCH_COLUMNS, REJECT_COLUMNS, Kind, history_schema
from ningjulan.project.runners.spark.cleaning import arrow_schema

BESIDE = "_spark"  # folder of what is no class: balance, rejects, progress
_WHERE_FROM = ("source", "tenant_code", "batch_id", "received_at", "cleaner_version", "seq")


@dataclass(frozen=True)
class Sink:
    """Takes what cleaning gives, batch by batch of Spark, in order.

    Args:
        out: Folder that all hosts see under this path.
        class_id: What all rows are of.
    """

    out: Path
    class_id: str

    @property
    def rows(self) -> Path:
        return self.out / self.class_id

    @property
    def rejects(self) -> Path:
        return self.out / BESIDE / "rejects" / self.class_id

    @property
    def batches(self) -> Path:
        return self.out / BESIDE / "batches" / self.class_id

    def take(self, outcomes: DataFrame, number: int) -> None:
        """Keep the first row of each key, of the first delivery of each batch; balance the rest.

        Repeatable: a batch of Spark that was taken, wholly or in part, gives the same and adds nothing.
        """
        session = outcomes.sparkSession
        query = session.sparkContext.getLocalProperty("sql.streaming.queryId")
        transaction = Transaction(f"spark-{query}", number)
        outcomes.persist()
        try:
            start = outcomes.agg(F.min("seq")).first()[0]
            if start is None:
                return
            lines = self._first_deliveries(outcomes, start).persist()
            of_lines = lines.select("batch_id", "seq")
            rows = self._first_rows(_of(outcomes, Kind.ROW).join(of_lines, ["batch_id", "seq"]), start)
            rows = rows.select(*history_schema(self.class_id), _day("occurred_at")).persist()
            rejects = _of(outcomes, Kind.REJECT).join(of_lines, ["batch_id", "seq"])
            rejects = rejects.select("row_no", *_WHERE_FROM, *REJECT_COLUMNS, _day("received_at"))
            _append(self.rows, rows, history_schema(self.class_id), transaction)
            _append(self.rejects, rejects, _REJECT, transaction)
            _append(self.batches, _balanced(lines, rows), _BATCH, transaction)
            rows.unpersist()
            lines.unpersist()
        finally:
            outcomes.unpersist()

    def _first_deliveries(self, outcomes: DataFrame, start: int) -> DataFrame:
        """Return the lines of batches that came for the first time: a copy under a later number is none."""
        lines = _first(_of(outcomes, Kind.BATCH), ["batch_id"], [F.col("seq")])
        known = _earlier(outcomes.sparkSession, self.batches, ["batch_id"], _BATCH, start)
        return lines.join(known, ["batch_id"], "left_anti")

    def _first_rows(self, rows: DataFrame, start: int) -> DataFrame:
        key = ["source", "record_key"]
        first = _first(rows, key, [F.col("seq"), F.col("row_no")])
        schema = history_schema(self.class_id)
        return first.join(_earlier(rows.sparkSession, self.rows, key, schema, start), key, "left_anti")


_REJECT: dict[str, pl.DataType] = {
    "row_no": pl.Int32(),
    **{name: history_schema("IOT12")[name] for name in _WHERE_FROM},
    **REJECT_COLUMNS,
}
_BATCH: dict[str, pl.DataType] = {
    **{name: history_schema("IOT12")[name] for name in _WHERE_FROM},
    **BATCH_COLUMNS,
    "_n_stored": pl.Int32(),
    "_n_duplicate": pl.Int32(),
    "_detail": pl.String(),
    "_raw": pl.Binary(),
}


def _of(outcomes: DataFrame, kind: Kind) -> DataFrame:
    return outcomes.where(F.col("_kind") == kind.value)


def _day(instant: str) -> Column:
    return F.to_date(F.from_utc_timestamp(F.col(instant), STREET_ZONE)).alias("day")


def _first(rows: DataFrame, key: list[str], order: list[Column]) -> DataFrame:
    place = F.row_number().over(Window.partitionBy(*key).orderBy(*order))
    return rows.withColumn("_place", place).where(F.col("_place") == 1).drop("_place")


def _balanced(lines: DataFrame, rows: DataFrame) -> DataFrame:
    stored = rows.groupBy("batch_id").agg(F.count("*").cast("int").alias("_n_stored"))
    counted = lines.join(stored, ["batch_id"], "left").fillna(0, ["_n_stored"])
    rest = F.col("_n_received") - F.col("_n_stored") - F.col("_n_rejected") - F.col("_n_parked")
    return counted.select(
        *(name for name in _BATCH if name != "_n_duplicate"), rest.alias("_n_duplicate"), _day("received_at")
    )


def _earlier(
    session: SparkSession, table: Path, columns: list[str], schema: Mapping[str, pl.DataType], start: int
) -> DataFrame:
    """Return columns of what stands in a table from before `start`, whatever of this batch is in it."""
    if not DeltaTable.is_deltatable(str(table)):
        kinds = ", ".join(f"{name} string" for name in columns)
        return session.createDataFrame([], kinds)
    files = DeltaTable(str(table)).file_uris()
    return session.read.parquet(*files).where(F.col("seq") < start).select(*columns)


def _append(table: Path, rows: DataFrame, schema: dict[str, pl.DataType], transaction: Transaction) -> None:
    """Make rows part of a table, once per transaction. Creates it with the first ones."""
    exists = DeltaTable.is_deltatable(str(table))
    if exists:
        written = DeltaTable(str(table)).transaction_version(transaction.app_id)
        if written is not None and written >= transaction.version:
            return
    folder = table / f"{transaction.app_id}-{transaction.version}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    rows.write.mode("overwrite").partitionBy("day").parquet(str(folder))
    added = [_added(file, table) for file in sorted(folder.glob("day=*/*.parquet"))]
    if not added:
        return
    properties = CommitProperties(app_transactions=[transaction])
    delta_schema = Schema.from_arrow(arrow_schema({**schema, "day": pl.Date()}))
    commit: dict[str, Any] = {"partition_by": ["day"], "commit_properties": properties}
    if exists:
        DeltaTable(str(table)).create_write_transaction([*added], "append", delta_schema, **commit)
    else:
        create_table_with_add_actions(str(table), delta_schema, added, "error", **commit)


def _added(file: Path, table: Path) -> AddAction:
    return AddAction(
        path=str(file.relative_to(table)),
        size=file.stat().st_size,
        partition_values={"day": file.parent.name.removeprefix("day=")},
        modification_time=round(file.stat().st_mtime * 1000),
        data_change=True,
        stats=f'{{"numRecords": {pq.read_metadata(file).num_rows}}}',
    )
