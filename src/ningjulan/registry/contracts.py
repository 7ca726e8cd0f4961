"""What others may know of the registry."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ningjulan.foundation.errors import InputRefused, NotFound


class AreaNotFound(NotFound):
    code = "area_not_found"
    message_zh = "没有这个区域，或不在您的管辖范围内"
    message_en = "No such area, or outside yours"


class TownMissing(InputRefused):
    code = "town_missing"
    message_zh = "目录 {folder} 里没有完整的街道数据，请先运行 ningjulan town"
    message_en = "{folder} holds no complete town; run `ningjulan town` first"


class CodeRefused(InputRefused):
    code = "area_code_refused"
    message_zh = "区域代码 {area_code} 不是 6、9、12 或 15 位数字"
    message_en = "Area code {area_code} is not of 6, 9, 12 or 15 digits"


@dataclass(frozen=True)
class Tenant:
    """An area whose data belongs together."""

    code: str
    name_zh: str
    name_en: str
    has_map: bool


@dataclass(frozen=True)
class Area:
    code: str
    name: str
    level: str  # district, street, community, grid
    parent_code: str
    lon: float | None
    lat: float | None
    n_addresses: int


@dataclass(frozen=True)
class Unit:
    code: str
    name: str
    kind: str
    area_code: str


@dataclass(frozen=True)
class Device:
    device_id: str
    kind: str  # camera, fire, bin, water, gate
    type_code: str
    name: str
    lon: float
    lat: float
    grid_code: str
    building_id: str | None
    address_text: str


@dataclass(frozen=True)
class Building:
    building_id: str
    name: str
    address_text: str
    grid_code: str
    lon: float
    lat: float
    floors: int
    map_id: int  # the feature's id on the map


@dataclass(frozen=True)
class TownMap:
    """The map of a tenant: two files, and where in the world they lie."""

    tenant_code: str
    version: str
    origin: tuple[float, float]  # lon, lat of the zero of metres
    metres_per_degree: tuple[float, float]  # of longitude, of latitude
    center: tuple[float, float]
    bounds: tuple[float, float, float, float]  # west, south, east, north
    tiles: Path
    points: Path


@dataclass(frozen=True)
class TownLoaded:
    """The outcome of loading a town: its version, and whether anything had to be changed."""

    version: str
    changed: bool
    n_addresses: int


class AreaToRegister(Protocol):
    """An area that a source speaks of. The tenant is the one area of a batch that covers all others."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def lon(self) -> float | None: ...
    @property
    def lat(self) -> float | None: ...


class UnitToRegister(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def area_code(self) -> str: ...
