"""What the map shows, for one actor."""

from datetime import datetime, timedelta

import numpy as np

from ningjulan.cases import facade as cases
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.permissions import Purpose, grants_of
from ningjulan.maps.contracts import DeviceColumns, Heat, MapConfig, MapNotFound
from ningjulan.maps.domain.heat import heat_cells
from ningjulan.registry import facade as registry
from ningjulan.registry.contracts import TownMap


def looks_into(actor: Actor, tenant_code: str) -> bool:
    """Does the actor look after the tenant, or a part of it?"""
    return actor.covers(tenant_code) or any(code.startswith(tenant_code) for code in actor.area_codes)


def get_town_map(actor: Actor) -> TownMap:
    """Return the town's map files, or raise `MapNotFound`."""
    town = registry.find_town_map()
    if town is None or not looks_into(actor, town.tenant_code):
        raise MapNotFound
    return town


def shows_attention(actor: Actor, town: TownMap) -> bool:
    """May the actor see which homes need attention (关注)? Care is a duty of few; the file is one town."""
    may_care = any(Purpose.CARE in grant.purposes for grant in grants_of(actor))
    return may_care and actor.covers(town.tenant_code)


def points_version(actor: Actor, town: TownMap) -> str:
    """Return what names the points as this actor sees them: the URL of one is never another's."""
    return f"{town.version}-care" if shows_attention(actor, town) else town.version


def map_config(actor: Actor, tenant_code: str) -> MapConfig:
    """Return where the tenant's map is and what it covers, or raise `MapNotFound`."""
    if not looks_into(actor, tenant_code):
        raise MapNotFound(tenant=tenant_code[:12])
    town = registry.find_town_map()
    if town is None or town.tenant_code != tenant_code:
        return _without_map(tenant_code)
    return MapConfig(
        has_map=True,
        center=town.center,
        bounds=town.bounds,
        origin=town.origin,
        metres_per_degree=town.metres_per_degree,
        pmtiles_url=f"/map/{town.tiles.name}?v={town.version}",
        addresses_url=f"/map/{town.points.name}?v={points_version(actor, town)}",
        version=town.version,
    )


def _without_map(tenant_code: str) -> MapConfig:
    places = [
        (a.lon, a.lat) for a in registry.list_areas(tenant_code) if a.lon is not None and a.lat is not None
    ]
    if not places:
        return MapConfig(has_map=False)
    lons, lats = zip(*places, strict=True)
    center = round(sum(lons) / len(lons), 6), round(sum(lats) / len(lats), 6)
    return MapConfig(has_map=False, center=center, bounds=(min(lons), min(lats), max(lons), max(lats)))


def device_columns(actor: Actor, tenant_code: str, kind: str) -> DeviceColumns:
    """Return the actor's devices of a kind."""
    rows = registry.list_devices(actor, tenant_code, kind)
    return DeviceColumns(
        kind=kind,
        ids=[row[0] for row in rows],
        names=[row[1] for row in rows],
        lons=[row[2] for row in rows],
        lats=[row[3] for row in rows],
        online=[row[4] for row in rows],
    )


def heat(actor: Actor, tenant_code: str, *, hours: int, now: datetime) -> Heat:
    """Return where open cases, and those reported in the last `hours`, gather in the actor's areas."""
    points = cases.case_points(tenant_code, now - timedelta(hours=hours))
    places = [(point.lon, point.lat) for point in points]
    cells = heat_cells(_own_places(actor, tenant_code, places))
    return Heat(cells=cells, max=max((cell.n for cell in cells), default=0), as_of=now)


def _own_places(
    actor: Actor, tenant_code: str, places: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    if actor.covers(tenant_code) or not places:
        return places
    lons, lats = np.array(places).T
    grids = registry.grid_codes_at(tenant_code, lons, lats)
    return [place for place, grid in zip(places, grids, strict=True) if grid and actor.covers(grid)]
