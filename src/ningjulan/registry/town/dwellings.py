"""How many addresses each building has, so that the town has exactly as many as asked for."""

from collections.abc import Iterable

import numpy as np

from ningjulan.registry.town.homes import HOME_KINDS
from ningjulan.registry.town.plan import Building, random_stream

N_ADDRESSES = 122_000
_MOST_ROOMS = {"resi_high": 6, "resi_mid": 3}
_MOST_LETS = 12  # rooms let out in one village house


def estimate_addresses(buildings: list[Building], seed: int) -> None:
    """Give every building the number of addresses that its kind and size suggest, in place."""
    rng = random_stream(seed, 6)
    for b in buildings:
        b.n_addresses = _natural(b, rng)


def settle_addresses(buildings: list[Building], seed: int, wanted: int) -> None:
    """Adjust the estimates, in place, until their sum is exactly `wanted`.

    Flats are cut smaller or larger; at last single village lets and shops are added or left out.
    """
    rng = random_stream(seed, 7)
    total = sum(b.n_addresses for b in buildings)
    total = _resize_flats(_shuffled([b for b in buildings if b.kind in _MOST_ROOMS], rng), total, wanted)
    _fill_up(_shuffled(_adjustable(buildings), rng), wanted - total)


def _natural(b: Building, rng: np.random.Generator) -> int:
    if b.kind == "villa":
        return b.n_units
    if b.kind in HOME_KINDS:
        return b.floors * b.n_units * b.n_rooms
    if b.kind == "village":
        return int(rng.integers(1, 4))
    if b.kind in ("office", "hotel"):
        return b.floors * max(1, b.n_rooms // 2)
    return b.n_rooms


def _shuffled(buildings: list[Building], rng: np.random.Generator) -> list[Building]:
    return [buildings[i] for i in rng.permutation(len(buildings))]


def _resize_flats(flats: Iterable[Building], total: int, wanted: int) -> int:
    """Change the dwellings per floor by one, block by block, until the next block would overshoot."""
    for _ in range(5):
        for b in flats:
            step = 1 if total < wanted else -1
            change = b.floors * b.n_units
            if abs(total - wanted) < change or not 1 <= b.n_rooms + step <= _MOST_ROOMS[b.kind]:
                continue
            b.n_rooms += step
            b.n_addresses += step * change
            total += step * change
    return total


def _adjustable(buildings: list[Building]) -> list[Building]:
    """Return the buildings whose number may change by one: village houses first, else shops and the like."""
    village = [b for b in buildings if b.kind == "village"]
    return village or [b for b in buildings if b.kind in ("shop", "office", "market", "factory")]


def _fill_up(buildings: list[Building], missing: int) -> None:
    while missing:
        step = 1 if missing > 0 else -1
        before = missing
        for b in buildings:
            if missing and 1 <= b.n_addresses + step <= max(_MOST_LETS, b.n_rooms * b.floors * 4):
                b.n_addresses += step
                missing -= step
        if missing == before:
            raise ValueError(f"the town has no room for {missing} more addresses: use a larger scale")
