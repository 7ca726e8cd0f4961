"""Where it happened: device, own point, address, area code, community name, in this order."""

from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from ningjulan.cleaning import addresses, words
from ningjulan.cleaning.contracts import Placement, Refs

_COMMUNITY = 12
_GRID = 15
_AREA_CODE = r"^[0-9]{6}(?:[0-9]{3}){0,3}$"
_COMMUNITY_SUFFIX = "(?:社区居委会|社区|居委会|村委会|村)$"


@dataclass(frozen=True)
class Hints:
    """What each record says of its place. All of one length; null where it says nothing."""

    device_id: pl.Series
    building_id: pl.Series
    lon: pl.Series
    lat: pl.Series
    area_code: pl.Series  # valid codes of the tenant only
    community_name: pl.Series
    address_text: pl.Series


def outside_tenant(area_code: pl.Series, tenant_code: str) -> pl.Series:
    """Return true where the area code is no code, or not of the tenant."""
    return ~(area_code.str.contains(_AREA_CODE) & area_code.str.starts_with(tenant_code))


def placed(hints: Hints, refs: Refs, *, compiled: bool) -> pl.DataFrame:
    """Return the place of each record, as well as it can be known.

    Returns:
        `device_id`, `lon`, `lat`, `grid_code`, `area_code` (the finest known, at least the tenant),
        `building_id`, `address_text`, `placement`; as many rows as the hints, in their order.
    """
    frame = pl.DataFrame(
        {
            "device_id": hints.device_id,
            "own_building": hints.building_id,
            "own_lon": hints.lon,
            "own_lat": hints.lat,
            "given": hints.area_code,
            "named": _codes_of_names(hints.community_name, refs.areas),
            "own_address": hints.address_text,
        }
    )
    frame = frame.join(refs.derived("devices", _devices), on="device_id", how="left", maintain_order="left")
    frame = frame.hstack(_buildings(frame["own_building"], frame["own_address"], refs, compiled=compiled))
    frame = frame.with_columns(given=pl.coalesce("given", "named"))
    frame = frame.join(
        refs.derived("area_points", _area_points), on="given", how="left", maintain_order="left"
    )
    frame = frame.with_columns(_placement()).with_columns(
        lon=_by_placement("d_lon", "own_lon", "b_lon", "a_lon"),
        lat=_by_placement("d_lat", "own_lat", "b_lat", "a_lat"),
    )
    exact = frame["placement"].is_in([Placement.EXACT, Placement.DEVICE, Placement.ADDRESS])
    wanted = exact & frame["d_grid"].is_null()  # most devices know theirs
    frame = frame.with_columns(_grids_at(frame["lon"], frame["lat"], wanted, refs))
    given_grid = pl.when(pl.col("given").str.len_chars() == _GRID).then("given")
    frame = frame.with_columns(grid_code=pl.coalesce("d_grid", "p_grid", "b_grid", given_grid))
    return frame.select(
        "device_id",
        "lon",
        "lat",
        "grid_code",
        pl.coalesce("grid_code", "given", pl.lit(refs.tenant_code)).alias("area_code"),
        pl.coalesce("own_building", "d_building", "b_id").alias("building_id"),
        pl.coalesce("own_address", "d_address", "b_address", "d_name").alias("address_text"),
        "placement",
    )


def _placement() -> pl.Expr:
    known_area = pl.col("given").str.len_chars() >= _COMMUNITY
    return (
        pl.when(pl.col("d_lon").is_not_null())
        .then(pl.lit(Placement.DEVICE.value))
        .when(pl.col("own_lon").is_not_null())
        .then(pl.lit(Placement.EXACT.value))
        .when(pl.col("b_lon").is_not_null())
        .then(pl.lit(Placement.ADDRESS.value))
        .when(known_area & pl.col("a_lon").is_not_null())
        .then(pl.lit(Placement.COMMUNITY_POINT.value))
        .when(known_area)
        .then(pl.lit(Placement.COMMUNITY.value))
        .otherwise(pl.lit(Placement.NONE.value))
        .alias("placement")
    )


def _by_placement(device: str, own: str, building: str, area: str) -> pl.Expr:
    placement = pl.col("placement")
    return (
        pl.when(placement == Placement.DEVICE.value)
        .then(device)
        .when(placement == Placement.EXACT.value)
        .then(own)
        .when(placement == Placement.ADDRESS.value)
        .then(building)
        .when(placement == Placement.COMMUNITY_POINT.value)
        .then(area)
    )


def _devices(refs: Refs) -> pl.DataFrame:
    both = pl.col("lon").is_not_null() & pl.col("lat").is_not_null()
    return refs.devices.select(
        "device_id",
        d_lon=pl.when(both).then("lon"),
        d_lat=pl.when(both).then("lat"),
        d_grid="grid_code",
        d_building="building_id",
        d_address="address_text",
        d_name="name",  # a camera on a pole has no address; its name says where it stands
    ).unique("device_id", keep="first", maintain_order=True)


def _buildings(ids: pl.Series, address: pl.Series, refs: Refs, *, compiled: bool) -> pl.DataFrame:
    """Return the building each record names, else the one at its address; columns as `buildings_at`."""
    by_address = refs.derived("by_address", lambda refs: addresses.by_match_key(refs.buildings))
    at_address = addresses.buildings_at(address, by_address, compiled=compiled)
    if ids.null_count() == len(ids):
        return at_address
    by_id = refs.derived("by_id", _by_id)
    named = pl.DataFrame({"asked": ids}).join(by_id, on="asked", how="left", maintain_order="left")
    known = named["b_id"].is_not_null()
    return pl.DataFrame([named[name].zip_with(known, at_address[name]) for name in at_address.columns])


def _by_id(refs: Refs) -> pl.DataFrame:
    return refs.buildings.select(
        asked="building_id",
        b_id="building_id",
        b_lon="lon",
        b_lat="lat",
        b_grid="grid_code",
        b_address="address_text",
    ).unique("asked", keep="first", maintain_order=True)


def _area_points(refs: Refs) -> pl.DataFrame:
    both = pl.col("lon").is_not_null() & pl.col("lat").is_not_null()
    return refs.areas.select(
        given="area_code", a_lon=pl.when(both).then("lon"), a_lat=pl.when(both).then("lat")
    ).unique("given", keep="first", maintain_order=True)


def _codes_of_names(names: pl.Series, areas: pl.DataFrame) -> pl.Series:
    """Return the community code of each name; null when no community, or more than one, has it."""
    if names.null_count() == len(names):
        return pl.Series("named", [None] * len(names), dtype=pl.String)
    communities = areas.filter(pl.col("level") == "community")
    table = communities.select(_name_key(communities["name"]).alias("name"), named="area_code")
    asked = pl.DataFrame({"name": _name_key(names)})
    return asked.join(table.unique("name", keep="none"), on="name", how="left", maintain_order="left")[
        "named"
    ]


def _name_key(names: pl.Series) -> pl.Series:
    return words.normalised_name(names).str.replace(_COMMUNITY_SUFFIX, "")


def _grids_at(lon: pl.Series, lat: pl.Series, wanted: pl.Series, refs: Refs) -> pl.Series:
    """Return the code of the grid each wanted point lies in; on a border, the first grid in the list."""
    polygons, codes = refs.grid_polygons
    found = np.full(len(lon), -1, dtype=np.int64)
    rows = np.flatnonzero((wanted & lon.is_not_null()).to_numpy())
    if len(rows) and len(polygons):
        points = shapely.points(lon.to_numpy()[rows], lat.to_numpy()[rows])
        asked, hit = refs.grid_tree.query(points, predicate="intersects")
        order = np.lexsort((-hit, asked))  # the smallest index is written last, and stays
        found[rows[asked[order]]] = hit[order]
    return pl.Series("p_grid", [*codes, None], dtype=pl.String).gather(
        pl.Series(np.where(found < 0, len(codes), found))
    )
