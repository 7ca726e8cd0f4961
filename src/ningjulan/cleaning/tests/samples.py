"""Invented town of two communities, and records that are right."""

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
import shapely

from ningjulan.cleaning.contracts import Cleaned, Refs, SourceRef
from ningjulan.cleaning.facade import clean

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)  # 10:30 in the town
TENANT = "330109013"
TOWN = SourceRef("test", TENANT)

DEVICES = pl.DataFrame(
    {
        "device_id": ["D1", "D2", "D3"],
        "kind": ["fire", "camera", "fire"],
        "name": ["烟感", "试验路口球机", "烟感"],
        "lon": [120.25, 120.105, None],
        "lat": [30.23, 30.105, None],
        "grid_code": ["330109013002001", None, "330109013002007"],
        "building_id": ["B1", None, None],
        "compound_id": [None, None, None],
        "address_text": ["试验路1号1幢", None, None],
    },
    schema_overrides={"compound_id": pl.String},
)
AREAS = pl.DataFrame(
    {
        "area_code": ["330109013002", "330109013003"],
        "name": ["甲一社区", "乙二社区"],
        "level": ["community", "community"],
        "parent_code": [TENANT, TENANT],
        "lon": [120.2, None],
        "lat": [30.2, None],
    }
)
BUILDINGS = pl.DataFrame(
    {
        "building_id": ["B1", "B2", "B3", "B4"],
        "name": ["1幢", "2幢", "3幢", "3幢"],
        "address_text": ["试验路1号1幢", "试验路1号2幢", "重名苑3幢", "重名苑3幢"],
        "lon": [120.25, 120.26, 120.27, 120.28],
        "lat": [30.23, 30.24, 30.25, 30.26],
        "grid_code": ["330109013002001", "330109013002002", "330109013002003", "330109013002004"],
    }
)
REFS = Refs(
    tenant_code=TENANT,
    devices=DEVICES,
    areas=AREAS,
    grid_polygons=(np.array([shapely.box(120.1, 30.1, 120.2, 30.2)]), ["330109013003001"]),
    buildings=BUILDINGS,
)


def fire_alarm(**changes: Any) -> dict[str, Any]:
    right = {
        "msg_id": "M1",
        "facility_id": "D1",
        "event_time": "2026-11-25T10:20:00+08:00",
        "alarm_kind": "FIRE",
        "status_bits": 2,
    }
    return _changed(right, changes)


def video_alert(**changes: Any) -> dict[str, Any]:
    right = {
        "event_id": "V1",
        "device_id": "D2",
        "algo_code": "A02",
        "occur_time": "2026-11-25T10:20:00+08:00",
        "confidence": 0.87,
        "plate_no": "浙A12345",
        "region": [[0.1, 0.2], [0.3, 0.4]],
    }
    return _changed(right, changes)


def event(**changes: Any) -> dict[str, Any]:
    right = {
        "event_no": "20261125013000001",
        "category_code": "C02",
        "source_channel": "05",
        "report_time": "2026-11-25 10:00:00",
        "title": "流动摊贩占道",
    }
    return _changed(right, changes)


def case_step(**changes: Any) -> dict[str, Any]:
    right = {
        "case_no": "20261125013000001",
        "stage": "6",
        "action": "close",
        "action_time": "2026-11-25 10:10:00",
        "overdue_flag": False,
    }
    return _changed(right, changes)


RIGHT = {"IOT12": fire_alarm, "IOT03": video_alert, "BIZ16": event, "BIZ17": case_step}


def _changed(right: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `right` with `changes`; a change to `...` takes the item out."""
    return {name: value for name, value in (right | changes).items() if value is not ...}


def lines_of(*records: Any) -> list[bytes]:
    return [r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode() for r in records]


def cleaned(class_id: str, *records: Any, source: SourceRef = TOWN, refs: Refs = REFS) -> Cleaned:
    """Clean records; bytes are taken as they are, all else is written as JSON."""
    return clean(class_id, lines_of(*records), received_at=NOW, source=source, refs=refs)


def only(class_id: str, record: Any, **options: Any) -> dict[str, Any]:
    """Clean one record that must be accepted and return its row."""
    out = cleaned(class_id, record, **options)
    assert out.rejected.is_empty(), out.rejected.to_dicts()
    return out.accepted.row(0, named=True)


def reasons(class_id: str, record: Any, **options: Any) -> list[str]:
    """Clean one record that must be rejected and return why."""
    out = cleaned(class_id, record, **options)
    assert out.rejected.height == 1, out.accepted.to_dicts()
    found: list[str] = out.rejected["reasons"][0].to_list()
    return found
