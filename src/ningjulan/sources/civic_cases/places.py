"""Streets and communities of the sample, and which of its community points can be trusted.

The file gives five of 23 communities a point, one of them 50 km off. A point is trusted when it lies within
five times the median distance from the median of all points (at least 2 km); with fewer than three points
there is nothing to compare with, and none is trusted.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.sources.civic_cases.layout import TENANT, community_code, street_code, text, whole_file
from ningjulan.sources.contracts import AreaDraft

_TIMES_MEDIAN = 5.0
_AT_LEAST_KM = 2.0
_KM_PER_DEGREE = 111.32


def areas(path: Path) -> list[AreaDraft]:
    """Return the district, its streets and its communities, parents first, trusted points with them.

    Raises:
        FileRefused: The file cannot be read, or is not such a file.
    """
    rows = whole_file(path).select(
        street=street_code(),
        street_name=text("STREET_NAME"),
        community=community_code(),
        community_name=text("COMMUNITY_NAME"),
        lon=pl.col("long").cast(pl.Float64, strict=False),
        lat=pl.col("lat").cast(pl.Float64, strict=False),
    )
    streets = rows.group_by("street").agg(_most_frequent("street_name")).drop_nulls("street").sort("street")
    communities = (
        rows.group_by("community")
        .agg(_most_frequent("community_name"), pl.col("street").first(), _point("lon"), _point("lat"))
        .drop_nulls("community")
        .sort("community")
    )
    trusted = trusted_points(communities["lon"].to_numpy(), communities["lat"].to_numpy())
    communities = communities.with_columns(
        pl.when(pl.Series(trusted)).then(pl.col(name)).alias(name) for name in ("lon", "lat")
    )
    return [
        AreaDraft(TENANT, "坪山区", "district", None),
        *(AreaDraft(code, name, "street", TENANT) for code, name in streets.iter_rows()),
        *(
            AreaDraft(code, name, "community", street, lon, lat)
            for code, name, street, lon, lat in communities.iter_rows()
        ),
    ]


def trusted_points(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which points are plausible beside the others. NaN is none.

    Args:
        lon, lat: Degrees, one point per community, NaN where it has none.
    """
    given = ~np.isnan(lon) & ~np.isnan(lat)
    if given.sum() < 3:
        return np.zeros(len(lon), dtype=np.bool_)
    middle_lon, middle_lat = np.median(lon[given]), np.median(lat[given])
    east = (lon - middle_lon) * _KM_PER_DEGREE * np.cos(np.radians(middle_lat))
    north = (lat - middle_lat) * _KM_PER_DEGREE
    distance = np.hypot(east, north)
    farthest = max(_AT_LEAST_KM, _TIMES_MEDIAN * float(np.median(distance[given])))
    return np.asarray(given & (distance <= farthest), dtype=np.bool_)


def _most_frequent(column: str) -> pl.Expr:
    return pl.col(column).drop_nulls().mode().sort().first().alias(column)


def _point(column: str) -> pl.Expr:
    """Return the community's coordinate; null where the file has 0.0 for unknown."""
    return pl.col(column).filter(pl.col(column) != 0).first().alias(column)
