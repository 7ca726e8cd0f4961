"""Reads of the registry, as contracts and typed frames."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from django.conf import settings
from django.db.models import QuerySet

from ningjulan.cleaning.contracts import Refs
from ningjulan.foundation.actors import Actor
from ningjulan.registry import access
from ningjulan.registry.contracts import Area, Building, Device, Tenant, TownMap, Unit
from ningjulan.registry.domain.codes import community_of
from ningjulan.registry.models import Area as AreaRow
from ningjulan.registry.models import Building as BuildingRow
from ningjulan.registry.models import Device as DeviceRow
from ningjulan.registry.models import Tenant as TenantRow
from ningjulan.registry.models import Unit as UnitRow
from ningjulan.registry.town import POINTS_FILE, TILES_FILE, read_meta

_AREA = ("code", "name", "level", "parent_code", "lon", "lat", "n_addresses")
_UNIT = ("code", "name", "kind", "area_code")
_SNAPSHOTS: dict[str, tuple[UUID, Refs]] = {}
"""Tenant → revision and snapshot. One process keeps one per tenant; another revision replaces it."""


def list_tenants() -> list[Tenant]:
    rows = TenantRow.objects.order_by("code")
    return [Tenant(t.code, t.name_zh, t.name_en or t.name_zh, bool(t.town_version)) for t in rows]


def find_town_map() -> TownMap | None:
    """Return the one map there is, that of the demo town, or `None`."""
    folder = Path(settings.TOWN_FOLDER)
    meta = read_meta(folder)
    if meta is None:
        return None
    return TownMap(
        tenant_code=meta.tenant_code,
        version=meta.version,
        origin=meta.origin,
        metres_per_degree=meta.metres_per_degree,
        center=meta.center,
        bounds=meta.bounds,
        tiles=folder / TILES_FILE,
        points=folder / POINTS_FILE,
    )


def list_areas(actor: Actor, tenant_code: str, levels: Sequence[str] = ()) -> list[Area]:
    """Return the actor's areas of a tenant by code, of all levels or of some."""
    rows = access.visible_areas(actor, tenant_code)
    return _areas(rows.filter(level__in=levels) if levels else rows)


def areas_by_code(codes: Iterable[str]) -> dict[str, Area]:
    return {area.code: area for area in _areas(AreaRow.objects.filter(code__in=list(codes)))}


def _areas(rows: QuerySet[AreaRow]) -> list[Area]:
    return [Area(*row) for row in rows.order_by("code").values_list(*_AREA)]


def list_units(actor: Actor, tenant_code: str) -> list[Unit]:
    """Return the units that serve the actor's part of a tenant, those of the widest area first."""
    rows = access.serving_units(actor, tenant_code).values_list(*_UNIT)
    return sorted((Unit(*row) for row in rows), key=lambda unit: (len(unit.area_code), unit.code))


def find_unit(code: str) -> Unit | None:
    row = UnitRow.objects.filter(code=code).values_list(*_UNIT).first()
    return Unit(*row) if row else None


def nearest_unit(kind: str, area_code: str) -> Unit | None:
    """Return the unit of a kind that serves the smallest area around `area_code`, or `None`."""
    around = [area_code[:n] for n in (15, 12, 9, 6) if n <= len(area_code)]
    rows = UnitRow.objects.filter(kind=kind, area_code__in=around).values_list(*_UNIT)
    return max((Unit(*row) for row in rows), key=lambda u: (len(u.area_code), u.code), default=None)


def find_device(device_id: str) -> Device | None:
    row = DeviceRow.objects.filter(pk=device_id).first()
    return _device(row) if row else None


def list_devices(actor: Actor, tenant_code: str, kind: str) -> list[tuple[str, str, float, float, bool]]:
    """Return (id, name, lon, lat, is_online) of the actor's devices of a kind, by id."""
    rows = access.visible_devices(actor, tenant_code).filter(kind=kind).order_by("pk")
    return list(rows.values_list("id", "name", "lon", "lat", "is_online"))


def _device(row: DeviceRow) -> Device:
    building = str(row.building_id) if row.building_id else None
    place = row.name, row.lon, row.lat, row.grid_code
    return Device(row.id, row.kind, row.type_code, *place, building, row.address_text)


def find_building(building_id: str) -> Building | None:
    columns = ("name", "address_text", "grid_code", "lon", "lat", "floors", "map_id")
    row = BuildingRow.objects.filter(pk=building_id).values_list(*columns).first()
    return Building(str(building_id), *row) if row else None


def grid_codes_at(
    tenant_code: str, lons: npt.NDArray[np.float64], lats: npt.NDArray[np.float64]
) -> list[str | None]:
    """Return the grid each point lies in, `None` outside all grids of the tenant."""
    refs = snapshot(tenant_code)
    codes: list[str | None] = [None] * len(lons)
    points, grids = refs.grid_tree.query(shapely.points(lons, lats), predicate="intersects")
    for point, grid in zip(points[::-1], grids[::-1], strict=True):  # on a border the first grid counts
        codes[point] = refs.grid_polygons[1][grid]
    return codes


def community_name(area_code: str) -> str | None:
    code = community_of(area_code)
    return AreaRow.objects.filter(pk=code).values_list("name", flat=True).first() if code else None


def snapshot(tenant_code: str) -> Refs:
    """Return the places and devices of a tenant for cleaning, made anew only when they have changed."""
    revision = TenantRow.objects.filter(code=tenant_code).values_list("revision", flat=True).first()
    if revision is None:
        return Refs(tenant_code=tenant_code)
    known = _SNAPSHOTS.get(tenant_code)
    if known is None or known[0] != revision:
        known = _SNAPSHOTS[tenant_code] = revision, _take_snapshot(tenant_code)
    return known[1]


def _take_snapshot(tenant_code: str) -> Refs:
    empty = Refs(tenant_code=tenant_code)
    areas = AreaRow.objects.filter(code__startswith=tenant_code).order_by("code")
    devices = DeviceRow.objects.filter(grid_code__startswith=tenant_code).order_by("pk")
    buildings = BuildingRow.objects.filter(grid_code__startswith=tenant_code).order_by("pk")
    grids = list(areas.filter(level="grid", outline__isnull=False).values_list("code", "outline"))
    outlines: np.ndarray = np.empty(len(grids), dtype=object)
    outlines[:] = [shapely.from_wkb(bytes(outline)) for _, outline in grids if outline]
    return Refs(
        tenant_code=tenant_code,
        areas=_frame(areas, "code", "name", "level", "parent_code", "lon", "lat", like=empty.areas),
        devices=_frame(
            devices,
            *("id", "kind", "name", "lon", "lat", "grid_code", "building_id", "compound_id", "address_text"),
            like=empty.devices,
        ),
        buildings=_frame(
            buildings, "id", "name", "address_text", "lon", "lat", "grid_code", like=empty.buildings
        ),
        grid_polygons=(outlines, [code for code, _ in grids]),
    )


def _frame(
    rows: QuerySet[AreaRow | DeviceRow | BuildingRow], *columns: str, like: pl.DataFrame
) -> pl.DataFrame:
    """Return columns of a query as a frame like `like`; UUIDs become text, and empty text is unknown."""
    values = [
        tuple(v if v is None or isinstance(v, str | float) else str(v) for v in row)
        for row in rows.values_list(*columns)
    ]
    frame = pl.DataFrame(values, schema=like.schema, orient="row")
    return frame.with_columns(pl.col(pl.String).replace("", None))
