"""The address base of each tenant, kept in the process until something in it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from django.db import connection
from django.db.models import Q, QuerySet

from ningjulan.registry.addresses.base import ADDRESSES, ALIASES, BUILDINGS, COMPOUNDS, AddressBase, Schema
from ningjulan.registry.addresses.searching import SearchIndex
from ningjulan.registry.models import Address, AddressAlias, AddressState, Area, Building, Compound
from ningjulan.registry.models.changes import known, valid

_METRES_PER_DEGREE = 111_320.0
_LOCK = Lock()

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """What is looked things up in: the base, its search index, and where everything lies."""

    addresses: AddressBase
    points: pl.DataFrame  # `lon`, `lat`, `grid_code` of each address, by row
    building_points: pl.DataFrame

    @cached_property
    def index(self) -> SearchIndex:
        return SearchIndex(self.addresses)

    @cached_property
    def _tree(self) -> tuple[shapely.STRtree, float]:
        """The addresses in metres: a degree of longitude is as long as in the middle of the tenant."""
        stretch = float(np.cos(np.radians(self.points["lat"].mean() or 0.0)))  # type: ignore[arg-type]
        xy = _metres(self.points["lon"].to_numpy(), self.points["lat"].to_numpy(), stretch)
        return shapely.STRtree(shapely.points(xy)), stretch

    def nearest(self, lon: float, lat: float, within_m: float) -> tuple[list[int], float] | None:
        """Return the addresses nearest to a point, several if they lie above each other, and how far off."""
        if self.points.is_empty():
            return None
        tree, stretch = self._tree
        point = shapely.points(_metres(np.array([lon]), np.array([lat]), stretch))
        rows, distances = tree.query_nearest(point, max_distance=within_m, return_distance=True)
        if not len(distances):
            return None
        return sorted(rows[1].tolist()), float(distances[0])


_BASES: dict[str, tuple[tuple[object, ...], tuple[object, ...], Base]] = {}
"""Tenant → stamp of the places, stamp of their other names, and the base of both."""


def base_of(tenant_code: str, on: date) -> Base:
    """Return the address base of a tenant on a day (today); the same object until something in it changes."""
    places, names = _stamps(tenant_code, on)
    with _LOCK:
        kept = _BASES.get(tenant_code)
        if kept is not None and kept[:2] == (places, names):
            return kept[2]
        if kept is not None and kept[0] == places:
            old = kept[2]
            base = Base(old.addresses.with_aliases(_aliases(tenant_code)), old.points, old.building_points)
            if "_tree" in old.__dict__:
                base.__dict__["_tree"] = old.__dict__["_tree"]
        else:
            base = _taken(tenant_code, on)
        base.index.warm()
        _BASES[tenant_code] = places, names, base
        return base


def forget() -> None:
    """Let go of what is kept: a process that needs it once an hour gives the memory back."""
    with _LOCK:
        _BASES.clear()


_STAMPS = """
    select (select revision from registry_tenant where code = %(tenant)s),
           (select count(*) || '/' || count(known_to) from registry_addressstate
             where area_code like %(within)s),
           (select count(*) || '/' || count(withdrawn_at) || '/' || coalesce(max(withdrawn_at)::text, '')
              from registry_addressalias where tenant_code = %(tenant)s)
"""


def _stamps(tenant_code: str, on: date) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Return what changes with the places, and what changes with their other names: asked at every search."""
    with connection.cursor() as cursor:
        cursor.execute(_STAMPS, {"tenant": tenant_code, "within": f"{tenant_code}%"})
        revision, states, aliases = cursor.fetchone()
    return (revision, states, on if states != "0/0" else None), (aliases,)


def _taken(tenant_code: str, on: date) -> Base:
    here = Q(grid_code__startswith=tenant_code)
    lonlat: Schema = {"lon": pl.Float64, "lat": pl.Float64, "grid_code": pl.String}
    rows = _frame(
        Address.objects.filter(here).order_by("pk"),
        ("id", "building_id", "full_text", "code", "lon", "lat", "grid_code"),
        {name: ADDRESSES[name] for name in ("id", "building_id", "text", "code")} | dict(lonlat),
    )
    buildings = _frame(
        Building.objects.filter(here).order_by("pk"),
        ("id", "compound_id", "address_text", "lon", "lat", "grid_code"),
        {**BUILDINGS, **lonlat},
    )
    compounds = Compound.objects.filter(community_code__startswith=tenant_code).order_by("pk")
    communities = Area.objects.filter(code__startswith=tenant_code, level="community").order_by("code")
    base = AddressBase(
        communities=_frame(communities, ("code", "name"), {"code": pl.String, "name": pl.String}),
        compounds=_frame(compounds, ("id", "name", "community_code"), COMPOUNDS),
        buildings=buildings.select(list(BUILDINGS)),
        addresses=rows.with_columns(state=_states(rows["id"], tenant_code, on)).select(list(ADDRESSES)),
        aliases=_aliases(tenant_code),
    )
    point = ["lon", "lat", "grid_code"]
    return Base(base, rows.select(point), buildings.select(point))


def _states(ids: pl.Series, tenant_code: str, on: date) -> pl.Series:
    """Return the state each address is in; in use, where nothing else is known."""
    rows = AddressState.objects.filter(known(), valid(on), area_code__startswith=tenant_code)
    table = {str(address): state for address, state in rows.values_list("entity_id", "state")}
    return ids.replace_strict(table or {"": ""}, default="OC", return_dtype=pl.String)


def _aliases(tenant_code: str) -> pl.DataFrame:
    rows = AddressAlias.objects.filter(tenant_code=tenant_code, withdrawn_at__isnull=True).order_by("pk")
    return _frame(rows, ("text", "level", "target"), ALIASES)


def _frame(rows: QuerySet[Any], columns: Sequence[str], schema: Schema) -> pl.DataFrame:
    values = [
        tuple(v if v is None or isinstance(v, str | float) else str(v) for v in row)
        for row in rows.values_list(*columns)
    ]
    return pl.DataFrame(values, schema=schema, orient="row")


def _metres(lon: Floats, lat: Floats, stretch: float) -> Floats:
    return np.column_stack([lon * stretch, lat]) * _METRES_PER_DEGREE
