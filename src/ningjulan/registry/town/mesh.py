"""Rectangles of the (u, v) plane as bent polygons that share every vertex with their neighbours.

Bending a straight edge needs intermediate vertices. If two neighbours chose them differently, slivers of
overlap and gap would remain between them, and unions would fall apart.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from shapely.geometry import Polygon

from ningjulan.registry.town.frame import warp

_STEP = 40.0


class Rectangle(NamedTuple):
    u0: float
    u1: float
    v0: float
    v1: float

    @property
    def width(self) -> float:
        return self.u1 - self.u0

    @property
    def depth(self) -> float:
        return self.v1 - self.v0


def _exact(value: float) -> float:
    return round(float(value), 6)


class Mesh:
    """The bent polygons of rectangles that touch but do not overlap."""

    def __init__(self, rectangles: Iterable[Rectangle]) -> None:
        on_u: dict[float, set[float]] = defaultdict(set)
        on_v: dict[float, set[float]] = defaultdict(set)
        self._rectangles = [Rectangle(*map(_exact, r)) for r in rectangles]
        for r in self._rectangles:
            for u in (r.u0, r.u1):
                on_u[u].update((r.v0, r.v1))
            for v in (r.v0, r.v1):
                on_v[v].update((r.u0, r.u1))
        self._corners_on_u = {u: sorted(vs) for u, vs in on_u.items()}
        self._corners_on_v = {v: sorted(us) for v, us in on_v.items()}

    def polygons(self) -> list[Polygon]:
        """Return one polygon per rectangle, in their order."""
        return [self._polygon(r) for r in self._rectangles]

    def _polygon(self, r: Rectangle) -> Polygon:
        north = [(u, r.v0) for u in _stops(r.u0, r.u1, self._corners_on_v[r.v0])]
        east = [(r.u1, v) for v in _stops(r.v0, r.v1, self._corners_on_u[r.u1])]
        south = [(u, r.v1) for u in _stops(r.u0, r.u1, self._corners_on_v[r.v1])]
        west = [(r.u0, v) for v in _stops(r.v0, r.v1, self._corners_on_u[r.u0])]
        ring = np.array([*north[:-1], *east[:-1], *south[:0:-1], *west[::-1]])
        return Polygon(np.column_stack(warp(ring[:, 0], ring[:, 1])))


def _stops(start: float, end: float, corners: Sequence[float]) -> list[float]:
    """Return start, end, every corner between them and every multiple of the step, in order."""
    between = set(corners[bisect_right(corners, start) : bisect_left(corners, end)])
    first, last = int(np.floor(start / _STEP)) + 1, int(np.ceil(end / _STEP))
    between.update(k * _STEP for k in range(first, last))
    return [start, *sorted(between), end]
