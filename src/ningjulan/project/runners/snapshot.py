"""What cleaning must know, in one file: for runners that have no database of ours at hand."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely

from ningjulan.cleaning.contracts import CLEANER_VERSION, Crs, Intake, Refs, SourceRef
from ningjulan.foundation.errors import Conflict

_ABOUT = "snapshot.json"
_TABLES = ("devices", "areas", "buildings")
_GRIDS = {"code": pl.String(), "outline": pl.Binary()}


class OtherCleaner(Conflict):
    code = "other_cleaner"
    message_zh = "快照由清洗版本 {theirs} 导出，本机为 {ours}：各主机须安装同一版本"
    message_en = (
        "The snapshot was made by cleaner {theirs}, this host has {ours}: install the same version everywhere"
    )


@dataclass(frozen=True)
class Snapshot:
    """Sources by name, and the places and devices of each tenant they belong to."""

    sources: Mapping[str, SourceRef]
    refs: Mapping[str, Refs]


def export_snapshot(path: Path, sources: Iterable[SourceRef], refs: Iterable[Refs]) -> None:
    """Write a snapshot to `path`: a zip of Parquet files and a list of sources."""
    tenants = list(refs)
    about = {
        "cleaner_version": CLEANER_VERSION,
        "tenants": [one.tenant_code for one in tenants],
        "sources": [asdict(source) | {"unknown": sorted(source.unknown)} for source in sources],
    }
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(_ABOUT, json.dumps(about, ensure_ascii=False))
        for one in tenants:
            for name, table in _tables(one).items():
                buffer = io.BytesIO()
                table.write_parquet(buffer)
                archive.writestr(f"{one.tenant_code}/{name}.parquet", buffer.getvalue())


def load_snapshot(path: Path) -> Snapshot:
    """Read a snapshot back.

    Raises:
        OtherCleaner: What was cleaned by it would differ from what its makers clean.
    """
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read(_ABOUT))
        if about["cleaner_version"] != CLEANER_VERSION:
            raise OtherCleaner(theirs=about["cleaner_version"], ours=CLEANER_VERSION)
        sources = [_source(one) for one in about["sources"]]
        return Snapshot(
            sources={source.name: source for source in sources},
            refs={tenant: _refs(archive, tenant) for tenant in about["tenants"]},
        )


def _tables(refs: Refs) -> dict[str, pl.DataFrame]:
    outlines, codes = refs.grid_polygons
    grids = {"code": codes, "outline": [shapely.to_wkb(outline) for outline in outlines]}
    return {name: getattr(refs, name) for name in _TABLES} | {"grids": pl.DataFrame(grids, schema=_GRIDS)}


def _refs(archive: zipfile.ZipFile, tenant: str) -> Refs:
    def table(name: str) -> pl.DataFrame:
        return pl.read_parquet(io.BytesIO(archive.read(f"{tenant}/{name}.parquet")))

    grids = table("grids")
    outlines: np.ndarray = np.empty(len(grids), dtype=object)
    outlines[:] = [shapely.from_wkb(outline) for outline in grids["outline"]]
    polygons = outlines, grids["code"].to_list()
    return Refs(tenant_code=tenant, grid_polygons=polygons, **{name: table(name) for name in _TABLES})


def _source(written: dict[str, Any]) -> SourceRef:
    kinds = {"crs": Crs(written["crs"]), "intake": Intake(written["intake"])}
    return SourceRef(**written | kinds | {"unknown": frozenset(written["unknown"])})
