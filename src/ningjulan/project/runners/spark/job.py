"""Clean a stretch of RAW on Spark: for backfills, and for days with ten times the records."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from ningjulan.foundation.errors import InputRefused
from ningjulan.project.runners.outcomes import outcome_schema
from ningjulan.project.runners.spark.cleaning import arrow_schema, cleaning_step
from ningjulan.project.runners.spark.session import open_session
from ningjulan.project.runners.spark.sink import BESIDE, Sink
from ningjulan.project.runners.spark.source import MESSAGES_TOGETHER, NAME


class HasProgress(InputRefused):
    code = "has_progress"
    message_zh = "{folder} 中已有 {class_id} 的进度：不带 --from-seq 即从断点继续，或换一个输出目录"
    message_en = (
        "{folder} has progress of {class_id} already: leave --from-seq out to go on from there, "
        "or choose another folder"
    )


class HoldsOtherRows(InputRefused):
    code = "holds_other_rows"
    message_zh = "{folder} 中的 {class_id} 不是由 Spark 写入的（或进度已被删除），请换一个输出目录"
    message_en = (
        "{class_id} in {folder} was not written by Spark, or its progress is gone; choose another folder"
    )


@dataclass(frozen=True)
class Job:
    """What to clean and where to.

    classes:  Classes of the catalogue, one after the other.
    first:    Sequence number to begin with; 0: the first that the stream still has, or where it stopped.
    last:     The last, included; 0: what the stream has when the job begins.
    out:      Folder that all hosts see under this path; afterwards a history of its own.
    snapshot: File made by `export_snapshot`.
    together: Numbers of the stream in one batch of Spark.
    master:   Of Spark: `local[*]` is this machine.
    settings: Of Spark, beside or instead of ours.
    """

    classes: tuple[str, ...]
    nats_url: str
    out: Path
    snapshot: Path
    first: int = 0
    last: int = 0
    together: int = MESSAGES_TOGETHER
    master: str = "local[*]"
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Balance:
    """`received = stored + rejected + duplicate + parked` of all that lies in the folder."""

    class_id: str
    n_batches: int
    received: int
    stored: int
    rejected: int
    duplicate: int
    parked: int


def run(job: Job) -> list[Balance]:
    """Clean until `last`, and return what then lies in the folder, class by class. Stopped, it goes on.

    Raises:
        HasProgress, HoldsOtherRows: The folder has rows of the class that this job would double.
    """
    for class_id in job.classes:
        _check(job, class_id)
    job.out.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _session(job) as session:
        for class_id in job.classes:
            _clean(session, job, class_id)
    return [balance_of(job.out, class_id) for class_id in job.classes]


def _check(job: Job, class_id: str) -> None:
    if _progress(job, class_id).exists():
        if job.first:
            raise HasProgress(folder=str(job.out), class_id=class_id)
    elif DeltaTable.is_deltatable(str(Sink(job.out, class_id).rows)):
        raise HoldsOtherRows(folder=str(job.out), class_id=class_id)


@contextmanager
def _session(job: Job) -> Iterator[SparkSession]:
    with tempfile.TemporaryDirectory(prefix="ningjulan-spark-") as folder:
        session = open_session(master=job.master, folder=Path(folder), more=job.settings)
        try:
            session.sparkContext.addFile(str(job.snapshot))
            yield session
        finally:
            session.stop()


def _clean(session: SparkSession, job: Job, class_id: str) -> None:
    raw = (
        session.readStream.format(NAME)
        .option("url", job.nats_url)
        .option("class_id", class_id)
        .option("first", job.first)
        .option("last", job.last)
        .option("together", job.together)
        .option("partitions", session.sparkContext.defaultParallelism)
        .load()
    )
    columns = from_arrow_schema(arrow_schema(outcome_schema(class_id)))
    cleaned = raw.mapInArrow(cleaning_step(class_id, job.snapshot.name), columns)
    writing = (
        cleaned.writeStream.foreachBatch(Sink(job.out, class_id).take)
        .option("checkpointLocation", str(_progress(job, class_id)))
        .trigger(availableNow=True)
        .start()
    )
    writing.awaitTermination()


def _progress(job: Job, class_id: str) -> Path:
    return job.out / BESIDE / "progress" / class_id


def balance_of(out: Path, class_id: str) -> Balance:
    """Add up what a folder has of a class."""
    table = str(Sink(out, class_id).batches)
    if not DeltaTable.is_deltatable(table):
        return Balance(class_id, 0, 0, 0, 0, 0, 0)
    names = ("received", "stored", "rejected", "duplicate", "parked")
    sums = pl.scan_delta(table).select(pl.len(), *(pl.col(f"_n_{name}").sum() for name in names)).collect()
    return Balance(class_id, *sums.row(0))
