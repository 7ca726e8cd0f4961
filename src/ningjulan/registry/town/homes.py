"""Where people live: high-rise compounds, old slab compounds, villas, urban villages and hamlets."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon, box

from ningjulan.registry.town.frame import largest
from ningjulan.registry.town.site import Site, cruciform, ellipse, roof, slab

HOME_KINDS = frozenset({"resi_high", "resi_mid", "villa"})
_KIND_OF_USE = {"highrise": "resi_high", "midrise": "resi_mid", "villa": "villa"}
_FLOOR_M = 2.95


@dataclass(frozen=True)
class _Style:
    form: str  # slab, tower, mix or row
    floors: int
    pitch_m: float  # from one row to the next: sunlight sets it
    depth_m: float


@dataclass(frozen=True)
class _Row:
    number: int  # from the south
    start_x: float
    y: float
    floors: int
    garden: Polygon | None  # to be kept clear


def build_compound(site: Site, use: str) -> None:
    """Fill a parcel with rows of homes, a ring lane, a gate, a garden, and shops along the street."""
    sides = [
        side
        for side, road in zip("WENS", _road_widths(site), strict=True)
        if (road >= 26 or site.rng.random() < 0.35) and site.rng.random() < 0.75
    ]
    shops = site.street_wall("".join(sides), (2, 4) if use == "midrise" else (2, 3))
    inner = site.local.buffer(-9 if use == "highrise" else -7)
    if shops:
        inner = inner.difference(shapely.union_all(shops).buffer(9))
    inner = largest(inner)
    if inner.is_empty:
        return
    _ring_lane_and_gate(site, inner)
    inner = largest(inner.buffer(-4))
    if inner.is_empty:
        return
    shapely.prepare(inner)
    style = _style_of(site, use)
    _rows(site, inner, style, use)
    if not site.built_kinds() & HOME_KINDS:
        _point_blocks(site, inner, style, use)
    x0, y0, x1, y1 = inner.bounds
    if use == "highrise" and site.rng.random() < 0.5 and x1 - x0 > 110 and y1 - y0 > 60:
        _kindergarten(site, inner)


def _road_widths(site: Site) -> tuple[float, float, float, float]:
    c = site.cell
    return c.west_m, c.east_m, c.north_m, c.south_m


def _ring_lane_and_gate(site: Site, inner: Polygon) -> None:
    ring = largest(inner.buffer(-1.5))
    if ring.is_empty:
        return
    site.canvas.lanes.append(np.asarray(site.to_town(ring).exterior.coords))
    x0, y0, x1, y1 = inner.bounds
    y = (y0 + y1) / 2
    outer = site.local.bounds
    west = site.rng.random() < 0.5
    line = LineString([(x0 + 1.5, y), (outer[0], y)] if west else [(x1 - 1.5, y), (outer[2], y)])
    gate = np.asarray(site.to_town(line).coords)
    site.canvas.lanes.append(gate)
    site.canvas.gates.append((site.number, gate))


def _style_of(site: Site, use: str) -> _Style:
    rng = site.rng
    if use == "highrise":
        form = str(rng.choice(["slab", "tower", "mix"], p=[0.42, 0.2, 0.38]))
        heights = [11, 17, 18, 24, 26, 28, 32, 33]
        floors = int(rng.choice(heights, p=[0.14, 0.12, 0.18, 0.12, 0.14, 0.12, 0.1, 0.08]))
        return _Style(form, floors, 27 + floors * 1.05, 15.5)
    if use == "villa":
        return _Style("row", 3, 21, 11.5)
    return _Style("slab", int(rng.choice([5, 6, 6, 7])), float(rng.uniform(22.5, 25.5)), 11.2)


def _rows(site: Site, inner: Polygon, style: _Style, use: str) -> None:
    """Place as many tidy rows as sunlight allows, the southernmost often lower."""
    rng = site.rng
    x0, y0, x1, y1 = inner.bounds
    height = y1 - y0
    n_rows = max(1, int((height - style.depth_m) // style.pitch_m) + 1)
    pitch = min((height - style.depth_m - 4) / max(1, n_rows - 1), style.pitch_m * 1.25)
    garden = None
    if use == "highrise" and n_rows >= 3 and x1 - x0 > 130:
        garden = ellipse((x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * 0.17, height * 0.17)
        site.land("garden", garden)
    for row in range(n_rows):
        floors = style.floors
        if use == "highrise" and row == 0 and rng.random() < 0.6:
            floors = max(8, floors - int(rng.integers(4, 9)))
        indent = float(rng.uniform(0, 10)) if use == "highrise" and row % 2 else 0.0
        y = y0 + style.depth_m / 2 + 2 + row * pitch
        _one_row(site, inner, style, use, _Row(row, x0 + 2 + indent, y, floors, garden))


def _one_row(site: Site, inner: Polygon, style: _Style, use: str, row: _Row) -> None:
    rng = site.rng
    x0, _, x1, _ = inner.bounds
    x = row.start_x
    while x < x1 - 18:
        is_tower = style.form == "tower" or (
            style.form == "mix" and (row.number + int(x > (x0 + x1) / 2)) % 2 == 1
        )
        template, length, gap, n_units, n_rooms = _template(site, style, use, is_tower)
        if x + length > x1:
            if use != "midrise" or x1 - x <= 26:
                return
            template, length, n_units = slab(24.8, style.depth_m, 2, 1.8), 24.8, 2
        shape = affinity.translate(template, x + length / 2, row.y)
        if inner.contains(shape) and not (row.garden is not None and row.garden.intersects(shape)):
            varied = use == "highrise" and rng.random() < 0.3
            n = row.floors + (int(rng.integers(-1, 2)) if varied else 0)
            site.build(shape, _KIND_OF_USE[use], n, roof(n, _FLOOR_M), doors=(n_units, n_rooms))
            x += length + gap
        else:
            x += 7.0


def _template(site: Site, style: _Style, use: str, is_tower: bool) -> tuple[Polygon, float, float, int, int]:
    """Return footprint, its length, the gap to the next, units, and dwellings per unit and floor."""
    rng = site.rng
    if style.form == "row":
        n = int(rng.integers(3, 6))
        return slab(n * 8.2, style.depth_m, n, 1.2), n * 8.2, float(rng.uniform(7, 11)), n, 1
    if use == "midrise":
        n = int(rng.integers(3, 6))
        return slab(n * 12.4, style.depth_m, n, 1.8), n * 12.4, float(rng.uniform(6.5, 10)), n, 2
    if is_tower:
        length = float(rng.choice([27, 30, 32]))
        return cruciform(length, 23), length, float(rng.uniform(20, 30)), 1, 4
    n = int(rng.choice([2, 2, 3, 3]))
    return slab(n * 16.5, style.depth_m, n), n * 16.5, float(rng.uniform(13, 19)), n, 2


def _point_blocks(site: Site, inner: Polygon, style: _Style, use: str) -> None:
    """An awkward plot where no row fits: point blocks along its spine."""
    x0, y0, x1, y1 = inner.bounds
    template = cruciform(26, 20) if use == "highrise" else slab(24.8, 11.2, 2, 1.8)
    floors = 4 if use == "villa" else style.floors
    kind = "resi_high" if use == "highrise" else "resi_mid"
    for x in np.arange(x0 + 16, x1 - 14, 36.0):
        shape = affinity.translate(template, float(x), (y0 + y1) / 2)
        if inner.contains(shape) and site.is_free(shape):
            site.build(shape, kind, floors, roof(floors, _FLOOR_M), doors=(1, 4))


def _kindergarten(site: Site, inner: Polygon) -> None:
    shape = box(-18, 0, 18, 15).union(box(-18, 12, -6, 30))
    x0, y0, x1, y1 = inner.bounds
    for _ in range(12):
        x, y = site.rng.uniform(x0 + 20, x1 - 20), site.rng.uniform(y0 + 5, y1 - 32)
        moved = affinity.translate(shape, float(x), float(y))
        if inner.contains(moved) and site.is_free(moved, 10):
            site.build(moved, "kindergarten", 3, roof(3, 3.8))
            return


def build_village(site: Site) -> None:
    """Fill a parcel with three- to five-storey houses in lanes, sometimes around a pond."""
    if site.is_empty:
        return
    rng = site.rng
    x0, y0, x1, y1 = site.local.bounds
    pond = None
    if rng.random() < 0.45:
        x, y = float(rng.uniform(x0 * 0.5, x1 * 0.5)), float(rng.uniform(y0 * 0.5, y1 * 0.5))
        shape = site.blob(x, y, 36, 24).intersection(site.local.buffer(-6))
        pond = largest(shape)
        if not pond.is_empty:
            site.land("pond", pond)
            pond = pond.buffer(8)
    houses, floors = _houses(site)
    if not len(houses):
        return
    fits = shapely.contains(site.local, houses)
    if pond is not None and not pond.is_empty:
        fits &= ~shapely.intersects(houses, pond)
    for house, n in zip(houses[fits], floors[fits], strict=True):
        site.build(house, "village", int(n), roof(int(n), 3.2), doors=(1, 0))
    if rng.random() < 0.6:
        site.plant(30)


def _houses(site: Site) -> tuple[np.ndarray, np.ndarray]:
    """Return candidate houses in rows, and their floors; each has a lower annex cut out in the north."""
    rng = site.rng
    x0, y0, x1, y1 = site.local.bounds
    lane, lean = float(rng.uniform(x0 * 0.3, x1 * 0.3)), float(rng.normal(0, 0.08))
    pitch, column = float(rng.uniform(19.5, 22.5)), float(rng.uniform(13.0, 15.4))
    rows: list[tuple[float, float, float, float, float]] = []
    floors: list[int] = []
    for y in np.arange(y0 + 7, y1 - 6, pitch).tolist():
        x, run = x0 + 6 + float(rng.uniform(0, 3)), 0
        while x < x1 - 6:
            width, depth = float(rng.normal(10.4, 0.7)), float(rng.normal(11.2, 0.6))
            if abs(x - lane - lean * y) < 8:  # the main lane stays open
                x, run = x + 9, 0
                continue
            if rng.random() < 0.93:
                jitter, turn = float(rng.normal(0, 0.35)), float(rng.normal(0, 0.012))
                rows.append((x, y + jitter, min(width, column - 1.2), depth, turn))
                floors.append(int(rng.choice([3, 3, 4, 4, 4, 5])))
            x, run = x + column, run + 1
            if run >= int(rng.integers(4, 9)):
                x, run = x + float(rng.uniform(5, 10)), 0
    if not rows:
        return np.empty(0, object), np.empty(0, int)
    table = np.array(rows)
    half_w, half_d, turned = table[:, 2] / 2, table[:, 3] / 2, table[:, 4]
    xs = np.stack([-half_w, half_w, half_w, half_w * 0.2, half_w * 0.2, -half_w], 1)
    ys = np.stack([-half_d, -half_d, half_d, half_d, half_d - 1.8, half_d - 1.8], 1)
    cos, sin = np.cos(turned)[:, None], np.sin(turned)[:, None]
    corners = np.stack([table[:, :1] + xs * cos - ys * sin, table[:, 1:2] + xs * sin + ys * cos], axis=-1)
    return shapely.polygons(corners), np.array(floors)
