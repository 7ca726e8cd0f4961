"""Our whole way at a steady rate: how long a record takes until it is stored, and what that costs.

A request leaves at its appointed time whether or not the last was answered, and its time counts from then on:
a platform that makes its sources wait cannot hide it. Stored is what another connection to the database sees;
the scenarios' alerts are in the same transaction.

`python -m bench.ours.steady JOB OUT TOWN --rate N --seconds S`
"""

import argparse
import asyncio
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import psycopg

from bench.job import Job
from bench.measuring import Watch
from bench.ours.door import Post, connection
from bench.ours.end_to_end import warmed_up
from bench.ours.load import Load
from bench.ours.platform import PARTS, Platform, n_done, until
from ningjulan.foundation.servers.addresses import DATABASE_VARIABLE

POST_LINES = 500
CONNECTIONS = 8
WARM_UP_S = 5.0  # of the load itself: not counted
LOOK_EVERY_S = 0.01
NEW = "select stream_seq, receipt_id from observations_batch where stream_seq > %s"


@dataclass
class Looker:
    """Watches the database from outside for batches that have become facts."""

    seen_at: dict[str, float] = field(default_factory=dict)  # receipt → when it was first seen
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        last = 0
        with psycopg.connect(os.environ[DATABASE_VARIABLE], autocommit=True) as database:
            while not self._over.wait(LOOK_EVERY_S):
                found = database.execute(NEW, [last]).fetchall()
                now = time.perf_counter()
                for seq, receipt in found:
                    last = max(last, seq)
                    self.seen_at[receipt] = now

    def stop(self) -> None:
        self._over.set()


def main(job: Job, out: Path, town: Path, rate: int, seconds: float) -> None:
    var = out / "var"
    with Platform(var, town) as platform:
        platform.start()
        n_warm = warmed_up(platform)
        load = Load(job, platform.tokens, POST_LINES)
        posts = [load.post(n) for n in range(round((WARM_UP_S + seconds) * rate / POST_LINES))]
        looker = Looker()
        looking = threading.Thread(target=looker.run)
        looking.start()
        n_early = round(WARM_UP_S * rate / POST_LINES)
        asyncio.run(_send_all(platform.url, posts[:n_early], rate))
        with Watch() as watch:
            due = asyncio.run(_send_all(platform.url, posts[n_early:], rate))
        n_all = n_warm + sum(post.n_lines for post in posts)
        behind_s = (n_all - n_done()) / rate
        until(lambda: n_done() == n_all, every_s=0.05)
        time.sleep(10 * LOOK_EVERY_S)
        looker.stop()
        looking.join()
    shutil.rmtree(var)
    n_sent = sum(post.n_lines for post in posts[n_early:])
    figures = _figures(due, looker.seen_at, watch, seconds)
    watch.measured(seconds, records_per_s=n_sent / seconds, behind_s=round(behind_s, 2), **figures).print()


async def _send_all(url: str, posts: list[Post], rate: int) -> dict[str, float]:
    """Send each post at its time; return when each was due."""
    began = time.perf_counter()
    due = {post.key: began + n * POST_LINES / rate for n, post in enumerate(posts)}
    waiting = iter(posts)
    await asyncio.gather(*(_send(url, waiting, due) for _ in range(CONNECTIONS)))
    return due


async def _send(url: str, waiting: Iterator[Post], due: dict[str, float]) -> None:
    async with connection(url) as send:
        for post in waiting:
            await asyncio.sleep(max(0.0, due[post.key] - time.perf_counter()))
            await send(post)


def _figures(
    due: dict[str, float], seen_at: dict[str, float], watch: Watch, seconds: float
) -> dict[str, float]:
    of_key = {receipt.partition(":")[2]: at for receipt, at in seen_at.items()}
    waited_ms = np.array([of_key[key] - at for key, at in due.items()]) * 1000
    p50, p99 = np.percentile(waited_ms, [50, 99])
    cpu_s = {name: watch.cpu_s_of(word) for name, word in PARTS.items()}
    cores = len(psutil.Process().cpu_affinity())
    return {
        "p50_ms": round(float(p50), 1),
        "p99_ms": round(float(p99), 1),
        "max_ms": round(float(waited_ms.max()), 1),
        "cpu_share": round(sum(cpu_s.values()) / (seconds * cores), 3),
        "cpu_share_without_sender": round((sum(cpu_s.values()) - cpu_s["sender"]) / (seconds * cores), 3),
        "worker_peak_mb": watch.peak_mb_of(PARTS["worker"]),
        **{f"cpu_s_{name}": round(used, 2) for name, used in cpu_s.items()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("job", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("town", type=Path)
    parser.add_argument("--rate", type=int, default=30_000)
    parser.add_argument("--seconds", type=float, default=60)
    wanted = parser.parse_args()
    main(Job(wanted.job), wanted.out, wanted.town, wanted.rate, wanted.seconds)
