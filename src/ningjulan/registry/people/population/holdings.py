"""What is known of each home and room, its letting, and the vehicles of the households."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.registry.people.population.frame import (
    AS_OF,
    LET,
    Bools,
    Homes,
    People,
    days_before,
    known_after,
    lag,
    text,
    versions,
)
from ningjulan.registry.people.population.households import FLATMATE, HEAD
from ningjulan.registry.people.population.numbers import plates, telephones
from ningjulan.registry.people.population.residence import Stay
from ningjulan.registry.people.population.words import Texts, given_names, ids, surnames

_AREA_M2: Mapping[str, tuple[float, float]] = {
    "resi_high": (96, 24),
    "resi_mid": (72, 18),
    "villa": (228, 50),
    "village": (64, 26),
    "shop": (58, 25),
    "office": (140, 70),
    "factory": (1600, 700),
    "market": (18, 6),
    "mall": (120, 60),
    "podium": (90, 40),
}
_VEHICLES: Mapping[str, float] = {
    "highrise": 0.86,
    "villa": 1.5,
    "midrise": 0.62,
    "dorm": 0.3,
    "village": 0.6,
    "hamlet": 0.6,
}
_OWNERS, _LANDLORDS = 7, 8  # series of telephones
_YEAR = 365.25


def dwellings(
    addresses: pl.DataFrame, homes: Homes, people: People, rng: np.random.Generator
) -> pl.DataFrame:
    """Return what is known of every address: of some nobody has noted yet what they are used for."""
    n = len(addresses)
    lived_in = np.zeros(n, dtype=bool)
    lived_in[homes.row] = True
    kind, home = addresses["kind"].to_numpy().astype(object), addresses["use_type"].to_numpy() == "1"
    is_let = (addresses["occupancy"].to_numpy() == 1) & home
    mean, spread = (np.array([_AREA_M2.get(k, (80, 30))[i] for k in kind]) for i in (0, 1))
    area = np.clip(mean + spread * rng.standard_normal(n), mean * 0.35, None).round(1)
    owner, owner_id, owner_phone = _owners(addresses, homes, people, is_let, rng)
    unknown = rng.random(n) < _gaps(addresses["community_code"], 0.005, 0.09, rng)
    use = np.where(~home, "1", np.where(is_let, "2", "0"))
    occupancy = np.where(~home, "5", np.where(~lived_in, "3", np.where(is_let, "2", "1")))
    noted = days_before(rng.integers(200, 3000, n))
    return versions(
        pl.DataFrame(
            {
                "entity_id": addresses["address_id"],
                "area_code": addresses["grid_code"],
                "use_nature": text(np.where(unknown, "", use)),
                "is_rented": pl.Series(is_let).set(pl.Series(unknown), None),
                "area_m2": pl.Series(area),
                "owner_person_id": owner_id,
                "owner_name": owner,
                "owner_phone": owner_phone,
                "hazard_type": text(rng.choice(["00", "02", "01"], n, p=[0.965, 0.03, 0.005])),
                "occupancy": text(np.where(unknown, "", occupancy)),
            }
        ),
        valid_from=noted,
        known_from=known_after(noted, lag(n, 10, rng), rng),
        source=text(rng.choice(["02", "01", "03"], n, p=[0.6, 0.3, 0.1])),
    )


def _gaps(
    community: pl.Series, least: float, most: float, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """Return each row's chance to be unknown: communities differ in how well they are registered."""
    names, at = np.unique(community.to_numpy().astype(str), return_inverse=True)
    return rng.uniform(least, most, len(names))[at]


def _owners(
    addresses: pl.DataFrame, homes: Homes, people: People, is_let: Bools, rng: np.random.Generator
) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Return name, person and telephone of the owners: the head where they live in it, else an absent one."""
    n = len(addresses)
    head_of = np.full(n, -1)
    heads = np.flatnonzero(people.role == HEAD)
    head_of[homes.row[people.home[heads]]] = heads
    at_home = (head_of >= 0) & ~is_let
    absent = surnames(n, rng) + given_names(rng.random(n) < 0.6, rng)
    name = np.where(at_home, (people.surname + people.given)[head_of], absent)
    person = text(people.person_id[head_of]).set(pl.Series(~at_home), None)
    phone = telephones(0, n, _OWNERS).set(pl.Series(at_home | (rng.random(n) < 0.05)), None)
    return text(name), person, phone


def rentals(
    addresses: pl.DataFrame, homes: Homes, people: People, stay: Stay, rng: np.random.Generator
) -> pl.DataFrame:
    """Return the letting of each home that is let and lived in; every third landlord is a resident."""
    let = np.flatnonzero(homes.tenure == LET)
    row, n = homes.row[let], len(let)
    tenants = np.bincount(people.home, minlength=len(homes.row))[let]
    since = stay.since[let]
    owners = np.flatnonzero((people.role == HEAD) & (homes.tenure[people.home] != LET))
    landlord = people.person_id[rng.choice(owners, n)] if len(owners) else np.full(n, None, dtype=object)
    level = rng.choice(["1", "2", "3"], n, p=[0.82, 0.155, 0.025])
    term = rng.choice([183, 365, 730], n, p=[0.2, 0.6, 0.2])
    ends = days_before(since - (since // term + 1) * term)  # renewed until after the count
    looked = days_before(rng.exponential(100, n).astype(np.int64))
    return versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(n, rng)),
                "house_id": addresses["address_id"].gather(row),
                "area_code": addresses["grid_code"].gather(row),
                "rental_use": text(np.full(n, "02", dtype=object)),
                "tenant_count": pl.Series(tenants),
                "hazard_type": text(np.where(level == "1", "00", "02")),
                "landlord_id": text(landlord).set(pl.Series(rng.random(n) > 1 / 3), None),
                "landlord_phone": telephones(0, n, _LANDLORDS).set(pl.Series(rng.random(n) < 0.04), None),
                "room_count": pl.Series(np.clip(tenants - rng.integers(0, 2, n), 1, 6)),
                "bed_count": pl.Series(tenants + rng.integers(0, 2, n)),
                "contract_end": ends,
                "filing_no": text(np.where(rng.random(n) < 0.9, _filing_numbers(n), "")),
                "manage_level": text(level),
                "alliance_joined": pl.Series(rng.random(n) < 0.68),
                "last_inspect": known_after(looked, np.zeros(n, dtype=np.int64), rng),
            }
        ),
        valid_from=days_before(since),
        known_from=known_after(days_before(since), lag(n, 15, rng), rng),
        source="03",
    )


def _filing_numbers(n: int) -> Texts:
    return np.array([f"ZL{AS_OF.year}{i:07d}" for i in range(1, n + 1)], dtype=object)


def vehicles(addresses: pl.DataFrame, homes: Homes, people: People, rng: np.random.Generator) -> pl.DataFrame:
    """Return the vehicles: more at villas, fewer with tenants. They belong to the heads of households."""
    heads = np.flatnonzero(np.isin(people.role, (HEAD, FLATMATE)))
    age = people.age_days[heads] / _YEAR
    home = people.home[heads]
    mean = np.array([_VEHICLES.get(use, 0.5) for use in homes.compound_use[home]])
    mean *= np.where(homes.tenure[home] == LET, 0.35, 1.0) * np.where(age > 68, 0.25, 1.0)
    owner = np.repeat(heads, np.minimum(rng.poisson(mean), 3))
    n, row = len(owner), homes.row[people.home[owner]]
    electric = rng.random(n) < 0.34
    hybrid = ~electric & (rng.random(n) < 0.12)
    lorry = ~electric & (rng.random(n) < 0.05)
    since = np.clip(rng.gamma(1.6, 2.0, n) * 365, 2, 14 * 365).astype(np.int64)
    start = days_before(np.minimum(since, people.age_days[owner] - int(18 * _YEAR)))
    return versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(n, rng)),
                "plate_no": plates(n, electric),
                "plate_class": text(np.where(electric, "52", "02")),
                "owner_person_id": text(people.person_id[owner]),
                "compound_id": addresses["compound_id"].gather(row),
                "area_code": addresses["grid_code"].gather(row),
                "energy_type": text(np.select([electric, hybrid], ["02", "03"], "01")),
                "plate_color": text(np.where(electric, "5", "2")),
                "vehicle_class": text(np.where(lorry, "H3", "K3")),
                "brand_model": text(_models(electric, hybrid, lorry, rng)),
                "body_color": text(
                    rng.choice(["2", "1", "3", "5", "4", "8"], n, p=[0.42, 0.2, 0.18, 0.09, 0.07, 0.04])
                ),
                "parking_space": text(_spaces(n, rng)),
                "status": text(np.full(n, "1", dtype=object)),
            }
        ),
        valid_from=start,
        known_from=known_after(start, lag(n, 20, rng), rng),
        source=text(rng.choice(["01", "02"], n, p=[0.8, 0.2])),
    )


def _models(electric: Bools, hybrid: Bools, lorry: Bools, rng: np.random.Generator) -> Texts:
    n = len(electric)
    either = rng.random(n) < 0.55
    electrics, hybrids = np.where(either, "纯电轿车", "纯电SUV"), np.where(either, "插混轿车", "插混SUV")
    ordinary = np.where(either, "家用轿车", "紧凑型SUV")
    return np.asarray(
        np.select([electric, hybrid, lorry], [electrics, hybrids, "轻型货车"], ordinary), dtype=object
    )


def _spaces(n: int, rng: np.random.Generator) -> Texts:
    level, number = rng.integers(1, 3, n), rng.integers(1, 900, n)
    has_one = rng.random(n) < 0.7
    return np.array(
        [f"B{f}-{k:03d}" if h else "" for f, k, h in zip(level, number, has_one, strict=True)], dtype=object
    )
