"""The skeleton of the town: arterials, blocks, canals, the elevated road, the metro, and the boundary."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from ningjulan.registry.town.frame import Floats, largest, rounded, warp, warped_line, warped_rectangle
from ningjulan.registry.town.mesh import Mesh, Rectangle
from ningjulan.registry.town.plan import ROAD_WIDTH_M, Cell, Layout, Station, Street, random_stream
from ningjulan.registry.town.words import WORDS

AREA_M2 = 52.85e6
_INLAND_SHARE = 0.2  # how much of a smaller scale is taken off the depth; the rest off the width
EXPRESS = 6  # the arterial that becomes the expressway over the river

_STATIONS_ALONG = {2: "文津站", 3: "平澜站", 4: "博学站", 5: "丰和站", 7: "奔潮站", 8: "明星站", 9: "通惠站"}


def lay_out(seed: int, scale: float) -> Layout:
    """Lay out a town of `scale` × 52.85 km² on the south bank of the river."""
    rng = random_stream(seed, 1)
    across = np.array([-6200, -5150, -4080, -3010, -1960, -880, 260, 1330, 2380, 3420, 4500, 5600], float)
    along = np.array([95, 1010, 2020, 3080, 4120, 5200, 6350, 7500], float)
    across[1:-1] += rng.normal(0, 45, len(across) - 2)
    along[1:-1] += rng.normal(0, 45, len(along) - 2)

    streets = list(_arterials(across, along))
    cells = [
        Cell(u0, u1, 12, along[0], west_m=0, east_m=0, north_m=0, south_m=24, use="riverpark")
        for u0, u1 in pairwise(across)
    ]
    _subdivide(across, along, cells, streets, rng)
    canals = _canals(across, along, random_stream(seed, 2))
    lines = [(LineString(xy), width) for xy, width in canals]
    boundary, depth = _boundary(across, along, cells, scale)
    return Layout(
        across=across,
        along=along,
        streets=streets,
        cells=cells,
        far_cells=_other_bank(across),
        boundary=boundary,
        river_depth_m=depth,
        river=_river(),
        canals=canals,
        canal_water=shapely.union_all([line.buffer(w / 2, quad_segs=4) for line, w in lines]),
        canal_reserve=shapely.union_all([line.buffer(w / 2 + 14, quad_segs=4) for line, w in lines]),
        elevated=_elevated(across, along),
        stations=_stations(across, along),
        metro=[
            ("2号线", warped_line([(across[EXPRESS] + 14, -1500), (across[EXPRESS] + 14, along[-1])])),
            ("7号线", warped_line([(across[0], along[1] - 12), (across[-1], along[1] - 12)])),
        ],
    )


def _arterials(across: Floats, along: Floats) -> Iterator[Street]:
    for i, v in enumerate(along):
        yield Street(
            "arterial" if i else "secondary", WORDS["streets_along"][i], (across[0], v), (across[-1], v)
        )
    for i, u in enumerate(across):
        level = "express" if i == EXPRESS else "arterial"
        yield Street(level, WORDS["streets_across"][i], (u, along[0]), (u, along[-1]))
        if i in (4, EXPRESS, 9):
            yield Street(
                level, f"{WORDS['streets_across'][i]}大桥", (u, -1500.0), (u, along[0]), is_bridge=True
            )


def _subdivide(
    across: Floats, along: Floats, cells: list[Cell], streets: list[Street], rng: np.random.Generator
) -> None:
    """Cut every super-block by secondary roads, then recursively by local ones."""
    n_u, n_v = len(across) - 1, len(along) - 1
    cut_v = np.array([_shared_cuts(n_u, rng, skip=0.12) for _ in range(n_v)]).T
    cut_u = np.array([_shared_cuts(n_v, rng, skip=0.10) for _ in range(n_u)])
    for i in range(n_u):
        for j in range(n_v):
            u0, u1, v0, v1 = across[i], across[i + 1], along[j], along[j + 1]
            us = [u0, u1] if np.isnan(cut_u[i, j]) else [u0, u0 + cut_u[i, j] * (u1 - u0), u1]
            vs = [v0, v1] if np.isnan(cut_v[i, j]) else [v0, v0 + cut_v[i, j] * (v1 - v0), v1]
            if len(vs) == 3:
                name = _pick("secondary_along", j * 2 + i // 4)
                streets.append(Street("secondary", name, (u0, vs[1]), (u1, vs[1])))
            if len(us) == 3:
                name = _pick("secondary_across", i + (j // 3) * 5)
                streets.append(Street("secondary", name, (us[1], v0), (us[1], v1)))
            for block in _blocks(us, vs, i, j):
                _split(block, across, along, cells, streets, rng)


def _pick(pool: str, n: int) -> str:
    return WORDS[pool][n % len(WORDS[pool])]


def _shared_cuts(n: int, rng: np.random.Generator, skip: float) -> Floats:
    """Return where a secondary road cuts each of `n` super-blocks (share of its length), NaN for none."""
    cuts = np.full(n, np.nan)
    i = 0
    while i < n:
        run = int(rng.integers(2, 5))  # the same road runs on through several super-blocks
        if rng.random() >= skip:
            cuts[i : i + run] = rng.uniform(0.42, 0.58)
        i += run
    return cuts


def _blocks(us: list[float], vs: list[float], i: int, j: int) -> Iterator[Cell]:
    arterial, secondary = ROAD_WIDTH_M["arterial"], ROAD_WIDTH_M["secondary"]
    west = ROAD_WIDTH_M["express"] if i == EXPRESS else arterial
    east = ROAD_WIDTH_M["express"] if i + 1 == EXPRESS else arterial
    north = arterial if j else secondary
    for a in range(len(us) - 1):
        for b in range(len(vs) - 1):
            yield Cell(
                us[a],
                us[a + 1],
                vs[b],
                vs[b + 1],
                west_m=secondary if a else west,
                east_m=east if a == len(us) - 2 else secondary,
                north_m=secondary if b else north,
                south_m=arterial if b == len(vs) - 2 else secondary,
            )


def _split(
    c: Cell,
    across: Floats,
    along: Floats,
    cells: list[Cell],
    streets: list[Street],
    rng: np.random.Generator,
) -> None:
    width, depth = c.u1 - c.u0, c.v1 - c.v0
    wanted = _block_size(c.u, c.v, across, along)
    longest = max(width, depth)
    if longest < wanted * 1.45 or (longest < wanted * 2.0 and rng.random() < 0.25):
        cells.append(c)
        return
    local = ROAD_WIDTH_M["local"]
    share = rng.uniform(0.40, 0.60)
    if width > depth * rng.uniform(0.85, 1.15):
        cut = c.u0 + share * width
        streets.append(Street("local", "", (cut, c.v0), (cut, c.v1)))
        halves = [replace(c, u1=cut, east_m=local), replace(c, u0=cut, west_m=local)]
    else:
        cut = c.v0 + share * depth
        streets.append(Street("local", "", (c.u0, cut), (c.u1, cut)))
        halves = [replace(c, v1=cut, south_m=local), replace(c, v0=cut, north_m=local)]
    for half in halves:
        _split(half, across, along, cells, streets, rng)


def _block_size(u: float, v: float, across: Floats, along: Floats) -> float:
    """Return the wanted side of a block in metres: small in the centre, large among factories and fields."""
    if v < along[1] and across[4] < u < across[7]:
        return 190
    if u > across[7] and v > along[3]:
        return 330
    return 360 if v > along[4] + 500 else 265


def _canals(across: Floats, along: Floats, rng: np.random.Generator) -> list[tuple[Floats, float]]:
    courses: list[tuple[tuple[float, float], tuple[float, float], float, float, int]] = [
        ((across[0], along[2] - 420), (across[-1], along[2] + 260), 34, 70, 14),
        ((across[0], along[4] - 330), (across[-1], along[3] + 420), 30, 70, 14),
        ((across[3] + 360, along[-1]), (across[4] - 380, 150), 26, 60, 14),
        ((across[7] + 420, along[-1]), (across[7] + 280, 150), 30, 60, 14),
        ((across[5] + 340, along[-1]), (across[5] + 420, along[3] - 300), 20, 50, 9),
        ((across[8] + 500, along[3]), (across[-1], along[5] - 200), 20, 50, 9),
        ((across[0], along[5] + 420), (across[6] + 200, along[5] + 300), 22, 50, 11),
    ]
    canals = []
    for start, end, width, wander, n in courses:
        ends = np.array([start, end])
        line = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, n)[:, None]
        direction = ends[1] - ends[0]
        normal = np.array([-direction[1], direction[0]]) / np.hypot(*direction)
        offset = np.cumsum(rng.normal(0, wander, n))
        offset -= np.linspace(offset[0], offset[-1], n)
        canals.append((warped_line(rounded(line + normal * offset[:, None]), 40), width))
    return canals


def _river() -> Polygon:
    us = np.linspace(-7200, 7000, 240)
    bank = np.column_stack(warp(us, np.zeros_like(us)))
    far = np.column_stack(warp(us, -1240 + 120 * np.sin(us / 2100)))
    return Polygon(np.vstack([bank, far[::-1]]))


def _other_bank(across: Floats) -> list[Polygon]:
    starts = np.arange(across[0], across[-1], 420)
    rows = [-1420 - 430 * k for k in range(3)]
    return [warped_rectangle(u + 14, u + 406, v - 400, v) for u in starts for v in rows]


def _elevated(across: Floats, along: Floats) -> Floats:
    course = [
        (across[0], along[4] + 350),
        (across[2], along[4] + 300),
        (across[4] - 200, along[3] + 560),
        (across[6] + 300, along[3] + 420),
        (across[8] + 200, along[2] + 520),
        (across[10], along[2] - 100),
        (across[-1], along[1] + 200),
    ]
    return warped_line(rounded(course), 60)


def _stations(across: Floats, along: Floats) -> list[Station]:
    offsets = [330, 40, 60, -30, 20, -150]
    inland = [
        Station(name, across[EXPRESS] + 14, v + offset)
        for name, v, offset in zip(WORDS["stations_across"], along, offsets, strict=False)
    ]
    return inland + [Station(name, across[i] + 60, along[1] - 12) for i, name in _STATIONS_ALONG.items()]


def _boundary(across: Floats, along: Floats, cells: list[Cell], scale: float) -> tuple[Polygon, float]:
    """Mark the cells inside the town; return its outline and how far it runs into the river.

    The outline follows the middle of roads, as real ones do, and closes in mid-river, at the distance from
    the bank that makes the area exact.
    """
    faces = np.array(Mesh(Rectangle(c.u0, c.u1, c.v0, c.v1) for c in cells).polygons(), dtype=object)
    area = shapely.area(faces)
    centres = np.array([(c.u, c.v) for c in cells])
    is_bank = np.array([c.use == "riverpark" for c in cells])
    wanted, depth = AREA_M2 * scale, 640 * scale**_INLAND_SHARE

    low, high = along[4] + 500, 9000.0
    for _ in range(40):
        south = (low + high) / 2
        inside = _within(_outline(across, along, south, scale), centres)
        river = depth * sum(cells[i].u1 - cells[i].u0 for i in np.flatnonzero(inside & is_bank))
        low, high = (south, high) if area[inside].sum() + river < wanted else (low, south)

    land = Polygon(largest(shapely.union_all(faces[inside])).exterior)
    inside = shapely.contains(land, shapely.point_on_surface(faces))
    for cell, is_inside in zip(cells, inside, strict=True):
        cell.inside = bool(is_inside)
    return _close_in_the_river(cells, wanted)


def _close_in_the_river(cells: list[Cell], wanted: float) -> tuple[Polygon, float]:
    """Return the outline of `wanted` square metres, and the distance from the bank that makes it so."""
    inside = [c for c in cells if c.inside]
    bank = [c for c in inside if c.use == "riverpark"]
    shallow, deep = 20.0, 1200.0
    land = sum(shapely.area(_faces([c for c in inside if c.use != "riverpark"], 0)))
    for _ in range(50):
        depth = (shallow + deep) / 2
        area = land + sum(shapely.area(_faces(bank, depth)))
        shallow, deep = (depth, deep) if area < wanted else (shallow, depth)
    return largest(shapely.union_all(_faces(inside, depth))), depth


def town_rectangle(cell: Cell, depth: float) -> Rectangle:
    """Return the cell as the boundary sees it: the promenade also owns the river in front of it."""
    return Rectangle(cell.u0, cell.u1, -depth if cell.use == "riverpark" else cell.v0, cell.v1)


def _faces(cells: list[Cell], depth: float) -> list[Polygon]:
    return Mesh(town_rectangle(c, depth) for c in cells).polygons()


def _within(outline: Polygon, points: Floats) -> np.ndarray:
    shapely.prepare(outline)
    return np.asarray(shapely.contains_xy(outline, points[:, 0], points[:, 1]))


def _outline(across: Floats, along: Floats, south: float, scale: float) -> Polygon:
    """Return the rough outline in (u, v); a smaller town is a narrower strip from the river inland."""
    corners = np.array(
        [
            (across[2], -640),
            (across[9], -640),
            (across[9], along[2]),
            (across[9] + 260, along[2] + 40),
            (across[9] + 300, along[4]),
            (across[9] - 380, along[4] + 60),
            (across[9] - 420, south + 60),
            (across[6] + 300, south + 130),
            (across[5] + 100, south - 120),
            (across[4], south + 60),
            (across[3] - 100, south - 420),
            (across[2] + 220, south - 480),
            (across[2] + 170, along[3]),
            (across[2], along[3] - 30),
        ]
    )
    centre = np.array([(across[4] + across[5]) / 2, 0.0])
    return Polygon((corners - centre) * [scale ** (1 - _INLAND_SHARE), scale**_INLAND_SHARE] + centre)


def station_points(layout: Layout) -> list[Point]:
    """Return the metro stations in metres."""
    return [Point(*(float(axis) for axis in warp(s.u, s.v))) for s in layout.stations]
