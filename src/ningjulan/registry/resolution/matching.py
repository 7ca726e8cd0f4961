"""A whole file against all people known: candidates, levels, weights, decisions, in stretches of pairs."""

from collections.abc import Iterator

import polars as pl

from ningjulan.registry.resolution.blocking import candidates, side_by_side
from ningjulan.registry.resolution.names import with_name_keys
from ningjulan.registry.resolution.scoring import GREY_BITS, decide, score
from ningjulan.registry.resolution.weights import Weights

FEWEST_PEOPLE = 10_000  # how common a name is, fewer people cannot tell
PAIRS_AT_ONCE = 1_000_000  # about 400 MB while they are compared


def prepared(people: pl.DataFrame) -> pl.DataFrame:
    """Add the forms of the names, once for as many comparisons as follow."""
    return with_name_keys(people)


def with_shares(registered: pl.DataFrame) -> pl.DataFrame:
    """Add `name_share`: how many of the people have this very name, 0…1."""
    n_people = max(len(registered), FEWEST_PEOPLE)
    return registered.with_columns(name_share=pl.len().over("name_key") / pl.lit(n_people))


def scored_pairs(incoming: pl.DataFrame, registered: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Return every pair worth keeping, weighed.

    Args:
        incoming: n records, prepared, with `row_no`.
        registered: The people known, prepared, with `person_id` and `name_share`.
        weights: In force.

    Returns:
        `row_no`, `person_id` and the columns of `scoring.score`; what is clearly two people is left out.
    """
    pairs = candidates(incoming, registered)
    parts = [_weighed(part, incoming, registered, weights) for part in _stretches(pairs)]
    return pl.concat(parts) if parts else _weighed(pairs, incoming, registered, weights)


def match(incoming: pl.DataFrame, registered: pl.DataFrame, weights: Weights) -> pl.DataFrame:
    """Return `scoring.decide` of all pairs of a file and the people known."""
    return decide(scored_pairs(incoming, registered, weights))


def _stretches(pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for first in range(0, len(pairs), PAIRS_AT_ONCE):
        yield pairs.slice(first, PAIRS_AT_ONCE)


def _weighed(
    pairs: pl.DataFrame, incoming: pl.DataFrame, registered: pl.DataFrame, weights: Weights
) -> pl.DataFrame:
    beside = side_by_side(pairs, incoming, registered).rename({"name_share_r": "name_share"})
    weighed = pl.concat([pairs, score(beside, weights)], how="horizontal")
    return weighed.filter((pl.col("bits") >= GREY_BITS) | (pl.col("id_no") == 1))
