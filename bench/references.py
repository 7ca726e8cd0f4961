"""The reference tables of a job, from the demo town."""

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl
import shapely

from bench.job import EARLY_MS, LAYOUTS
from ningjulan.catalog import facade as catalog
from ningjulan.registry import town

SEED = 7
_DEVICE = ("device_id", "grid_code", "building_id")
_ADDRESS = ("match", "building_id", "grid_code")
PREFIX = r"^(?:浙江省)?(?:杭州市)?(?:萧山区)?(?:宁围街道)?"


def build_town(folder: Path, scale: float) -> None:
    """Make the demo town in `folder`, unless it is there: half a minute at scale 1."""
    town.build(folder, SEED, scale)


def write_references(town_folder: Path, refs: Path) -> None:
    """Write what every runner looks things up in, in its plainest form."""
    refs.mkdir(parents=True, exist_ok=True)
    tables = {
        name: pl.read_parquet(town_folder / f"{name}.parquet")
        for name in ("devices", "addresses", "buildings", "areas")
    }
    devices = tables["devices"].filter(pl.col("kind").is_in(["fire", "camera"]))
    devices.select("device_id", "kind", "grid_code", "building_id").write_parquet(refs / "devices.parquet")
    for name, text in (("addresses", "full_text"), ("buildings", "address_text")):
        matched = pl.col(text).str.replace(PREFIX, "").alias("match")
        table = tables[name].select(text, matched, "building_id", "grid_code", "lon", "lat")
        table.write_parquet(refs / f"{name}.parquet")
    grids = tables["areas"].filter(pl.col("level") == "grid")
    rings = {
        code: shapely.get_coordinates(shapely.from_wkb(outline)).tolist()
        for code, outline in grids.select("area_code", "outline").iter_rows()
    }
    (refs / "grids.json").write_text(json.dumps(rings))
    (refs / "codes.json").write_text(json.dumps(_codes(), ensure_ascii=False))
    _write_for_node(refs)


def _write_for_node(refs: Path) -> None:
    """Write the same once more as JSON: Node reads no Parquet."""
    devices = pl.read_parquet(refs / "devices.parquet")
    addresses = pl.read_parquet(refs / "addresses.parquet")
    files = {
        "layouts": {"layouts": [asdict(layout) for layout in LAYOUTS], "early_ms": EARLY_MS},
        "devices": [[device, [grid, of]] for device, grid, of in devices.select(_DEVICE).iter_rows()],
        "addresses": [[match, [of, grid]] for match, of, grid in addresses.select(_ADDRESS).iter_rows()],
    }
    for name, content in files.items():
        (refs / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False))


def _codes() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for layout in LAYOUTS:
        code_list = catalog.get_class(layout.class_id).by_id[layout.code].code_list
        assert code_list is not None
        codes = catalog.code_list(code_list).codes
        words[layout.class_id] = {word: c.code for c in codes for word in (c.code.lower(), c.zh)}
    return words
