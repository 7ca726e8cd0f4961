"""The reference tables of a job, from the demo town."""

import json
import random
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import shapely

from bench.job import ALERTS, CHECK_DIGITS, LAYOUTS, WEIGHTS
from ningjulan.catalog import facade as catalog
from ningjulan.registry import town

SEED = 7
PERSONS = 298_000
REGION = "999999"  # of people who do not exist
_BORN_FROM, _BORN_DAYS = date(1930, 1, 1), 34_000
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
    _persons(PERSONS).write_parquet(refs / "persons.parquet")
    _write_for_node(refs)


def id_no(dice: random.Random) -> str:
    """Return a right identity number of nobody."""
    born = _BORN_FROM + timedelta(days=dice.randrange(_BORN_DAYS))
    digits = f"{REGION}{born:%Y%m%d}{dice.randrange(1000):03d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    return CHECK_DIGITS[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


def _persons(n: int) -> pl.DataFrame:
    dice = random.Random(SEED)  # noqa: S311  dice, not secrets
    numbers: dict[str, None] = {}
    while len(numbers) < n:
        numbers[id_no(dice)] = None
    return pl.DataFrame({"id_no": list(numbers), "person_id": [f"R{i:06d}" for i in range(n)]})


def _write_for_node(refs: Path) -> None:
    """Write the same once more as JSON: Node reads no Parquet."""
    devices = pl.read_parquet(refs / "devices.parquet")
    addresses = pl.read_parquet(refs / "addresses.parquet")
    files = {
        "layouts": [asdict(layout) for layout in LAYOUTS],
        "alerts": [asdict(threshold) for threshold in ALERTS],
        "persons": pl.read_parquet(refs / "persons.parquet").rows(),
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
