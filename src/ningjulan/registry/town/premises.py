"""Compounds, buildings and addresses as tables, with their codes and identifiers."""

from dataclasses import dataclass
from uuid import UUID, uuid5

import numpy as np
import polars as pl
import shapely

from ningjulan.registry.domain.codes import check_character
from ningjulan.registry.town.divisions import Divisions
from ningjulan.registry.town.frame import Floats, to_lonlat
from ningjulan.registry.town.homes import HOME_KINDS
from ningjulan.registry.town.plan import Building, Canvas, Cell, random_stream

STREET_TEXT = "浙江省杭州市萧山区宁围街道"
N_SMART_COMPOUNDS = 15
_NAMESPACE = UUID("6f1d3c52-0c1e-5a7e-9a7b-330109013000")
_USE_OF_KIND = {  # CL_BUILDING_USE
    **dict.fromkeys(("resi_high", "resi_mid", "villa", "village"), "1"),
    **dict.fromkeys(("shop", "podium", "mall", "market", "hotel"), "2"),
    "office": "3",
    "factory": "4",
    **dict.fromkeys(("school", "kindergarten"), "6"),
    "hospital": "7",
    **dict.fromkeys(("gov", "stadium"), "8"),
}
_OWNER, _TENANT, _ATTENTION = 0, 1, 2


@dataclass(frozen=True)
class Premises:
    compounds: pl.DataFrame
    buildings: pl.DataFrame
    addresses: pl.DataFrame


def stable_id(seed: int, *parts: object) -> str:
    """Return the UUID of a thing of the town: the same seed gives the same id."""
    return str(uuid5(_NAMESPACE, "/".join(map(str, (seed, *parts)))))


def register_premises(
    canvas: Canvas, cells: list[Cell], divisions: Divisions, seed: int, n_smart: int
) -> Premises:
    """Number and name what was built: compounds, the buildings in them, and the dwellings in those."""
    shapes = np.array([b.footprint for b in canvas.buildings], dtype=object)
    centre = shapely.centroid(shapes)
    at = np.column_stack([shapely.get_x(centre), shapely.get_y(centre)])
    compounds = _compounds(canvas, cells, divisions, at, seed)
    compounds = _with_smart_ones(compounds, {cell for cell, _ in canvas.gates}, n_smart)
    buildings = _buildings(canvas.buildings, divisions, compounds, at, seed)
    return Premises(compounds, buildings, _addresses(canvas.buildings, shapes, buildings, seed))


def _compounds(
    canvas: Canvas, cells: list[Cell], divisions: Divisions, at: Floats, seed: int
) -> pl.DataFrame:
    """One compound per cell that has a building: 小区, 村组, factory, school …"""
    numbers, owner = np.unique([b.cell for b in canvas.buildings], return_inverse=True)
    n = np.bincount(owner)
    east, north = np.bincount(owner, at[:, 0]) / n, np.bincount(owner, at[:, 1]) / n
    addresses = np.bincount(owner, [b.n_addresses for b in canvas.buildings]).astype(int)
    lonlat = to_lonlat(np.column_stack([east, north])).round(7)
    own = [cells[number] for number in numbers]
    communities = [divisions.communities[divisions.community_of_cell[number]] for number in numbers.tolist()]
    table = pl.DataFrame(
        {
            "cell": numbers,
            "name": [cell.name for cell in own],
            "use": [cell.use for cell in own],
            "community_code": [community.code for community in communities],
            "address_class": ["3" if cell.use in ("village", "hamlet") else "1" for cell in own],
            "n_buildings": n,
            "n_addresses": addresses,
            "east": east,
            "north": north,
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
        }
    )
    numbered = pl.int_range(1, pl.len() + 1).over("community_code", "address_class")
    table = table.sort("community_code", "address_class", -pl.col("north"), "east").with_columns(
        code=pl.col("community_code") + pl.col("address_class") + numbered.cast(pl.String).str.zfill(4)
    )
    ids = [stable_id(seed, "compound", code) for code in table["code"]]
    return table.with_columns(pl.Series("compound_id", ids))


def _with_smart_ones(compounds: pl.DataFrame, gated: set[int], n_smart: int) -> pl.DataFrame:
    """Mark the `n_smart` largest high-rise compounds that have a gate to put a barrier in."""
    able = (pl.col("use") == "highrise") & pl.col("cell").is_in(sorted(gated))
    size = pl.when(able).then(pl.col("n_addresses")).otherwise(-1)
    return compounds.with_columns(is_smart=able & (size.rank("ordinal", descending=True) <= n_smart))


def _buildings(
    buildings: list[Building], divisions: Divisions, compounds: pl.DataFrame, at: Floats, seed: int
) -> pl.DataFrame:
    lonlat = to_lonlat(at).round(7)
    table = pl.DataFrame(
        {
            "map_id": np.arange(len(buildings), dtype=np.uint32),
            "cell": [b.cell for b in buildings],
            "kind": [b.kind for b in buildings],
            "floors": [b.floors for b in buildings],
            "n_units": [b.n_units for b in buildings],
            "height_m": np.round([b.height_m for b in buildings], 1),
            "base_m": np.round([b.base_m for b in buildings], 1),
            "n_addresses": [b.n_addresses for b in buildings],
            "grid_code": [divisions.grids[g].code for g in divisions.grid_of_building],
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
        }
    )
    owners = compounds.select(
        "cell", "compound_id", "community_code", "address_class",
        compound_code="code", compound_name="name",
    )  # fmt: skip
    table = table.join(owners, on="cell", how="left", maintain_order="left")
    rows = (-pl.Series(at[:, 1]) / 30).round().alias("row")  # houses are numbered row by row from the north
    table = table.with_columns(rows, pl.Series("east", at[:, 0]))
    number = pl.struct("row", "east").rank("ordinal").over("cell").cast(pl.Int32)
    table = table.with_columns(
        number=number, use_type=pl.col("kind").replace_strict(_USE_OF_KIND, default="9")
    )
    table = _with_names(table, {c.code: c.name for c in divisions.communities})
    ids = [stable_id(seed, "building", code) for code in table["code"]]
    return table.with_columns(pl.Series("building_id", ids)).drop("row", "east", "cell")


def _with_names(table: pl.DataFrame, community_names: dict[str, str]) -> pl.DataFrame:
    number = pl.col("number").cast(pl.String)
    suffix = pl.when(pl.col("address_class") == "3").then(pl.lit("号")).otherwise(pl.lit("幢"))
    name = pl.col("compound_name") + number + suffix
    community = pl.col("community_code").replace_strict(community_names)
    return table.with_columns(
        code=pl.col("compound_code") + number.str.zfill(4),
        label=number + suffix,
        name=name,
        address_text=pl.lit(STREET_TEXT) + community + name,
    )


def _addresses(buildings: list[Building], shapes: np.ndarray, table: pl.DataFrame, seed: int) -> pl.DataFrame:
    n = np.array([b.n_addresses for b in buildings])
    owner = np.repeat(np.arange(len(buildings)), n)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(n) - n, n)
    unit, floor, room, share = _doors(buildings, owner, within)
    x, y = _on_facades(shapes, owner, share, side=np.where((room + floor) % 3 == 0, -1.0, 1.0))
    base, top = (np.array([getattr(b, key) for b in buildings])[owner] for key in ("base_m", "height_m"))
    floors = np.maximum([b.floors for b in buildings], 1)[owner]
    lonlat = to_lonlat(np.column_stack([x, y])).round(7)
    frame = pl.DataFrame(
        {
            "unit_no": unit.astype(np.int16),
            "floor_no": (floor + 1).astype(np.int16),
            "room": room.astype(np.int32),
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "east_m": x.round(2),
            "north_m": y.round(2),
            "z_m": (base + (floor + 0.5) * (top - base) / floors).round(2),
            "occupancy": _occupancy(table["kind"].to_numpy()[owner], seed),
        }
    )
    owners = table.select(
        "building_id", "compound_id", "community_code", "grid_code", "use_type", "address_text",
        building_code="code",
    )  # fmt: skip
    frame = pl.concat([owners[owner], frame], how="horizontal")
    return _with_codes(frame, seed)


def _with_codes(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    def digits(column: str, width: int) -> pl.Expr:
        return pl.col(column).cast(pl.String).str.zfill(width)

    unit = (
        pl.when(pl.col("unit_no") > 0).then(pl.col("unit_no").cast(pl.String) + "单元").otherwise(pl.lit(""))
    )
    frame = frame.with_columns(
        room_no=pl.col("floor_no").cast(pl.String) + digits("room", 2),
        body=pl.col("building_code") + digits("unit_no", 2) + digits("floor_no", 3) + digits("room", 3),
    )
    codes = [body + check_character(body) for body in frame["body"]]
    ids = [stable_id(seed, "address", code) for code in codes]
    return frame.with_columns(
        pl.Series("code", codes),
        pl.Series("address_id", ids),
        full_text=pl.col("address_text") + unit + pl.col("room_no") + "室",
    ).drop("body", "room", "address_text", "building_code")


def _doors(buildings: list[Building], owner: np.ndarray, within: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return unit (0 none), floor from 0, room from 1, and the place along the facade from 0 to 1."""
    homes = np.array([b.kind in HOME_KINDS for b in buildings])
    units = np.array([b.n_units if home else 1 for b, home in zip(buildings, homes, strict=True)])
    floors = np.maximum([b.floors for b in buildings], 1)
    n = np.array([b.n_addresses for b in buildings])
    rooms = np.array([b.n_rooms for b in buildings])
    villas = np.array([b.kind == "villa" for b in buildings])
    rooms = np.where(villas, 1, np.where(homes, rooms, -(-n // floors)))
    per_floor = np.maximum(1, units * rooms)
    floor, place = within // per_floor[owner], within % per_floor[owner]
    unit = np.where(homes[owner], place // rooms[owner].clip(1) + 1, 0)
    room = place % rooms[owner].clip(1) + 1
    return unit, floor, room, (place + 0.5) / per_floor[owner]


def _on_facades(shapes: np.ndarray, owner: np.ndarray, share: Floats, side: Floats) -> tuple[Floats, Floats]:
    """Return points along the long facades, a hand's breadth before the wall: two of three face south."""
    boxes = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)[:, :4]
    first, second = boxes[:, 1] - boxes[:, 0], boxes[:, 2] - boxes[:, 1]
    length_1, length_2 = np.hypot(*first.T), np.hypot(*second.T)
    axis = np.where((length_1 >= length_2)[:, None], first, second)
    normal = np.column_stack([-axis[:, 1], axis[:, 0]]) / np.hypot(*axis.T)[:, None]
    normal[normal[:, 1] > 0] *= -1
    depth = np.minimum(length_1, length_2) / 2 + 0.35
    centre = boxes.mean(1)[owner]
    along = axis[owner] * ((share - 0.5) * 0.9)[:, None]
    place = centre + along + normal[owner] * (depth[owner] * side)[:, None]
    return place[:, 0], place[:, 1]


def _occupancy(kinds: np.ndarray, seed: int) -> np.ndarray:
    """Return 0 lived in by the owner, 1 let, 2 to be looked after; drawn, as the residents come later."""
    rng = random_stream(seed, 9)
    let = np.where(kinds == "village", 0.62, np.where(np.isin(kinds, list(HOME_KINDS)), 0.24, 0.0))
    occupancy = np.where(rng.random(len(kinds)) < let, _TENANT, _OWNER)
    return np.where((rng.random(len(kinds)) < 0.008) & (let > 0), _ATTENTION, occupancy).astype(np.uint8)
