"""Pathway: lines as a table, our plain-Python rules as a function over it, one row kept per key.

`python -m bench.peers.pathway_table JOB OUT`
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("PATHWAY_THREADS", "2")
import pathway as pw

from bench.job import LAYOUTS, STORED, Job, Layout
from bench.measuring import Watch, to_disk
from bench.peers.rules import References, judged, parsed


def main(job: Job, out: Path) -> None:
    refs = References(job)
    parts = [_judged(job, layout, refs) for layout in LAYOUTS]
    lines = parts[0].concat_reindex(*parts[1:])
    rejected = lines.filter(pw.this.reason != "").select(
        pw.this.class_id, pw.this.reason, raw=pw.apply(_text, pw.this.data)
    )
    good = lines.filter(pw.this.reason == "")
    # What is sent again is the same line: any of them will do.
    rows = good.groupby(pw.this.key).reduce(row=pw.reducers.any(pw.this.row))
    accepted = rows.select(**{name: pw.this.row[place] for place, name in enumerate(STORED)})
    pw.io.jsonlines.write(accepted, out / "accepted.ndjson")
    pw.io.jsonlines.write(rejected, out / "rejected.ndjson")
    with Watch() as watch:
        pw.run(monitoring_level=pw.MonitoringLevel.NONE)
        to_disk(out / "accepted.ndjson", out / "rejected.ndjson")
    watch.measured().print()


def _judged(job: Job, layout: Layout, refs: References) -> pw.Table:
    @pw.udf(deterministic=True)
    def judge(line: bytes) -> tuple[str, str, tuple]:
        record = parsed(line)
        result = "unreadable" if record is None else judged(record, layout, refs)
        return (result, "", ()) if isinstance(result, str) else ("", result[1], result)

    # As plain text, lines that are not UTF-8 would not arrive at all.
    file = pw.io.fs.read(job.input(layout), format="binary", mode="static")
    lines = file.select(data=pw.apply(_lines_of, pw.this.data)).flatten(pw.this.data)
    return lines.select(pw.this.data, class_id=layout.class_id, result=judge(pw.this.data)).select(
        pw.this.data,
        pw.this.class_id,
        reason=pw.this.result[0],
        key=pw.this.result[1],
        row=pw.this.result[2],
    )


def _lines_of(file: bytes) -> list[bytes]:
    return file.splitlines()


def _text(line: bytes) -> str:
    return line.decode("latin-1")  # JSON holds no other bytes


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
