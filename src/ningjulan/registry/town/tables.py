"""The town as tables, ready for Parquet: what the registry loads."""

from typing import Any

import numpy as np
import polars as pl
import shapely

from ningjulan.registry.town.frame import geometry_to_lonlat, to_lonlat
from ningjulan.registry.town.generator import Town
from ningjulan.registry.town.people import STREET
from ningjulan.registry.town.plan import SPEED_KMH
from ningjulan.registry.town.roads import node_positions

STREET_NAME = "宁围街道"


def town_tables(town: Town) -> dict[str, pl.DataFrame]:
    """Return every table of the town by name. Geometry is WKB in degrees (CGCS2000)."""
    premises = town.premises
    return {
        "areas": _areas(town),
        "compounds": _compounds(town),
        "buildings": _buildings(town),
        "addresses": premises.addresses,
        "devices": town.devices,
        "units": town.units,
        "staff": town.staff,
        "road_nodes": _road_nodes(town),
        "road_edges": _road_edges(town),
    }


def _wkb(shapes: Any) -> pl.Series:
    return pl.Series([bytes(b) for b in shapely.to_wkb(geometry_to_lonlat(np.asarray(shapes, dtype=object)))])


def _areas(town: Town) -> pl.DataFrame:
    """The street, its communities and their grids; parents first."""
    divisions = town.divisions
    rows = [(STREET, STREET_NAME, "street", STREET[:6], "", town.layout.boundary)]
    rows += [(c.code, c.name, "community", STREET, c.kind, c.outline) for c in divisions.communities]
    rows += [(g.code, g.name, "grid", g.code[:12], "1", g.outline) for g in divisions.grids]
    shapes = np.array([row[-1] for row in rows], dtype=object)
    points = to_lonlat(shapely.get_coordinates(shapely.point_on_surface(shapes))).round(7)
    frame = pl.DataFrame(
        [row[:-1] for row in rows], schema=["area_code", "name", "level", "parent_code", "kind"], orient="row"
    )
    n = town.premises.addresses.group_by("grid_code").len()
    counts = dict(n.iter_rows())
    totals = [sum(k for code, k in counts.items() if code.startswith(row[0])) for row in rows]
    return frame.with_columns(
        lon=pl.Series(points[:, 0]),
        lat=pl.Series(points[:, 1]),
        area_m2=pl.Series(shapely.area(shapes).round(1)),
        n_addresses=pl.Series(totals),
        outline=_wkb(shapes),
    )


def _compounds(town: Town) -> pl.DataFrame:
    table = town.premises.compounds
    cells = town.layout.cells
    return table.with_columns(outline=_wkb([cells[c].parcel for c in table["cell"]])).drop(
        "cell", "east", "north"
    )


def _buildings(town: Town) -> pl.DataFrame:
    return town.premises.buildings.with_columns(footprint=_wkb([b.footprint for b in town.canvas.buildings]))


def _road_nodes(town: Town) -> pl.DataFrame:
    lonlat = to_lonlat(node_positions(town.roads)).round(7)
    ids = np.arange(len(lonlat), dtype=np.int32)
    return pl.DataFrame({"node_id": ids, "lon": lonlat[:, 0], "lat": lonlat[:, 1]})


def _road_edges(town: Town) -> pl.DataFrame:
    edges = town.roads.edges
    return pl.DataFrame(
        {
            "start": np.array([e.start for e in edges], np.int32),
            "end": np.array([e.end for e in edges], np.int32),
            "length_m": np.round([e.length_m for e in edges], 1),
            "level": [e.level for e in edges],
            "speed_kmh": np.array([SPEED_KMH[e.level] for e in edges], np.int16),
            "name": [e.name for e in edges],
            "is_elevated": [e.is_elevated for e in edges],
        }
    ).with_columns(line=_wkb([e.line for e in edges]))
