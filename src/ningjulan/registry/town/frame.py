"""The town's curvilinear frame, and from its metres to longitude and latitude.

Roads and blocks are laid out in (u, v): u metres along the bank, v metres inland from it. `warp` bends that
plane into metres east and north of `ORIGIN`: near the river the streets follow the bank, inland they turn to
the cardinal directions, so that homes face south.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Polygon

Floats = npt.NDArray[np.float64]
Points = Sequence[tuple[float, float]] | Floats

ORIGIN = (120.26, 30.236)  # lon, lat (CGCS2000)
METRES_PER_DEGREE = (111_320 * math.cos(math.radians(ORIGIN[1])), 110_852.0)

_BANK_BEARING = math.radians(16.0)
_INLAND_TURN = math.radians(11.5)
_CENTRE_V = 2700.0


def warp(u: Any, v: Any) -> tuple[Floats, Floats]:
    """Bend (u, v) into metres east and north of `ORIGIN`. Scalars or arrays of one shape."""
    u, v = np.asarray(u, float), np.asarray(v, float)
    bank = 330 * np.sin(u / 2700 + 0.55) + 80 * np.sin(u / 1050 + 2.1)
    inland = v + bank * np.exp(-np.maximum(v, 0) / 2600)
    inland = inland + 26 * np.sin(u / 830 + 1.3) * np.sin(inland / 1100 + 0.4)
    along = u + 34 * np.sin(inland / 950 + 0.9) + 22 * np.sin(inland / 2100 + u / 1700)

    cos, sin = math.cos(_BANK_BEARING), math.sin(_BANK_BEARING)
    x = along * cos + (inland - _CENTRE_V) * sin
    y = along * sin - (inland - _CENTRE_V) * cos

    share = np.clip((v - 600) / 5200, 0, 1)
    turn = -_INLAND_TURN * share * share * (3 - 2 * share)
    return x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)


def unwarp(x: Any, y: Any) -> tuple[Floats, Floats]:
    """Return the (u, v) that `warp` bends into (x, y): Newton's method, exact to a millimetre in the town."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    cos, sin = math.cos(_BANK_BEARING), math.sin(_BANK_BEARING)
    u, v = x * cos + y * sin, x * sin - y * cos + _CENTRE_V
    step = 0.5
    for _ in range(6):
        x0, y0 = warp(u, v)
        xu, yu = warp(u + step, v)
        xv, yv = warp(u, v + step)
        a, b, c, d = (xu - x0) / step, (xv - x0) / step, (yu - y0) / step, (yv - y0) / step
        determinant = a * d - b * c
        u = u + (d * (x - x0) - b * (y - y0)) / determinant
        v = v + (a * (y - y0) - c * (x - x0)) / determinant
    return u, v


def warped_line(points: Points, step: float = 45.0) -> Floats:
    """Bend a (u, v) polyline, with a vertex at least every `step` metres."""
    corners = np.asarray(points, float)
    pieces = []
    for start, end in pairwise(corners):
        n = max(2, int(np.hypot(*(end - start)) / step) + 1)
        pieces.append(start + (end - start) * np.linspace(0, 1, n)[:, None][:-1])
    dense = np.vstack([*pieces, corners[-1:]])
    return np.column_stack(warp(dense[:, 0], dense[:, 1]))


def warped_rectangle(u0: float, u1: float, v0: float, v1: float, step: float = 60.0) -> Polygon:
    """Bend the rectangle u0..u1, v0..v1."""
    return Polygon(warped_line([(u0, v0), (u1, v0), (u1, v1), (u0, v1), (u0, v0)], step))


def street_angle(u: float, v: float) -> float:
    """Return the direction of the along-bank streets at (u, v), in radians from east."""
    x0, y0 = warp(u - 5.0, v)
    x1, y1 = warp(u + 5.0, v)
    return math.atan2(float(y1 - y0), float(x1 - x0))


def rounded(points: Points, times: int = 3) -> Floats:
    """Round the corners of a polyline (Chaikin's corner cutting); the ends stay."""
    line = np.asarray(points, float)
    for _ in range(times):
        cut = np.empty((2 * len(line) - 2, 2))
        cut[0::2] = 0.75 * line[:-1] + 0.25 * line[1:]
        cut[1::2] = 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.vstack([line[:1], cut, line[-1:]])
    return line


def to_lonlat(xy: Any) -> Floats:
    """Turn rows of (metres east, metres north) into rows of (lon, lat)."""
    xy = np.asarray(xy, float)
    return np.column_stack(
        [ORIGIN[0] + xy[:, 0] / METRES_PER_DEGREE[0], ORIGIN[1] + xy[:, 1] / METRES_PER_DEGREE[1]]
    )


def from_lonlat(lon: float, lat: float) -> tuple[float, float]:
    """Return metres east and north of `ORIGIN`."""
    return (lon - ORIGIN[0]) * METRES_PER_DEGREE[0], (lat - ORIGIN[1]) * METRES_PER_DEGREE[1]


def geometry_to_lonlat(geometries: Any) -> Any:
    """Turn geometries in metres (one or an array) into the same in degrees, rounded to 7 decimals (1 cm)."""
    return shapely.transform(geometries, lambda xy: np.round(to_lonlat(xy), 7))


def polygons_of(geometry: Any) -> list[Polygon]:
    """Return the non-empty polygons a geometry is made of."""
    parts = getattr(geometry, "geoms", [geometry])
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def largest(geometry: Any) -> Polygon:
    """Return the largest polygon of a geometry, or the empty polygon."""
    return max(polygons_of(geometry), key=lambda part: part.area, default=Polygon())
