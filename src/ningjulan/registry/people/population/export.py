"""Writes a population beside the files of its town: one Parquet file a table, and what it is."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from ningjulan.registry.people.population.generator import Progress, generate
from ningjulan.registry.town import TownMeta

META_FILE = "residents.json"
RESIDENTS_FILE = "residents.parquet"

_INPUTS = ("addresses", "buildings", "compounds", "staff")


@dataclass(frozen=True)
class PopulationMeta:
    """What the files beside a town hold. Same version, same people."""

    version: str  # of the town and of the generator
    town: str
    counts: dict[str, int]


def file_of(table: str) -> str:
    """Return the name of a table's file; that of the people themselves is `residents.parquet`."""
    return RESIDENTS_FILE if table == "person" else f"{table}.parquet"


def read_population(folder: Path) -> PopulationMeta | None:
    """Return what population a town folder holds, or `None` if there is no complete one."""
    try:
        return PopulationMeta(**json.loads((folder / META_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def build(folder: Path, town: TownMeta, progress: Progress = lambda what, share: None) -> PopulationMeta:
    """Make the people of the town in `folder`, unless they are there: some seconds at scale 1."""
    version = hashlib.sha256(f"{town.version} {generator_hash()}".encode()).hexdigest()[:16]
    found = read_population(folder)
    if found and found.version == version:
        progress("人口数据已就绪", 1.0)
        return found
    (folder / META_FILE).unlink(missing_ok=True)  # half of a population is none
    tables = {name: pl.read_parquet(folder / f"{name}.parquet") for name in _INPUTS}
    made = generate(tables, town.seed, town.scale, progress)
    for name, frame in made.items():
        frame.write_parquet(folder / file_of(name))
    meta = PopulationMeta(version, town.version, {name: len(frame) for name, frame in made.items()})
    fresh = folder / f".{META_FILE}.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(meta), indent=1), encoding="utf-8")
    fresh.replace(folder / META_FILE)
    progress("人口数据已就绪", 1.0)
    return meta


def generator_hash() -> str:
    """Return a hash of the generator's own files: a changed generator makes other people."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for file in sorted([*here.glob("*.py"), *here.glob("*.csv")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
