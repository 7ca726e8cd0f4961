"""Parks, the lake, fields, nurseries, vacant lots: land without addresses, or nearly."""

import math

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Polygon, box

from ningjulan.registry.town.frame import largest, polygons_of
from ningjulan.registry.town.plan import Canvas, Layout
from ningjulan.registry.town.site import Site


def make_park(site: Site, use: str) -> None:
    site.canvas.land.append(("park", site.ground))
    site.plant(int(site.ground.area / 260))
    if use == "park" and site.ground.area > 20_000:
        x0, y0, x1, y1 = site.local.bounds
        pond = site.blob((x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) * 0.2, (y1 - y0) * 0.15)
        _dig(site, pond.intersection(site.local.buffer(-12)))
    if use == "axis" and site.rng.random() < 0.8:
        _dig(site, site.blob(0, 0, 34, 16))


def _dig(site: Site, pond: Polygon) -> None:
    if pond.geom_type == "Polygon" and not pond.is_empty and site.local.contains(pond):
        site.land("pond", pond)


def make_vacant(site: Site) -> None:
    site.plant(int(site.ground.area / 900))
    size = math.sqrt(site.ground.area)
    patch = site.blob(0, 0, size * 0.22, size * 0.16)
    if site.local.contains(patch):
        site.land("pond" if site.rng.random() < 0.3 else "cons", patch)


def make_nursery(site: Site) -> None:
    """Tree nursery (the area is known for them): regular rows of trees, a shed or two."""
    if site.is_empty:
        return
    rng = site.rng
    x0, y0, x1, y1 = site.local.bounds
    xs, ys = np.meshgrid(np.arange(x0, x1, 9.5), np.arange(y0, y1, 7.5))
    trees = np.column_stack([xs.ravel(), ys.ravel()]) + rng.normal(0, 0.5, (xs.size, 2))
    strip = np.clip(np.floor((trees[:, 0] - x0) / 42).astype(int), 0, None)
    is_bare = rng.random(strip.max() + 1) < 0.25
    trees = trees[~is_bare[strip] & ((trees[:, 0] - x0) % 42 > 6)]
    trees = trees[shapely.contains_xy(site.local, trees[:, 0], trees[:, 1])]
    site.canvas.trees.append(site.points_to_town(trees))
    for _ in range(2):
        shed = affinity.translate(box(0, 0, 24, 11), float(rng.uniform(x0, max(x0 + 1, x1 - 24))), y0 + 3)
        if site.local.contains(shed) and site.is_free(shed, 4):
            site.build(shed, "factory", 1, 5.5)


def make_fields(site: Site) -> None:
    """Cut the ground into long strips of field."""
    if site.is_empty or site.ground.area < 400:
        return
    rng = site.rng
    x0, y0, x1, y1 = site.local.bounds
    x = x0
    while x < x1:
        width, y = float(rng.uniform(26, 60)), y0
        while y < y1:
            length = float(rng.uniform(60, 150))
            strip = box(x, y, x + width - 1.8, y + length - 2.2).intersection(site.local)
            if strip.geom_type == "Polygon" and strip.area > 300:
                site.land(f"field{int(rng.integers(3))}", strip)
            y += length
        x += width


def make_lake(canvas: Canvas, layout: Layout, rng: np.random.Generator) -> None:
    """Turn the lake park's cells into one park with a lake and an island, if the town has them."""
    cells = [c for c in layout.cells if c.use == "lakepark" and c.inside]
    if len(cells) < 4:
        return
    parcels = shapely.union_all([c.parcel for c in cells]).buffer(24).buffer(-44)
    park = largest(parcels)
    x0, y0, x1, y1 = park.bounds
    angle = np.linspace(0, 2 * np.pi, 61)[:-1]
    wobble = 1 + 0.18 * np.sin(2 * angle + rng.uniform(0, 6)) + 0.10 * np.sin(3 * angle + rng.uniform(0, 6))
    xs = (x0 + x1) / 2 + (x1 - x0) * 0.36 * wobble * np.cos(angle)
    ys = (y0 + y1) / 2 + (y1 - y0) * 0.33 * wobble * np.sin(angle)
    lake = largest(Polygon(np.column_stack([xs, ys])).intersection(park.buffer(-25)))
    if lake.area < 10_000:
        return
    centre = lake.representative_point()
    island = centre.buffer(30)
    canvas.land += [("park", park), ("pond", lake), ("island", island)]
    canvas.lanes.append(np.asarray(lake.buffer(24).exterior.coords))
    canvas.lake = lake


def add_surroundings(canvas: Canvas, layout: Layout, within_m: float) -> None:
    """Draw what lies around the town as plain blocks, only as far as the eye is led."""
    near = layout.boundary.buffer(within_m)
    shapely.prepare(near)
    blocks = [c.parcel for c in layout.cells if not c.inside and c.use != "riverpark"]
    for block in [*blocks, *layout.far_cells]:
        canvas.land += [("context", part) for part in polygons_of(block) if near.intersects(part)]
    canvas.land.append(("canalgreen", layout.canal_reserve.intersection(near)))
