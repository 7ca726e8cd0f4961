"""Who lives in which home together: kinds of household, and the people they are made of.

The shares are ours, made to look like a sub-district on the edge of a large city: families with one child and
three generations in what is owned, single people, couples and flatmates in what is let. No statistics.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from ningjulan.registry.people.population.frame import LET, OWN, TO_VISIT, VILLAGE_OWN, Homes
from ningjulan.registry.people.population.words import Ints

N_PEOPLE = 298_000

HEAD, SPOUSE, CHILD, YOUNGER, GROWN, GRANDPARENT, OTHER_GRANDPARENT, RELATIVE, FLATMATE = range(9)

KINDS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("single", (HEAD,)),
    ("old_single", (HEAD,)),
    ("couple", (HEAD, SPOUSE)),
    ("old_couple", (HEAD, SPOUSE)),
    ("one_child", (HEAD, SPOUSE, CHILD)),
    ("two_children", (HEAD, SPOUSE, CHILD, YOUNGER)),
    ("lone_parent", (HEAD, CHILD)),
    ("grown_child", (HEAD, SPOUSE, GROWN)),
    ("three_generations", (HEAD, SPOUSE, CHILD, GRANDPARENT, OTHER_GRANDPARENT)),
    ("one_grandparent", (HEAD, SPOUSE, CHILD, GRANDPARENT)),
    ("large_family", (HEAD, SPOUSE, CHILD, YOUNGER, GRANDPARENT, OTHER_GRANDPARENT)),
    ("two_flatmates", (HEAD, FLATMATE)),
    ("three_flatmates", (HEAD, FLATMATE, FLATMATE)),
    ("four_flatmates", (HEAD, FLATMATE, FLATMATE, FLATMATE)),
)
OLD_KINDS = (1, 3)
GROWN_KINDS = (7,)
_SHARES: Mapping[int, tuple[int, ...]] = {  # of a hundred, in the order of KINDS
    OWN: (7, 6, 9, 11, 26, 13, 4, 8, 8, 5, 3, 0, 0, 0),
    LET: (18, 0, 18, 0, 22, 9, 3, 0, 2, 2, 0, 9, 10, 7),
    VILLAGE_OWN: (3, 6, 5, 13, 15, 12, 3, 11, 14, 6, 12, 0, 0, 0),
    TO_VISIT: (0, 68, 0, 22, 0, 0, 6, 0, 2, 2, 0, 0, 0, 0),
}
_EMPTY: Mapping[str, float] = {
    "highrise": 0.085,
    "villa": 0.12,
    "dorm": 0.03,
    "village": 0.03,
    "hamlet": 0.04,
}
_OTHERWISE_EMPTY = 0.05
_DROPPABLE = (YOUNGER, GROWN, OTHER_GRANDPARENT, RELATIVE, FLATMATE)


def settle(homes: pl.DataFrame, rng: np.random.Generator) -> Homes:
    """Return the homes that somebody lives in.

    Args:
        homes: Addresses to live at, with `row`, `use` of the compound, `occupancy` and `community_code`.
    """
    use = homes["use"].to_numpy().astype(object)
    empty = np.array([_EMPTY.get(u, _OTHERWISE_EMPTY) for u in use])
    occupancy = homes["occupancy"].to_numpy()
    lived_in = (rng.random(len(homes)) >= empty) | (occupancy == 2)
    in_village = np.isin(use, ["village", "hamlet"])
    tenure = np.select([occupancy == 1, occupancy == 2, in_village], [LET, TO_VISIT, VILLAGE_OWN], OWN)
    return Homes(
        homes["row"].to_numpy()[lived_in].astype(np.int64),
        tenure[lived_in].astype(np.int64),
        use[lived_in],
        homes["community_code"].to_numpy().astype(object)[lived_in],
    )


def choose_kinds(homes: Homes, rng: np.random.Generator) -> Ints:
    """Return the kind of household in each home, an index into KINDS."""
    kinds = np.zeros(len(homes.row), dtype=np.int64)
    for tenure, shares in _SHARES.items():
        here = homes.tenure == tenure
        kinds[here] = rng.choice(len(KINDS), here.sum(), p=np.array(shares) / sum(shares))
    return kinds


def hold(kinds: Ints, wanted: int) -> int:
    """Return how many people the homes hold, at most `wanted`.

    A town cut to a twentieth may be all offices: then fewer live there, rather than a crowd in each home.
    """
    natural = int(np.array([len(roles) for _, roles in KINDS])[kinds].sum())
    return min(wanted, natural + len(kinds) // 4)


def people_of(kinds: Ints, wanted: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return (home, role) of exactly `wanted` people, in the order of homes, the head of each home first.

    Raises:
        ValueError: The homes are far too few or too many for so many people.
    """
    sizes = np.array([len(roles) for _, roles in KINDS])[kinds]
    table = np.full((len(KINDS), max(len(roles) for _, roles in KINDS)), -1)
    for n, (_, roles) in enumerate(KINDS):
        table[n, : len(roles)] = roles
    home = np.repeat(np.arange(len(kinds)), sizes)
    place = np.arange(len(home)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    role = table[kinds[home], place]
    if len(home) > wanted:
        return _without(home, role, len(home) - wanted, rng)
    return _with_more(home, role, wanted - len(home), rng)


def _without(home: Ints, role: Ints, n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    spare = np.flatnonzero(np.isin(role, _DROPPABLE))
    if n > len(spare):
        raise ValueError(f"{n} people too many for the homes there are")
    keep = np.ones(len(home), dtype=bool)
    keep[rng.choice(spare, n, replace=False)] = False
    return home[keep], role[keep]


def _with_more(home: Ints, role: Ints, n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Add relatives, and flatmates where flatmates live, one a home."""
    n_homes = int(home.max()) + 1 if len(home) else 0
    if n > n_homes:
        raise ValueError(f"{n} people too few for the homes there are")
    more = rng.choice(n_homes, n, replace=False)
    shares = np.zeros(n_homes, dtype=bool)
    shares[home[role == FLATMATE]] = True
    added = np.where(shares[more], FLATMATE, RELATIVE)
    order = np.argsort(np.concatenate([home, more]), kind="stable")
    return np.concatenate([home, more])[order], np.concatenate([role, added])[order]
