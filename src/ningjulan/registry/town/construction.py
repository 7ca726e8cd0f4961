"""Builds on every cell of the town, by its use."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import Geometry
from shapely.geometry import LineString, Polygon

from ningjulan.registry.town import homes, institutions, open_land, works
from ningjulan.registry.town.frame import Floats, polygons_of, street_angle, warped_line
from ningjulan.registry.town.plan import ROAD_WIDTH_M, Canvas, Cell, Layout, random_stream
from ningjulan.registry.town.site import Site

_GREEN = frozenset({"park", "riverpark", "axis", "lakepark"})
_LAND_OF_USE = {
    "highrise": "resi",
    "midrise": "resi",
    "villa": "resi",
    "village": "vill",
    "factory": "indu",
    "logistics": "indu",
    "dorm": "indu",
    "school": "edu",
    "campus": "edu",
    "hospital": "med",
    "construction": "cons",
    "greenhouse": "farmland",
    "hamlet": "farmland",
    "vacant": "vacant",
    "nursery": "nursery",
}
_CONTEXT_M = 1500.0


def build_town(layout: Layout, seed: int) -> Canvas:
    """Build on every cell inside the boundary; draw the surroundings."""
    canvas = Canvas()
    for number, cell in enumerate(layout.cells):
        if not cell.inside:
            continue
        rng = random_stream(seed, 4, number)
        for part in polygons_of(cell.parcel):
            if part.area >= 900:
                angle = street_angle(cell.u, cell.v)
                _build_on(_Plot(canvas, number, cell, part, angle, rng), layout)
    open_land.make_lake(canvas, layout, random_stream(seed, 5))
    open_land.add_surroundings(canvas, layout, _CONTEXT_M)
    canvas.trees = [_dry(np.vstack([*canvas.trees, _street_trees(layout)]), canvas, layout)]
    return canvas


@dataclass(frozen=True)
class _Plot:
    """A part of a cell's parcel, from which sites of any inset are cut."""

    canvas: Canvas
    number: int
    cell: Cell
    ground: Polygon
    angle: float
    rng: np.random.Generator

    def site(self, inset_m: float = 0.0) -> Site:
        ground = self.ground.buffer(-inset_m) if inset_m else self.ground
        return Site(self.canvas, self.number, self.cell, ground, self.angle, self.rng)

    def part(self, ground: Geometry, *, villagewise: bool = False) -> Site:
        """Cut a site out; village lanes turn half-way to the south instead of following the street."""
        angle = self.angle * 0.6 + float(self.rng.normal(0, 0.035)) if villagewise else self.angle
        return Site(self.canvas, self.number, self.cell, ground, angle, self.rng)


def _build_on(plot: _Plot, layout: Layout) -> None:
    cell, ground = plot.cell, plot.ground
    if cell.use in _GREEN or ground.area <= 3500 or ground.buffer(-19).area <= 300:
        open_land.make_park(plot.site(), cell.use)
        return
    if cell.use == "farm":
        open_land.make_fields(plot.site(3))
        return
    plot.canvas.land.append((_LAND_OF_USE.get(cell.use, "civic"), ground))
    if cell.use in ("highrise", "midrise", "villa", "dorm"):
        site = plot.site()
        homes.build_compound(site, "midrise" if cell.use == "dorm" else cell.use)
        site.plant(int(ground.area / 420))
    elif cell.use == "village":
        homes.build_village(plot.part(ground.buffer(-5), villagewise=True))
    elif cell.use in ("cbd", "office"):
        away = math.hypot(cell.u - (layout.across[4] + layout.across[5]) / 2 - 240, cell.v - 560)
        works.build_offices(plot.site(9), is_centre=cell.use == "cbd", from_centre_m=away)
    else:
        _BUILD[cell.use](plot)


def _hamlet(plot: _Plot) -> None:
    x0, y0, x1, y1 = plot.ground.bounds
    whole = plot.site()
    grove = whole.blob(0, 0, (x1 - x0) * 0.40, (y1 - y0) * 0.40)
    core = whole.to_town(grove).intersection(plot.ground)
    for field in polygons_of(plot.ground.difference(core.buffer(6))):
        open_land.make_fields(plot.part(field.buffer(-3)))
    plot.canvas.land.append(("vill", core))
    homes.build_village(plot.part(core.buffer(-5), villagewise=True))


def _campus(plot: _Plot) -> None:
    if plot.ground.area > 45_000 and plot.rng.random() < 0.6:
        institutions.build_school(plot.site(6))
    else:
        institutions.build_campus(plot.site(14))


_BUILD: dict[str, Callable[[_Plot], None]] = {
    "hamlet": _hamlet,
    "campus": _campus,
    "factory": lambda plot: works.build_factory(plot.site(7), is_logistics=False),
    "logistics": lambda plot: works.build_factory(plot.site(7), is_logistics=True),
    "school": lambda plot: institutions.build_school(plot.site(6)),
    "mall": lambda plot: works.build_mall(plot.site()),
    "construction": lambda plot: works.build_construction(plot.site(18)),
    "greenhouse": lambda plot: works.build_greenhouses(plot.site(8)),
    "nursery": lambda plot: open_land.make_nursery(plot.site(5)),
    "plaza": lambda plot: open_land.make_park(plot.site(14), "plaza"),
    "vacant": lambda plot: open_land.make_vacant(plot.site()),
    "shops": lambda plot: works.build_shops(plot.site()),
    "market": lambda plot: works.build_market(plot.site()),
    "hospital": lambda plot: institutions.build_hospital(plot.site()),
    "gov": lambda plot: institutions.build_government(plot.site()),
    "stadium": lambda plot: institutions.build_stadium(plot.site()),
    "landmark": lambda plot: works.build_landmark(plot.site()),
}


def _street_trees(layout: Layout) -> Floats:
    rows = []
    for street in layout.streets:
        if street.is_bridge or street.level not in ("local", "secondary", "arterial"):
            continue
        line = LineString(warped_line([street.start, street.end]))
        for side in (1, -1):
            row = line.offset_curve(side * (ROAD_WIDTH_M[street.level] / 2 + 2.2))
            if not row.is_empty:
                points = shapely.line_interpolate_point(row, np.arange(6, row.length, 13.0))
                rows.append(shapely.get_coordinates(points))
    trees = np.vstack(rows)
    inside = shapely.contains_xy(layout.boundary, trees[:, 0], trees[:, 1])
    return np.asarray(trees[inside])


def _dry(trees: Floats, canvas: Canvas, layout: Layout) -> Floats:
    ponds = [shape for kind, shape in canvas.land if kind == "pond"]
    islands = [shape for kind, shape in canvas.land if kind == "island"]
    water = shapely.union_all([*ponds, layout.canal_water]).difference(shapely.union_all(islands))
    shapely.prepare(water)
    return np.asarray(trees[~shapely.contains_xy(water, trees[:, 0], trees[:, 1])])
