"""RAW as a source of Spark's structured streaming, in plain Python: no jar.

The offset is the stream's sequence number, so a batch of Spark can be read again exactly. The stream keeps
its own limits: there is nothing to commit.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import DataSource, DataSourceStreamReader, InputPartition
from pyspark.sql.streaming.datasource import (
    ReadAllAvailable,
    ReadLimit,
    ReadMaxRows,
    SupportsTriggerAvailableNow,
)

from ningjulan.foundation.bus import connect
from ningjulan.project.runners.ranges import Extent, RangeExpired, extent_of, read_range
from ningjulan.sources.stream import RawBatch

NAME = "ningjulan_raw"
MESSAGES_TOGETHER = 2000  # up to eight million records
SCHEMA = (
    "seq bigint, batch_id string, receipt_id string, source string, class_id string, "
    "first_row int, received_at timestamp, payload binary"
)
_ARROW = pa.schema(
    [
        ("seq", pa.int64()),
        ("batch_id", pa.string()),
        ("receipt_id", pa.string()),
        ("source", pa.string()),
        ("class_id", pa.string()),
        ("first_row", pa.int32()),
        ("received_at", pa.timestamp("us", "UTC")),
        ("payload", pa.binary()),
    ]
)


@dataclass
class Range(InputPartition):  # type: ignore[misc]  # PySpark need not be installed, so it has no types here
    """Messages `first` to `last`, both included: the work of one task."""

    first: int
    last: int


class RawStream(DataSource):  # type: ignore[misc]  # as above
    """Options: `url` (NATS), `class_id`, `first`, `last` (0: all there is), `partitions`,
    `together` (numbers in one batch of Spark)."""

    @classmethod
    def name(cls) -> str:
        return NAME

    def schema(self) -> str:
        return SCHEMA

    def streamReader(self, schema: Any) -> "Reader":  # noqa: N802  # Spark's names
        return Reader(self.options)


class Reader(DataSourceStreamReader, SupportsTriggerAvailableNow):  # type: ignore[misc]  # as above
    """Plans ranges on the driver and reads them on the executors, each with a client of its own.

    Without `SupportsTriggerAvailableNow` a query would end after its first batch.
    """

    def __init__(self, options: Any) -> None:
        self.url = options["url"]
        self.subject = f"raw.{options['class_id']}.*"
        self.first = int(options["first"])
        self.last = int(options["last"])
        self.n_partitions = int(options["partitions"])
        self.together = int(options["together"])
        self.target: int | None = None

    def initialOffset(self) -> dict[str, int]:  # noqa: N802
        return {"seq": max(self.first or self._extent().first, 1) - 1}

    def getDefaultReadLimit(self) -> ReadLimit:  # noqa: N802
        return ReadMaxRows(self.together)

    def prepareForTriggerAvailableNow(self) -> None:  # noqa: N802
        self.target = self._end()

    def latestOffset(self, start: dict[str, int], limit: ReadLimit) -> dict[str, int]:  # noqa: N802
        end = max(start["seq"], self._end() if self.target is None else self.target)
        if isinstance(limit, ReadAllAvailable):
            return {"seq": end}
        return {"seq": min(end, start["seq"] + limit.max_rows)}

    def partitions(self, start: dict[str, int], end: dict[str, int]) -> list[Range]:
        first, last = start["seq"] + 1, end["seq"]
        if first > last:
            return []
        if (held := self._extent()).first > first:
            raise RangeExpired(first=held.first, wanted=first)
        size = -(-(last - first + 1) // self.n_partitions)
        return [Range(at, min(at + size - 1, last)) for at in range(first, last + 1, size)]

    def read(self, partition: Range) -> Iterator[pa.RecordBatch]:
        loop = asyncio.new_event_loop()
        try:
            batches = self._read(partition)
            while (some := loop.run_until_complete(anext(batches, None))) is not None:
                yield _record_batch(some)
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _read(self, partition: Range) -> AsyncIterator[list[RawBatch]]:
        client = await connect(self.url, name="spark")
        try:
            async for some in read_range(client, self.subject, partition.first, partition.last):
                yield some
        finally:
            await client.close()

    def _end(self) -> int:
        last = self._extent().last
        return min(last, self.last) if self.last else last

    def _extent(self) -> Extent:
        async def ask() -> Extent:
            client = await connect(self.url, name="spark")
            try:
                return await extent_of(client)
            finally:
                await client.close()

        return asyncio.run(ask())


def _record_batch(batches: list[RawBatch]) -> pa.RecordBatch:
    columns = [[getattr(batch, name) for batch in batches] for name in _ARROW.names]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _ARROW, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_ARROW)


def raw_batches(messages: pa.RecordBatch) -> list[RawBatch]:
    """Return the batches of what `Reader.read` yields, in stream order."""
    batches = [RawBatch(**row) for row in messages.to_pylist()]
    return sorted(batches, key=lambda batch: batch.seq)
