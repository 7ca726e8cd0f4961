"""What it takes to open a case, whoever reports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum


class Intake(StrEnum):
    """`live`: we handle it and the clocks run. `history`: handled elsewhere, kept as delivered."""

    LIVE = "live"
    HISTORY = "history"


class Placement(StrEnum):
    """How well we know where. The last two have no point."""

    EXACT = "exact"
    DEVICE = "device"
    ADDRESS = "address"
    COMMUNITY_POINT = "community_point"
    COMMUNITY = "community"
    NONE = "none"


WITHOUT_POINT = (Placement.COMMUNITY, Placement.NONE)
COMMUNITY_DIGITS = 12
LEVELS = ("1", "2", "3", "4")  # CL_EVENT_LEVEL 一般 较大 重大 紧急
LEVEL_OF_ALERT: dict[str, str] = {"minor": "1", "major": "3", "critical": "4"}


@dataclass(frozen=True)
class Place:
    area_code: str
    lon: float | None = None
    lat: float | None = None
    placement: Placement = Placement.NONE
    address_text: str = ""


@dataclass(frozen=True)
class Draft:
    tenant_code: str
    category_code: str
    level: str
    title: str
    place: Place
    source: str
    channel: str
    reported_at: datetime
    summary: str = ""
    subcategory: str = ""
    external_no: str = ""
    scenario_id: str = ""
    suggested_unit: str = ""
    intake: Intake = Intake.LIVE
    allowed_seconds: Mapping[str, int | None] = field(default_factory=dict)


def placed(area_code: str, lon: float | None, lat: float | None, placement: str, address_text: str) -> Place:
    """Return a place whose placement and point agree: no claim of a point that is not there."""
    known = Placement(placement) if placement else None
    if lon is None or lat is None:
        known = Placement.COMMUNITY if len(area_code) >= COMMUNITY_DIGITS else Placement.NONE
        return Place(area_code, None, None, known, address_text)
    if known is None or known in WITHOUT_POINT:
        known = Placement.EXACT
    return Place(area_code, lon, lat, known, address_text)


def community_of(area_code: str) -> str | None:
    """Return the community part of an area code, or `None` when only the street or district is known."""
    return area_code[:COMMUNITY_DIGITS] if len(area_code) >= COMMUNITY_DIGITS else None


def case_no(reported_at: datetime, area_code: str, serial: int, timezone: tzinfo) -> str:
    """Return day (8) + street (3, `000` when unknown) + serial of the day (6)."""
    street = area_code[6:9] if len(area_code) >= 9 else "000"
    return f"{reported_at.astimezone(timezone):%Y%m%d}{street}{serial:06d}"
