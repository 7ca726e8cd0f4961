"""From levels to a decision: the same person, a new one, or a question for a clerk; and why."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from ningjulan.registry.resolution.comparing import (
    BIRTH_DIGIT,
    FIELD_BY_NAME,
    FIELDS,
    MISSING,
    NAME_LOOK_ALIKE,
    NAME_ONE_CHARACTER,
    compare,
)
from ningjulan.registry.resolution.weights import Weights

AUTO_BITS = 7.0
"""From here on a pair is one person without a clerk: odds of 128 to 1 (`registry eval-matching`)."""
GREY_BITS = -3.0
"""Below it is two people; between the two a clerk decides."""
CLEAR_BY_BITS = 4.0
"""How far the best candidate must stand above the next one."""


class Outcome(StrEnum):
    SAME = "same"  # is this person
    GREY = "grey"  # may be; a clerk decides
    NEW = "new"  # nobody we know


@dataclass(frozen=True)
class Agreement:
    """How one field of a pair agrees, and what that is worth. No value of either person is in it."""

    field: str
    level: str
    bits: float


def score(pairs: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Weigh pairs.

    Args:
        pairs: n pairs as `comparing.compare` takes them; with `name_share` (how many of the registered people
            have this name, 0…1) a common name counts for less and a rare one for more.
        weights: In force.

    Returns:
        n rows, in order: one column of levels per field, `<field>_bits` for each, and `bits`, their sum with
        the prior.
    """
    levels = compare(pairs)
    worth = {}
    for field in FIELDS:
        worth[field.name] = weights.bits(field.name)[levels[field.name].to_numpy()]
    if "name_share" in pairs.columns:
        same = levels["name"].to_numpy() == len(FIELD_BY_NAME["name"].levels) - 1
        share = np.clip(pairs["name_share"].fill_null(0.0).to_numpy(), 1e-5, 1.0)
        by_name = np.log2(weights.m["name"][-1] / share)
        worth["name"] = np.where(same, by_name, worth["name"])
    total = weights.prior_bits + sum(worth.values())
    columns = [pl.Series(f"{name}_bits", bits) for name, bits in worth.items()]
    return levels.with_columns(*columns, bits=pl.Series(total))


def decide(scored: pl.DataFrame) -> pl.DataFrame:
    """Decide what each incoming record is.

    A number of identity that agrees decides alone, unless the names contradict it; one that differs always
    goes to a clerk or makes two people. Without numbers, relatives share the surname, the telephone and the
    dwelling: one person takes at least a name that agrees and a birth date or telephone that does, and where
    neither name nor birth date agrees there is nothing to ask.

    Args:
        scored: Pairs with `row_no`, `person_id` and the columns of `score`.

    Returns:
        One row per pair worth keeping: `row_no`, `person_id`, `bits`, `outcome` (`same` at most once per
        `row_no`; all others `grey`). Records without a row are new.
    """
    name, birth = pl.col("name"), pl.col("birth_date")
    by_number = (pl.col("id_no") == 1) & ((name >= NAME_ONE_CHARACTER) | (name == MISSING))
    by_score = (
        (pl.col("id_no") == MISSING)
        & (pl.col("bits") >= AUTO_BITS)
        & (name >= NAME_LOOK_ALIKE)
        & ((birth >= BIRTH_DIGIT) | (pl.col("phone") == 1))
    )
    rank = pl.when(by_number).then(pl.col("bits") + 1000).otherwise(pl.col("bits"))
    may_be = (pl.col("bits") >= GREY_BITS) & ((name >= NAME_ONE_CHARACTER) | (birth >= BIRTH_DIGIT))
    kept = scored.filter(may_be | (pl.col("id_no") == 1)).with_columns(rank=rank)
    best = pl.col("rank").max().over("row_no")
    runner_up = pl.col("rank").top_k(2).min().over("row_no")
    alone = pl.len().over("row_no") == 1
    clear = alone | (best - runner_up >= CLEAR_BY_BITS)
    is_same = (by_number | by_score) & clear & (pl.col("rank") == best)
    outcome = pl.when(is_same).then(pl.lit(Outcome.SAME.value)).otherwise(pl.lit(Outcome.GREY.value))
    decided = kept.with_columns(outcome=outcome)
    settled = (pl.col("outcome") == Outcome.SAME.value).any().over("row_no")
    return decided.filter(~settled | (pl.col("outcome") == Outcome.SAME.value)).drop("rank")


def explanation(scored: pl.DataFrame, row: int) -> list[Agreement]:
    """Return how each stated field of one pair agrees, the weightiest first."""
    found = []
    for field in FIELDS:
        level = int(scored[field.name][row])
        if level != MISSING:
            found.append(
                Agreement(field.name, field.levels[level].code, float(scored[f"{field.name}_bits"][row]))
            )
    return sorted(found, key=lambda agreement: -abs(agreement.bits))
