"""Writes a town into a folder: Parquet tables, points for the lit windows, map tiles, and what it is."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from ningjulan.registry.town.frame import METRES_PER_DEGREE, ORIGIN, to_lonlat
from ningjulan.registry.town.generator import Town, generate
from ningjulan.registry.town.map_layers import map_features
from ningjulan.registry.town.people import STREET
from ningjulan.registry.town.tables import STREET_NAME, town_tables
from ningjulan.registry.town.tiles import feature_lines, make_tiles

META_FILE = "meta.json"
TILES_FILE = "town.pmtiles"
POINTS_FILE = "addresses.f32"

_TALL_M = 90.0

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class TownMeta:
    """What a town folder holds. `version` is a hash of all content: same version, same town."""

    version: str
    source: str  # hash of the generator that made it
    seed: int
    scale: float
    tenant_code: str
    name: str
    origin: tuple[float, float]
    metres_per_degree: tuple[float, float]
    center: tuple[float, float]
    bounds: tuple[float, float, float, float]
    counts: dict[str, int]


def read_meta(folder: Path) -> TownMeta | None:
    """Return what is in a town folder, or `None` if there is no complete town."""
    try:
        values = json.loads((folder / META_FILE).read_text(encoding="utf-8"))
        return TownMeta(**{**values, **{k: tuple(values[k]) for k in _TUPLES}})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


_TUPLES = ("origin", "metres_per_degree", "center", "bounds")


def build(folder: Path, seed: int, scale: float, progress: Progress = lambda what, share: None) -> TownMeta:
    """Generate and export the town of `seed`, unless `folder` already holds it.

    Args:
        folder: Replaced as a whole, when the new town is complete.
        progress: Told what is being done and the share that is done, 0 … 1.
    """
    found = read_meta(folder)
    if found and (found.seed, found.scale, found.source) == (seed, scale, generator_hash()):
        progress("城镇数据已就绪", 1.0)
        return found
    progress("生成道路、地块与建筑", 0.0)
    town = generate(seed, scale)
    progress("写出数据表与地图", 0.6)
    meta = export(town, folder)
    progress("城镇数据已就绪", 1.0)
    return meta


def export(town: Town, folder: Path) -> TownMeta:
    """Write `town` into `folder`. Readers see the old town or the new one, never half of one."""
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        meta = _write(town, fresh)
        _replace(folder, fresh)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return meta


def _replace(folder: Path, fresh: Path) -> None:
    old = folder.with_name(f".{folder.name}.{os.getpid()}.old")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write(town: Town, folder: Path) -> TownMeta:
    tables = town_tables(town)
    points = _points(tables["addresses"])
    lines = feature_lines(map_features(town))
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    (folder / POINTS_FILE).write_bytes(points)
    make_tiles(lines, folder / TILES_FILE)
    corners = to_lonlat(np.array(town.layout.boundary.bounds).reshape(2, 2)).round(6).ravel().tolist()
    west, south, east, north = corners
    meta = TownMeta(
        version=_version(tables, points, lines),
        source=generator_hash(),
        seed=town.seed,
        scale=town.scale,
        tenant_code=STREET,
        name=STREET_NAME,
        origin=ORIGIN,
        metres_per_degree=METRES_PER_DEGREE,
        center=_heart(tables["buildings"]) or (round((west + east) / 2, 6), round((south + north) / 2, 6)),
        bounds=(west, south, east, north),
        counts={name: len(table) for name, table in tables.items()},
    )
    (folder / META_FILE).write_text(json.dumps(asdict(meta), ensure_ascii=False, indent=1), encoding="utf-8")
    return meta


def _heart(buildings: pl.DataFrame) -> tuple[float, float] | None:
    """Return the middle of the tall buildings, where a first look at the town is worth most."""
    tall = buildings.filter(pl.col("height_m") > _TALL_M).select(pl.median("lon", "lat")).row(0)
    return None if None in tall else (round(tall[0], 6), round(tall[1], 6))


def _points(addresses: pl.DataFrame) -> bytes:
    """Return rows of east, north, height above ground (metres) and kind, float32 little-endian."""
    columns = ["east_m", "north_m", "z_m", "occupancy"]
    return addresses.select(pl.col(columns).cast(pl.Float32)).to_numpy(order="c").astype("<f4").tobytes()


def _version(tables: dict[str, pl.DataFrame], points: bytes, lines: bytes) -> str:
    digest = hashlib.sha256()
    for name, table in sorted(tables.items()):
        digest.update(name.encode())
        digest.update(table.with_columns(pl.col(pl.Binary).bin.encode("hex")).write_csv().encode())
    digest.update(points)
    digest.update(lines)
    return digest.hexdigest()[:16]


def generator_hash() -> str:
    """Return a hash of the generator's own files: a changed generator makes a new town."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for file in sorted([*here.glob("*.py"), *here.glob("*.csv")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
