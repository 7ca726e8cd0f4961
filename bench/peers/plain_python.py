"""A plain Python loop: what a script of an afternoon does. `python -m bench.peers.plain_python JOB OUT`"""

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench.job import LAYOUTS, STORED, Job
from bench.measuring import Watch, to_disk
from bench.peers.rules import References, Row, judged, parsed, read_lines


def main(job: Job, out: Path) -> None:
    refs = References(job)
    with Watch() as watch:
        rows: list[Row] = []
        rejects: list[tuple[str, str, bytes]] = []
        for layout in LAYOUTS:
            seen: set[str] = set()
            for line in read_lines(job.input(layout)):
                record = parsed(line)
                result = "unreadable" if record is None else judged(record, layout, refs)
                if isinstance(result, str):
                    rejects.append((layout.class_id, result, line))
                elif result[1] not in seen:
                    seen.add(result[1])
                    rows.append(result)
        write(rows, STORED, out / "accepted.parquet")
        write(rejects, ("class_id", "reason", "raw"), out / "rejected.parquet")
        to_disk(out / "accepted.parquet", out / "rejected.parquet")
    watch.measured().print()


def write(rows: list[Row] | list[tuple[str, str, bytes]], names: tuple[str, ...], path: Path) -> None:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    pq.write_table(pa.table([pa.array(column) for column in columns], names=list(names)), path)


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
