"""Are coordinates what they are said to be? GCJ-02 taken for WGS-84 lies 300 to 700 m off. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ningjulan.cleaning.contracts import Crs
from ningjulan.cleaning.coordinates import to_cgcs2000

Floats = npt.NDArray[np.float64]
_METRES_PER_DEGREE = 111_320.0
_LEAST_POINTS = 3
_SUSPICIOUS_M = 200.0


@dataclass(frozen=True)
class Offset:
    """How far points lie from where the same things are known to be (median, metres).

    declared_m: Taken as declared. as_gcj02_m: Taken as GCJ-02 instead.
    """

    n_points: int
    declared_m: float
    as_gcj02_m: float

    @property
    def looks_like_gcj02(self) -> bool:
        return self.declared_m > _SUSPICIOUS_M and self.as_gcj02_m < self.declared_m / 3


def offset(points: tuple[Floats, Floats], known: tuple[Floats, Floats]) -> Offset | None:
    """Compare points with the known places of the same things; null where there are too few to tell.

    Args:
        points: n longitudes, n latitudes, as declared (CGCS2000 or WGS-84), degrees.
        known: The places of the same n things in CGCS2000.
    """
    if len(points[0]) < _LEAST_POINTS:
        return None
    corrected = to_cgcs2000(*points, Crs.GCJ02)
    return Offset(len(points[0]), _median_m(points, known), _median_m(corrected, known))


def _median_m(a: tuple[Floats, Floats], b: tuple[Floats, Floats]) -> float:
    east = (a[0] - b[0]) * _METRES_PER_DEGREE * np.cos(np.radians(b[1]))
    north = (a[1] - b[1]) * _METRES_PER_DEGREE
    return float(np.median(np.hypot(east, north)))
