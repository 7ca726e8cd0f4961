"""Our whole way on real servers: HTTP door → JetStream (`sync_interval: always`) → worker → Delta committed.

The platform's own processes with PostgreSQL and NATS, as `make run` starts them, without demo data and
simulator. `python -m bench.ours.end_to_end JOB OUT TOWN`
"""

import asyncio
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from bench.job import LAYOUTS, Job
from bench.measuring import Watch
from bench.ours.cleaning import SOURCES, reasons, rows
from bench.ours.door import Post, post_all
from ningjulan.foundation.servers import places
from ningjulan.foundation.servers.addresses import DATABASE_VARIABLE, NATS_VARIABLE
from ningjulan.foundation.servers.child import Child
from ningjulan.foundation.servers.embedded import servers

POST_LINES = 4000
WARM_UP_LINES = 20
WAIT_S = 600.0
PARTS = {  # of the platform → how its processes are known
    "worker": "processes worker",
    "door": "granian",
    "relay": "processes relay",
    "nats": "nats-server",
    "postgres": "postgres",
    "sender": "bench.ours.end_to_end",
}


class TooSlow(Exception):
    """Something that should have come did not come in ten minutes."""


def main(job: Job, out: Path, town: Path) -> None:
    var = out / "var"
    for name in (DATABASE_VARIABLE, NATS_VARIABLE):  # servers of our own, whatever else is running
        os.environ.pop(name, None)
    os.environ |= {"NINGJULAN_VAR": str(var), "NINGJULAN_TOWN_FOLDER": str(town.resolve())}
    with servers(var) as addresses:
        os.environ |= addresses.as_environment()
        tokens = _prepare()
        _run(job, out, var, tokens)
    shutil.rmtree(var)


def _prepare() -> dict[str, str]:
    """Make tables and streams, load the town; return a token for each class."""
    from rich.console import Console

    from ningjulan.project import settings
    from ningjulan.project.bootstrap import set_up_django

    set_up_django()
    from ningjulan.project.processes import prepare
    from ningjulan.registry import facade as registry
    from ningjulan.sources import facade as sources

    now = datetime.now(UTC)
    prepare.prepare(prepare.Options(seed=0, scale=0, demo=False), Console(quiet=True), steps=2)
    registry.load_town(settings.TOWN_FOLDER, now)
    return {class_id: sources.make_token(source=name, now=now) for class_id, name in SOURCES.items()}


def _run(job: Job, out: Path, var: Path, tokens: dict[str, str]) -> None:
    from ningjulan.project.processes.table import Wanted, facts_for, program_of, row_of

    port = places.random_free_port()
    url = f"http://127.0.0.1:{port}"
    facts, env = facts_for(Wanted(var), port), dict(os.environ)
    with ExitStack() as stack:
        began = time.perf_counter()
        children = {
            name: Child(program_of(row_of(name), facts, env), var) for name in ("worker", "relay", "web")
        }
        for child in children.values():
            stack.callback(child.stop)
        _until(lambda: _is_up(url), every_s=0.2)
        n_warm = _warm_up(url, job, tokens)
        _until(lambda: _n_done() == n_warm, every_s=0.1)
        cold_start_s = time.perf_counter() - began
        warm = time.time()

        posts = _posts(job, tokens)
        with Watch() as watch:
            asyncio.run(post_all(url, posts))
            taken_s = time.time() - warm
            n_all = n_warm + job.manifest().n_records
            _until(lambda: _n_done() == n_all, every_s=0.05)
            done_s = time.time() - warm
            children[
                "worker"
            ].stop()  # which writes what waits for the history: the last five seconds at most
        seconds = _written_at() - warm
    _write(job, out, var)
    extra = {"cold_start_s": cold_start_s, "door_s": taken_s, "processed_s": done_s} | {
        f"cpu_s_{name}": round(watch.cpu_s_of(word), 2) for name, word in PARTS.items()
    }
    watch.measured(seconds, **extra).print()


def _until(is_so: Callable[[], bool], *, every_s: float) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TooSlow
        time.sleep(every_s)


def _is_up(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _warm_up(url: str, job: Job, tokens: dict[str, str]) -> int:
    """Send a few lines of each class that say nothing, so that every process has seen what it needs."""
    posts = [Post(layout.class_id, tokens[layout.class_id], b"{}\n" * WARM_UP_LINES) for layout in LAYOUTS]
    asyncio.run(post_all(url, posts))
    return WARM_UP_LINES * len(posts)


def _posts(job: Job, tokens: dict[str, str]) -> list[Post]:
    """Cut the input into requests, the two sources taking turns as they would."""
    of_class = [
        [
            Post(layout.class_id, tokens[layout.class_id], b"".join(lines[start : start + POST_LINES]))
            for lines in [job.input(layout).read_bytes().splitlines(keepends=True)]
            for start in range(0, len(lines), POST_LINES)
        ]
        for layout in LAYOUTS
    ]
    placed = [((n + 0.5) / len(posts), post) for posts in of_class for n, post in enumerate(posts)]
    return [post for _, post in sorted(placed, key=lambda pair: pair[0])]


def _ours() -> Any:
    """Return the batches of the job: the worker sends a canary of its own each minute."""
    from ningjulan.observations.models import Batch
    from ningjulan.sources.canary import RECEIPT

    return Batch.objects.exclude(receipt_id=RECEIPT)


def _n_done() -> int:
    """Return how many records are committed: stored, rejected, duplicate or parked."""
    from django.db.models import Sum

    return _ours().aggregate(n=Sum("n_received"))["n"] or 0


def _written_at() -> float:
    """Return when the position moved behind the last message: its rows are in the history."""
    from ningjulan.observations.models import Position

    position = Position.objects.get(shard=0)
    last = _ours().order_by("-stream_seq").values_list("stream_seq", flat=True).first()
    if position.history_seq < last:
        raise TooSlow
    return position.written_at.timestamp()


def _write(job: Job, out: Path, var: Path) -> None:
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
