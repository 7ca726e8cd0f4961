"""A street with cases, for tests of figures. All made up; cases are made through their facade."""

from datetime import UTC, datetime
from typing import Any

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import Delivery
from ningjulan.foundation.actors import Actor, Role

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
TENANT, HERE, THERE, UNIT = "330109013", "330109013002", "330109013003", "U-CITY"
CLERK = Actor(1, "受理员甲", frozenset({Role.CLERK}), frozenset({TENANT}))


def event(event_no: str, report_time: str, **changes: Any) -> dict[str, Any]:
    """One accepted BIZ16 row."""
    row = {
        "event_no": event_no,
        "category_code": "C01",
        "source_channel": "05",
        "report_time": report_time,
        "severity": "1",
        "subcategory": "道路破损",
        "area_code": HERE,
        "placement": "community",
    }
    return {**row, **changes}


def closing(event_no: str, *, late: bool, unit: str) -> dict[str, Any]:
    """One accepted BIZ17 row."""
    row = {"case_no": f"K{event_no}", "event_no": event_no, "stage": "6", "action": "close"}
    return {**row, "to_org": unit, "overdue_flag": late}


def take_in(class_id: Any, rows: list[dict[str, Any]]) -> None:
    delivery = Delivery(class_id, "civic_cases", TENANT, cases.Intake.HISTORY, rows)
    cases.take_in_records(delivery=delivery, now=NOW)
