"""What other modules may ask the registry.

System-level where no actor is passed in: the caller has checked what its actor may see.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.cleaning.contracts import Refs
from ningjulan.foundation.actors import SYSTEM, Actor
from ningjulan.registry import selectors, services
from ningjulan.registry import town as towns
from ningjulan.registry.contracts import (
    Area,
    AreaNotFound,
    AreaToRegister,
    Building,
    Device,
    Tenant,
    TownLoaded,
    TownMap,
    Unit,
    UnitToRegister,
)
from ningjulan.registry.domain.codes import community_of as community_code_of
from ningjulan.registry.domain.codes import tenant_of as most_specific_tenant
from ningjulan.registry.privacy import mine
from ningjulan.registry.resolution import staging
from ningjulan.registry.town import TownMeta

_IMPORT = "import"


def refs(tenant_code: str) -> Refs:
    """Return the snapshot of a tenant that cleaning looks things up in; the same object until it changes."""
    return selectors.snapshot(tenant_code)


def build_town(folder: Path, *, seed: int, scale: float) -> TownMeta:
    """Write the files of the demo town, unless `folder` already holds them."""
    return towns.build(folder, seed, scale)


def load_town(folder: Path, now: datetime) -> TownLoaded:
    """Load the demo town from its files; nothing to do where that version is loaded."""
    return services.load_town(folder, now)


def stage(rows: pl.DataFrame, *, class_id: str, source: str, tenant_code: str, now: datetime) -> int:
    """Write down accepted records the registry is to take, in the caller's transaction; return how many."""
    return staging.stage(rows, class_id=class_id, source=source, tenant_code=tenant_code, now=now)


def tenants() -> list[Tenant]:
    return selectors.list_tenants()


def tenant_of(area_code: str) -> str | None:
    """Return the code of the tenant that an area belongs to, or `None`."""
    return most_specific_tenant(area_code, [t.code for t in selectors.list_tenants()])


def find_town_map() -> TownMap | None:
    """Return the one map there is, that of the demo town, or `None`."""
    return selectors.find_town_map()


def list_devices(actor: Actor, tenant_code: str, kind: str) -> list[tuple[str, str, float, float, bool]]:
    """Return (id, name, lon, lat, is_online) of the actor's devices of a kind, by id."""
    return selectors.list_devices(actor, tenant_code, kind)


def get_area(code: str) -> Area:
    """Return the area, or raise `AreaNotFound`."""
    area = selectors.areas_by_code([code]).get(code)
    if area is None:
        raise AreaNotFound(area_code=code[:15])
    return area


def list_areas(tenant_code: str, level: str | None = None) -> list[Area]:
    return selectors.list_areas(SYSTEM, tenant_code, levels=[level] if level else [])


def area_names(codes: Iterable[str]) -> dict[str, str]:
    """Return code → name of the areas that are known."""
    return {code: area.name for code, area in selectors.areas_by_code(codes).items()}


def community_of(area_code: str) -> Area | None:
    """Return the community that a grid lies in (or that the code names), or `None` above that level."""
    code = community_code_of(area_code)
    return selectors.areas_by_code([code]).get(code) if code else None


def grid_codes_at(
    tenant_code: str, lons: npt.NDArray[np.float64], lats: npt.NDArray[np.float64]
) -> list[str | None]:
    """Return the grid of the tenant that each point lies in, `None` outside all of them."""
    return selectors.grid_codes_at(tenant_code, lons, lats)


def list_units(tenant_code: str) -> list[Unit]:
    """Return the units that serve a tenant, also those of the levels above it."""
    return selectors.list_units(SYSTEM, tenant_code)


def find_unit(code: str) -> Unit | None:
    return selectors.find_unit(code)


def nearest_unit(kind: str, area_code: str) -> Unit | None:
    """Return the unit of a kind that serves the smallest area around `area_code`, or `None`."""
    return selectors.nearest_unit(kind, area_code)


def find_device(device_id: str) -> Device | None:
    return selectors.find_device(device_id)


def find_building(building_id: str) -> Building | None:
    return selectors.find_building(building_id)


def register_areas(areas: Iterable[AreaToRegister], source: str = _IMPORT) -> int:
    """Add or correct the areas a source speaks of; return how many changed. Idempotent."""
    return services.register_areas(areas, source=source)


def register_units(units: Iterable[UnitToRegister], source: str = _IMPORT) -> int:
    """Add or correct the handling units a source speaks of; return how many changed. Idempotent."""
    return services.register_units(units, source=source)


def find_demo_resident() -> UUID | None:
    """Return one of the people of the demo town, the same each time, or `None` where nobody is registered."""
    return mine.find_somebody()
