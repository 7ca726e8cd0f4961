"""What the steps of the generator hand on: cells, roads, buildings, and the canvas they are drawn on."""

from dataclasses import dataclass, field

import numpy as np
from shapely import Geometry
from shapely.geometry import Polygon

from ningjulan.registry.town.frame import Floats

ROAD_WIDTH_M = {"express": 44, "arterial": 42, "secondary": 28, "local": 16, "lane": 7}
SPEED_KMH = {"express": 70, "arterial": 45, "secondary": 35, "local": 25, "lane": 12, "ramp": 40}


@dataclass
class Cell:
    """A block between roads: a rectangle in (u, v), its use, and the parcel left to build on."""

    u0: float
    u1: float
    v0: float
    v1: float
    west_m: float = 14  # widths of the roads on its four sides; the river is north
    east_m: float = 14
    north_m: float = 14
    south_m: float = 14
    use: str = ""
    inside: bool = False
    claimed: bool = False  # given to a school, a park …: not to be taken again
    parcel: Geometry = field(default_factory=Polygon)
    name: str = ""

    @property
    def u(self) -> float:
        return (self.u0 + self.u1) / 2

    @property
    def v(self) -> float:
        return (self.v0 + self.v1) / 2


@dataclass(frozen=True)
class Street:
    """A road along one side of the (u, v) plane, from `start` to `end`."""

    level: str
    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    is_bridge: bool = False


@dataclass
class Building:
    footprint: Polygon
    kind: str
    cell: int
    floors: int
    height_m: float
    base_m: float = 0.0
    n_units: int = 1
    n_rooms: int = 1  # dwellings per unit and floor; shops or offices for other kinds
    n_addresses: int = 0


@dataclass
class Canvas:
    """Everything that is drawn while the cells are built on."""

    buildings: list[Building] = field(default_factory=list)
    land: list[tuple[str, Geometry]] = field(default_factory=list)
    lanes: list[Floats] = field(default_factory=list)
    gates: list[tuple[int, Floats]] = field(
        default_factory=list
    )  # cell, line from the ring lane to the street
    trees: list[Floats] = field(default_factory=list)
    lake: Polygon = field(default_factory=Polygon)


@dataclass(frozen=True)
class Station:
    name: str
    u: float
    v: float


@dataclass
class Layout:
    """The skeleton: where roads, water, rails and blocks lie."""

    across: Floats  # u of the arterials that lead inland
    along: Floats  # v of the arterials along the bank
    streets: list[Street]
    cells: list[Cell]
    far_cells: list[Polygon]  # the other bank, as context
    boundary: Polygon
    river_depth_m: float  # how far into the river the boundary runs
    river: Polygon
    canals: list[tuple[Floats, float]]  # centre line, width
    canal_water: Geometry
    canal_reserve: Geometry  # water and its green edge
    elevated: Floats
    stations: list[Station]
    metro: list[tuple[str, Floats]]


def random_stream(seed: int, *step: int) -> np.random.Generator:
    """Return the random numbers of one step: a change in one step leaves the others as they were."""
    return np.random.default_rng([seed, *step])
