"""Schools, the university, hospitals, the sub-district office, the stadium."""

import math

import shapely
from shapely import affinity
from shapely.geometry import LineString, Polygon, box

from ningjulan.registry.town.site import Site, ellipse, roof

_STADIUM_PETALS = 28


def build_school(site: Site) -> None:
    """A running track on one side, comb-shaped teaching blocks and a gymnasium on the other."""
    if site.is_empty:
        return
    x0, y0, x1, y1 = site.local.bounds
    width, height = x1 - x0, y1 - y0
    size = min(1.0, width * 0.52 / 92, height * 0.92 / 176)  # 1 is a 400 m track
    axis = LineString([(0, -42 * size), (0, 42 * size)])
    on_east = site.rng.random() < 0.5
    track_x, track_y = (x1 - 48 * size if on_east else x0 + 48 * size), (y0 + y1) / 2
    for kind, radius in (("track", 45), ("pitch", 35)):
        site.land(kind, affinity.translate(axis.buffer(radius * size, quad_segs=10), track_x, track_y))

    west, east = (x0, track_x - 52 * size) if on_east else (track_x + 52 * size, x1)
    w = east - west
    n_teeth = max(2, min(5, int((height - 30) // 34)))
    spine_top = y0 + 34 + (n_teeth - 1) * 32
    parts = [box(west + w * 0.44, y0 + 22, west + w * 0.56, spine_top)]
    parts += [
        box(west + w * 0.08, y0 + 22 + k * 32, west + w * 0.92, y0 + 34 + k * 32) for k in range(n_teeth)
    ]
    comb = shapely.union_all(parts).intersection(site.local)
    if comb.geom_type == "Polygon":
        site.build(comb, "school", 5, roof(5, 3.8))
    gymnasium = box(west + w * 0.1, y1 - 34, west + w * 0.6, y1 - 4)
    if site.local.contains(gymnasium) and not comb.intersects(gymnasium):
        site.build(gymnasium, "school", 2, 14)


def build_campus(site: Site) -> None:
    """University blocks in L, H and bar shapes."""
    if site.is_empty:
        return
    rng = site.rng
    x0, y0, x1, y1 = site.local.bounds
    y = y0
    while y < y1 - 40:
        x = x0
        while x < x1 - 50:
            floors, form = int(rng.integers(4, 8)), rng.random()
            shape = box(x, y, x + 58, y + 15)
            if form < 0.45:
                shape = shape.union(box(x, y, x + 15, y + 44))
            elif form < 0.72:
                shape = shape.union(box(x, y + 30, x + 58, y + 44)).union(box(x + 22, y, x + 34, y + 44))
            if site.local.contains(shape):
                site.build(shape, "school", floors, roof(floors, 3.9))
            x += 82
        y += 74
    site.plant(int(site.ground.area / 200))


_HOSPITAL = [
    (box(-60, -50, 60, -24), 4, 19),
    (box(-46, -14, 46, 8), 18, 74),
    (box(-60, 20, -10, 40), 6, 25),
    (box(10, 20, 60, 40), 6, 25),
]
_OFFICE_OF_THE_STREET = [
    (box(-48, -9, 48, 9), 12, 48),
    (box(-80, 26, -52, 40).union(box(-80, -30, -68, 40)), 5, 20),
    (box(52, 26, 80, 40).union(box(68, -30, 80, 40)), 5, 20),
    (box(-26, 36, 26, 58), 3, 13),
]


def build_hospital(site: Site) -> None:
    _group(site, _HOSPITAL, "hospital")
    site.plant(120)


def build_government(site: Site) -> None:
    _group(site, _OFFICE_OF_THE_STREET, "gov")
    site.plant(160)


def _group(site: Site, blocks: list[tuple[Polygon, int, int]], kind: str) -> None:
    for shape, floors, height in blocks:
        if site.local.contains(shape):
            site.build(shape, kind, floors, height)


def build_stadium(site: Site) -> None:
    """A lotus: petals around a field."""
    radius = min(118, math.sqrt(site.ground.area) * 0.42)
    for n in range(_STADIUM_PETALS):
        start = 2 * math.pi * n / _STADIUM_PETALS
        end = start + 2 * math.pi / _STADIUM_PETALS * 0.90
        corners = [(start, 0.70, 0.56), (start, 0.95, 0.80), ((start + end) / 2, 1.06, 0.90)]
        corners += [(end, 0.95, 0.80), (end, 0.70, 0.56)]
        petal = Polygon([(math.cos(a) * radius * rx, math.sin(a) * radius * ry) for a, rx, ry in corners])
        site.build(petal, "stadium", 5, 46 - 10 * (n % 2), doors=(1, 0))
    field = ellipse(0, 0, radius * 0.60, radius * 0.47, 12)
    site.land("track", field)
    site.land("pitch", affinity.scale(field, 0.78, 0.74))
    site.plant(150)
