"""The town as map layers, ready to be cut into tiles. Names of layers and fields are the map's contract."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import Geometry
from shapely.geometry import LineString, MultiLineString, Point, box

from ningjulan.registry.town.frame import largest, polygons_of, warp
from ningjulan.registry.town.generator import Town
from ningjulan.registry.town.layout import station_points
from ningjulan.registry.town.roads import context_lines
from ningjulan.registry.town.tables import STREET_NAME

CONTEXT_ROADS_M = 1300.0
_FADE_STEP_M = 260.0
_N_FADE_STEPS = 5
_BEYOND_M = 9000.0

_LAND_FROM_ZOOM = {"context": 11, "field0": 13, "field1": 13, "field2": 13, "greenhouse": 14, "garden": 14}
_ROAD_FROM_ZOOM = {"express": 10, "arterial": 10, "metro": 11, "secondary": 12, "local": 13, "lane": 14}
_POI_USES = frozenset(
    ["hospital", "gov", "market", "stadium", "landmark", "campus", "school", "mall", "shops"]
)
_HOME_USES = frozenset(["highrise", "midrise", "villa", "dorm", "village", "hamlet"])


@dataclass(frozen=True)
class Feature:
    layer: str
    shape: Geometry  # metres
    from_zoom: int
    properties: dict[str, Any]


def map_features(town: Town) -> Iterator[Feature]:
    """Return every feature of the map, layer by layer."""
    yield from _land(town)
    yield from _roads(town)
    yield from _buildings(town)
    yield from _areas(town)
    yield from _fade(town)
    yield from _labels(town)


def _land(town: Town) -> Iterator[Feature]:
    layout = town.layout
    water = [("river", layout.river), ("canal", layout.canal_water)]
    for kind, shape in [*town.canvas.land, *water]:
        for part in polygons_of(shape):
            zoom = _LAND_FROM_ZOOM.get(kind, 10 if part.area > 200_000 else 12)
            yield Feature("land", shapely.simplify(part, 0.3), zoom, {"kind": kind})


def _roads(town: Town) -> Iterator[Feature]:
    """Streets joined to long lines, so that their names have room; `outside` marks the surroundings."""
    groups: dict[tuple[str, str, bool], list[LineString]] = defaultdict(list)
    for edge in town.roads.edges:
        if edge.level != "ramp":
            groups[edge.level, edge.name, edge.is_elevated].append(edge.line)
    for (level, name, is_elevated), lines in groups.items():
        merged = shapely.line_merge(MultiLineString(lines))
        for line in getattr(merged, "geoms", [merged]):
            yield _road(level, name, line, is_elevated=is_elevated)
    for street, line in context_lines(town.layout, CONTEXT_ROADS_M):
        is_elevated = street.start == street.end
        yield _road(
            street.level, street.name, line, is_elevated, street.is_bridge, outside=not street.is_bridge
        )
    for lane in town.canvas.lanes:
        yield _road("lane", "", LineString(lane))
    near = town.layout.boundary.buffer(CONTEXT_ROADS_M)
    for name, xy in town.layout.metro:
        yield _road("metro", name, LineString(xy).intersection(near))


def _road(
    level: str,
    name: str,
    line: Geometry,
    is_elevated: bool = False,
    is_bridge: bool = False,
    outside: bool = False,
) -> Feature:
    facts = {"level": level, "name": name, "bridge": int(is_bridge), "elevated": int(is_elevated)}
    if outside:
        facts["outside"] = 1
    return Feature("roads", shapely.simplify(line, 0.5), _ROAD_FROM_ZOOM[level], facts)


def _buildings(town: Town) -> Iterator[Feature]:
    table = town.premises.buildings.iter_rows(named=True)
    for building, row in zip(town.canvas.buildings, table, strict=True):
        facts = {
            "id": row["map_id"],
            "kind": row["kind"],
            "height": row["height_m"],
            "base": row["base_m"],
            "floors": row["floors"],
            "name": row["name"],
            "grid": row["grid_code"],
            "community": row["community_code"],
        }
        yield Feature("buildings", building.footprint, 13, facts)


def _areas(town: Town) -> Iterator[Feature]:
    counts = dict(town.premises.addresses.group_by("grid_code").len().iter_rows())
    for grid in town.divisions.grids:
        facts = {"code": grid.code, "name": grid.name, "n": counts.get(grid.code, 0)}
        yield Feature("grids", grid.outline, 11, facts)
    for community in town.divisions.communities:
        yield Feature("communities", community.outline, 9, {"code": community.code, "name": community.name})
    yield Feature("boundary", town.layout.boundary, 8, {"name": STREET_NAME})


def _fade(town: Town) -> Iterator[Feature]:
    """Rings around the town, `step` 1 to 5: in the background colour, denser outwards, they end the map."""
    inner = town.layout.boundary
    frame = box(*town.layout.boundary.buffer(_BEYOND_M).bounds)
    for step in range(1, _N_FADE_STEPS + 1):
        outer = frame if step == _N_FADE_STEPS else town.layout.boundary.buffer(step * _FADE_STEP_M)
        yield Feature("fade", outer.difference(inner), 8, {"step": step})
        inner = outer


def _labels(town: Town) -> Iterator[Feature]:
    for community in town.divisions.communities:
        land = largest(community.outline.difference(town.layout.river))
        yield _label(land.representative_point(), community.name, "community", 10)
    for station, point in zip(town.layout.stations, station_points(town.layout), strict=True):
        if town.layout.boundary.contains(point):
            yield _label(point, station.name, "metro", 12)
    yield from _place_labels(town)
    yield from _water_labels(town)


def _place_labels(town: Town) -> Iterator[Feature]:
    built = {b.cell for b in town.canvas.buildings}
    seen: set[str] = set()
    for number, cell in enumerate(town.layout.cells):
        is_named = cell.inside and cell.name and not cell.name.endswith("组")
        if not is_named or (cell.use == "campus" and "campus" in seen):
            continue
        seen.add(cell.use)
        place = largest(cell.parcel).representative_point()
        if cell.use in _POI_USES:
            name = cell.name.removesuffix("一区")
            yield _label(place, name, "poi", 13 if cell.use != "school" else 14, use=cell.use)
        elif cell.use in _HOME_USES and number in built:
            yield _label(place, cell.name, "compound", 14)


def _water_labels(town: Town) -> Iterator[Feature]:
    middle = (town.layout.across[4] + town.layout.across[5]) / 2
    x, y = warp(middle, -min(330.0, town.layout.river_depth_m / 2))
    yield _label(Point(float(x), float(y)), "钱塘江", "water", 9)
    if not town.canvas.lake.is_empty:
        yield _label(town.canvas.lake.representative_point(), "南湖", "water", 12)


def _label(point: Geometry, name: str, kind: str, from_zoom: int, **facts: str) -> Feature:
    return Feature("labels", point, from_zoom, {"name": name, "kind": kind, **facts})
