"""From the town's addresses to the people who live and work there."""

from collections.abc import Callable

import numpy as np
import polars as pl

from ningjulan.registry.people.population.care import (
    assistance,
    care_recipients,
    care_services,
    migrants,
)
from ningjulan.registry.people.population.frame import Homes, People, days_before, known_after, versions
from ningjulan.registry.people.population.holdings import dwellings, rentals, vehicles
from ningjulan.registry.people.population.households import N_PEOPLE, choose_kinds, hold, people_of, settle
from ningjulan.registry.people.population.numbers import telephones
from ningjulan.registry.people.population.persons import bring_to_life, describe
from ningjulan.registry.people.population.residence import households, move_in, residencies
from ningjulan.registry.people.population.work import employments, organisations
from ningjulan.registry.town.plan import random_stream

_STREAM = 40  # the town's own steps end long before
_CORRECTED = 0.03  # of all people: their telephone was noted wrongly first
_OLD_PHONES = 4_000_000  # numbers of the series behind those in use

Progress = Callable[[str, float], None]


def generate(
    tables: dict[str, pl.DataFrame], seed: int, scale: float, progress: Progress = lambda what, share: None
) -> dict[str, pl.DataFrame]:
    """Make the population of a town: the same town, seed and scale give the same people.

    Pure. At scale 1 exactly 298,000 people, at smaller scales as many as homes hold. Numbers of documents,
    telephones and plates are plain text here, nobody's, and are sealed when they are loaded.

    Args:
        tables: `addresses`, `buildings`, `compounds` and `staff` of the town.

    Returns:
        A frame for each table of versions, by the lower-case name of its model, one row a version: days over
        which it holds, instants between which it was believed, `source`, and the items of its class.
    """
    progress("安排住户", 0.0)
    addresses = _with_places(tables)
    homes, people = _settle(addresses, seed, scale)
    stay = move_in(homes, people, random_stream(seed, _STREAM, 3))
    row = homes.row[people.home]
    grids = addresses["grid_code"].gather(row)
    progress("登记人口", 0.3)
    full_text = addresses["full_text"].gather(row).to_numpy().astype(object)
    facts = describe(people, homes, full_text, random_stream(seed, _STREAM, 4))
    firms = organisations(addresses.filter(pl.col("use_type") != "1"), random_stream(seed, _STREAM, 5))
    jobs, work = employments(people, grids.to_numpy().astype(object), firms, random_stream(seed, _STREAM, 6))
    facts = facts.hstack(work).with_columns(area_code=grids)
    progress("登记房屋与居住", 0.5)
    living = residencies(homes, people, stay, addresses, random_stream(seed, _STREAM, 7))
    houses, members = households(homes, people, stay, addresses, random_stream(seed, _STREAM, 8))
    rng = random_stream(seed, _STREAM, 9)
    volunteers = tables["staff"].filter(pl.col("role") == "volunteer")["staff_id"]
    recipients = care_recipients(homes, people, grids, volunteers, rng)
    progress("登记车辆与单位", 0.8)
    return {
        "person": _persons(facts, living, people, random_stream(seed, _STREAM, 10)),
        "household": houses,
        "membership": members,
        "residency": living,
        "migrant": migrants(homes, people, stay, facts, grids, rng),
        "dwelling": dwellings(addresses, homes, people, rng),
        "rental": rentals(addresses, homes, people, stay, rng),
        "vehicle": vehicles(addresses, homes, people, rng),
        "organisation": firms.drop("pool"),
        "employment": jobs,
        "carerecipient": recipients,
        "careservice": care_services(recipients, rng),
        "assistance": assistance(people, grids, rng),
    }


def _with_places(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    buildings = tables["buildings"].select("building_id", "kind", building_name="name")
    compounds = tables["compounds"].select("compound_id", "use")
    addresses = tables["addresses"].with_row_index("row")
    return (
        addresses.join(buildings, on="building_id", how="left")
        .join(compounds, on="compound_id", how="left")
        .sort("row")
    )


def _settle(addresses: pl.DataFrame, seed: int, scale: float) -> tuple[Homes, People]:
    homes = settle(addresses.filter(pl.col("use_type") == "1"), random_stream(seed, _STREAM, 0))
    rng = random_stream(seed, _STREAM, 1)
    kinds = choose_kinds(homes, rng)
    home, role = people_of(kinds, hold(kinds, round(N_PEOPLE * scale)), rng)
    return homes, bring_to_life(homes, kinds, home, role, random_stream(seed, _STREAM, 2))


def _persons(
    facts: pl.DataFrame, living: pl.DataFrame, people: People, rng: np.random.Generator
) -> pl.DataFrame:
    """Return the versions of people: known since they first lived here, some corrected once."""
    first = living.group_by("person_id").agg(pl.min("known_from"), pl.max("verified_at"))
    facts = facts.join(first, left_on="entity_id", right_on="person_id", how="left", maintain_order="left")
    table = versions(facts, valid_from=facts["birth_date"], source="01")
    wrong = np.flatnonzero((rng.random(len(table)) < _CORRECTED) & table["phone"].is_not_null().to_numpy())
    told = known_after(
        days_before(rng.integers(0, 400, len(wrong))), np.zeros(len(wrong), dtype=np.int64), rng
    )
    before = table[wrong]
    late = pl.select(pl.max_horizontal(told, before["known_from"])).to_series()
    before = before.with_columns(
        known_to=late,
        phone=telephones(_OLD_PHONES, len(wrong), 5),
        verified_at=pl.lit(None, before["verified_at"].dtype),
    )
    since = table["known_from"].scatter(wrong, late)
    return pl.concat([table.with_columns(known_from=since), before])
