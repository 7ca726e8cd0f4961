"""What does it cost to know a key again after many millions? The index of seen keys alone.

`python -m bench.ours.seen_keys OUT --millions N` prints one line of JSON as `bench.ours.long`. One key in
fifty has been there before, anywhere in the past.
"""

import argparse
import json
import resource
import shutil
import sys
import time
from pathlib import Path

import numpy as np

from ningjulan.observations.seen import Belonging, SeenKeys

MILLION = 1_000_000
TOGETHER = 62_500  # keys in one commit: near what the worker takes at once
SAVE_EVERY = 4  # commits
AGAIN_EVERY = 50  # ids of this step never come by themselves: in their places others come again


def main(out: Path, millions: int) -> None:
    folder = out / "seen"
    dice = np.random.default_rng(1)
    seen = SeenKeys(folder, Belonging(shard=0, n_shards=1, history="bench"))
    points = [_million(seen, dice, number, folder) for number in range(millions)]
    seen.settle()
    seen.close()
    shutil.rmtree(folder)
    sys.stdout.write(json.dumps({"points": points, "stopped": ""}) + "\n")


def _million(seen: SeenKeys, dice: np.random.Generator, number: int, folder: Path) -> dict[str, object]:
    began, cpu_s = time.perf_counter(), _cpu_s()
    n_again = n_known = 0
    for part in range(MILLION // TOGETHER):
        commit = number * (MILLION // TOGETHER) + part
        ids = np.arange(commit * TOGETHER, (commit + 1) * TOGETHER, dtype=np.uint64)
        again = ids % AGAIN_EVERY == 0
        earlier = dice.integers(0, max(1, commit * TOGETHER), again.sum(), dtype=np.uint64)
        ids[again] = np.where(earlier % AGAIN_EVERY == 0, earlier + 1, earlier)
        rows = np.arange(TOGETHER, dtype=np.int64)
        mine = seen.claim(_scattered(ids), np.full(TOGETHER, commit + 1, np.uint64), rows, seq=commit + 1)
        n_again += int(again.sum())
        n_known += int((~mine).sum())
        if part % SAVE_EVERY == SAVE_EVERY - 1:
            seen.save(commit + 1)
    if n_known != n_again:
        raise AssertionError(f"{n_again} keys came again, {n_known} were known")
    return {
        "records": (number + 1) * MILLION,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_s": {"index": round(_cpu_s() - cpu_s, 3)},
        "worker_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "disk_mb": sum(file.stat().st_size for file in folder.iterdir()) >> 20,
    }


def _scattered(ids: np.ndarray) -> np.ndarray:
    """Return 128 bits for each id, spread as a hash spreads them (the finaliser of splitmix64)."""
    halves = []
    for salt in (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03):
        mixed = (ids + np.uint64(1)) * np.uint64(salt)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        halves.append(mixed ^ (mixed >> np.uint64(31)))
    return np.stack(halves, axis=1)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--millions", type=int, default=100)
    wanted = parser.parse_args()
    main(wanted.out, wanted.millions)
