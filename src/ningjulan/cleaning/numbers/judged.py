"""What judging a column of numbers gives, and the small steps every kind of number shares."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Codes = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

MASKED = r"[*●]|X{3,}"
SCIENTIFIC = r"(?i)^[0-9](?:\.[0-9]+)?E\+?[0-9]+$"
DASHES = r"\-‐‑‒–—―−"


@dataclass(frozen=True)
class Judged:
    """A column of numbers in their one form, and what is wrong with them.

    values: Normalised; null where nothing was delivered, or only a word for “none”.
    faults: Code of `REASONS`, null where the number is right or absent.
    notes:  Code of `NOTES`: nothing wrong, but worth knowing. `None` when no row has one.
    """

    values: pl.Series
    faults: pl.Series
    notes: pl.Series | None = None


def no_faults(height: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


def bytes_of(text: pl.Series, width: int) -> npt.NDArray[np.uint8]:
    """Return the bytes of texts that all have `width` bytes, one row each."""
    if text.is_empty():
        return np.empty((0, width), dtype=np.uint8)
    rows = text.cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, width))
    return rows.to_numpy().reshape(-1, width)


def values_table(alphabet: str) -> npt.NDArray[np.int16]:
    """Return a table byte → place in the alphabet, -1 for what is not in it."""
    table = np.full(256, -1, dtype=np.int16)
    for value, letter in enumerate(alphabet):
        table[ord(letter)] = value
    return table


def named(verdicts: Codes, names: Sequence[str | None]) -> pl.Series:
    """Return the name of each verdict; verdict 0 is right and has none."""
    if not verdicts.any():
        return no_faults(len(verdicts))
    return pl.Series(list(names), dtype=pl.String).gather(pl.Series(verdicts))


def pick(*cases: tuple[pl.Expr, str], otherwise: str) -> pl.Expr:
    """Return the name of the first case that holds."""
    found: pl.Expr = pl.lit(otherwise)
    for holds, name in reversed(cases):
        found = pl.when(holds).then(pl.lit(name)).otherwise(found)
    return found


def explained(values: pl.Series, wrong: pl.Series, why: pl.Expr) -> pl.Series:
    """Return `why` (an expression over the column `t`) for the wrong rows, null for all others."""
    if not wrong.any():
        return no_faults(len(values))
    frame = pl.DataFrame({"t": values, "wrong": wrong})
    return frame.select(faults=pl.when("wrong").then(why))["faults"]
