"""How long 298,000 people take to be made and registered, and how soon one of them, or a home, is found.

python -m bench.ours.registry_people [--scale 1.0]

On a PostgreSQL of its own. Seconds are of the clock, with processor seconds of this process beside them;
look-ups are those of the API: limited to an area, masked.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from bench.ours.database import own_database

N_LOOKUPS = 300
STREET = "330109013"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", type=float, default=1.0)
    scale = parser.parse_args().scale
    with own_database() as var:
        sys.stdout.write(json.dumps(figures(var / "town", scale), indent=1) + "\n")


def figures(folder: Path, scale: float) -> dict[str, Any]:
    """Return what making, registering and finding people takes."""
    from ningjulan.registry import facade as registry
    from ningjulan.registry.people import population
    from ningjulan.registry.people.loading import load_population

    town = registry.build_town(folder, seed=7, scale=scale)
    registry.load_town(folder, datetime.now(UTC))
    made = _timed(lambda: population.build(folder, town))
    loaded = _timed(lambda: load_population(folder, datetime.now(UTC)))
    people = population.read_population(folder)
    assert people is not None
    return {
        "people": people.counts["membership"],
        "made": made,
        "registered": loaded,
    } | _lookups()


def _lookups() -> dict[str, float]:
    from django.utils import timezone

    from ningjulan.foundation.actors import Actor, Role
    from ningjulan.registry.models import Person, Residency
    from ningjulan.registry.models.changes import known, valid
    from ningjulan.registry.people import selectors
    from ningjulan.registry.people.numbers import opened

    today = timezone.localdate()
    clerk = Actor(1, "bench", frozenset({Role.CLERK}), frozenset({STREET}))
    people = list(Person.objects.filter(known(), valid(today)).order_by("entity_id")[:N_LOOKUPS])
    homes = Residency.objects.filter(known(), valid(today)).order_by("entity_id")
    houses = list(homes.values_list("house_id", flat=True)[:N_LOOKUPS])

    def find(text: str | None) -> object:
        return selectors.find_people(clerk, STREET, text or "", today=today)

    return {
        **_percentiles("name", people, lambda person: find(person.name)),
        **_percentiles("number", [opened(person, "id_no") for person in people], find),
        **_percentiles(
            "dwelling", houses, lambda house: selectors.dwelling_page(house, actor=clerk, valid_on=today)
        ),
    }


def _percentiles(what: str, asked: Sequence[Any], look_up: Callable[[Any], object]) -> dict[str, float]:
    took = []
    for one in asked:
        began = time.perf_counter()
        look_up(one)
        took.append((time.perf_counter() - began) * 1000)
    return {f"{what}_p{share}_ms": round(float(np.percentile(took, share)), 1) for share in (50, 99)}


def _timed(work: Callable[[], object]) -> dict[str, float]:
    began, cpu = time.perf_counter(), time.process_time()
    work()
    return {"seconds": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - cpu, 1)}


if __name__ == "__main__":
    main()
