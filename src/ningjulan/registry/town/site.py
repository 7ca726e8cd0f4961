"""One parcel being built on: its own upright frame, and the canvas it draws on."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from shapely import Geometry, affinity
from shapely.geometry import LineString, Point, Polygon, box

from ningjulan.registry.town.frame import Floats, largest
from ningjulan.registry.town.plan import Building, Canvas, Cell


class Site:
    """A parcel in local metres: x along the street, y to the north, the middle at the origin.

    Templates are placed in this frame; what is added is turned and moved to its place in the town.
    """

    def __init__(
        self,
        canvas: Canvas,
        number: int,
        cell: Cell,
        ground: Geometry,
        angle: float,
        rng: np.random.Generator,
    ) -> None:
        self.canvas, self.number, self.cell = canvas, number, cell
        self.angle, self.rng = angle, rng
        self.ground = largest(ground)
        self._origin = (0.0, 0.0) if self.ground.is_empty else self.ground.centroid.coords[0]
        self._first = len(canvas.buildings)
        moved = affinity.translate(self.ground, -self._origin[0], -self._origin[1])
        self.local: Polygon = affinity.rotate(moved, -angle, origin=(0, 0), use_radians=True)
        shapely.prepare(self.local)

    @property
    def is_empty(self) -> bool:
        return bool(self.local.is_empty)

    def to_town(self, shape: Any) -> Any:
        """Turn and move a local geometry to its place in the town."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        return affinity.affine_transform(shape, [cos, -sin, sin, cos, *self._origin])

    def points_to_town(self, points: Floats) -> Floats:
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        x = self._origin[0] + points[:, 0] * cos - points[:, 1] * sin
        y = self._origin[1] + points[:, 0] * sin + points[:, 1] * cos
        return np.column_stack([x, y])

    def build(
        self,
        shape: Polygon,
        kind: str,
        floors: int,
        top_m: float,
        *,
        base_m: float = 0.0,
        doors: tuple[int, int] = (1, 1),
    ) -> None:
        """Add a building with a local footprint.

        Args:
            top_m: Height of the roof above ground; see `roof`.
            doors: Units (stairs), and dwellings, shops or offices per unit and floor.
        """
        if shape.is_empty or shape.geom_type != "Polygon":
            return
        place = self.to_town(shape)
        self.canvas.buildings.append(Building(place, kind, self.number, floors, float(top_m), base_m, *doors))

    def land(self, kind: str, shape: Geometry) -> None:
        self.canvas.land.append((kind, self.to_town(shape)))

    def built_kinds(self) -> set[str]:
        return {b.kind for b in self.canvas.buildings[self._first :]}

    def is_free(self, shape: Polygon, distance_m: float = 0.0) -> bool:
        """Is a local shape clear of everything built on this site so far?"""
        place = self.to_town(shape.buffer(distance_m) if distance_m else shape)
        return not any(place.intersects(b.footprint) for b in self.canvas.buildings[self._first :])

    def street_wall(
        self, sides: str, floors: tuple[int, int], depth: float = 13.0, setback: float = 3.0
    ) -> list[Polygon]:
        """Line the chosen sides (of "NESW") with shops; return their local footprints."""
        inner = self.local.buffer(-1.0)
        shapely.prepare(inner)
        walls: list[Polygon] = []
        for side in sides:
            for shop, length in self._shops_along(side, depth, setback):
                if inner.contains(shop) and self.is_free(shop, 1.0) and self.rng.random() < 0.88:
                    walls.append(shop)
                    n = int(self.rng.integers(floors[0], floors[1] + 1))
                    self.build(shop, "shop", n, roof(n, 4.2), doors=(1, max(2, round(length / 9))))
        return walls

    def _shops_along(self, side: str, depth: float, setback: float) -> Iterator[tuple[Polygon, float]]:
        """Propose shops of varied length along a side, with gaps for lanes between them."""
        x0, y0, x1, y1 = self.local.bounds
        at, end = (x0 + 14, x1 - 14) if side in "SN" else (y0 + 14, y1 - 14)
        while at < end - 16:
            length = min(float(self.rng.uniform(18, 52)), end - at)
            shop = self._shop_at(side, at, length, depth, setback)
            if shop is None:
                at += length + 6
                continue
            yield shop, length
            at += length + float(self.rng.choice([2, 2, 4, 12]))

    def _shop_at(self, side: str, at: float, length: float, depth: float, setback: float) -> Polygon | None:
        """Return a shop `length` wide whose front stands `setback` behind the parcel's edge on `side`."""
        x0, y0, x1, y1 = self.local.bounds
        middle = at + length / 2
        lengthwise = side in "SN"
        ends = [(middle, y0 - 5), (middle, y1 + 5)] if lengthwise else [(x0 - 5, middle), (x1 + 5, middle)]
        section = LineString(ends).intersection(self.local)
        if section.is_empty:
            return None
        low_x, low_y, high_x, high_y = section.bounds
        if lengthwise:
            y = low_y + setback if side == "S" else high_y - setback - depth
            return box(at, y, at + length, y + depth)
        x = low_x + setback if side == "W" else high_x - setback - depth
        return box(x, at, x + depth, at + length)

    def plant(self, n: int) -> None:
        """Scatter about `n` trees over the parcel."""
        if self.ground.is_empty or n < 1:
            return
        x0, y0, x1, y1 = self.ground.bounds
        points = self.rng.uniform([x0, y0], [x1, y1], (n, 2))
        inside = shapely.contains_xy(self.ground, points[:, 0], points[:, 1])
        self.canvas.trees.append(points[inside])

    def blob(self, x: float, y: float, rx: float, ry: float, n: int = 30) -> Polygon:
        """Return an irregular round shape, for ponds and groves."""
        angle = np.linspace(0, 2 * np.pi, n + 1)[:-1]
        phase = self.rng.uniform(0, 6, 3)
        wobble = 1 + 0.22 * np.sin(2 * angle + phase[0])
        wobble += 0.14 * np.sin(3 * angle + phase[1]) + 0.07 * np.sin(5 * angle + phase[2])
        return Polygon(np.column_stack([x + rx * wobble * np.cos(angle), y + ry * wobble * np.sin(angle)]))


def roof(floors: int, floor_m: float) -> float:
    """Return the height of the roof in metres: floors and a parapet."""
    return floors * floor_m + (1.5 if floors > 6 else 0.6)


def slab(length: float, depth: float, n_cores: int, bump: float = 2.6) -> Polygon:
    """Return a residential slab along x: stair cores stand out in the north, balconies recede southwards."""
    left, width, north, south = -length / 2, length / n_cores, depth / 2, -depth / 2
    top: list[tuple[float, float]] = []
    bottom: list[tuple[float, float]] = []
    for i in range(n_cores):
        a = left + i * width
        top += [(a + width * 0.33, north), (a + width * 0.33, north + bump)]
        top += [(a + width * 0.67, north + bump), (a + width * 0.67, north)]
        bottom += [(a + width * 0.06, south), (a + width * 0.44, south), (a + width * 0.44, south + 1.6)]
        bottom += [(a + width * 0.56, south + 1.6), (a + width * 0.56, south), (a + width * 0.94, south)]
        bottom += [(a + width * 0.94, south + 1.2), (a + width, south + 1.2)]
    right = length / 2
    ring = [
        (left, south + 1.2),
        *bottom[:-1],
        (right, south + 1.2),
        (right, north),
        *top[::-1],
        (left, north),
    ]
    return Polygon(ring)


def cruciform(width: float, depth: float) -> Polygon:
    """Return the footprint of a point block with four wings."""
    a, b, c = width / 2, depth / 2, 0.30
    return Polygon(
        [
            (-a, -b * 0.55),
            (-a * 0.75, -b),
            (-a * c, -b),
            (-a * c, -b * 0.75),
            (a * c, -b * 0.75),
            (a * c, -b),
            (a * 0.75, -b),
            (a, -b * 0.55),
            (a, b * 0.5),
            (a * 0.6, b * 0.5),
            (a * 0.6, b),
            (-a * 0.6, b),
            (-a * 0.6, b * 0.5),
            (-a, b * 0.5),
        ]
    )


def ellipse(x: float, y: float, rx: float, ry: float, quad_segs: int = 8) -> Polygon:
    """Return an ellipse around (x, y)."""
    return affinity.scale(Point(x, y).buffer(1, quad_segs=quad_segs), rx, ry)
