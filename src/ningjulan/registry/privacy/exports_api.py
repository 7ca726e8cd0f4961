"""Exports over HTTP: ask, decide, fetch the file and its password."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.registry.models import Export
from ningjulan.registry.privacy import exporting
from ningjulan.registry.privacy.exporting import MOST_DOWNLOADS, ExportAsked, State, Step

router = Router(tags=["privacy"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportIn(Input):
    class_id: str = Field(max_length=8)
    area_code: str = Field(max_length=15)
    purpose: str = Field(max_length=8)
    reason: str = Field(max_length=500)
    recipient: str = Field(max_length=100)


class NoteIn(Input):
    note: str = Field("", max_length=500)


class ExportOut(Schema):
    """`may_decide`, `is_open`: what the account that asks can do about it now."""

    id: UUID
    class_id: str
    class_zh: str
    class_en: str
    area_code: str
    purpose: str
    purpose_zh: str
    purpose_en: str
    reason: str
    recipient: str
    row_cap: int
    state: State
    state_zh: str
    asked_by_name: str
    asked_by_unit: str
    asked_at: datetime
    decided_by_name: str
    decided_by_unit: str
    decided_at: datetime | None
    note: str
    expires_at: datetime | None
    n_downloads: int
    most_downloads: int
    is_mine: bool
    may_decide: bool
    is_open: bool


class PasswordOut(Schema):
    password: str


@router.get("/exports", response={200: list[ExportOut], **PROBLEMS}, operation_id="listExports")
def list_exports(request: ActorRequest, limit: int = 50) -> list[ExportOut]:
    """导出申请：自己的、待自己批准的；隐私与审计官可见全部。"""
    found = exporting.list_exports(request.auth, limit=max(1, min(limit, 200)))
    return [_export(one, request) for one in found]


@router.post("/exports", response={200: ExportOut, **PROBLEMS}, operation_id="askExport")
def ask_export(request: ActorRequest, body: ExportIn) -> ExportOut:
    """申请导出：须由其他单位的同事批准。L4 信息不能导出。"""
    asked = ExportAsked(**body.dict())
    return _export(exporting.ask_export(asked, actor=request.auth, now=timezone.now()), request)


@router.post(
    "/exports/{export_id}/approve", response={200: ExportOut, **PROBLEMS}, operation_id="approveExport"
)
def approve(request: ActorRequest, export_id: UUID, body: NoteIn) -> ExportOut:
    """批准导出：批准人须与申请人分属不同单位。"""
    return _decided(request, export_id, Step.APPROVE, body.note)


@router.post(
    "/exports/{export_id}/refuse", response={200: ExportOut, **PROBLEMS}, operation_id="refuseExport"
)
def refuse(request: ActorRequest, export_id: UUID, body: NoteIn) -> ExportOut:
    """不予批准：须写明理由。"""
    return _decided(request, export_id, Step.REFUSE, body.note)


@router.get("/exports/{export_id}/file", response={200: bytes, **PROBLEMS}, operation_id="downloadExport")
def download(request: ActorRequest, export_id: UUID) -> HttpResponse:
    """下载导出文件：加密、带水印，每次下载留痕。仅申请人。"""
    file = exporting.download(export_id, actor=request.auth, now=timezone.now())
    answer = HttpResponse(file.content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{file.name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@router.get(
    "/exports/{export_id}/password", response={200: PasswordOut, **PROBLEMS}, operation_id="getExportPassword"
)
def password(request: ActorRequest, export_id: UUID) -> PasswordOut:
    """导出文件的密码：查看留痕，请勿与文件一同发送。仅申请人。"""
    return PasswordOut(password=exporting.password_of(export_id, actor=request.auth, now=timezone.now()))


def _decided(request: ActorRequest, export_id: UUID, step: Step, note: str) -> ExportOut:
    export = exporting.decide_export(export_id, step, note, actor=request.auth, now=timezone.now())
    return _export(export, request)


def _export(one: Export, request: ActorRequest) -> ExportOut:
    known, now = catalog.get_class(one.class_id), timezone.now()
    is_mine = one.asked_by_id == request.auth.user_id
    return ExportOut(
        **{name: getattr(one, name) for name in ExportOut.model_fields if hasattr(Export, name)},
        class_zh=known.zh,
        class_en=known.en,
        purpose_zh=catalog.label("CL_PURPOSE_CODE", one.purpose),
        purpose_en=catalog.label("CL_PURPOSE_CODE", one.purpose, "en"),
        state_zh=Export.STATES[one.state],
        most_downloads=MOST_DOWNLOADS,
        is_mine=is_mine,
        may_decide=exporting.may_decide(one, request.auth),
        is_open=is_mine and exporting.is_open(one, now),
    )
