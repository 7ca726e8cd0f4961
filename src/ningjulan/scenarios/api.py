"""/api/alerts, /api/scenarios, /api/modules: what was said, what may be said, and why."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Query, Router, Schema

from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.scenarios import selectors, services
from ningjulan.scenarios.contracts import AlertDetail, AlertSummary, ModuleSummary, ScenarioSummary, Verdict

router = Router(tags=["scenarios"])


class AlertOut(Schema):
    id: UUID
    scenario_id: str
    title_zh: str
    title_en: str
    key: str
    level: Literal["minor", "major", "critical"]
    state: Literal["open", "acknowledged", "cleared", "closed"]
    message: str
    tenant_code: str
    area_code: str
    lon: float | None
    lat: float | None
    address_text: str | None
    raised_at: datetime
    last_seen_at: datetime
    n: int
    case_id: UUID | None


class WhyInputOut(Schema):
    class_id: str
    record_key: str
    occurred_at: datetime
    facts: dict[str, Any]


class WhyOut(Schema):
    inputs: list[WhyInputOut]
    parameters: dict[str, Any]
    rule: str
    version: str


class AlertDetailOut(AlertOut):
    why: WhyOut


class ParamOut(Schema):
    name: str
    type: str
    default: Any
    min: Any
    max: Any
    options: list[str]
    label_zh: str
    label_en: str


class ScenarioOut(Schema):
    id: str
    module: str
    number: str | None
    title_zh: str
    title_en: str
    status: Literal["draft", "shadow", "live", "retired"]
    owner: str
    basis: str
    purpose: str
    purpose_zh: str
    params: list[ParamOut]
    n_today: int
    n_open: int
    last_raised_at: datetime | None
    tests: int
    version: str


class ScenarioDetailOut(ScenarioOut):
    yaml: str


class ModuleOut(Schema):
    id: str
    title_zh: str
    title_en: str
    color: str
    scenarios: list[str]


class AlertCloseIn(Input):
    verdict: Verdict


@router.get("/alerts", response={200: list[AlertOut], **PROBLEMS}, operation_id="listAlerts")
def list_alerts(
    request: ActorRequest,
    tenant: Annotated[str | None, Query(max_length=15)] = None,
    scenario: Annotated[str | None, Query(max_length=80)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[AlertSummary]:
    """最近的预警，新的在前。"""
    return selectors.list_alerts(actor=request.auth, tenant_code=tenant, scenario_id=scenario, limit=limit)


@router.get("/alerts/{alert_id}", response={200: AlertDetailOut, **PROBLEMS}, operation_id="getAlert")
def get_alert(request: ActorRequest, alert_id: UUID) -> AlertDetail:
    """一条预警，以及为什么预警。"""
    return selectors.alert_detail(alert_id, actor=request.auth)


@router.post(
    "/alerts/{alert_id}/acknowledge",
    response={200: AlertDetailOut, **PROBLEMS},
    operation_id="acknowledgeAlert",
)
def acknowledge_alert(request: ActorRequest, alert_id: UUID) -> AlertDetail:
    """确认：已有人看到这条预警。"""
    services.acknowledge_alert(alert_id, actor=request.auth, now=timezone.now())
    return selectors.alert_detail(alert_id, actor=request.auth)


@router.post(
    "/alerts/{alert_id}/close", response={200: AlertDetailOut, **PROBLEMS}, operation_id="closeAlert"
)
def close_alert(request: ActorRequest, alert_id: UUID, body: AlertCloseIn) -> AlertDetail:
    """关闭：写明结论（属实、误报、无需处置）。"""
    services.close_alert(alert_id, verdict=body.verdict, actor=request.auth, now=timezone.now())
    return selectors.alert_detail(alert_id, actor=request.auth)


@router.get("/scenarios", response={200: list[ScenarioOut], **PROBLEMS}, operation_id="listScenarios")
def list_scenarios(request: ActorRequest) -> list[ScenarioSummary]:
    """全部场景，以及各自今天的情况。"""
    return selectors.list_scenarios(actor=request.auth, now=timezone.now())


@router.get(
    "/scenarios/{scenario_id}", response={200: ScenarioDetailOut, **PROBLEMS}, operation_id="getScenario"
)
def get_scenario(request: ActorRequest, scenario_id: str) -> dict[str, Any]:
    """一个场景及其文件原文。"""
    summary, text = selectors.scenario_detail(scenario_id, actor=request.auth, now=timezone.now())
    return {**vars(summary), "yaml": text}


@router.get("/modules", response={200: list[ModuleOut], **PROBLEMS}, operation_id="listModules")
def list_modules(request: ActorRequest) -> list[ModuleSummary]:
    """模块及其场景。"""
    return selectors.list_modules()
