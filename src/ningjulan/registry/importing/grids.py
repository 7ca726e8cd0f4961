"""Grids and their boundaries out of a layer: judged all together, written each with its history."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import numpy as np
import polars as pl
import shapely
from django.db import transaction

from ningjulan.cleaning.contracts import Crs
from ningjulan.cleaning.coordinates import to_cgcs2000
from ningjulan.foundation.actors import Actor
from ningjulan.registry.addresses.deciding import Boundary, change_boundary
from ningjulan.registry.importing.geometry import as_multipolygons, faults
from ningjulan.registry.importing.offset import Offset, offset
from ningjulan.registry.importing.reading import Layer
from ningjulan.registry.models import Area, Tenant

_NOTHING_MOVED = 1e-7  # degrees, a centimetre: what writing a shape and reading it again may change


@dataclass
class GridsTaken:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Written:
    """Who writes boundaries, from which source, and since when they hold."""

    source: str
    actor: Actor
    now: datetime
    today: date


def offset_of(layer: Layer, code_column: str) -> Offset | None:
    """Compare a layer's shapes with the grids the registry knows by the same codes."""
    codes = [code.strip() if code else None for code in layer.rows[code_column]]
    known = {
        a.code: (a.lon, a.lat)
        for a in Area.objects.filter(code__in=[c for c in codes if c], lon__isnull=False)
    }
    rows = [n for n, code in enumerate(codes) if code in known and layer.shapes[n] is not None]
    if not rows:
        return None
    middle = shapely.centroid(layer.shapes[rows])
    there = np.array([known[str(codes[n])] for n in rows], dtype=float)
    return offset((shapely.get_x(middle), shapely.get_y(middle)), (there[:, 0], there[:, 1]))


@transaction.atomic
def take_grids(rows: pl.DataFrame, layer: Layer, crs: str, when: Written) -> GridsTaken:
    """Write the grids of a layer.

    Args:
        rows: k accepted records of class GEO03 with `row_no`, the number of the feature.
        layer: All features; they are judged against each other.
        crs: System of its coordinates, as declared or answered.
    """
    taken = GridsTaken()
    shapes = _moved(as_multipolygons(layer.shapes), Crs(crs))
    code_of = dict(rows.select("row_no", "grid_code").iter_rows())
    wrong = faults(shapes, [code_of.get(n) for n in range(len(shapes))])
    for row in rows.iter_rows(named=True):
        n, code = row["row_no"], row["grid_code"]
        fault = wrong[n] or (None if when.actor.covers(code) else "area_not_yours")
        if fault:
            taken.rejected[n] = fault
        else:
            _write(row, shapes[n], when, taken)
    Tenant.objects.filter(code__in={code[:9] for code in code_of.values()}).update(revision=uuid4())
    return taken


def _moved(shapes: np.ndarray, crs: Crs) -> np.ndarray:
    if crs not in (Crs.GCJ02, Crs.BD09):
        return shapes

    def back(points: np.ndarray) -> np.ndarray:
        return np.column_stack(to_cgcs2000(points[:, 0], points[:, 1], crs))

    return np.asarray(shapely.transform(shapes, back))


def _write(row: dict[str, Any], shape: shapely.Geometry, when: Written, taken: GridsTaken) -> None:
    code, name = str(row["grid_code"]), str(row["name"])
    area = Area.objects.select_for_update().filter(code=code).first()
    if area is not None and area.name == name and _same(area.outline, shape):
        taken.unchanged += 1
        return
    point = shape.representative_point()
    if area is None:
        area = Area(code=code, level="grid", parent_code=code[:12], source=when.source[:40])
        taken.new += 1
    else:
        change_boundary(
            Boundary(code, name, shapely.to_wkb(shape), when.today, when.source[:40]), now=when.now
        )
        taken.changed += 1
    area.name, area.outline, area.lon, area.lat = name, shapely.to_wkb(shape), point.x, point.y
    area.save()


def _same(outline: bytes | memoryview | None, shape: shapely.Geometry) -> bool:
    if outline is None:
        return False
    known = as_multipolygons(np.array([shapely.from_wkb(bytes(outline))], dtype=object))[0]
    return bool(
        known is not None and shapely.equals_exact(known, shape, tolerance=_NOTHING_MOVED, normalize=True)
    )
