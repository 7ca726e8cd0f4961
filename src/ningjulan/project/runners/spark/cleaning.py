"""Our cleaning as a function for `mapInArrow`. It runs in Spark's Python workers, without Django."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyspark import SparkFiles

from ningjulan.project.runners.outcomes import outcome_schema, outcomes
from ningjulan.project.runners.snapshot import Snapshot, load_snapshot
from ningjulan.project.runners.spark.source import raw_batches

Step = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def arrow_schema(schema: dict[str, pl.DataType]) -> pa.Schema:
    """Return a frame's schema as Spark takes it: no large or viewed strings."""
    table = pl.DataFrame(schema=schema).to_arrow(compat_level=pl.CompatLevel.oldest())
    return pa.schema([field.with_type(_plain(field.type)) for field in table.schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_large_string(kind):
        return pa.string()
    if pa.types.is_large_binary(kind):
        return pa.binary()
    if pa.types.is_large_list(kind):
        return pa.list_(_plain(kind.value_type))
    return kind


def cleaning_step(class_id: str, snapshot_name: str) -> Step:
    """Return the function that turns batches of `source.SCHEMA` into columns of `outcome_schema`.

    Args:
        class_id: What all messages are of.
        snapshot_name: Of a file that Spark has taken to its hosts (`SparkContext.addFile`).
    """

    def clean(messages: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        schema = arrow_schema(outcome_schema(class_id))
        for some in messages:
            snapshot = _snapshot(SparkFiles.get(snapshot_name))
            frame = outcomes(class_id, raw_batches(some), snapshot)
            table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
            yield from table.to_batches()

    return clean


@lru_cache(maxsize=1)
def _snapshot(path: str) -> Snapshot:
    """Read the snapshot once per worker: Spark keeps its Python workers."""
    return load_snapshot(Path(path))
