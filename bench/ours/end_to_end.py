"""Our whole way on real servers: HTTP door → JetStream (`sync_interval: always`) → worker → Delta committed.

`python -m bench.ours.end_to_end JOB OUT TOWN`
"""

import asyncio
import shutil
import sys
import time
from pathlib import Path

import polars as pl

from bench.job import LAYOUTS, Job
from bench.measuring import Watch
from bench.ours.cleaning import reasons, rows
from bench.ours.door import Post, post_all
from bench.ours.platform import PARTS, Platform, n_done, until, written_at

POST_LINES = 4000
WARM_UP_LINES = 20


def main(job: Job, out: Path, town: Path) -> None:
    var = out / "var"
    with Platform(var, town) as platform:
        _run(platform, job, out)
    shutil.rmtree(var)


def _run(platform: Platform, job: Job, out: Path) -> None:
    began = time.perf_counter()
    platform.start()
    n_warm = warmed_up(platform)
    cold_start_s = time.perf_counter() - began
    posts = posts_of(job, platform.tokens)
    warm = time.time()
    with Watch() as watch:
        asyncio.run(post_all(platform.url, posts))
        taken_s = time.time() - warm
        n_all = n_warm + job.manifest().n_records
        until(lambda: n_done() == n_all, every_s=0.05)
        done_s = time.time() - warm
        platform.stop("worker")  # which writes what waits for the history: the last five seconds at most
    seconds = written_at() - warm
    write_stored(job, out, platform.var)
    extra = {"cold_start_s": cold_start_s, "door_s": taken_s, "processed_s": done_s} | {
        f"cpu_s_{name}": round(watch.cpu_s_of(word), 2) for name, word in PARTS.items()
    }
    watch.measured(seconds, **extra).print()


def warmed_up(platform: Platform) -> int:
    """Send a few lines of each class that say nothing, so that every process has seen what it needs."""
    posts = [
        Post(layout.class_id, platform.tokens[layout.class_id], b"{}\n" * WARM_UP_LINES) for layout in LAYOUTS
    ]
    asyncio.run(post_all(platform.url, posts))
    n = WARM_UP_LINES * len(posts)
    until(lambda: n_done() == n, every_s=0.1)
    return n


def posts_of(job: Job, tokens: dict[str, str], post_lines: int = POST_LINES) -> list[Post]:
    """Cut the input into requests, the sources taking turns as they would."""
    of_class = [
        [
            Post(layout.class_id, tokens[layout.class_id], b"".join(lines[start : start + post_lines]))
            for lines in [job.input(layout).read_bytes().splitlines(keepends=True)]
            for start in range(0, len(lines), post_lines)
        ]
        for layout in LAYOUTS
    ]
    placed = [((n + 0.5) / len(posts), post) for posts in of_class for n, post in enumerate(posts)]
    return [post for _, post in sorted(placed, key=lambda pair: pair[0])]


def write_stored(job: Job, out: Path, var: Path) -> None:
    """Hand what the platform has stored to the check: the history and the rejects."""
    from ningjulan.observations.models import Reject

    rejected = []
    for layout in LAYOUTS:
        table = pl.read_delta(str(var / "history" / layout.class_id))
        rows(table, layout.class_id).write_parquet(out / f"accepted-{layout.class_id}.parquet")
        found = Reject.objects.filter(class_id=layout.class_id).exclude(raw=b"{}").values_list("reasons")
        frame = pl.DataFrame(list(found), schema={"reasons": pl.List(pl.String)}, orient="row")
        rejected.append(reasons(frame, layout.class_id))
    pl.concat(rejected).write_parquet(out / "rejected.parquet")
    _raised().write_parquet(out / "raised.parquet")


def _raised() -> pl.DataFrame:
    """Return what scenarios were moved to say: the alert in the words of the job, and its key."""
    from ningjulan.scenarios.models import Alert

    found = Alert.objects.filter(is_shadow=False).values_list("scenario_id", "key")
    frame = pl.DataFrame(list(found), schema={"alert": pl.String, "key": pl.String}, orient="row")
    return frame.with_columns(pl.col("alert").str.split(".").list.last())


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
