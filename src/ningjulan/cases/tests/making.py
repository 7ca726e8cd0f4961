"""Cases, alerts and records for tests. All made up."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from ningjulan.cases import services
from ningjulan.cases.contracts import AlertReport, CaseSummary, Delivery, PhoneReport
from ningjulan.cases.domain.drafts import Intake
from ningjulan.cases.domain.workflow import Result, State, Step
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.models import OutboxEvent

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
TENANT = "330109013"
HERE, THERE = "330109013002", "330109013003"
FIRE_UNIT, CITY_UNIT = "U-FIRE", "U-CITY"

CLERK = Actor(1, "受理员甲", frozenset({Role.CLERK}), frozenset({TENANT}))
HANDLER = Actor(2, "处置员乙", frozenset({Role.HANDLER}), frozenset({TENANT}), FIRE_UNIT)
LEADER = Actor(3, "领导丙", frozenset({Role.LEADER}), frozenset({TENANT}))
NEIGHBOUR = Actor(4, "邻街受理员", frozenset({Role.CLERK}), frozenset({"330109015"}))


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def open_from_alert(alert: AlertReport, *, now: datetime) -> CaseSummary | None:
    """Take one raised alert."""
    return services.take_alerts([services.AlertNews(Step.REPORT, alert)], now=now)[0]


def escalate_from_alert(alert: AlertReport, *, now: datetime) -> CaseSummary | None:
    """Take one escalated alert."""
    return services.take_alerts([services.AlertNews(Step.ESCALATE, alert)], now=now)[0]


def make_case(state: State = State.REPORTED, *, area_code: str = HERE, level: str = "3") -> CaseSummary:
    """Return a case brought to `state` by the steps that lead there, ten seconds apart."""
    report = PhoneReport(TENANT, "C02", level, "占道经营", "路口有人占道", "05", area_code=area_code)
    case = services.report_case(report=report, actor=CLERK, now=NOW)
    if state is State.REFUSED:
        return services.refuse_case(
            case_id=case.id, version=case.version, opinion="重复", actor=CLERK, now=later(10)
        )
    if state is State.REPORTED:
        return case
    case = services.register_case(case_id=case.id, version=case.version, actor=CLERK, now=later(10))
    if state is State.REGISTERED:
        return case
    case = services.dispatch_case(
        case_id=case.id, version=case.version, unit_code=FIRE_UNIT, actor=CLERK, now=later(20)
    )
    return case if state is State.DISPATCHED else close(case, at=later(30))


def close(case: CaseSummary, *, at: datetime, actor: Actor = CLERK) -> CaseSummary:
    return services.close_case(
        case_id=case.id, version=case.version, result=Result.SOLVED, actor=actor, now=at, opinion="已清理"
    )


def alert(alert_id: str = "A1", **changes: Any) -> AlertReport:
    facts: dict[str, Any] = {
        "scenario_id": "fire.fire_alarm",
        "title_zh": "消防火警",
        "key": "B7",
        "level": "major",
        "category_code": "C06",
        "merge": "open",
        "opens_case": True,
        "raised_at": NOW,
        "tenant_code": TENANT,
        "area_code": HERE,
        "message": "3幢 烟感报警",
        "to_unit": "fire_station",
        "lon": 120.25,
        "lat": 30.23,
        "placement": "device",
        "address_text": "示例小区3幢",
        "building_id": "B7",
    }
    return AlertReport(alert_id=alert_id, **{**facts, **changes})


def event_row(event_no: str, **changes: Any) -> dict[str, Any]:
    """One accepted BIZ16 row, as JSON carries it."""
    row = {
        "row_no": 0,
        "event_no": event_no,
        "category_code": "C01",
        "source_channel": "05",
        "report_time": "2026-11-24T16:00:00Z",
        "occurred_at": "2026-11-24T16:00:00Z",
        "location": None,
        "severity": "1",
        "title": None,
        "description": None,
        "subcategory": "道路破损",
        "area_code": HERE,
        "grid_code": None,
        "lon": None,
        "lat": None,
        "placement": "community",
        "address_text": None,
    }
    return {**row, **changes}


def step_row(event_no: str, **changes: Any) -> dict[str, Any]:
    """One accepted BIZ17 row, as JSON carries it."""
    row = {
        "row_no": 0,
        "case_no": f"K{event_no}",
        "event_no": event_no,
        "stage": "6",
        "action": "close",
        "to_org": "城管办",
        "due_time": None,
        "action_time": None,
        "overdue_flag": False,
        "opinion": None,
    }
    return {**row, **changes}


def delivery(class_id: Any, *rows: dict[str, Any], intake: Intake = Intake.HISTORY) -> Delivery:
    return Delivery(class_id, "civic_cases", TENANT, intake, list(rows))


def told() -> list[tuple[str, str]]:
    """Return the events published so far as (name, step)."""
    rows = OutboxEvent.objects.order_by("id").values_list("name", "payload")
    return [(name, payload.get("step", "")) for name, payload in rows]


def timeline_of(case_id: UUID) -> list[str]:
    from ningjulan.cases.models import TimelineEntry

    return list(TimelineEntry.objects.filter(case_id=case_id).order_by("id").values_list("step", flat=True))
