"""What cases ask the registry: names of communities, units, the area at a point."""

from collections.abc import Iterable

import numpy as np

from ningjulan.cases.contracts import UnitNotFound
from ningjulan.cases.domain.drafts import community_of
from ningjulan.cases.domain.routing import UNIT_KIND_OF_CATEGORY
from ningjulan.registry import facade as registry
from ningjulan.registry.contracts import Unit


def community_names(area_codes: Iterable[str]) -> dict[str, str]:
    """Return the names of the communities that the areas lie in, where the registry knows them."""
    return registry.area_names({code for area in area_codes if (code := community_of(area))})


def unit_names(tenant_code: str) -> dict[str, str]:
    """Return code → name of the units that serve the tenant."""
    return {unit.code: unit.name for unit in registry.list_units(tenant_code)}


def get_unit(tenant_code: str, unit_code: str) -> Unit:
    """Return the unit, or raise `UnitNotFound` where it does not serve the tenant."""
    unit = registry.find_unit(unit_code)
    if unit is None or not _is_within(tenant_code, unit.area_code):
        raise UnitNotFound(unit_code=unit_code[:32])
    return unit


def suggested_unit_code(tenant_code: str, area_code: str, wanted: str, category_code: str) -> str | None:
    """Return the unit a scenario meant, by code or by kind; else the kind that usually handles the category.

    Of a kind it is the unit that serves the smallest area around the case.
    """
    named = registry.find_unit(wanted) if wanted else None
    if named is not None and _is_within(tenant_code, named.area_code):
        return named.code
    kinds = (wanted, UNIT_KIND_OF_CATEGORY.get(category_code, ""))
    found = (registry.nearest_unit(kind, area_code) for kind in kinds if kind)
    return next((unit.code for unit in found if unit), None)


def area_at(tenant_code: str, lon: float, lat: float) -> str | None:
    """Return the grid of the tenant around a point, or `None` outside its grids."""
    return registry.grid_codes_at(tenant_code, np.array([lon]), np.array([lat]))[0]


def is_area_of(tenant_code: str, area_code: str) -> bool:
    """Is this the tenant itself, or an area below it that the registry knows?"""
    return area_code == tenant_code or (
        area_code.startswith(tenant_code) and bool(registry.area_names([area_code]))
    )


def _is_within(tenant_code: str, area_code: str) -> bool:
    """Does a unit of `area_code` serve the tenant? It does from within, and from the levels above."""
    return area_code.startswith(tenant_code) or tenant_code.startswith(area_code)
