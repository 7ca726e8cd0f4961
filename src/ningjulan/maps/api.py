"""The map over HTTP: where its files are, devices, heat."""

from datetime import datetime
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query, Router, Schema

from ningjulan.foundation.api import PROBLEMS, ActorRequest
from ningjulan.maps import selectors
from ningjulan.maps.contracts import DeviceColumns, Heat, MapConfig

router = Router(tags=["maps"])

_A_YEAR_H = 366 * 24


class MapConfigOut(Schema):
    has_map: bool
    origin: tuple[float, float] | None
    metres_per_degree: tuple[float, float] | None
    center: tuple[float, float] | None
    bounds: tuple[float, float, float, float] | None
    pmtiles_url: str | None
    addresses_url: str | None
    version: str | None


class DevicesOut(Schema):
    kind: str
    ids: list[str]
    names: list[str]
    lons: list[float]
    lats: list[float]
    online: list[bool]


class HeatCellOut(Schema):
    cell: str
    n: int
    boundary: list[tuple[float, float]]


class HeatOut(Schema):
    cells: list[HeatCellOut]
    max: int
    as_of: datetime


@router.get("/map/config", response={200: MapConfigOut, **PROBLEMS}, operation_id="getMapConfig")
def get_config(request: ActorRequest, tenant: str) -> MapConfig:
    """地图配置：底图与地址点文件的位置、坐标原点、范围、版本。"""
    return selectors.map_config(request.auth, tenant)


@router.get("/map/devices", response={200: DevicesOut, **PROBLEMS}, operation_id="listMapDevices")
def list_devices(
    request: ActorRequest, tenant: str, kind: Literal["camera", "fire", "bin", "water", "gate"]
) -> DeviceColumns:
    """一类设备的位置与在线状态，按列给出。"""
    return selectors.device_columns(request.auth, tenant, kind)


@router.get("/map/heat", response={200: HeatOut, **PROBLEMS}, operation_id="getMapHeat")
def get_heat(
    request: ActorRequest, tenant: str, hours: Annotated[int, Query(ge=1, le=_A_YEAR_H)] = 168
) -> Heat:
    """热力：未办结的、以及最近若干小时上报的案件，按 H3 网格计数。"""
    return selectors.heat(request.auth, tenant, hours=hours, now=timezone.now())
