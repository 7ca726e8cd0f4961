"""Where people work and shop: the centre, office parks, factories, malls, markets."""

import math

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from ningjulan.registry.town.frame import largest
from ningjulan.registry.town.site import Site, ellipse, roof

_OFFICE_FLOOR_M = 4.0


def build_offices(site: Site, *, is_centre: bool, from_centre_m: float) -> None:
    """Cut the parcel into lots and put a tower on each, taller towards the centre."""
    if site.is_empty:
        return
    x0, y0, x1, y1 = site.local.bounds
    width, height = x1 - x0, y1 - y0
    n_x = max(1, round(width / (88 if is_centre else 105)))
    n_y = max(1, round(height / (92 if is_centre else 105)))
    tallest = 16 + 34 * math.exp(-((from_centre_m / 620) ** 2)) if is_centre else 14
    for i in range(n_x):
        for j in range(n_y):
            west, east = x0 + width * i / n_x + 5, x0 + width * (i + 1) / n_x - 5
            south, north = y0 + height * j / n_y + 5, y0 + height * (j + 1) / n_y - 5
            lot = box(west, south, east, north).intersection(site.local)
            if lot.geom_type == "Polygon" and lot.area >= 1500:
                _office_lot(site, lot, is_centre, tallest)


def _office_lot(site: Site, lot: Polygon, is_centre: bool, tallest: float) -> None:
    rng = site.rng
    if rng.random() < 0.10:
        site.land("plaza", lot)
        return
    floors = int(np.clip(rng.normal(tallest * 0.8, tallest * 0.22), 8, 62))
    if is_centre and rng.random() < 0.75:
        podium = affinity.scale(lot, 0.94, 0.94)
        n = int(rng.integers(2, 5))
        site.build(podium, "podium", n, roof(n, 4.8), doors=(1, max(4, int(podium.area / 700))))
    forms = (
        ["box", "box", "chamfer", "ellipse", "slab", "twin"]
        if is_centre
        else ["box", "slab", "slab", "L", "twin"]
    )
    form = str(rng.choice(forms))
    x0, y0, x1, y1 = lot.bounds
    side = float(np.clip(min(x1 - x0, y1 - y0) * 0.46, 24, 44))
    centre = lot.centroid
    for n, shape in enumerate(_towers(form, side, x1 - x0)):
        tower = affinity.translate(shape, centre.x, centre.y)
        if not lot.contains(tower):
            tower = affinity.scale(tower, 0.75, 0.75)
        if not lot.buffer(2).contains(tower):
            continue
        height = (floors - 4 * n) * _OFFICE_FLOOR_M
        site.build(tower, "office", floors - 4 * n, height, doors=(1, max(2, int(tower.area / 330))))
        if is_centre and floors - 4 * n > 30 and form in ("box", "chamfer"):
            crown = affinity.scale(tower, 0.72, 0.72)
            site.build(crown, "crown", 3, height + 12, base_m=height, doors=(1, 0))


def _towers(form: str, side: float, lot_width: float) -> list[Polygon]:
    half = side / 2
    if form == "box":
        return [box(-half, -half, half, half)]
    if form == "chamfer":
        return [box(-half, -half, half, half).buffer(-7).buffer(7, quad_segs=3)]
    if form == "ellipse":
        return [ellipse(0, 0, half * 1.15, half * 0.85, 7)]
    if form == "slab":
        long = min(lot_width * 0.36, 38)
        return [box(-long, -11, long, 11)]
    if form == "L":
        return [box(-26, -26, 26, -8).union(box(-26, -26, -8, 26))]
    q = side * 0.33
    pair = box(-q, -q, q, q)
    return [
        affinity.translate(pair, -side * 0.52, -side * 0.2),
        affinity.translate(pair, side * 0.52, side * 0.2),
    ]


def build_factory(site: Site, *, is_logistics: bool) -> None:
    """Fill a parcel with halls; logistics parks have few and large ones."""
    if site.is_empty:
        return
    rng = site.rng
    if is_logistics:
        width, depth = float(rng.uniform(100, 150)), float(rng.uniform(46, 60))
    else:
        width, depth = float(rng.uniform(58, 96)), float(rng.uniform(24, 46))
    is_upright = rng.random() < 0.35
    if is_upright:
        width, depth = depth, width
    x0, y0, x1, y1 = site.local.bounds
    y = y0
    while y + 14 < y1:
        d = min(depth * float(rng.uniform(0.85, 1.1)), y1 - y)
        x = x0
        while x + 14 < x1:
            w = min(width * float(rng.uniform(0.7, 1.15)), x1 - x)
            _hall(site, box(x, y, x + w, y + d), is_logistics, is_upright)
            x += w + float(rng.choice([9, 10, 14]))
        y += d + float(rng.choice([10, 12, 16]))


def _hall(site: Site, shape: Polygon, is_logistics: bool, is_upright: bool) -> None:
    rng = site.rng
    x0, y0, x1, y1 = shape.bounds
    w, d = x1 - x0, y1 - y0
    if not site.local.contains(shape):
        shape = box(x0 + 6, y0 + 4, x0 + w * 0.8, y0 + d * 0.8)
    if not site.local.contains(shape) or w <= 18 or d <= 13 or rng.random() >= 0.93:
        return
    floors = 1 if is_logistics else int(rng.choice([1, 1, 2, 3, 4, 5]))
    if floors == 1 and d > 36 and not is_upright and rng.random() < 0.4:
        shape = shape.difference(box(x0 + w * 0.35, y0 + d * 0.75, x0 + w * 0.6, y1 + 1))
    height = 12.0 if floors == 1 else 4.5 * floors + 2
    site.build(shape, "factory", floors, height, doors=(1, int(rng.integers(1, 4))))


def build_shops(site: Site) -> None:
    """A shopping street: shops on all sides, a hall in the middle."""
    walls = site.street_wall("SNEW", (3, 5), depth=16)
    hall = largest(site.local.buffer(-34))
    if hall.area > 2200 and not any(hall.intersects(w) for w in walls):
        site.build(hall, "market", 2, 11, doors=(1, int(hall.area / 90)))


def build_market(site: Site) -> None:
    """A farmers' market: one hall, and shops on two sides."""
    hall = largest(site.local.buffer(-16).intersection(box(-55, -42, 55, 34)))
    if hall.area > 300:
        site.build(hall, "market", 2, 12.5, doors=(1, 90))
        site.street_wall("SE", (2, 3))


def build_mall(site: Site) -> None:
    hall = largest(site.local.buffer(-24).buffer(10).simplify(1)).difference(box(-16, -8, 16, 8))
    if hall.geom_type != "Polygon" or hall.area < 800:
        return
    site.build(hall, "mall", 5, roof(5, 5.2), doors=(1, int(hall.area / 130)))
    tower = affinity.translate(box(-19, -17, 19, 17), hall.bounds[0] + 34, hall.bounds[1] + 32)
    if hall.contains(tower):
        site.build(tower, "hotel", 22, 26 + 22 * 3.6, base_m=26, doors=(1, 4))


def build_landmark(site: Site) -> None:
    """Twin towers that taper, on one podium: the sight of the town."""
    podium = largest(box(-58, -30, 58, 30).buffer(-8).buffer(8).intersection(site.local))
    site.build(podium, "podium", 5, 26, doors=(1, 60))
    for x in (-34, 34):
        base = 26.0
        for n, (size, floors) in enumerate(((1, 30), (0.9, 18), (0.78, 10), (0.62, 5))):
            shape = Point(x, 0).buffer(19 * size, quad_segs=6)
            top = base + floors * 4.2
            kind, rooms = ("office", 6) if n == 0 else ("crown", 0)
            site.build(shape, kind, floors, top, base_m=base, doors=(1, rooms))
            base = top


def build_construction(site: Site) -> None:
    """A building site: shells of several heights, nobody at home."""
    if site.is_empty:
        return
    rng = site.rng
    x0, y0, x1, y1 = site.local.bounds
    for _ in range(int(rng.integers(2, 6))):
        shape = affinity.translate(
            box(-17, -8, 17, 8), float(rng.uniform(x0, x1)), float(rng.uniform(y0, y1))
        )
        if site.local.contains(shape) and site.is_free(shape, 14):
            n = int(rng.integers(1, 15))
            site.build(shape, "construction", n, roof(n, 3.0), doors=(1, 0))


def build_greenhouses(site: Site) -> None:
    if site.is_empty:
        return
    x0, y0, x1, y1 = site.local.bounds
    houses = [
        box(x, y, x + 8, y + 58) for y in np.arange(y0, y1 - 60, 66.0) for x in np.arange(x0, x1 - 10, 9.6)
    ]
    standing = site.rng.random(len(houses)) < 0.9
    for house, stands in zip(houses, standing, strict=True):
        if stands and shapely.contains(site.local, house):
            site.land("greenhouse", house)
