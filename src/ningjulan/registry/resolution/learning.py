"""How the weights are learned: `u` by counting random pairs, `m` by expectation maximisation.

As Splink does it: a person's second record is never marked as such in real data, so `m` is estimated from
pairs that agree on one field, for all the other fields, and from pairs that agree on another field for the
first. `docs/adr/0022` compares the two.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.registry.resolution.blocking import side_by_side
from ningjulan.registry.resolution.comparing import FIELDS, MISSING, compare
from ningjulan.registry.resolution.weights import Weights

_ROUNDS = 60
_SETTLED = 1e-6
_SMOOTH = 0.5  # a level never seen in so many pairs is rare, not impossible
_NUMBERS_M = np.array(
    [0.02, 0.98]
)  # of documents: not learned, since a pair with two numbers needs no learning
_NUMBERS_U = np.array([1 - 1e-8, 1e-8])  # two people with one number: a card handed on, a number mistyped

Shares = dict[str, npt.NDArray[np.float64]]


def learn(incoming: pl.DataFrame, registered: pl.DataFrame, *, n_random: int, seed: int) -> Weights:
    """Learn weights from two sets of records of which nobody knows who is whom.

    Args:
        incoming: n records with `row_no`, the columns of `comparing.KEYS` and the forms of their names.
        registered: m people with `person_id` and the same columns.
        n_random: Random pairs counted for `u`.
        seed: Of the choice of random pairs.
    """
    u = _shares_of_random_pairs(incoming, registered, n_random, seed)
    m: Shares = {}
    for block, held_out in (("birth_date", "birth_date"), ("name_sound", "name")):
        levels = _levels_within(block, incoming, registered)
        fields = [field.name for field in FIELDS if field.name not in (held_out, *m)]
        m |= {name: shares for name, shares in expect(levels, u, fields).items() if name not in m}
    m["id_no"], u["id_no"] = _NUMBERS_M, _NUMBERS_U
    return Weights(m, u, -float(np.log2(len(registered))))  # each record is at most one of the people


def expect(levels: pl.DataFrame, u: Mapping[str, npt.NDArray[np.float64]], fields: list[str]) -> Shares:
    """Estimate `m` of some fields from pairs of which some are one person, some two; `u` stays as it is."""
    matrix = levels.select(fields).to_numpy()
    patterns, counts = np.unique(matrix, axis=0, return_counts=True)
    m = {name: _hopeful(len(u[name])) for name in fields}
    share = 0.2
    for _ in range(_ROUNDS):
        one = share * np.prod([_chance(m[name], patterns[:, n]) for n, name in enumerate(fields)], axis=0)
        two = (1 - share) * np.prod(
            [_chance(u[name], patterns[:, n]) for n, name in enumerate(fields)], axis=0
        )
        belief = one / (one + two)
        before, share = share, float((belief * counts).sum() / counts.sum())
        m = {name: _counted(patterns[:, n], belief * counts, len(u[name])) for n, name in enumerate(fields)}
        if abs(share - before) < _SETTLED:
            break
    return m


def _hopeful(n_levels: int) -> npt.NDArray[np.float64]:
    """Begin with the best level as the likely one."""
    shares = np.full(n_levels, 0.1 / max(n_levels - 1, 1))
    shares[-1] = 0.9
    return shares


def _chance(shares: npt.NDArray[np.float64], levels: npt.NDArray[np.int8]) -> npt.NDArray[np.float64]:
    return np.append(shares, 1.0)[levels]  # MISSING is as likely either way


def _counted(
    levels: npt.NDArray[np.int8], weight: npt.NDArray[np.float64], n: int
) -> npt.NDArray[np.float64]:
    known = levels != MISSING
    seen = np.bincount(levels[known], weights=weight[known], minlength=n) + _SMOOTH
    return np.asarray(seen / seen.sum())


def _shares_of_random_pairs(
    incoming: pl.DataFrame, registered: pl.DataFrame, n_random: int, seed: int
) -> Shares:
    rng = np.random.default_rng(seed)
    pairs = pl.DataFrame(
        {
            "row_no": incoming["row_no"].gather(rng.integers(0, len(incoming), n_random)),
            "person_id": registered["person_id"].gather(rng.integers(0, len(registered), n_random)),
        }
    )
    levels = compare(side_by_side(pairs, incoming, registered))
    ones = np.ones(n_random)
    return {f.name: _counted(levels[f.name].to_numpy(), ones, len(f.levels)) for f in FIELDS}


def _levels_within(block: str, incoming: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    ours, theirs = (
        incoming.select("row_no", block).drop_nulls(),
        registered.select("person_id", block).drop_nulls(),
    )
    pairs = ours.join(theirs, on=block, how="inner").select("row_no", "person_id")
    return compare(side_by_side(pairs, incoming, registered))
