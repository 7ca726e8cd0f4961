"""PySpark on two local cores: DataFrames, built-in functions, broadcast joins; Python only for the grids.

`python -m bench.peers.spark_frames JOB OUT`
"""

import os
import sys
from functools import reduce
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812  as everybody writes it
from pyspark.sql.types import StringType, StructField, StructType

from bench.job import ALERTS, CHECK_DIGITS, DWELL, LAYOUTS, STORED, WEIGHTS, Job, Layout
from bench.measuring import Watch, to_disk
from bench.peers.rules import read_lines

FULL = "".join(chr(code + 0xFEE0) for code in range(0x21, 0x7F)) + "\u3000\u200b\ufeff"
HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + " "  # what has no partner is left out
PREFIX = "^(?:浙江省)?(?:杭州市)?(?:萧山区)?(?:宁围街道)?"
CHINESE = "yyyy'年'M'月'd'日'H'时'm'分'"
JSON = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": "corrupt", "allowSingleQuotes": "false"}
WARM_UP_LINES = 5000


def main(job: Job, out: Path) -> None:
    spark = _session()
    grid_at = _grid_finder(job)
    _warm_up(spark, job, out, grid_at)
    with Watch() as watch:
        parts = [_run(spark, job, layout, job.input(layout), grid_at) for layout in LAYOUTS]
        _write(parts, out)
        to_disk(*out.rglob("*.parquet"))
    spark.stop()
    watch.measured().print()


def _session() -> SparkSession:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.ansi.enabled": "false",  # what does not fit becomes null
        "spark.sql.session.timeZone": "Asia/Shanghai",
        "spark.sql.files.maxPartitionBytes": "16m",
        "spark.driver.memory": "4g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _warm_up(spark: SparkSession, job: Job, out: Path, grid_at) -> None:  # type: ignore[no-untyped-def]
    """Run the plan over a few lines: a long-running job has met its code before."""
    sample = out.parent / "spark-sample"
    sample.mkdir(exist_ok=True)
    parts = []
    for layout in LAYOUTS:
        (sample / layout.file).write_bytes(b"".join(islice(read_lines(job.input(layout)), WARM_UP_LINES)))
        parts.append(_run(spark, job, layout, sample / layout.file, grid_at))
    _write(parts, sample / "out")


def _write(parts: list[tuple[DataFrame, DataFrame]], out: Path) -> None:
    """Write accepted and rejected rows; a run that was killed is written over."""
    for name, frames in zip(("accepted", "rejected"), zip(*parts, strict=True), strict=True):
        reduce(DataFrame.unionByName, frames).write.mode("overwrite").parquet(str(out / name))


def _run(  # type: ignore[no-untyped-def]
    spark: SparkSession, job: Job, layout: Layout, file: Path, grid_at
) -> tuple[DataFrame, DataFrame]:
    lines = spark.read.text(str(file), lineSep="\n")
    judged = _judged(lines, job, layout).persist(StorageLevel.MEMORY_AND_DISK)
    rejected = judged.filter(F.col("reason").isNotNull()).select(
        F.lit(layout.class_id).alias("class_id"), "reason", F.col("value").alias("raw")
    )
    good = judged.filter(F.col("reason").isNull()).dropDuplicates(["record_key"])
    return _placed(spark, good, job, layout, grid_at), rejected


def _judged(lines: DataFrame, job: Job, layout: Layout) -> DataFrame:
    names = (layout.key, layout.device, layout.code, layout.at, layout.number)
    names += ("address_text", "lon", "lat", DWELL, layout.id_no or "id_no")
    schema = StructType([StructField(name, StringType()) for name in (*names, "corrupt")])
    parsed = lines.withColumn("record", F.from_json("value", schema, JSON)).select(
        "value",
        (F.col("record.corrupt").isNotNull() | ~F.col("value").startswith("{")).alias("unreadable"),
        _repaired(layout.key).alias("record_key"),
        _repaired(layout.device).alias("device_id"),
        F.lower(_repaired(layout.code)).alias("word"),
        _repaired(layout.at).alias("at_text"),
        _repaired(layout.number).alias("number_text"),
        _repaired("address_text").alias("address"),
        F.upper(_repaired(layout.id_no or "id_no")).alias("id_no"),
        *(F.col(f"record.{name}").cast("double").alias(name) for name in ("lon", "lat")),
        F.col(f"record.{DWELL}").cast("bigint").alias("dwell"),
    )
    codes = F.create_map(*(F.lit(part) for pair in job.codes(layout).items() for part in pair))
    typed = parsed.select(
        "*",
        _at_ms(F.col("at_text")).alias("at_ms"),
        F.col("number_text").cast("bigint" if layout.is_whole else "double").alias("number"),
        codes[F.col("word")].alias("code"),
    )
    return typed.withColumn("reason", _reason(layout, job.manifest().received_ms))


def _repaired(name: str) -> Column:
    text = F.btrim(F.translate(F.col(f"record.{name}"), FULL, HALF), F.lit(" \t"))
    return F.nullif(text, F.lit(""))


def _at_ms(text: Column) -> Column:
    return (
        F.when(text.rlike("^[0-9]{13}$"), text.cast("bigint"))
        .when(text.contains("年"), F.unix_millis(F.try_to_timestamp(text, F.lit(CHINESE))))
        .when(text.rlike("^[0-9]{4}-[0-9]{2}-[0-9]{2}[ T]"), F.unix_millis(text.cast("timestamp")))
    )


def _reason(layout: Layout, received_ms: int) -> Column:
    needed = ("record_key", "device_id", "word", "at_text")
    at_ms, number = F.col("at_ms"), F.col("number")
    return (
        F.when(F.col("unreadable"), "unreadable")
        .when(reduce(Column.__or__, (F.col(name).isNull() for name in needed)), "missing_item")
        .when(F.col("number_text").isNotNull() & number.isNull(), "wrong_type")
        .when(~number.between(0, layout.number_max), "out_of_range")
        .when(at_ms.isNull(), "bad_time")
        .when(at_ms > received_ms + layout.early_ms, "time_in_future")
        .when(at_ms < received_ms - layout.late_ms, "time_too_old")
        .when(F.col("code").isNull(), "unknown_code")
        .when(F.col("id_no").isNotNull() & ~_has_check_digit(F.col("id_no")), "bad_id_check_digit")
    )


def _has_check_digit(number: Column) -> Column:
    weighted = (F.substring(number, i, 1).cast("int") * w for i, w in enumerate(WEIGHTS, start=1))
    wanted = F.substring(F.lit(CHECK_DIGITS), reduce(Column.__add__, weighted) % 11 + 1, F.lit(1))
    return number.rlike("^[0-9]{17}[0-9X]$") & (F.substring(number, 18, 1) == wanted)


def _placed(  # type: ignore[no-untyped-def]
    spark: SparkSession, good: DataFrame, job: Job, layout: Layout, grid_at
) -> DataFrame:
    devices, addresses, persons = (
        spark.read.parquet(str(job.refs / f"{name}.parquet")) for name in ("devices", "addresses", "persons")
    )
    devices = devices.select(
        "device_id", F.col("grid_code").alias("d_grid"), F.col("building_id").alias("d_building")
    )
    addresses = addresses.select(
        "match", F.col("grid_code").alias("b_grid"), F.col("building_id").alias("b_building")
    )
    match = F.translate(F.regexp_replace(F.replace("address", F.lit(" "), F.lit("")), PREFIX, ""), "栋", "幢")
    joined = (
        good.withColumn("match", match)
        .join(F.broadcast(devices), "device_id", "left")
        .join(F.broadcast(addresses), "match", "left")
        .join(F.broadcast(persons), "id_no", "left")
    )
    return joined.select(
        F.lit(layout.class_id).alias("class_id"),
        *("record_key", "at_ms", "device_id", "code"),
        F.coalesce("d_grid", grid_at("lon", "lat"), "b_grid").alias("grid_code"),
        F.coalesce("d_building", "b_building").alias("building_id"),
        "person_id",
        _alert(layout).alias("alert"),
    ).select(*STORED)


def _alert(layout: Layout) -> Column:
    alert = F.lit(None).cast("string")
    for rule in ALERTS:
        if rule.class_id == layout.class_id:
            reached = (F.coalesce("number", F.lit(0)) >= rule.min_number) & (
                F.coalesce("dwell", F.lit(0)) >= rule.min_dwell_s
            )
            alert = F.when((F.col("code") == rule.code) & reached, rule.alert).otherwise(alert)
    return alert


def _grid_finder(job: Job):  # type: ignore[no-untyped-def]  # PySpark has its own types for functions
    grids = job.grids()
    rings = list(grids.values())
    codes = np.array([*grids, None], dtype=object)
    trees: list[shapely.STRtree] = []  # one in each Python worker, made at its first rows

    @F.arrow_udf("string")
    def grid_at(lons: pa.Array, lats: pa.Array) -> pa.Array:
        if not trees:
            trees.append(shapely.STRtree([shapely.Polygon(ring) for ring in rings]))
        lon, lat = (column.to_numpy(zero_copy_only=False) for column in (lons, lats))
        found = np.full(len(lon), len(rings))
        rows = np.flatnonzero(~np.isnan(lon))
        points, hits = trees[0].query(shapely.points(lon[rows], lat[rows]), predicate="intersects")
        found[rows[points[::-1]]] = hits[::-1]
        return pa.array(codes[found], pa.string())

    return grid_at


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
