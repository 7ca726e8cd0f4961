"""Our whole way with a kill -9 in the middle: of the worker, the relay, the door and NATS, all at once.

They are started again as their supervisor would; the source sends again what was not acknowledged, unchanged.
`python -m bench.ours.killed JOB OUT TOWN`
"""

import asyncio
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from bench.job import Job
from bench.measuring import Watch
from bench.ours.door import Post, post_surely
from bench.ours.end_to_end import posts_of, warmed_up, write_stored
from bench.ours.platform import Platform, n_done, until

KILL_AT = 0.4  # of the records committed
POST_LINES = 1000


def main(job: Job, out: Path, town: Path) -> None:
    var = out / "var"
    with Platform(var, town) as platform:
        platform.start()
        n_warm = warmed_up(platform)
        n_all = n_warm + job.manifest().n_records
        posts = [
            replace(post, key=f"bench-{n}")
            for n, post in enumerate(posts_of(job, platform.tokens, POST_LINES))
        ]
        with Watch() as watch:
            sender = threading.Thread(target=_send, args=(platform.url, posts), daemon=True)
            sender.start()
            until(lambda: n_done() >= n_warm + KILL_AT * job.manifest().n_records, every_s=0.01)
            platform.kill()
            killed_at, n_at_kill = time.perf_counter(), n_done() - n_warm
            platform.start_again()
            until(lambda: n_done() > n_at_kill + n_warm or n_done() == n_all, every_s=0.02)
            away_s = time.perf_counter() - killed_at
            until(lambda: n_done() >= n_all, every_s=0.05)
            sender.join()
            platform.stop("worker")
        write_stored(job, out, var)
    shutil.rmtree(var)
    watch.measured(n_at_kill=n_at_kill, away_s=away_s).print()


def _send(url: str, posts: list[Post]) -> None:
    asyncio.run(post_surely(url, posts))


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
