"""Since when who lives where, in which household, and where some of them lived before."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ningjulan.registry.people.population.frame import (
    LET,
    Bools,
    Days,
    Homes,
    People,
    days_before,
    known_after,
    lag,
    text,
    versions,
)
from ningjulan.registry.people.population.households import (
    CHILD,
    FLATMATE,
    GRANDPARENT,
    GROWN,
    HEAD,
    OTHER_GRANDPARENT,
    RELATIVE,
    SPOUSE,
    YOUNGER,
)
from ningjulan.registry.people.population.words import Ints, Texts, ids

_MOVED_WITHIN = 0.08  # of the homes: their people lived elsewhere in the town before


@dataclass(frozen=True)
class Stay:
    """When each home was moved into, and from which other home of the town, if any (else -1)."""

    since: Days  # by home, days before the count
    before: Ints  # by home, another home
    before_since: Days


def move_in(homes: Homes, people: People, rng: np.random.Generator) -> Stay:
    """Return since when each home is lived in: owners for years, tenants for a year or two."""
    n = len(homes.row)
    years = np.where(homes.tenure == LET, rng.gamma(1.1, 1.3, n), rng.gamma(1.8, 4.0, n))
    since = np.clip(years * 365, 5, 24 * 365).astype(np.int64)
    oldest = np.maximum.reduceat(people.age_days, np.searchsorted(people.home, np.arange(n)))
    since = np.minimum(since, oldest)
    moved = rng.random(n) < _MOVED_WITHIN
    before = np.where(moved, rng.integers(0, n, n), -1)
    before = np.where(before == np.arange(n), -1, before)
    return Stay(since, before, since + rng.integers(200, 2000, n))


def residencies(
    homes: Homes, people: People, stay: Stay, address: pl.DataFrame, rng: np.random.Generator
) -> pl.DataFrame:
    """Return who lives and lived where. A move that became known late closes an earlier version.

    Args:
        address: `address_id`, `grid_code` by row of the addresses.
    """
    n = len(people)
    since = np.minimum(stay.since[people.home], people.age_days)
    start = days_before(since)
    is_head_home, owner = people.role == HEAD, homes.tenure[people.home] != LET
    kind = np.where(owner, "01", np.where(homes.compound_use[people.home] == "dorm", "07", "02"))
    now = pl.DataFrame(
        {
            "entity_id": text(ids(n, rng)),
            "person_id": text(people.person_id),
            "residence_kind": text(kind),
            "is_owner": pl.Series(owner & is_head_home),
            "owner_relation": text(np.where(owner, _relation_to_owner(people, homes), "09")),
            "verified_at": _verified(homes, people, start, rng),
        }
    )
    known = known_after(start, lag(n, 12, rng), rng)
    place = _place(homes.row[people.home], address)
    current = versions(now.hstack(place), valid_from=start, known_from=known, source=_sources(owner, rng))
    return pl.concat([current, *_earlier(homes, people, stay, address, known, rng)], how="diagonal")


def _place(row: Ints, address: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(
        {"house_id": address["address_id"].gather(row), "area_code": address["grid_code"].gather(row)}
    )


def _sources(owner: Bools, rng: np.random.Generator) -> pl.Series:
    luck = rng.random(len(owner))
    own = np.where(luck < 0.55, "01", np.where(luck < 0.95, "02", "04"))
    let = np.where(luck < 0.45, "03", np.where(luck < 0.9, "02", "01"))
    return text(np.where(owner, own, let))


def _verified(homes: Homes, people: People, start: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Return when somebody last looked: more often in some communities than in others, for some never."""
    names, community = np.unique(homes.community.astype(str), return_inverse=True)
    pace = rng.uniform(35, 150, len(names))[community][people.home]
    ago = np.minimum(rng.exponential(pace), 900).astype(np.int64)
    first = pl.Series(values=np.maximum(start.cast(pl.Int32).to_numpy(), 0))
    day = pl.select(pl.max_horizontal(days_before(ago), first.cast(pl.Date))).to_series()
    seen = known_after(day, np.zeros(len(people), dtype=np.int64), rng)
    never = rng.random(len(people)) < 0.02 + 0.0004 * pace
    return seen.set(pl.Series(never), None)


def _relation_to_owner(people: People, homes: Homes) -> Texts:
    """The owner is the head. Parents and children are told apart by the sex of both (CL_OWNER_REL)."""
    head_male = np.zeros(len(homes.row), dtype=bool)
    heads = people.role == HEAD
    head_male[people.home[heads]] = people.male[heads]
    parent = np.isin(people.role, (GRANDPARENT, OTHER_GRANDPARENT))
    elder_male = np.where(parent, people.male, head_male[people.home])
    younger_male = np.where(parent, head_male[people.home], people.male)
    kin = np.where(elder_male, np.where(younger_male, "02", "03"), np.where(younger_male, "04", "05"))
    roles = [people.role == r for r in (HEAD, SPOUSE, RELATIVE, FLATMATE)]
    return np.asarray(np.select(roles, ["", "01", "07", "08"], kin), dtype=object)


def _earlier(
    homes: Homes,
    people: People,
    stay: Stay,
    address: pl.DataFrame,
    known: pl.Series,
    rng: np.random.Generator,
) -> list[pl.DataFrame]:
    """Return the former homes of those who moved: as believed until the move was reported, and since."""
    left = np.minimum(stay.since[people.home], people.age_days)
    came = np.minimum(stay.before_since[people.home], people.age_days)
    moved = np.flatnonzero((stay.before[people.home] >= 0) & (came > left))
    row = homes.row[stay.before[people.home[moved]]]
    came_on, left_on = days_before(came[moved]), days_before(left[moved])
    first_known = known_after(came_on, lag(len(moved), 12, rng), rng)
    told = known.gather(moved)
    late = pl.select(pl.when(told > first_known).then(told).otherwise(first_known)).to_series()
    facts = pl.DataFrame(
        {
            "entity_id": text(ids(len(moved), rng)),
            "person_id": text(people.person_id[moved]),
            "residence_kind": text(np.full(len(moved), "02", dtype=object)),
            "is_owner": pl.Series(np.zeros(len(moved), dtype=bool)),
            "owner_relation": text(np.full(len(moved), "09", dtype=object)),
        }
    ).hstack(_place(row, address))
    source = text(np.full(len(moved), "02", dtype=object))
    believed = versions(facts, valid_from=came_on, known_from=first_known, known_to=late, source=source)
    since_then = versions(facts, valid_from=came_on, valid_to=left_on, known_from=late, source=source)
    return [believed, since_then]


def households(
    homes: Homes, people: People, stay: Stay, address: pl.DataFrame, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the households and their members. Flatmates keep house by themselves, all others together."""
    heads = np.flatnonzero((people.role == HEAD) | (people.role == FLATMATE))
    household_id = ids(len(heads), rng)
    home = people.home[heads]
    since = np.minimum(stay.since[home], people.age_days[heads])
    start = days_before(since)
    number = 330_109_000_000_000 + np.arange(1, len(heads) + 1)
    kept = pl.DataFrame(
        {"entity_id": text(household_id), "household_no": pl.Series(number).cast(pl.String)}
    ).hstack(_place(homes.row[home], address))
    known = known_after(start, lag(len(heads), 12, rng), rng)
    table = versions(kept, valid_from=start, known_from=known, source="01")

    own = np.minimum(since[people.household], people.age_days)
    joined = days_before(own)
    local = homes.tenure[people.home] != LET
    members = pl.DataFrame(
        {
            "entity_id": text(ids(len(people), rng)),
            "household_id": text(household_id[people.household]),
            "person_id": text(people.person_id),
            "relation_to_head": text(_relation_to_head(people)),
            "consistent_flag": text(np.where(local, "01", "02")),
            "area_code": address["grid_code"].gather(homes.row[people.home]),
        }
    )
    seen = known_after(joined, lag(len(people), 12, rng), rng)
    return table, versions(members, valid_from=joined, known_from=seen, source="01")


def _relation_to_head(people: People) -> Texts:
    child = np.isin(people.role, (CHILD, YOUNGER, GROWN))
    parent = np.isin(people.role, (GRANDPARENT, OTHER_GRANDPARENT))
    roles = [
        np.isin(people.role, (HEAD, FLATMATE)),
        people.role == SPOUSE,
        child & people.male,
        child,
        parent,
    ]
    return np.asarray(np.select(roles, ["0", "1", "2", "3", "5"], "8"), dtype=object)
