"""What the steps of the generator hand each other: arrays by dwelling, by household and by person."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.registry.people.population.words import Ints, Texts

AS_OF = date(2026, 11, 1)
"""The day the population is counted: a fixed one, so that the same seed gives the same people."""

Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.int64]  # days before AS_OF

OWN, LET, VILLAGE_OWN, TO_VISIT = range(4)


@dataclass(frozen=True)
class Homes:
    """The inhabited homes, n of them; `row` is the row of each in the addresses."""

    row: Ints
    tenure: Ints  # OWN, LET, VILLAGE_OWN, TO_VISIT
    compound_use: Texts
    community: Texts


@dataclass(frozen=True)
class People:
    """One row a person, in the order of homes. Text columns become frames only at the end."""

    home: Ints  # row in Homes
    household: Ints
    role: Ints  # of `households`
    male: Bools
    age_days: Days
    surname: Texts
    given: Texts
    person_id: Texts

    def __len__(self) -> int:
        return len(self.home)


def days_before(days: Days, than: date = AS_OF) -> pl.Series:
    """Return the dates that lie so many days before `than`."""
    origin = np.datetime64(than, "D")
    return pl.Series(values=(origin - days.astype("timedelta64[D]")).astype("datetime64[ms]")).cast(pl.Date)


def known_after(dates: pl.Series, days: Days, rng: np.random.Generator) -> pl.Series:
    """Return an instant in office hours so many days after each date, but not after the count."""
    day = np.minimum(dates.cast(pl.Int32).to_numpy() + days, (AS_OF - date(1970, 1, 1)).days)
    seconds = day * 86_400 + rng.integers(1 * 3600, 9 * 3600, len(day))  # 9:00 to 17:00 in China
    return pl.Series(values=seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))


def versions(frame: pl.DataFrame, **columns: Any) -> pl.DataFrame:
    """Add the columns that every version has; what is not given is open: still so, still believed."""
    given = [
        pl.Series(name, values) if isinstance(values, pl.Series) else pl.lit(values).alias(name)
        for name, values in columns.items()
    ]
    frame = frame.with_columns(given)
    missing: dict[str, pl.DataType] = {"valid_to": pl.Date(), "known_to": pl.Datetime("us", "UTC")}
    return frame.with_columns(
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in missing.items() if name not in frame.columns
    )


def lag(n: int, mean_days: float, rng: np.random.Generator) -> Days:
    """Return how many days each of n facts took to become known."""
    return rng.exponential(mean_days, n).astype(np.int64)


def text(values: Any) -> pl.Series:
    """Return a column of text."""
    return pl.Series(values=values, dtype=pl.String)
