"""How good matching is, on records whose truth is known: precision and recall at every threshold."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from ningjulan.registry.resolution import dirt, scoring
from ningjulan.registry.resolution.matching import match, prepared, scored_pairs, with_shares
from ningjulan.registry.resolution.weights import Weights, in_force

THRESHOLDS = (-3.0, 0.0, 3.0, 5.0, 7.0, 9.0, 12.0, 15.0)


@dataclass(frozen=True)
class AtThreshold:
    """If the best candidate were taken from `bits` on, by its weight alone."""

    bits: float
    precision: float
    recall: float


@dataclass(frozen=True)
class Evaluation:
    """What became of n records, of which `n_known` are of registered people.

    precision: Of the records linked without a clerk, how many rightly.
    recall:    Of the known people's records, how many were linked rightly without a clerk.
    queued:    Share of all records that a clerk decides.
    findable:  Of the known people's records, how many were linked rightly or have the right person queued.
    doubled:   Of the known people's records, how many would become a second entry of the same person.
    """

    n_registered: int
    n_incoming: int
    n_known: int
    precision: float
    recall: float
    queued: float
    findable: float
    doubled: float
    thresholds: Sequence[AtThreshold]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def evaluate(n_registered: int, n_incoming: int, seed: int, weights: Weights | None = None) -> Evaluation:
    """Match a generated dirty file against generated people and compare with the truth."""
    registered = dirt.people(n_registered, seed)
    dirty = dirt.dirty(registered, n_incoming, seed + 1)
    weights = weights or in_force()
    known = with_shares(prepared(registered))
    incoming = prepared(dirty.incoming)
    return judged(
        match(incoming, known, weights), scored_pairs(incoming, known, weights), dirty.truth, n_registered
    )


def judged(decided: pl.DataFrame, scored: pl.DataFrame, truth: pl.DataFrame, n_registered: int) -> Evaluation:
    """Compare decisions with the truth.

    Args:
        decided: As `scoring.decide` returns them.
        scored: All weighed pairs, for the table of thresholds.
        truth: `row_no`, `person_id` or null, of every record.
    """
    n_known = truth["person_id"].drop_nulls().len()
    linked = decided.filter(pl.col("outcome") == scoring.Outcome.SAME.value)
    right = linked.join(truth, on=["row_no", "person_id"], how="semi").height
    found = decided.join(truth, on=["row_no", "person_id"], how="semi").height
    queued = decided.filter(pl.col("outcome") == scoring.Outcome.GREY.value)["row_no"].n_unique()
    untouched = truth.drop_nulls().join(decided, on="row_no", how="anti").height
    best = scored.sort("bits", descending=True).unique("row_no", keep="first", maintain_order=True)
    return Evaluation(
        n_registered=n_registered,
        n_incoming=truth.height,
        n_known=n_known,
        precision=_share(right, linked.height),
        recall=_share(right, n_known),
        queued=_share(queued, truth.height),
        findable=_share(found, n_known),
        doubled=_share(untouched, n_known),
        thresholds=[_at(best, truth, bits, n_known) for bits in THRESHOLDS],
    )


def _at(best: pl.DataFrame, truth: pl.DataFrame, bits: float, n_known: int) -> AtThreshold:
    taken = best.filter(pl.col("bits") >= bits)
    right = taken.join(truth, on=["row_no", "person_id"], how="semi").height
    return AtThreshold(bits, _share(right, taken.height), _share(right, n_known))


def _share(part: int, whole: int) -> float:
    return round(part / whole, 5) if whole else 1.0
