"""Lost and doubled after kill -9: each runner is killed in the middle, started again, and counted.

A peer reads a file, which is still there: it starts over, as its makers recommend for a bounded input. What
it had made readable when it was killed is noted too: of a source that cannot send again, that is all there
is. Ours is killed process by process (`ours.killed`), and its source does not know.
"""

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl

from bench.checking import Verdict, read_result, verdict_on
from bench.job import Job
from bench.runners import Command, RunFailed, Runner, Setting, figures_of, kill_all, started

TRIES = 3
SHORTER = 0.6  # a runner that was through before the kill is killed earlier the next time


@dataclass(frozen=True)
class Killed:
    """What became of the records of one run with a kill in it.

    kept:    Share of the accepted rows that could be read right after the kill, before anything was started.
    lost:    Records missing at the end: accepted rows and rejects.
    doubled: Records there more often than they should be.
    again_s: From the start after the kill to the end.
    """

    kept: float
    lost: int
    doubled: int
    again_s: float
    matches_manifest: bool

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"kept": round(self.kept, 3), "again_s": round(self.again_s, 2)}


def killed(runner: Runner, setting: Setting, wait: Callable[[float], None]) -> Killed:
    """Start a runner, kill it and all its children, start it again, count.

    Args:
        wait: Returns in the middle of the work; with a share below 1, so much earlier.

    Raises:
        RunFailed: It was through each time before it could be killed, or did not come back.
    """
    for attempt in range(TRIES):
        _empty(setting.out)
        process = started(runner.command(setting))
        wait(SHORTER**attempt)
        if process.poll() is None:
            kill_all(process)
            kept = _share_kept(setting)
            began = time.perf_counter()
            figures_of(started(runner.command(setting)))
            again_s = time.perf_counter() - began
            verdict = verdict_on(setting.out, setting.job.manifest(), runner.beyond)
            return _counted(setting, kept, again_s, verdict)
        figures_of(process)
    raise RunFailed("through before it could be killed")


def ours_killed(runner: Runner, setting: Setting) -> Killed:
    """Do the same with our whole way: its processes are killed, PostgreSQL and the source live on."""
    _empty(setting.out)
    folders = (str(setting.job.folder), str(setting.out), str(setting.town.resolve()))
    measured = figures_of(started(Command((sys.executable, "-m", "bench.ours.killed", *folders))))
    verdict = verdict_on(setting.out, setting.job.manifest(), runner.beyond)
    kept = measured.extra["n_at_kill"] / setting.job.manifest().n_records
    return _counted(setting, kept, measured.extra["away_s"], verdict)


def _empty(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)


def _share_kept(setting: Setting) -> float:
    try:
        found = read_result(setting.out, "accepted", ("record_key",))
    except (pl.exceptions.PolarsError, OSError):
        return 0.0  # half a file, which nobody can read
    return 0.0 if found is None else found["record_key"].n_unique() / _truth(setting.job).height


def _counted(setting: Setting, kept: float, again_s: float, verdict: Verdict) -> Killed:
    manifest = setting.job.manifest()
    truth = _truth(setting.job)
    accepted = read_result(setting.out, "accepted", ("record_key",))
    rejected = read_result(setting.out, "rejected", ("class_id", "reason"))
    n_accepted = truth.join(accepted, on="record_key", how="semi").height if accepted is not None else 0
    n_rejected = 0 if rejected is None else rejected.height
    n_wanted = sum(sum(counts.values()) for counts in manifest.rejected.values())
    doubled = 0 if accepted is None else accepted.height - accepted["record_key"].n_unique()
    return Killed(
        kept=kept,
        lost=truth.height - n_accepted + max(0, n_wanted - n_rejected),
        doubled=doubled + max(0, n_rejected - n_wanted),
        again_s=again_s,
        matches_manifest=verdict.matches,
    )


def _truth(job: Job) -> pl.DataFrame:
    return pl.read_parquet(job.truth, columns=["record_key"])
