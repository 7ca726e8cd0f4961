"""/api/cases: the workbench, the live list and the phone desk."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.cases import selectors, services
from ningjulan.cases.contracts import CaseDetail, CasePage, CaseSummary, PhoneReport
from ningjulan.cases.domain.workflow import Result
from ningjulan.cases.selectors import CaseFilter, PageAsked
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input

router = Router(tags=["cases"])

Opinion = Annotated[str, Field(max_length=4000)]


class CaseOut(Schema):
    id: UUID
    case_no: str
    state: str
    state_label: str
    level: str
    category_code: str
    title: str
    summary: str
    address_text: str
    tenant_code: str
    area_code: str
    community_name: str | None
    lon: float | None
    lat: float | None
    placement: str
    source: str
    channel: str
    scenario_id: str | None
    reported_at: datetime
    registered_at: datetime | None
    dispatched_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    overdue: bool
    unit_code: str | None
    unit_name: str | None
    n_reports: int
    version: int
    updated_at: datetime


class TimelineOut(Schema):
    at: datetime
    step: str
    step_label: str
    actor_name: str
    opinion: str
    from_state: str | None
    to_state: str


class ClockOut(Schema):
    kind: Literal["accept", "dispatch", "arrive", "resolve"]
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    state: Literal["running", "met", "missed"]
    rule: str


class CaseAlertOut(Schema):
    id: str
    scenario_id: str
    title: str
    level: str
    message: str
    raised_at: datetime


class CaseDetailOut(CaseOut):
    timeline: list[TimelineOut]
    clocks: list[ClockOut]
    alerts: list[CaseAlertOut]
    allowed_steps: list[str]
    suggested_unit_code: str | None


class CasePageOut(Schema):
    items: list[CaseOut]
    next_cursor: str | None
    total: int


class CasesQuery(Input):
    tenant: str | None = None
    state: str | None = Field(None, description="one or several, separated by commas")
    level: str | None = Field(None, description="one or several, separated by commas")
    category: str | None = Field(None, description="one or several, separated by commas")
    community: str | None = Field(None, description="area code; what lies below it counts too")
    source: str | None = Field(None, description="one or several, separated by commas")
    q: str | None = Field(None, max_length=100, description="in number, title, text, address or unit")
    overdue: bool | None = None


class ReportIn(Input):
    tenant: str = Field(max_length=12)
    category_code: str
    level: str
    title: str = Field(min_length=1, max_length=100)
    summary: str = Field("", max_length=4000)
    lon: float | None = None
    lat: float | None = None
    area_code: str | None = None
    address_text: str = Field("", max_length=300)
    channel: str


class VersionIn(Input):
    version: int


class RegisterIn(VersionIn):
    opinion: Opinion = ""


class ReasonIn(VersionIn):
    opinion: Opinion


class DispatchIn(VersionIn):
    unit_code: str
    opinion: Opinion = ""


class CloseIn(VersionIn):
    result: Result
    opinion: Opinion = ""


def _language(request: HttpRequest) -> str:
    return "en" if request.headers.get("Accept-Language", "").startswith("en") else "zh"


@router.get("/cases", response={200: CasePageOut, **PROBLEMS}, operation_id="listCases")
def list_cases(
    request: ActorRequest,
    wanted: Query[CasesQuery],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> CasePage:
    """案件列表：最新在前，按游标翻页。"""
    return selectors.list_cases(
        CaseFilter(**wanted.dict()),
        actor=request.auth,
        now=timezone.now(),
        asked=PageAsked(limit=limit, cursor=cursor),
        language=_language(request),
    )


@router.post("/cases", response={200: CaseOut, **PROBLEMS}, operation_id="reportCase")
def report(request: ActorRequest, body: ReportIn) -> CaseSummary:
    """登记一起电话或现场上报。"""
    told = body.dict()
    return services.report_case(
        report=PhoneReport(tenant_code=told.pop("tenant"), **told), actor=request.auth, now=timezone.now()
    )


@router.get("/cases/{case_id}", response={200: CaseDetailOut, **PROBLEMS}, operation_id="getCase")
def detail(request: ActorRequest, case_id: UUID) -> CaseDetail:
    """案件详情：流转记录、时限及其依据、关联预警、当前可办环节。"""
    return selectors.get_case(case_id, actor=request.auth, now=timezone.now(), language=_language(request))


@router.post("/cases/{case_id}/register", response={200: CaseOut, **PROBLEMS}, operation_id="registerCase")
def register(request: ActorRequest, case_id: UUID, body: RegisterIn) -> CaseSummary:
    """立案。"""
    return services.register_case(case_id=case_id, **body.dict(), actor=request.auth, now=timezone.now())


@router.post("/cases/{case_id}/refuse", response={200: CaseOut, **PROBLEMS}, operation_id="refuseCase")
def refuse(request: ActorRequest, case_id: UUID, body: ReasonIn) -> CaseSummary:
    """不予立案：须写明理由。"""
    return services.refuse_case(case_id=case_id, **body.dict(), actor=request.auth, now=timezone.now())


@router.post("/cases/{case_id}/dispatch", response={200: CaseOut, **PROBLEMS}, operation_id="dispatchCase")
def dispatch(request: ActorRequest, case_id: UUID, body: DispatchIn) -> CaseSummary:
    """派遣：把已立案的案件交给处置单位。"""
    return services.dispatch_case(case_id=case_id, **body.dict(), actor=request.auth, now=timezone.now())


@router.post("/cases/{case_id}/send_back", response={200: CaseOut, **PROBLEMS}, operation_id="sendBackCase")
def send_back(request: ActorRequest, case_id: UUID, body: ReasonIn) -> CaseSummary:
    """退回：须写明理由。"""
    return services.send_back_case(case_id=case_id, **body.dict(), actor=request.auth, now=timezone.now())


@router.post("/cases/{case_id}/close", response={200: CaseOut, **PROBLEMS}, operation_id="closeCase")
def close(request: ActorRequest, case_id: UUID, body: CloseIn) -> CaseSummary:
    """办结。"""
    return services.close_case(case_id=case_id, **body.dict(), actor=request.auth, now=timezone.now())
