"""Bytewax: a dataflow of our plain-Python rules, keyed for the duplicates, in batches of 1,000 lines.

`python -m bench.peers.bytewax_flow JOB OUT`
"""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.inputs import DynamicSource, StatelessSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import cluster_main

from bench.job import LAYOUTS, STORED, Job
from bench.measuring import Watch, to_disk
from bench.peers.plain_python import write
from bench.peers.rules import References, judged, parsed, read_lines

BATCH = 1000


class _Lines(StatelessSourcePartition[tuple[Any, bytes]]):
    def __init__(self, job: Job) -> None:
        self._lines = ((layout, line) for layout in LAYOUTS for line in read_lines(job.input(layout)))

    def next_batch(self) -> list[tuple[Any, bytes]]:
        batch = list(islice(self._lines, BATCH))
        if not batch:
            raise StopIteration
        return batch


class _Source(DynamicSource[tuple[Any, bytes]]):
    def __init__(self, job: Job) -> None:
        self._job = job

    def build(self, step_id: str, worker_index: int, worker_count: int) -> _Lines:
        return _Lines(self._job)


class _Collector(DynamicSink[Any], StatelessSinkPartition[Any]):
    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.rejects: list[Any] = []

    def build(self, step_id: str, worker_index: int, worker_count: int) -> "_Collector":
        return self

    def write_batch(self, items: list[Any]) -> None:
        for item in items:
            (self.rows if len(item) == len(STORED) else self.rejects).append(item)


def main(job: Job, out: Path) -> None:
    refs = References(job)
    seen: set[tuple[str, str]] = set()

    def cleaned(pair: tuple[Any, bytes]) -> Any:
        layout, line = pair
        record = parsed(line)
        result = "unreadable" if record is None else judged(record, layout, refs)
        return (layout.class_id, result, line) if isinstance(result, str) else result

    def new_only(items: list[Any]) -> Iterator[Any]:
        """One worker sees every key: a set is cheaper than Bytewax's state for each of them."""
        for item in items:
            if len(item) == len(STORED):
                if item[:2] in seen:
                    continue
                seen.add(item[:2])
            yield item

    sink = _Collector()
    flow = Dataflow("clean")
    stream = op.input("lines", flow, _Source(job))
    stream = op.flat_map_batch("dedupe", op.map("clean", stream, cleaned), new_only)
    op.output("out", stream, sink)
    with Watch() as watch:
        cluster_main(flow, [], 0)
        write(sink.rows, STORED, out / "accepted.parquet")
        write(sink.rejects, ("class_id", "reason", "raw"), out / "rejected.parquet")
        to_disk(out / "accepted.parquet", out / "rejected.parquet")
    watch.measured().print()


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
