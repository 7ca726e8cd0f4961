"""How soon one person is looked up among 298,000, and how long a file of 300,000 rows takes to import.

python -m bench.ours.registry_resolution [--people 298000] [--rows 300000] [--scale 1.0]

On a PostgreSQL of its own with the demo town. First a file of `people` rows goes in, all new; then one of
`rows`: nine of ten are of known people, some with slips, none with a number of identity; last that one again.
Seconds are of the clock, with processor seconds of this process beside them.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.ours.database import own_database

N_LOOKUPS = 1_000
SEED = 5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=298_000)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--scale", type=float, default=1.0)
    wanted = parser.parse_args()
    with own_database() as var:
        sys.stdout.write(json.dumps(figures(var, wanted.people, wanted.rows, wanted.scale), indent=1) + "\n")


def figures(var: Path, n_people: int, n_rows: int, scale: float) -> dict[str, Any]:
    from ningjulan.registry import facade as registry
    from ningjulan.registry.resolution import dirt, keys

    registry.build_town(var / "town", seed=7, scale=scale)
    registry.load_town(var / "town", datetime.now(UTC))
    people = _with_homes(dirt.people(n_people, SEED))
    first = _import(people, "people.csv")
    _, refresh_s = _timed(lambda: keys.refresh(datetime.now(UTC).date()))
    dirty = _with_homes(dirt.dirty(people, n_rows, SEED + 1, new_share=0.1).incoming)
    second, again = _import(dirty, "rows.csv"), _import(dirty, "again.csv")
    return {
        "people": n_people,
        "first_import": first,
        "keys_refresh_s": refresh_s,
        "dirty_import": second,
        "same_import_again": again,
    } | _lookups(dirty)


def _with_homes(people: Any) -> Any:
    """Give invented people homes of the town and telephones that can be written down."""
    import polars as pl

    from ningjulan.registry.models import Address

    homes = pl.DataFrame(
        [(str(pk), str(building), grid) for pk, building, grid in
         Address.objects.filter(use_type="1").order_by("code").values_list("id", "building_id", "grid_code")],
        schema=["home", "building", "grid"], orient="row",
    )  # fmt: skip
    at = people["address_id"].hash(seed=1) % len(homes)
    phone = "139" + (people["phone"].hash(seed=2) % 10**8).cast(pl.String).str.zfill(8)
    lives = people["address_id"].is_not_null()
    return people.with_columns(
        address_id=pl.when(pl.lit(lives)).then(pl.lit(homes["home"].gather(at))),
        building_id=pl.when(pl.lit(lives)).then(pl.lit(homes["building"].gather(at))),
        area_code=pl.when(pl.lit(lives)).then(pl.lit(homes["grid"].gather(at))),
        telephone=pl.when(pl.lit(people["phone"].is_not_null())).then(pl.lit(phone)),
    )


def _import(people: Any, name: str) -> dict[str, Any]:
    from ningjulan.foundation.actors import Actor, Role
    from ningjulan.registry.importing import jobs
    from ningjulan.registry.importing.jobs import Chosen
    from ningjulan.registry.models import ImportJob

    clerk = Actor(1, "bench", frozenset({Role.STEWARD}), frozenset({"330109013"}))
    columns = {"name": "name", "sex": "sex", "birth_date": "birth_date", "telephone": "phone",
               "address_id": "current_address_id"}  # fmt: skip
    content = people.select(*columns).write_csv().encode()
    job = jobs.submit(clerk, "330109013", name, content, now=datetime.now(UTC))
    jobs.start(
        job.pk,
        Chosen("bench", "BIZ01", columns, {"person_category": "02"}),
        actor=clerk,
        now=datetime.now(UTC),
    )
    began, cpu = time.perf_counter(), time.process_time()
    jobs.carry_out(job.pk, now=lambda: datetime.now(UTC), goes_on=lambda: True)
    took = {"seconds": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    job = ImportJob.objects.get(pk=job.pk)
    names = ("received", "new", "changed", "unchanged", "queued", "rejected")
    return took | {"state": job.state} | {n: getattr(job, f"n_{n}") for n in names}


def _lookups(dirty: Any) -> dict[str, Any]:
    from ningjulan.foundation.actors import SYSTEM
    from ningjulan.registry.resolution.services import Asked, look_up

    today = datetime.now(UTC).date()
    asked = [
        Asked(row["name"], row["birth_date"], row["sex"], None, row["telephone"], row["address_id"])
        for row in dirty.head(N_LOOKUPS + 20).to_dicts()
    ]
    look_up(asked[0], SYSTEM, today)
    times, found = [], 0
    for one in asked[20:]:
        doubts, took = _timed(lambda one=one: look_up(one, SYSTEM, today))
        times.append(took * 1000)
        found += bool(doubts)
    return {
        "lookups": len(times),
        "lookup_found": found,
        "lookup_p50_ms": round(float(np.percentile(times, 50)), 1),
        "lookup_p99_ms": round(float(np.percentile(times, 99)), 1),
        "lookup_max_ms": round(max(times), 1),
    }


def _timed(work: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    result = work()
    return result, time.perf_counter() - began


if __name__ == "__main__":
    main()
