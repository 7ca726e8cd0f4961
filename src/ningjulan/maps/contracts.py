"""What the map screens are told."""

from dataclasses import dataclass
from datetime import datetime

from ningjulan.foundation.errors import NotFound
from ningjulan.maps.domain.heat import HeatCell


class MapNotFound(NotFound):
    code = "map_not_found"
    message_zh = "没有这张地图，或不在您的管辖范围内"
    message_en = "No such map, or outside your area"


@dataclass(frozen=True)
class MapConfig:
    """Where the map of a tenant is. Without a map only the centre of its areas is known, or nothing."""

    has_map: bool
    center: tuple[float, float] | None = None
    bounds: tuple[float, float, float, float] | None = None
    origin: tuple[float, float] | None = None
    metres_per_degree: tuple[float, float] | None = None
    pmtiles_url: str | None = None
    addresses_url: str | None = None
    version: str | None = None


@dataclass(frozen=True)
class DeviceColumns:
    """Devices as columns: thousands of points are drawn from arrays, not from objects."""

    kind: str
    ids: list[str]
    names: list[str]
    lons: list[float]
    lats: list[float]
    online: list[bool]


@dataclass(frozen=True)
class Heat:
    cells: list[HeatCell]
    max: int
    as_of: datetime
