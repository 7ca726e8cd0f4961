"""Organisations at the shops, offices and factories, and the residents who work there."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from ningjulan.registry.people.population.frame import (
    Bools,
    People,
    days_before,
    known_after,
    lag,
    text,
    versions,
)
from ningjulan.registry.people.population.numbers import credit_codes, telephones
from ningjulan.registry.people.population.words import WORDS, Ints, Texts, drawn, given_names, ids, surnames

_POOL: Mapping[str, str] = {  # kind of building → what is there
    "shop": "shop",
    "podium": "mall",
    "mall": "mall",
    "market": "market",
    "hotel": "mall",
    "office": "office",
    "factory": "factory",
}
_PUBLIC: Mapping[str, str] = {
    "school": "学校",
    "kindergarten": "幼儿园",
    "hospital": "门诊部",
    "gov": "办事机构",
}
_STAFF: Mapping[str, tuple[float, float]] = {  # median and spread of the number of employees
    "shop": (3, 0.6),
    "mall": (8, 0.7),
    "market": (2, 0.4),
    "office": (14, 0.9),
    "factory": (38, 0.9),
    "school": (70, 0.4),
    "kindergarten": (22, 0.3),
    "hospital": (90, 0.5),
    "gov": (60, 0.5),
}
_POSTS: Mapping[str, str] = {
    "shop": "post_shop",
    "mall": "post_shop",
    "market": "post_shop",
    "factory": "post_factory",
}
_VACANT = 0.06
_EMPLOYED = 0.72
_WORKS_IN_TOWN = 0.46
_SOLE_TRADERS = ("shop", "market")
_YEAR = 365.25
_PHONES = 6


def organisations(premises: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the organisations, one at an address that is no home.

    Args:
        premises: Addresses with `address_id`, `grid_code`, `kind` of building and `full_text`.
    """
    here = premises.filter(pl.Series(rng.random(len(premises)) >= _VACANT))
    kind, n = here["kind"].to_numpy().astype(object), len(here)
    pool = np.array([_POOL.get(k, k) for k in kind], dtype=object)
    median, spread = (np.array([_STAFF.get(p, (5, 0.6))[i] for p in pool]) for i in (0, 1))
    employees = np.maximum(1, np.exp(np.log(median) + spread * rng.standard_normal(n))).astype(np.int64)
    sole = np.isin(pool, _SOLE_TRADERS) & (employees < 12)
    public = np.isin(pool, list(_PUBLIC))
    since = np.clip(rng.gamma(1.6, 2.2, n) * 365, 20, 20 * 365).astype(np.int64)
    male = rng.random(n) < 0.68
    unknown = rng.random(n)
    return versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(n, rng)),
                "usc_code": credit_codes(n).set(pl.Series(unknown < 0.03), ""),
                "name": text(_names(pool, here, rng)),
                "org_type": text(np.select([public, sole], ["05", "03"], "01")),
                "address_id": here["address_id"],
                "area_code": here["grid_code"],
                "scale": text(np.select([public, sole, employees >= 60], ["9", "3", "1"], "2")),
                "legal_rep": text(np.where(unknown > 0.94, "", surnames(n, rng) + given_names(male, rng))),
                "legal_phone": telephones(0, n, _PHONES).set(pl.Series(unknown > 0.94), None),
                "employees": pl.Series(employees),
                "safety_officer": text(
                    np.where(unknown > 0.90, "", surnames(n, rng) + given_names(~male, rng))
                ),
                "safety_phone": telephones(n, n, _PHONES).set(pl.Series(unknown > 0.90), None),
                "hazard_type": text(rng.choice(["00", "02", "01", "04"], n, p=[0.93, 0.05, 0.01, 0.01])),
                "fire_key_unit": pl.Series((employees >= 90) | (pool == "mall") & (employees >= 40)),
                "status": text(rng.choice(["1", "2"], n, p=[0.97, 0.03])),
                "pool": text(pool),
            }
        ),
        valid_from=days_before(since),
        known_from=known_after(days_before(since), lag(n, 30, rng), rng),
        source=text(np.where(unknown < 0.7, "01", "02")),
    )


def _names(pool: Texts, here: pl.DataFrame, rng: np.random.Generator) -> Texts:
    """Return invented names: two characters of no meaning and a trade; a public place has its address."""
    n = len(pool)
    name: Texts = drawn("firm_first", n, rng) + drawn("firm_last", n, rng)
    for one in np.unique(pool.astype(str)):
        at = np.flatnonzero(pool == one)
        if one in _PUBLIC:
            name[at] = here["building_name"].gather(at).to_numpy().astype(object) + _PUBLIC[one]
        else:
            name[at] = name[at] + drawn(one if one in WORDS else "shop", len(at), rng)
    return name


def employments(
    people: People, grids: Texts, firms: pl.DataFrame, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return who works where in the town, and (row of person, `workplace`, `occupation`) of everybody.

    Args:
        grids: Grid each person lives in.
        firms: From `organisations`.
    """
    age = people.age_days / _YEAR
    works = (age >= 18) & (age < np.where(people.male, 61, 56)) & (rng.random(len(people)) < _EMPLOYED)
    here = np.flatnonzero(works & (rng.random(len(people)) < _WORKS_IN_TOWN))
    weight = firms["employees"].to_numpy().astype(float)
    firm = rng.choice(len(firms), len(here), p=weight / weight.sum())
    pool = firms["pool"].to_numpy().astype(object)[firm]
    since = np.clip(rng.gamma(1.3, 1.6, len(here)) * 365, 3, 15 * 365).astype(np.int64)
    since = np.minimum(since, people.age_days[here] - int(17 * _YEAR))
    start = days_before(since)
    table = versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(len(here), rng)),
                "org_id": firms["entity_id"].gather(firm),
                "person_id": text(people.person_id[here]),
                "post": text(_posts(pool, rng)),
                "area_code": firms["area_code"].gather(firm),
            }
        ),
        valid_from=start,
        known_from=known_after(start, lag(len(here), 25, rng), rng),
        source="05",
    )
    workplace = np.full(len(people), "", dtype=object)
    workplace[here] = firms["name"].gather(firm).to_numpy().astype(object)
    return table, pl.DataFrame(
        {"workplace": text(workplace), "occupation": text(_occupations(works, here, pool, rng))}
    )


def _posts(pool: Texts, rng: np.random.Generator) -> Texts:
    post = drawn("post_office", len(pool), rng)
    for one, words in _POSTS.items():
        at = np.flatnonzero(pool == one)
        post[at] = drawn(words, len(at), rng)
    return post


def _occupations(works: Bools, here: Ints, pool: Texts, rng: np.random.Generator) -> Texts:
    """Return the major class of GB/T 6565: by the workplace in the town, else as people's work is spread."""
    classes = np.array(["10000", "20000", "30000", "40000", "60000", "80000"], dtype=object)
    of_all = rng.choice(classes, len(works), p=[0.03, 0.19, 0.16, 0.36, 0.21, 0.05])
    of_all[here] = np.select(
        [pool == "factory", np.isin(pool, ["shop", "market", "mall"])], ["60000", "40000"], of_all[here]
    )
    return np.asarray(np.where(works, of_all, ""), dtype=object)
