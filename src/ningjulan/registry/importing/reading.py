"""A file → lines, in file order, no row lost: tables as sources read them, workbooks and layers by us."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from ningjulan.catalog.forbidden import forbidden_word
from ningjulan.registry.importing.errors import FileNotReadable
from ningjulan.registry.importing.merged_cells import merged_ranges, taken_apart
from ningjulan.sources import facade as sources
from ningjulan.sources.facade import Source

TABLES = (".csv", ".txt", ".ndjson", ".jsonl", ".parquet")
WORKBOOKS = (".xlsx",)
LAYERS = (".geojson", ".gpkg", ".zip")  # a shapefile comes with its companions in one .zip
SUFFIXES = (*TABLES, *WORKBOOKS, *LAYERS)
STRETCH = 20_000
GEOMETRY = "geometry"
_DEGREES = ("EPSG:4326", "EPSG:4490", "OGC:CRS84")
_ANY_SOURCE = Source(
    "import", "", "", "000000", "", "", "", ("BIZ01",), "cgcs2000", "history", max_file_mib=1024
)


@dataclass(frozen=True)
class Stretch:
    """Consecutive rows of a file as NDJSON lines. `refused`: index in it → reason the row cannot be read."""

    lines: list[bytes]
    progress: float
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What is known of a file before it is imported. `rows`: the first ones, forbidden columns left out."""

    columns: list[str]
    dropped: list[str]
    rows: list[dict[str, str | None]]
    encoding: str | None
    n_merged: int = 0
    layer: "Layer | None" = None


@dataclass(frozen=True)
class Layer:
    """Features of a layer: their attributes as text, their shapes in degrees."""

    rows: pl.DataFrame
    shapes: np.ndarray
    crs: str | None


def look_at(path: Path, n_rows: int = 20) -> Look:
    """Look into a file.

    Raises:
        FileNotReadable: Of an unknown kind, empty, or not what its name says.
        FileRefused: As sources refuse a table.
    """
    kind = _kind(path)
    if kind in LAYERS:
        layer = read_layer(path)
        return _looked(layer.rows, n_rows, None, layer=layer)
    if kind in WORKBOOKS:
        ranges = merged_ranges(path)
        rows, _ = taken_apart(_workbook(path), ranges)
        return _looked(rows, n_rows, None, n_merged=len(ranges))
    facts = sources.look_at(path, _ANY_SOURCE)
    first = next(iter(sources.read_file(path, _ANY_SOURCE)), None)
    sample = pl.read_ndjson(io.BytesIO(b"\n".join(first.lines[:n_rows]))) if first else pl.DataFrame()
    columns = list(facts.columns) or sample.columns
    return Look(columns, list(facts.dropped), _plain_rows(sample), facts.encoding)


def _looked(
    rows: pl.DataFrame, n_rows: int, encoding: str | None, *, n_merged: int = 0, layer: Layer | None = None
) -> Look:
    dropped = [column for column in rows.columns if forbidden_word(column)]
    allowed = rows.drop(dropped)
    return Look(rows.columns, dropped, _plain_rows(allowed.head(n_rows)), encoding, n_merged, layer)


def _plain_rows(rows: pl.DataFrame) -> list[dict[str, str | None]]:
    return [{k: None if v is None else str(v) for k, v in row.items()} for row in rows.to_dicts()]


def read(path: Path, source: Source, *, skip: int = 0) -> Iterator[Stretch]:
    """Read a file in stretches, always cut at the same rows, so that a broken-off import goes on.

    Args:
        path: One of `SUFFIXES`.
        source: Its mapping.
        skip: Rows that have been taken already: a multiple of `STRETCH`.
    """
    if _kind(path) in WORKBOOKS:
        rows, across = taken_apart(_workbook(path), merged_ranges(path))
        yield from _sliced(rows, dict.fromkeys(across, "merged_across"), skip)
    elif _kind(path) in LAYERS:
        yield from _sliced(read_layer(path).rows, {}, skip)
    else:
        yield from _tables(path, source, skip)


def _tables(path: Path, source: Source, skip: int) -> Iterator[Stretch]:
    lines = (
        (line, chunk.progress)
        for chunk in sources.read_file(path, source)
        if chunk.class_id == source.classes[0]
        for line in chunk.lines
    )
    left = islice(lines, skip, None)
    while part := list(islice(left, STRETCH)):
        yield Stretch([line for line, _ in part], part[-1][1])


def _sliced(rows: pl.DataFrame, refused: dict[int, str], skip: int) -> Iterator[Stretch]:
    allowed = rows.drop([c for c in rows.columns if forbidden_word(c)])
    for first in range(skip, rows.height, STRETCH):
        part = allowed.slice(first, STRETCH)
        buffer = io.BytesIO()
        part.write_ndjson(buffer)
        own = {n - first: why for n, why in refused.items() if first <= n < first + part.height}
        yield Stretch(buffer.getvalue().splitlines(), (first + part.height) / rows.height, own)


def read_layer(path: Path) -> Layer:
    """Read the first layer of a GeoPackage, GeoJSON or zipped shapefile (GB 18030 or UTF-8 attributes).

    Raises:
        FileNotReadable: No layer, or coordinates that are not degrees.
    """
    from pyogrio import raw
    from pyogrio.errors import DataLayerError, DataSourceError

    where = f"/vsizip/{path}" if path.suffix.lower() == ".zip" else str(path)
    try:
        meta, _, geometry, values = raw.read(where)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        raise FileNotReadable(name=path.name, reason=f"不是可读的图层（{type(error).__name__}）") from error
    crs = meta["crs"]
    if crs is not None and crs not in _DEGREES:
        raise FileNotReadable(name=path.name, reason=f"坐标系为 {crs}，请先转换为 CGCS2000 或 WGS-84 经纬度")
    columns = {
        str(name): pl.Series([_text(v) for v in column], dtype=pl.String)
        for name, column in zip(meta["fields"], values, strict=True)
    }
    shapes = shapely.from_wkb(geometry) if geometry is not None else np.array([], dtype=object)
    written = pl.Series([None if s is None else shapely.to_geojson(s) for s in shapes], dtype=pl.String)
    return Layer(pl.DataFrame({**columns, GEOMETRY: written}), shapes, crs)


def _text(value: object) -> str | None:
    is_missing = value is None or (isinstance(value, float) and math.isnan(value))
    return None if is_missing else str(value)


def _workbook(path: Path) -> pl.DataFrame:
    import fastexcel

    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_polars()
    except Exception as error:  # fastexcel's errors have no common base in its public interface
        raise FileNotReadable(name=path.name, reason=f"不是可读的 XLSX（{type(error).__name__}）") from error
    if sheet.is_empty():
        raise FileNotReadable(name=path.name, reason="没有数据行")
    return sheet.rename({name: name.strip() for name in sheet.columns})


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in SUFFIXES:
        raise FileNotReadable(
            name=path.name, reason=f"不支持 {kind or '无扩展名'}，可用 {'、'.join(SUFFIXES)}"
        )
    return kind
