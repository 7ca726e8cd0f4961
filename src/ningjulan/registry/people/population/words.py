"""The word lists that names are made of, and drawing from them."""

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]


def _read() -> dict[str, Texts]:
    with (Path(__file__).parent / "words.csv").open(encoding="utf-8") as file:
        return {row["pool"]: np.array(row["words"].split(), dtype=object) for row in csv.DictReader(file)}


WORDS = _read()
_N_COMMON = 100  # the surnames before the compound ones, from common to rare


def surnames(n: int, rng: np.random.Generator) -> Texts:
    """Draw n surnames: the first of the list is the commonest, as with Zipf; compound ones are rare."""
    pool = WORDS["surnames"]
    rank = np.arange(len(pool))
    weights = np.where(rank < _N_COMMON, 1.0 / (rank + 8), 0.0004)
    return pool[rng.choice(len(pool), n, p=weights / weights.sum())]


def given_names(male: npt.NDArray[np.bool_], rng: np.random.Generator) -> Texts:
    """Draw a given name for each: of one character for every sixth, else of two."""
    n = len(male)
    first, second = (
        np.where(male, WORDS["male"][rng.integers(0, 50, n)], WORDS["female"][rng.integers(0, 50, n)])
        for _ in range(2)
    )
    return np.asarray(np.where(rng.random(n) < 1 / 6, first, first + second), dtype=object)


def drawn(pool: str, n: int, rng: np.random.Generator) -> Texts:
    return WORDS[pool][rng.integers(0, len(WORDS[pool]), n)]


def ids(n: int, rng: np.random.Generator) -> Texts:
    """Draw n UUIDs (version 4) as text."""
    raw = np.frombuffer(rng.bytes(16 * n), dtype=np.uint8).reshape(n, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    whole = raw.tobytes().hex()
    cut = (whole[at : at + 32] for at in range(0, 32 * n, 32))
    return np.array([f"{t[:8]}-{t[8:12]}-{t[12:16]}-{t[16:20]}-{t[20:]}" for t in cut], dtype=object)
