"""Points in whatever form and system they come → CGCS2000 lon, lat.

CGCS2000 and WGS-84 differ by decimetres and are taken as equal. GCJ-02 and BD-09 are undone by iteration; the
formulae and constants are the public ones, with the vectors of the tests.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.cleaning.contracts import Crs

Floats = npt.NDArray[np.float64]

_A = 6378245.0  # semi-major axis, Krasovsky 1940
_EE = 0.00669342162296594323  # first eccentricity squared
_X_PI = np.pi * 3000.0 / 180.0

_LON_OF_CHINA = (73.0, 136.0)
_LAT_OF_CHINA = (3.0, 54.0)

_NUMBER = r"([-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
_LON_KEY = rf'(?i)"(?:lon|lng|long|longitude|经度)"\s*:\s*"?{_NUMBER}"?\s*[,}}]'
_LAT_KEY = rf'(?i)"(?:lat|latitude|纬度)"\s*:\s*"?{_NUMBER}"?\s*[,}}]'
_PAIR = rf"^(?:POINT ?\()?\[?\(?\s*{_NUMBER}\s*[,;\s]\s*{_NUMBER}\s*[\])]?\)?$"
_GEOJSON = rf'(?i)"type"\s*:\s*"Point".*"coordinates"\s*:\s*\[\s*{_NUMBER}\s*,\s*{_NUMBER}\s*[\],]'
_GEOJSON_TURNED = rf'(?i)"coordinates"\s*:\s*\[\s*{_NUMBER}\s*,\s*{_NUMBER}\s*[\],].*"type"\s*:\s*"Point"'
_SPELLINGS = (
    (_LON_KEY, _LAT_KEY, 1),
    (_PAIR, _PAIR, 2),
    (_GEOJSON, _GEOJSON, 2),
    (_GEOJSON_TURNED, _GEOJSON_TURNED, 2),
)
_UNSET = r'^\{\s*(?:"[a-zA-Z]+"\s*:\s*(?:null|"")\s*,?\s*)*\}$'


@dataclass(frozen=True)
class Points:
    """lon, lat: CGCS2000, null where missing or bad. unreadable, abroad: true where that is why."""

    lon: pl.Series
    lat: pl.Series
    unreadable: pl.Series
    abroad: pl.Series


def parsed(text: pl.Series, crs: Crs) -> Points:
    """Return the points written in `text` (repaired, half width).

    Reads `{"lon": …, "lat": …}` (also lng, longitude), GeoJSON Point, `[lon, lat]`, `lon,lat`,
    `POINT(lon lat)`. 0,0 means missing. A pair in the order lat, lon is turned: within China no longitude
    is a latitude.

    Args:
        text: One point per row, or null.
        crs: Coordinate system the source declares.
    """
    lon, lat = _numbers(text)
    unset = text.str.contains(_UNSET).fill_null(value=True)
    frame = pl.DataFrame({"t": text, "lon": lon, "lat": lat, "unset": unset})
    zero = (pl.col("lon") == 0) & (pl.col("lat") == 0)
    turned = pl.col("lon").is_between(*_LAT_OF_CHINA) & pl.col("lat").is_between(*_LON_OF_CHINA)
    read = pl.col("lon").is_not_null() & pl.col("lat").is_not_null()
    frame = frame.with_columns(
        lon=pl.when(turned).then("lat").when(~zero).then("lon"),
        lat=pl.when(turned).then("lon").when(~zero).then("lat"),
        unreadable=~pl.col("unset") & ~read,
    )
    inside = pl.col("lon").is_between(*_LON_OF_CHINA) & pl.col("lat").is_between(*_LAT_OF_CHINA)
    frame = frame.with_columns(
        abroad=(pl.col("lon").is_not_null() & ~inside).fill_null(value=False),
        lon=pl.when(inside).then("lon"),
        lat=pl.when(inside).then("lat"),
    )
    ours = to_cgcs2000(frame["lon"].to_numpy(), frame["lat"].to_numpy(), crs)
    return Points(_column("lon", ours[0]), _column("lat", ours[1]), frame["unreadable"], frame["abroad"])


def _numbers(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the two numbers of each point, as written; a spelling is tried where those before it failed."""
    lon = lat = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(text))
    for lon_pattern, lat_pattern, lat_group in _SPELLINGS:
        found_lon = text.str.extract(lon_pattern, 1).cast(pl.Float64, strict=False)
        found_lat = text.str.extract(lat_pattern, lat_group).cast(pl.Float64, strict=False)
        both = found_lon.is_not_null() & found_lat.is_not_null() & lon.is_null()
        lon, lat = found_lon.zip_with(both, lon), found_lat.zip_with(both, lat)
        if lon.null_count() == text.null_count():
            break
    return lon, lat


def _column(name: str, values: Floats) -> pl.Series:
    return pl.Series(name, values).fill_nan(None)


def to_cgcs2000(lon: Floats, lat: Floats, crs: Crs) -> tuple[Floats, Floats]:
    """Return the points in CGCS2000, degrees. NaN stays NaN."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if crs is Crs.GCJ02:
        return _undo(wgs84_to_gcj02, lon, lat)
    if crs is Crs.BD09:
        return _undo(wgs84_to_gcj02, *_undo(gcj02_to_bd09, lon, lat))
    return lon, lat


def wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return WGS-84 points with the public offset of GCJ-02 added. Right within mainland China."""
    x, y = lon - 105.0, lat - 35.0
    waves = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    d_lat += (waves + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    d_lat += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    d_lon += (waves + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    d_lon += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = lat / 180.0 * np.pi
    magic = 1.0 - _EE * np.sin(phi) ** 2
    d_lat = d_lat * 180.0 / ((_A * (1.0 - _EE)) / (magic * np.sqrt(magic)) * np.pi)
    d_lon = d_lon * 180.0 / (_A / np.sqrt(magic) * np.cos(phi) * np.pi)
    return lon + d_lon, lat + d_lat


def gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return GCJ-02 points as BD-09."""
    z = np.sqrt(lon * lon + lat * lat) + 0.00002 * np.sin(lat * _X_PI)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _X_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def _undo(shift: Any, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the points that `shift` moves to (lon, lat). Five rounds leave less than a millimetre."""
    guess_lon, guess_lat = lon, lat
    for _ in range(5):
        moved_lon, moved_lat = shift(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - moved_lon, guess_lat + lat - moved_lat
    return guess_lon, guess_lat
