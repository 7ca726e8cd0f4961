"""Handling units and the people who keep the street going. Nobody exists: names are roles with a number."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from ningjulan.registry.town.divisions import Divisions
from ningjulan.registry.town.frame import geometry_to_lonlat
from ningjulan.registry.town.plan import random_stream
from ningjulan.registry.town.premises import Premises, stable_id

N_BUILDING_LEADERS = 488
N_VOLUNTEERS = 545
STREET = "330109013"

_STREET_UNITS = [
    ("ZHS", "综合信息指挥室", "command_centre"),
    ("ZFD", "综合行政执法中队", "enforcement"),
    ("PCS", "派出所", "police"),
    ("JJD", "交警中队", "traffic_police"),
    ("XFZ", "专职消防救援站", "fire_station"),
    ("SJS", "市场监督管理所", "market_supervision"),
    ("HWS", "环境卫生管理所", "sanitation"),
    ("YJZ", "应急消防管理站", "emergency"),
    ("WSZ", "社区卫生服务中心", "health"),
    ("SFS", "司法所", "justice"),
    ("BMZ", "便民服务中心", "public_service"),
    ("HDZ", "河道水利管理站", "water"),
    ("JTZ", "流动人口与房屋租赁管理站", "tenancy"),
]
_COMMUNITY_UNITS = [
    ("", "", "community"),
    ("WXZ", "微型消防站", "micro_fire_station"),
    ("WY", "物业服务站", "property"),
]


def form_units(divisions: Divisions) -> pl.DataFrame:
    """Return the units of the street, and every community's office, fire station and property service."""
    rows = list(_units(divisions))
    return pl.DataFrame(
        rows, schema=["code", "name", "kind", "area_code", "phone", "lon", "lat"], orient="row"
    )


def _units(divisions: Divisions) -> Iterator[tuple[str, str, str, str, str, float, float]]:
    points = [geometry_to_lonlat(c.outline.representative_point()) for c in divisions.communities]
    middle = points[len(points) // 2]
    n = 0
    for short, name, kind in _STREET_UNITS:
        n += 1
        yield f"{STREET}-{short}", f"宁围街道{name}", kind, STREET, _phone(1, n), middle.x, middle.y
    for community, point in zip(divisions.communities, points, strict=True):
        for short, name, kind in _COMMUNITY_UNITS:
            n += 1
            code = f"{community.code}-{short}" if short else community.code
            office = name or ("村民委员会" if community.kind == "2" else "居民委员会")
            yield code, f"{community.name}{office}", kind, community.code, _phone(1, n), point.x, point.y


def recruit(divisions: Divisions, premises: Premises, seed: int, scale: float) -> pl.DataFrame:
    """Return grid workers (one per grid), building leaders of the fullest buildings, and volunteers."""
    rng = random_stream(seed, 14)
    rows: list[tuple[str, str, str, str, str, str | None]] = []
    for n, grid in enumerate(divisions.grids, start=1):
        rows.append((f"网格员{n:04d}", "grid_worker", grid.code[:12], grid.code, _phone(2, n), None))
    homes = premises.buildings.filter(pl.col("use_type") == "1").sort(-pl.col("n_addresses"), "code")
    led = homes.head(round(N_BUILDING_LEADERS * scale)).sort("code")
    for n, building in enumerate(led.iter_rows(named=True), start=1):
        unit = building["community_code"]
        place = building["grid_code"], _phone(3, n), building["building_id"]
        rows.append((f"楼道长{n:04d}", "building_leader", unit, *place))
    weights = np.bincount([g.community for g in divisions.grids], minlength=len(divisions.communities))
    chosen = rng.choice(len(weights), round(N_VOLUNTEERS * scale), p=weights / weights.sum())
    for n, row in enumerate(sorted(chosen.tolist()), start=1):
        code = divisions.communities[row].code
        rows.append((f"志愿者{n:04d}", "volunteer", code, code, _phone(4, n), None))
    columns = ["name", "role", "unit_code", "area_code", "phone", "building_id"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    ids = [stable_id(seed, "staff", row[0]) for row in rows]
    return frame.with_columns(pl.Series("staff_id", ids)).select("staff_id", *columns)


def _phone(series: int, n: int) -> str:
    """Return a number that no network can assign: 11 digits that begin with 000."""
    return f"000{series}{n:07d}"
