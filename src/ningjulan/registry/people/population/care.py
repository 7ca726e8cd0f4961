"""Who is looked after, who came from elsewhere and why. Nothing says what anybody suffers from."""

import numpy as np
import polars as pl

from ningjulan.registry.people.population.frame import (
    LET,
    TO_VISIT,
    Homes,
    People,
    days_before,
    known_after,
    lag,
    text,
    versions,
)
from ningjulan.registry.people.population.numbers import telephones
from ningjulan.registry.people.population.residence import Stay
from ningjulan.registry.people.population.words import Ints, given_names, ids, surnames

_OLD, _VERY_OLD = 70, 80
_YEAR = 365.25
_PHONES = 9  # series


def care_recipients(
    homes: Homes, people: People, grids: pl.Series, volunteers: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """Return who is watched over: the old who live alone, old couples of great age, children without parents.

    Args:
        grids: Grid each person lives in.
        volunteers: Ids of the town's volunteers, who are paired with some.
    """
    age = people.age_days / _YEAR
    size = np.bincount(people.home)[people.home]
    alone, to_visit = size == 1, homes.tenure[people.home] == TO_VISIT
    old_alone = alone & ((age >= _OLD) | to_visit & (age >= 60))
    very_old = ~alone & (age >= _VERY_OLD) & (rng.random(len(people)) < 0.12)
    child = to_visit & (age < 16)
    who = np.flatnonzero(old_alone | very_old | child)
    n, since = len(who), rng.integers(30, 1500, len(who))
    start = days_before(np.minimum(since, people.age_days[who]))
    consent = rng.random(n) < 0.71
    seen = days_before(rng.exponential(0.6, n).astype(np.int64))
    paired = rng.random(n) < 0.4
    return versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(n, rng)),
                "person_id": text(people.person_id[who]),
                "area_code": grids.gather(who),
                "care_type": text(np.select([old_alone[who], child[who]], ["01", "05"], "03")),
                "living_alone": pl.Series(alone[who]),
                "emergency_contact": text(surnames(n, rng) + given_names(rng.random(n) < 0.5, rng)),
                "emergency_phone": telephones(0, n, _PHONES).set(pl.Series(rng.random(n) < 0.06), None),
                "consent_flag": pl.Series(consent),
                "visit_cycle_days": pl.Series(rng.choice([7, 14, 30], n, p=[0.5, 0.3, 0.2])),
                "last_seen": known_after(seen, np.zeros(n, dtype=np.int64), rng),
                "volunteer_id": _paired(volunteers, n, rng).set(pl.Series(~paired), None),
            }
        ),
        valid_from=start,
        known_from=known_after(start, lag(n, 5, rng), rng),
        source="02",
    )


def _paired(volunteers: pl.Series, n: int, rng: np.random.Generator) -> pl.Series:
    return volunteers.gather(rng.integers(0, len(volunteers), n)).cast(pl.String)


def care_services(recipients: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Return the services that some of those who consented get."""
    some = recipients.filter(pl.col("consent_flag") & pl.Series(rng.random(len(recipients)) < 0.45))
    n = len(some)
    soon = days_before(-rng.integers(1, 21, n))
    next_visit = soon.cast(pl.Datetime("us")).dt.replace_time_zone("UTC").dt.offset_by("2h")
    columns = (
        "person_id",
        "area_code",
        "emergency_contact",
        "emergency_phone",
        "consent_flag",
        "valid_from",
        "known_from",
    )
    return versions(
        some.select(*columns).with_columns(
            entity_id=text(ids(n, rng)),
            service_type=text(rng.choice(["01", "02", "03", "04"], n, p=[0.45, 0.15, 0.3, 0.1])),
            frequency=text(rng.choice(["每周一次", "每周两次", "每日"], n, p=[0.5, 0.3, 0.2])),
            next_visit=next_visit,
        ),
        source="02",
    )


def assistance(people: People, grids: pl.Series, rng: np.random.Generator) -> pl.DataFrame:
    """Return who applied for help and gets it: four of a thousand."""
    who: Ints = np.flatnonzero(rng.random(len(people)) < 0.004)
    n, since = len(who), rng.integers(30, 700, len(who))
    start = days_before(np.minimum(since, people.age_days[who]))
    visited = days_before(rng.integers(1, 60, n))
    return versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(n, rng)),
                "person_id": text(people.person_id[who]),
                "area_code": grids.gather(who),
                "assistance_type": text(rng.choice(["01", "02", "03", "05"], n, p=[0.6, 0.08, 0.24, 0.08])),
                "approved_by": text(np.full(n, "民政办公室", dtype=object)),
                "amount_yuan": pl.Series((rng.gamma(6, 160, n) + 300).round(0)),
                "visit_cycle_days": pl.Series(rng.choice([30, 60, 90], n)),
                "last_visit": known_after(visited, np.zeros(n, dtype=np.int64), rng),
            }
        ),
        valid_from=start,
        known_from=known_after(start, lag(n, 5, rng), rng),
        source="06",
    )


def migrants(
    homes: Homes, people: People, stay: Stay, facts: pl.DataFrame, grids: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """Return why those who came from elsewhere came, and until when their permit is good."""
    who = np.flatnonzero(facts["person_category"].to_numpy() == "02")
    n, age = len(who), people.age_days[who] / _YEAR
    since = np.minimum(stay.since[people.home[who]], people.age_days[who])
    registered = days_before(np.maximum(since - lag(n, 20, rng), 0))
    reason = np.where(
        age < 18, "06", rng.choice(["01", "03", "06", "08", "09"], n, p=[0.66, 0.1, 0.12, 0.07, 0.05])
    )
    has_permit = (age >= 16) & (rng.random(n) < 0.82)
    expiry = pl.Series(rng.integers(-60, 365, n))
    return versions(
        pl.DataFrame(
            {
                "entity_id": text(ids(n, rng)),
                "person_id": text(people.person_id[who]),
                "area_code": grids.gather(who),
                "inflow_reason": text(reason),
                "permit_type": text(np.where(has_permit, "01", "")),
                "residence_type": text(np.where(homes.tenure[people.home[who]] == LET, "02", "01")),
                "reg_date": registered,
                "permit_expiry": days_before(-expiry.to_numpy()).set(pl.Series(~has_permit), None),
                "origin_division": facts["hukou_division"].gather(who),
                "employer": facts["workplace"].gather(who),
            }
        ),
        valid_from=registered,
        known_from=known_after(registered, np.zeros(n, dtype=np.int64), rng),
        source=text(np.where(rng.random(n) < 0.6, "03", "02")),
    )
