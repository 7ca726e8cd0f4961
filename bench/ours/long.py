"""Does a record cost the same after many millions? Our whole way, as fast as it goes, million by million.

`python -m bench.ours.long JOB OUT TOWN --millions N` prints one line of JSON: for each million the processor
seconds of every part, the worker's memory and what lies on the disk. Stops early where the disk fills up.
"""

import argparse
import asyncio
import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

from bench.job import Job
from bench.measuring import Watch
from bench.ours.door import post_all
from bench.ours.end_to_end import POST_LINES, warmed_up
from bench.ours.load import Load
from bench.ours.platform import PARTS, Platform, n_done, until

MILLION = 1_000_000
LEAST_FREE_BYTES = 12 << 30


@dataclass(frozen=True)
class Point:
    """One million more. `cpu_s`: of this million, by part; `records` and `disk_mb`: of all so far."""

    records: int
    seconds: float
    cpu_s: dict[str, float]
    worker_mb: int
    disk_mb: int


def main(job: Job, out: Path, town: Path, millions: int) -> None:
    var = out / "var"
    points: list[Point] = []
    stopped = ""
    with Platform(var, town) as platform:
        platform.start()
        n_before = warmed_up(platform)
        load = Load(job, platform.tokens, POST_LINES)
        numbers = count()
        with Watch() as watch:
            for _ in range(millions):
                if shutil.disk_usage(var).free < LEAST_FREE_BYTES:
                    stopped = "the disk is nearly full"
                    break
                n_before, point = _million(platform, load, numbers, watch, n_before)
                points.append(point)
    shutil.rmtree(var)
    said = {"points": [asdict(point) for point in points], "stopped": stopped}
    sys.stdout.write(json.dumps(said) + "\n")


def _million(
    platform: Platform, load: Load, numbers: "count[int]", watch: Watch, n_before: int
) -> tuple[int, Point]:
    """Send one million records and wait for them; return how many are done now, and what these took."""
    before = {name: watch.cpu_s_of(word) for name, word in PARTS.items()}
    began = time.perf_counter()
    n_sent, posts = 0, []
    while n_sent < MILLION:
        posts.append(load.post(next(numbers)))
        n_sent += posts[-1].n_lines
    asyncio.run(post_all(platform.url, posts))
    until(lambda: n_done() == n_before + n_sent, every_s=0.05)
    used = {name: watch.cpu_s_of(word) - before[name] for name, word in PARTS.items()}
    point = Point(
        records=n_before + n_sent,
        seconds=round(time.perf_counter() - began, 2),
        cpu_s={name: round(seconds / n_sent * MILLION, 2) for name, seconds in used.items()},
        worker_mb=watch.peak_mb_of(PARTS["worker"]),
        disk_mb=sum(file.stat().st_size for file in platform.var.rglob("*") if file.is_file()) >> 20,
    )
    return n_before + n_sent, point


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("job", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("town", type=Path)
    parser.add_argument("--millions", type=int, default=5)
    wanted = parser.parse_args()
    main(Job(wanted.job), wanted.out, wanted.town, wanted.millions)
