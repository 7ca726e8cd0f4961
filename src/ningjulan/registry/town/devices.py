"""Cameras, fire sensors, bins, water stations, gate barriers: where they stand and what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import polars as pl
import shapely
from shapely.geometry import LineString

from ningjulan.registry.domain.codes import component_code, device_code
from ningjulan.registry.town.divisions import Divisions
from ningjulan.registry.town.frame import Floats, from_lonlat, largest, to_lonlat
from ningjulan.registry.town.plan import Canvas, Layout, random_stream
from ningjulan.registry.town.premises import Premises
from ningjulan.registry.town.roads import Roads

N_CAMERAS = 2000
N_SMOKE_BUILDINGS = 520
N_BINS = 1200
_CIVIL_CODE = "33010913"
_CAMERA_INDUSTRY = {"road": "00", "highrise": "01", "midrise": "01", "village": "01", "school": "11"}
# Types: GB/T 28181 for what speaks it; CL_FIRE_UNIT for fire parts (23 call point, 42 smoke detector).
_IPC, _ALARM_CONTROL, _ALARM_INPUT, _BARRIER = "132", "117", "134", "141"

SCHEMA = {
    "device_id": pl.String,
    "kind": pl.String,  # camera, fire, bin, water, gate
    "type_code": pl.String,
    "name": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "grid_code": pl.String,
    "building_id": pl.String,
    "compound_id": pl.String,
    "address_text": pl.String,
    "floor_no": pl.Int16,
    "parent_id": pl.String,
    "heading_deg": pl.Int16,
    "has_ptz": pl.Boolean,
    "is_online": pl.Boolean,
}


@dataclass
class _Rows:
    """Devices being collected; positions in metres until the table is made."""

    rows: list[dict[str, object]] = field(default_factory=list)
    at: list[tuple[float, float]] = field(default_factory=list)

    def add(self, x: float, y: float, **facts: object) -> None:
        self.at.append((x, y))
        self.rows.append(facts)


@dataclass(frozen=True)
class Fabric:
    """The built town, before anything is installed in it."""

    layout: Layout
    canvas: Canvas
    roads: Roads
    divisions: Divisions
    premises: Premises


def place_devices(town: Fabric, seed: int, scale: float) -> pl.DataFrame:
    """Return every device of the town, in the grid it stands in."""
    rows = _Rows()
    _cameras(rows, town, seed, round(N_CAMERAS * scale))
    _fire_sensors(rows, town.premises, seed, max(1, round(N_SMOKE_BUILDINGS * scale)))
    _bins(rows, town, seed, round(N_BINS * scale))
    _water_stations(rows, town.layout)
    _gates(rows, town.canvas, town.premises)
    return _table(rows, town.divisions, seed)


def _table(rows: _Rows, divisions: Divisions, seed: int) -> pl.DataFrame:
    at = np.array(rows.at, float)
    grids = np.array([g.outline for g in divisions.grids], dtype=object)
    nearest = shapely.STRtree(grids).nearest(shapely.points(at))
    lonlat = to_lonlat(at).round(7)
    online = random_stream(seed, 13).random(len(at)) < 0.97
    frame = pl.DataFrame(rows.rows, schema={k: v for k, v in SCHEMA.items() if k not in _DERIVED})
    frame = frame.with_columns(
        lon=pl.Series(lonlat[:, 0]),
        lat=pl.Series(lonlat[:, 1]),
        own_grid=pl.Series([divisions.grids[g].code for g in nearest]),
        is_online=pl.Series(online),
    )
    return frame.with_columns(grid_code=pl.coalesce("grid_code", "own_grid")).select(list(SCHEMA))


_DERIVED = frozenset({"lon", "lat", "is_online"})


def _cameras(rows: _Rows, town: Fabric, seed: int, wanted: int) -> None:
    """Cameras along the main roads and at the edges of compounds, schools, villages and works."""
    rng = random_stream(seed, 10)
    places: list[tuple[float, float, float, str, str]] = []
    for edge in town.roads.edges:
        if edge.level in ("arterial", "secondary", "express") and not edge.is_elevated:
            places += _along(edge.line, edge.name or "内部道路", rng)
    for cell in town.layout.cells:
        if cell.inside and cell.use in _WATCHED:
            ring = np.asarray(largest(cell.parcel).exterior.coords)
            middle = ring.mean(0)
            for corner in ring[rng.integers(0, len(ring), 4)]:
                inwards = middle - corner
                angle = float(np.degrees(np.arctan2(inwards[0], inwards[1])) % 360)
                places.append((*corner.tolist(), angle, cell.use, cell.name))
    inside = shapely.contains_xy(town.layout.boundary, [p[0] for p in places], [p[1] for p in places])
    places = [p for p, is_inside in zip(places, inside, strict=True) if is_inside]
    if len(places) < wanted:
        raise ValueError(f"only {len(places)} places for {wanted} cameras")
    for n, i in enumerate(rng.permutation(len(places))[:wanted], start=1):
        x, y, heading, place, name = places[i]
        code = device_code(
            civil_code=_CIVIL_CODE, industry=_CAMERA_INDUSTRY.get(place, "02"), device_type=_IPC, sequence=n
        )
        has_ptz = bool(rng.random() < (0.35 if place == "road" else 0.15))
        rows.add(
            x, y, device_id=code, kind="camera", type_code=_IPC, has_ptz=has_ptz,
            heading_deg=int(heading) % 360, name=f"{name}{n:04d}号{'球机' if has_ptz else '枪机'}",
        )  # fmt: skip


_WATCHED = frozenset(
    [
        "highrise",
        "midrise",
        "villa",
        "dorm",
        "school",
        "hospital",
        "market",
        "mall",
        "village",
        "hamlet",
        "gov",
        "campus",
        "factory",
        "cbd",
        "office",
    ]
)


def _along(
    line: LineString, name: str, rng: np.random.Generator
) -> list[tuple[float, float, float, str, str]]:
    found = []
    for at in np.arange(25.0, line.length - 10, 130.0):
        here, ahead = line.interpolate(at), line.interpolate(at + 5)
        heading = float(np.degrees(np.arctan2(ahead.x - here.x, ahead.y - here.y)))
        side = 9.0 if rng.random() < 0.5 else -9.0
        turn = np.radians(heading + 90)
        facing = heading if rng.random() < 0.5 else heading + 180
        x, y = here.x + side * np.sin(turn), here.y + side * np.cos(turn)
        found.append((float(x), float(y), float(facing % 360), "road", name))
    return found


_WATCHED_FOR_FIRE = [
    *("office", "hotel", "mall", "market", "hospital"),
    *("school", "resi_high", "podium", "gov", "factory"),
]


def _fire_sensors(rows: _Rows, premises: Premises, seed: int, n_buildings: int) -> None:
    """A transmission device per watched building; smoke detectors and call points on its floors."""
    rng = random_stream(seed, 11)
    able = premises.buildings.filter(pl.col("kind").is_in(_WATCHED_FOR_FIRE) & (pl.col("n_addresses") > 0))
    chosen = sorted(rng.permutation(len(able))[:n_buildings].tolist())
    codes = count(1)
    for building in able[chosen].iter_rows(named=True):
        x, y = from_lonlat(building["lon"], building["lat"])
        place, text = building["name"], building["address_text"]
        common = {key: building[key] for key in ("building_id", "compound_id", "grid_code")}
        parent = _fire_code(_ALARM_CONTROL, next(codes))
        rows.add(
            x, y, device_id=parent, kind="fire", type_code="transmitter", name=f"{place}用户信息传输装置",
            address_text=text, floor_no=1, **common,
        )  # fmt: skip
        for floor, type_code, what in _fire_parts(building["floors"]):
            dx, dy = rng.uniform(-4, 4), rng.uniform(-2, 2)
            rows.add(
                x + float(dx), y + float(dy), device_id=_fire_code(_ALARM_INPUT, next(codes)), kind="fire",
                type_code=type_code, name=f"{place}{floor}层{what}", parent_id=parent, floor_no=floor,
                address_text=f"{text}{floor}层", **common,
            )  # fmt: skip


def _fire_code(device_type: str, sequence: int) -> str:
    return device_code(civil_code=_CIVIL_CODE, industry="02", device_type=device_type, sequence=sequence)


def _fire_parts(floors: int) -> Iterator[tuple[int, str, str]]:
    """Return smoke detectors on every other floor and call points on every third, from the ground up."""
    for floor in range(1, floors + 1):
        if floor % 2:
            yield floor, "42", "感烟探测器"
        if floor % 3 == 1:
            yield floor, "23", "手动报警按钮"


def _bins(rows: _Rows, town: Fabric, seed: int, wanted: int) -> None:
    """A sorted-waste point in every residential compound and village, the rest as bins along the streets."""
    rng = random_stream(seed, 12)
    homes = town.premises.compounds.filter(
        pl.col("use").is_in(["highrise", "midrise", "villa", "dorm", "village", "hamlet"])
    )
    for n, compound in enumerate(homes.iter_rows(named=True), start=1):
        code = component_code(district="330109", major="03", minor="04", sequence=n)
        rows.add(
            compound["east"], compound["north"], device_id=code, kind="bin", type_code="0304",
            name=f"{compound['name']}垃圾分类投放点", compound_id=compound["compound_id"],
        )  # fmt: skip
    places = [
        spot
        for edge in town.roads.edges
        if edge.level in ("secondary", "local", "arterial") and not edge.is_elevated
        for spot in _along(edge.line, edge.name or "社区道路", rng)
    ]
    inside = shapely.contains_xy(town.layout.boundary, [p[0] for p in places], [p[1] for p in places])
    places = [p for p, is_inside in zip(places, inside, strict=True) if is_inside]
    for n, i in enumerate(rng.permutation(len(places))[: max(0, wanted - len(homes))], start=1):
        x, y, _, _, name = places[i]
        code = component_code(district="330109", major="03", minor="05", sequence=n)
        rows.add(x, y, device_id=code, kind="bin", type_code="0305", name=f"{name}{n}号果壳箱")


def _water_stations(rows: _Rows, layout: Layout) -> None:
    """A monitoring station every 1.2 km along the canals, and at the river."""
    places: list[Floats] = []
    for xy, _ in layout.canals:
        line = LineString(xy)
        points = shapely.line_interpolate_point(line, np.arange(300.0, line.length, 1200.0))
        places.append(shapely.get_coordinates(points))
    for n, (x, y) in enumerate(
        (p for p in np.vstack(places) if layout.boundary.contains(shapely.Point(p))), start=1
    ):
        code = component_code(district="330109", major="03", minor="08", sequence=n)
        rows.add(float(x), float(y), device_id=code, kind="water", type_code="0308", name=f"河道水质{n}号站")


def _gates(rows: _Rows, canvas: Canvas, premises: Premises) -> None:
    """A barrier at the entrance of every smart compound."""
    smart = {c["cell"]: c for c in premises.compounds.filter("is_smart").iter_rows(named=True)}
    n = 0
    for cell, line in canvas.gates:
        if cell not in smart:
            continue
        n += 1
        code = device_code(civil_code=_CIVIL_CODE, industry="01", device_type=_BARRIER, sequence=n)
        x, y = line[-1].tolist()
        rows.add(
            x, y, device_id=code, kind="gate", type_code=_BARRIER, name=f"{smart[cell]['name']}大门道闸",
            compound_id=smart[cell]["compound_id"],
        )  # fmt: skip
