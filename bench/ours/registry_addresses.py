"""What the address base does a second on one core, how often it is right, how soon it finds what one types.

python -m bench.ours.registry_addresses [FOLDER]     the town's files; made there if there are none

Processor time of one core, on texts of known truth (`registry/addresses/dirty_set.py`).
"""

import os

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # before Polars is loaded: figures are of one core

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl
import psutil

from ningjulan.registry import town as towns
from ningjulan.registry.addresses.base import AddressBase
from ningjulan.registry.addresses.dirt import KINDS
from ningjulan.registry.addresses.dirty_set import dirty_addresses
from ningjulan.registry.addresses.matching import candidates, matched
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.addresses.searching import SearchIndex
from ningjulan.registry.addresses.sounding import pinyin_of
from ningjulan.registry.addresses.town_files import base_of_files

N_TEXTS = 100_000
N_SEARCHES = 500
SEED = 11
Result = TypeVar("Result")


def figures(folder: Path, *, scale: float = 1.0) -> dict[str, float]:
    """Return every figure of the address base on the town in `folder`, which is made if it is missing."""
    towns.build(folder, seed=7, scale=scale)
    before = _resident_mb()
    base, derive_s = timed(lambda: _derived(base_of_files(folder)))
    index, index_s = timed(lambda: SearchIndex(base).warm())
    memory_mb = _resident_mb() - before
    clean = base.addresses["text"].sample(N_TEXTS, with_replacement=True, seed=SEED)
    dirty = dirty_addresses(base, N_TEXTS, seed=SEED)
    _, exact_s = timed(lambda: matched(clean, base))
    found, mixed_s = timed(lambda: matched(dirty["text"], base))
    fuzzy = dirty["text"].filter(found["manner"].fill_null("") != "exact")
    _, fuzzy_s = timed(lambda: candidates(normalised(fuzzy), base))
    return (
        {
            "addresses": len(base.addresses),
            "base_s": round(derive_s + index_s, 2),
            "memory_mb": round(memory_mb),
            "exact_per_s": round(N_TEXTS / exact_s),
            "fuzzy_per_s": round(len(fuzzy) / fuzzy_s),
            "dirty_per_s": round(N_TEXTS / mixed_s),
            "kinds_of_dirt": len(KINDS),
        }
        | _rightness(dirty, found)
        | _searching(index, base)
    )


def timed(work: Callable[[], Result]) -> tuple[Result, float]:
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def _derived(base: AddressBase) -> AddressBase:
    _ = base.exact, base.doors, base.compound_names
    matched(pl.Series(["澜庭新村5幢"]), base)  # loads the tables of sounds and characters
    return base


def _rightness(dirty: pl.DataFrame, found: pl.DataFrame) -> dict[str, float]:
    """Return how many automatic answers are right, and how many of what can be known is answered."""
    right = ((found["level"] == dirty["level"]) & (found["row"] == dirty["row"])).fill_null(value=False)
    automatic = found["decision"] == "automatic"
    knowable = dirty["level"].is_not_null()
    return {
        "precision": round((right & automatic).sum() / automatic.sum(), 5),
        "recall": round((right & automatic).sum() / knowable.sum(), 4),
        "automatic_share": round(automatic.sum() / len(dirty), 4),
        "first_candidate_right": round((right & knowable).sum() / knowable.sum(), 4),
    }


def _searching(index: SearchIndex, base: AddressBase) -> dict[str, float]:
    times = [timed(lambda typed=typed: index.search(typed, 12))[1] * 1000 for typed in _typed(base)]
    return {
        "search_p50_ms": round(float(np.percentile(times, 50)), 1),
        "search_p99_ms": round(float(np.percentile(times, 99)), 1),
    }


def _typed(base: AddressBase) -> Iterator[str]:
    """What one has in the box on the way to an address: its beginnings, in characters or initials."""
    texts = base.addresses["text"].sample(N_SEARCHES, seed=SEED).str.replace("^.*?街道", "").to_list()
    for n, text in enumerate(texts):
        typed = text if n % 2 else pinyin_of(text.split("社区")[-1].split("村", 1)[-1])[1]
        yield typed[: 2 + n % len(typed)] or typed


def _resident_mb() -> float:
    return psutil.Process().memory_info().rss / 2**20


def main() -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(made) / "town"
        print(json.dumps(figures(folder), indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
