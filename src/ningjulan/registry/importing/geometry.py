"""Boundaries that come in: one kind of shape, judged one by one and against each other. Pure."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely

OVERLAP_M2 = 5.0  # less is a slip of the pencil: digitised borders never fit to the millimetre
_METRES_PER_DEGREE = 111_320.0


def as_multipolygons(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Return every polygon as a MultiPolygon, so that a layer may mix both; null for any other shape."""
    kinds = shapely.get_type_id(shapes)
    result: npt.NDArray[np.object_] = np.full(len(shapes), None, dtype=object)
    result[kinds == 6] = shapes[kinds == 6]
    single = np.flatnonzero(kinds == 3)
    result[single] = [shapely.MultiPolygon([shape]) for shape in shapes[single]]
    return result


def faults(shapes: npt.NDArray[np.object_], codes: Sequence[str | None]) -> list[str | None]:
    """Say of each boundary what is wrong with it, null where nothing is.

    Args:
        shapes: n shapes in degrees, null where a row has none.
        codes: Their n codes, blanks at the ends already cut off.

    Returns:
        n codes of `errors.REASONS`. Where two overlap by more than `OVERLAP_M2`, or bear the same code, both
        are at fault: which of them is right cannot be known.
    """
    found: list[str | None] = [None] * len(shapes)
    kinds = shapely.get_type_id(shapes)
    for n, shape in enumerate(shapes):
        if shape is None or kinds[n] == -1:
            found[n] = "boundary_missing"
        elif kinds[n] not in (3, 6):
            found[n] = "not_a_polygon"
        elif not shapely.is_valid(shape):
            found[n] = "self_intersects"
    for n in _repeated(codes):
        found[n] = found[n] or "duplicate_code"
    sound = np.array([n for n, fault in enumerate(found) if fault is None], dtype=int)
    for n in _overlapping(shapes[sound]):
        found[sound[n]] = "overlaps"
    return found


def _repeated(codes: Sequence[str | None]) -> list[int]:
    seen: dict[str, list[int]] = {}
    for n, code in enumerate(codes):
        if code:
            seen.setdefault(code, []).append(n)
    return [n for rows in seen.values() if len(rows) > 1 for n in rows]


def _overlapping(shapes: npt.NDArray[np.object_]) -> set[int]:
    if len(shapes) < 2:
        return set()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    latitude = np.radians(shapely.get_y(shapely.centroid(shapes[one])))
    square_metres = shared * _METRES_PER_DEGREE**2 * np.cos(latitude)
    bad = square_metres > OVERLAP_M2
    return {*one[bad].tolist(), *other[bad].tolist()}
