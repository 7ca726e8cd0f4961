"""What each block is used for: districts by distance fields, then the places a town needs one of."""

import math
from collections.abc import Callable

import numpy as np
import shapely
from shapely.geometry import LineString

from ningjulan.registry.town.frame import warped_rectangle
from ningjulan.registry.town.plan import Cell, Layout, random_stream

_FOOTWAY_M = 5.0
_TAKEABLE = frozenset(
    [
        "highrise",
        "midrise",
        "office",
        "construction",
        "park",
        "village",
        "farm",
        "shops",
        "factory",
        "villa",
        "vacant",
        "nursery",
    ]
)
_N_SCHOOLS = 22
_FARTHEST_M = 900.0  # a place that would lie farther from where it belongs is left out (small towns)

Where = Callable[[Cell], float]


def zone(layout: Layout, seed: int) -> None:
    """Cut the parcels out of the cells and set their use, in place."""
    _cut_parcels(layout)
    districts = _Districts(layout)
    rng = random_stream(seed, 3)
    for cell in layout.cells:
        if not cell.use:
            cell.use = districts.use_of(cell, rng.random())
    _place_landmarks(layout, districts, rng)


def _cut_parcels(layout: Layout) -> None:
    obstacles = shapely.union_all([layout.canal_reserve, LineString(layout.elevated).buffer(30)])
    shapely.prepare(obstacles)
    for c in layout.cells:
        sides = [side / 2 + _FOOTWAY_M if side else 0 for side in (c.west_m, c.east_m, c.north_m, c.south_m)]
        parcel = warped_rectangle(c.u0 + sides[0], c.u1 - sides[1], c.v0 + sides[2], c.v1 - sides[3])
        c.parcel = parcel.difference(obstacles) if obstacles.intersects(parcel) else parcel


def _choose(n: float, *shares: tuple[float, str]) -> str:
    """Return the first use whose cumulative share exceeds `n`."""
    return next(use for limit, use in shares if n < limit)


class _Districts:
    """Where the centre, the old town, the villages and the lake lie."""

    def __init__(self, layout: Layout) -> None:
        across, along = layout.across, layout.along
        self.across, self.along = across, along
        self.centre = ((across[4] + across[5]) / 2 + 240, 520.0)
        self.old_town = (across[6] + 330, along[3] + 10)
        self.axis_u = (across[4] + across[5]) / 2 + 120
        self.lake = (across[4] + 560, along[4] - 60)
        self.stations = [(s.u, s.v) for s in layout.stations]
        self.villages = [
            (across[2] + 520, along[2] + 500),
            (across[3] + 480, along[2] + 560),
            (across[2] + 560, along[4] + 120),
            (across[4] + 330, along[3] + 560),
            (across[5] + 560, along[4] + 420),
            (across[8] + 300, along[2] + 430),
            (across[8] + 600, along[4] + 80),
            (across[7] + 430, along[4] + 520),
            (across[3] + 500, along[4] + 600),
            (across[6] + 420, along[5] - 130),
            (across[9] - 300, along[1] + 620),
        ]

    def use_of(self, c: Cell, n: float) -> str:
        """Return the use of a cell; `n` is its random number in [0, 1)."""
        u, v, along, across = c.u, c.v, self.along, self.across
        village = min(away(c, p) for p in self.villages)
        if away(c, self.centre) < 900 and v < along[1] + 260:
            use = _choose(n, (0.80, "cbd"), (0.92, "plaza"), (1, "mall"))
        elif abs(u - self.lake[0]) < 560 and abs(v - self.lake[1]) < 430:
            use = "lakepark"
        elif village < 330 and v > 900:
            use = _choose(n, (0.84, "village"), (0.94, "nursery"), (1, "park"))
        elif u > across[7] + 120 and v > along[3] - 40:
            use = _choose(n, (0.74, "factory"), (0.80, "dorm"), (0.90, "logistics"), (1, "vacant"))
        elif away(c, self.old_town) < 720:
            use = _choose(n, (0.62, "midrise"), (0.72, "shops"), (0.90, "highrise"), (1, "park"))
        elif v > along[4] + 380:
            shares = (0.44, "farm"), (0.64, "nursery"), (0.84, "hamlet"), (0.93, "greenhouse"), (1, "factory")
            use = _choose(n, *shares)
        else:
            use = self._urban_use(c, n, village)
        if use in ("mall", "shops") and c.parcel.area > 30_000:
            return "highrise"
        return "vacant" if use == "construction" and c.parcel.area > 60_000 else use

    def _urban_use(self, c: Cell, n: float, village: float) -> str:
        if village < 620 and c.v > 1300:
            shares = [
                (0.34, "nursery"),
                (0.42, "hamlet"),
                (0.70, "highrise"),
                (0.78, "vacant"),
                (0.86, "park"),
            ]
            return _choose(n, *shares, (1, "midrise"))
        if min(away(c, s) for s in self.stations) < 420:
            return _choose(n, (0.36, "office"), (0.40, "mall"), (0.90, "highrise"), (1, "vacant"))
        shares = [(0.52, "highrise"), (0.58, "midrise"), (0.65, "office"), (0.70, "villa"), (0.78, "park")]
        more = [(0.83, "construction"), (0.90, "vacant"), (0.96, "nursery"), (1, "shops")]
        return _choose(n, *shares, *more)


def away(c: Cell, place: tuple[float, float]) -> float:
    """Return the distance of a cell's middle from a place in (u, v), in metres."""
    return math.hypot(c.u - place[0], c.v - place[1])


def _place_landmarks(layout: Layout, d: _Districts, rng: np.random.Generator) -> None:
    across, along = layout.across, layout.along
    cells = [c for c in layout.cells if c.inside and c.use != "riverpark" and c.parcel.area > 12_000]
    axis_uses = {"cbd", "plaza", "mall", "highrise", "office", "park"}
    for c in cells:  # a green axis leads from the river into the centre
        if c.u0 - 10 < d.axis_u < c.u1 + 10 and c.v < along[2] - 150 and c.use in axis_uses:
            c.use, c.claimed = "axis", True
    _take(cells, "stadium", lambda c: away(c, (across[3] + 420, 460)), min_m2=40_000)
    centre = sorted((c for c in cells if c.use == "cbd"), key=lambda c: away(c, (d.axis_u + 300, 700)))
    for c in centre[:1]:
        c.use, c.claimed = "landmark", True
    _take(cells, "hospital", lambda c: away(c, (across[7] + 300, along[2] + 300)), min_m2=30_000)
    _take(cells, "hospital", lambda c: away(c, (across[3] + 100, along[3] - 300)), min_m2=25_000)
    _take(cells, "gov", lambda c: away(c, (across[6] - 260, along[2] + 520)), min_m2=25_000)
    markets = [
        (across[6] + 250, along[3] + 200),
        (across[3] + 300, along[2] + 800),
        (across[8] + 200, along[3] - 150),
        (across[5] + 420, along[4] + 150),
        (across[2] + 700, along[4] + 350),
        (across[8] - 100, along[1] + 400),
    ]
    for place in markets:
        _take(cells, "market", lambda c, place=place: away(c, place), min_m2=12_000)  # type: ignore[misc]
    _take(cells, "campus", lambda c: away(c, (across[2] + 520, along[1] + 480)), min_m2=20_000, n=5)
    _spread_schools(cells, rng)


def _take(cells: list[Cell], use: str, where: Where, min_m2: float, n: int = 1) -> None:
    """Give the `n` nearest cells that are still free, large enough and not far away to `use`."""
    free = [
        c
        for c in cells
        if c.use in _TAKEABLE and not c.claimed and c.parcel.area > min_m2 and where(c) < _FARTHEST_M
    ]
    for c in sorted(free, key=where)[:n]:
        c.use, c.claimed = use, True


def _spread_schools(cells: list[Cell], rng: np.random.Generator) -> None:
    """Give homes a school nearby: farthest-point sampling over the residential cells."""
    homes = [c for c in cells if c.use in ("highrise", "midrise", "village", "villa")]
    if not homes:
        return
    places = np.array([(c.u, c.v) for c in homes])
    fit = np.array([1.0 if 30_000 < c.parcel.area < 90_000 else 0.3 for c in homes])
    distance = np.full(len(homes), np.inf)
    chosen = int(rng.integers(len(homes)))
    for _ in range(min(_N_SCHOOLS, max(1, len(homes) // 6))):
        homes[chosen].use, homes[chosen].claimed = "school", True
        distance = np.minimum(distance, np.hypot(*(places - places[chosen]).T))
        chosen = int(np.argmax(distance * fit))
