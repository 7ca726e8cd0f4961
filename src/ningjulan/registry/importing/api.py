"""Imports into the registry over HTTP: upload, mapping, preview, run, balance sheet, rejected rows."""

from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field

from ningjulan.foundation import audit
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.registry.importing import jobs, mapping, reading
from ningjulan.registry.importing.errors import reason_of
from ningjulan.registry.models import ImportJob, ImportReject, SourceMapping

router = Router(tags=["registry"])


class RegistryImportOut(Schema):
    id: UUID
    file_name: str
    n_bytes: int
    tenant_code: str
    class_id: str
    state: str
    problem: str
    by_name: str
    at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    progress: float
    n_received: int
    n_new: int
    n_changed: int
    n_unchanged: int
    n_queued: int
    n_rejected: int


class ImportColumnOut(Schema):
    column: str
    item: str | None
    sure: bool
    forbidden: bool


class ImportTargetOut(Schema):
    item: str
    zh: str
    en: str
    required: bool


class ImportLookOut(Schema):
    """What is in the file: its columns with what they seem to be. No cell of it is shown."""

    columns: list[ImportColumnOut]
    targets: list[ImportTargetOut]
    dropped: list[str]
    encoding: str | None
    n_merged: int
    crs: str | None
    defaults: dict[str, str]
    name: str


class ImportMappingIn(Input):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{1,62}$")
    class_id: Literal["BIZ01", "GEO03"]
    columns: dict[str, str]
    defaults: dict[str, str] = {}
    crs: Literal["cgcs2000", "wgs84", "gcj02", "bd09"] = "cgcs2000"
    answered: bool = Field(False, description="the question about the coordinates has been answered")


class RejectReasonOut(Schema):
    code: str
    zh: str
    en: str
    n: int


class ImportPreviewOut(Schema):
    """What would become of the first rows."""

    n_rows: int
    n_accepted: int
    reasons: list[RejectReasonOut]
    filled: dict[str, int]


LOOK = {200: ImportLookOut, **PROBLEMS}
JOB = {200: RegistryImportOut, **PROBLEMS}


@router.post("/registry-imports", response={201: RegistryImportOut, **PROBLEMS}, operation_id="uploadImport")
def upload(request: ActorRequest, tenant: Form[str], file: File[UploadedFile]) -> tuple[int, ImportJob]:
    """上传：CSV、XLSX、NDJSON、Parquet、GeoJSON、GeoPackage 或打包的 Shapefile。"""
    name = file.name or "upload.csv"
    return 201, jobs.submit(request.auth, tenant, name, file.read(), now=timezone.now())


@router.get(
    "/registry-imports", response={200: list[RegistryImportOut], **PROBLEMS}, operation_id="listImports"
)
def list_imports(request: ActorRequest, tenant: str) -> list[ImportJob]:
    """导入任务，最近的在前。"""
    return list(jobs.visible(request.auth).filter(tenant_code=tenant).order_by("-at")[:50])


@router.get("/registry-imports/{job_id}", response=JOB, operation_id="getImport")
def get_import(request: ActorRequest, job_id: UUID) -> ImportJob:
    """一个导入任务：进度与收支表。"""
    return jobs.get_job(job_id, request.auth)


@router.get("/registry-imports/{job_id}/look", response=LOOK, operation_id="lookAtImport")
def look(request: ActorRequest, job_id: UUID, class_id: str = "BIZ01") -> ImportLookOut:
    """文件的列与建议的对照；同样的列以前对照过，就沿用那次的。"""
    job = jobs.get_job(job_id, request.auth)
    seen = reading.look_at(Path(job.file_path), 1)
    saved = _saved_for(set(seen.columns), class_id, job.tenant_code)
    columns = [
        ImportColumnOut(
            column=one.column,
            item=saved.manifest["columns"].get(one.column) if saved else one.item,
            sure=bool(saved) or one.sure,
            forbidden=one.forbidden,
        )
        for one in mapping.suggest(seen.columns, class_id)
    ]
    return ImportLookOut(
        columns=columns,
        targets=[ImportTargetOut(item=i, zh=z, en=e, required=r) for i, z, e, r in mapping.targets(class_id)],
        dropped=seen.dropped,
        encoding=seen.encoding,
        n_merged=seen.n_merged,
        crs=seen.layer.crs if seen.layer else None,
        defaults=saved.manifest["defaults"] if saved else {},
        name=saved.name if saved else "",
    )


@router.post(
    "/registry-imports/{job_id}/preview",
    response={200: ImportPreviewOut, **PROBLEMS},
    operation_id="previewImport",
)
def preview(request: ActorRequest, job_id: UUID, body: ImportMappingIn) -> ImportPreviewOut:
    """预览：前 200 行会怎样；不写入任何内容。"""
    job = jobs.get_job(job_id, request.auth)
    cleaned = jobs.preview(job, _chosen(body), now=timezone.now(), n_rows=200)
    counts: dict[str, int] = {}
    for reasons in cleaned.rejected["reasons"]:
        for code in reasons:
            counts[code] = counts.get(code, 0) + 1
    accepted = cleaned.accepted
    return ImportPreviewOut(
        n_rows=len(accepted) + len(cleaned.rejected) + len(cleaned.duplicates),
        n_accepted=len(accepted),
        reasons=[_reason(code, n) for code, n in sorted(counts.items(), key=lambda c: -c[1])],
        filled={
            item: len(accepted) - accepted[item].null_count()
            for item in body.columns.values()
            if item in accepted.columns
        },
    )


@router.post("/registry-imports/{job_id}/run", response=JOB, operation_id="runImport")
def run(request: ActorRequest, job_id: UUID, body: ImportMappingIn) -> ImportJob:
    """开始导入：保存对照为来源清单，后台逐段写入。"""
    return jobs.start(job_id, _chosen(body), actor=request.auth, now=timezone.now(), answered=body.answered)


@router.get(
    "/registry-imports/{job_id}/reasons",
    response={200: list[RejectReasonOut], **PROBLEMS},
    operation_id="importReasons",
)
def reasons(request: ActorRequest, job_id: UUID) -> list[RejectReasonOut]:
    """退回行按原因计数。"""
    job = jobs.get_job(job_id, request.auth)
    counts: dict[str, int] = {}
    for codes in ImportReject.objects.filter(job=job).values_list("reasons", flat=True).iterator():
        for code in codes:
            counts[code] = counts.get(code, 0) + 1
    return [_reason(code, n) for code, n in sorted(counts.items(), key=lambda c: -c[1])]


@router.get(
    "/registry-imports/{job_id}/rejects",
    response={200: None, **PROBLEMS},
    operation_id="downloadImportRejects",
)
def rejects(request: ActorRequest, job_id: UUID) -> StreamingHttpResponse:
    """下载退回行：行号、原因、原文；只给上传该文件的人。"""
    job = jobs.own_job(job_id, request.auth)
    audit.record(request.auth, "import_rejects", subject_kind="import", subject_id=job_id, items=["raw"])
    answer = StreamingHttpResponse(jobs.rejects_csv(job), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"退回行-{Path(job.file_name).stem}.csv")
    return answer


@router.get(
    "/registry-imports/{job_id}/manifest",
    response={200: None, **PROBLEMS},
    operation_id="downloadImportManifest",
)
def manifest(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """下载本次对照，即一份来源清单（manifest.toml）。"""
    job = jobs.get_job(job_id, request.auth)
    answer = HttpResponse(jobs.manifest_of(job), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, "manifest.toml")
    return answer


def _saved_for(columns: set[str], class_id: str, tenant: str) -> SourceMapping | None:
    rows = SourceMapping.objects.filter(class_id=class_id, tenant_code=tenant).order_by("-saved_at")
    return next((row for row in rows if set(row.manifest["columns"]) <= columns), None)


def _chosen(body: ImportMappingIn) -> jobs.Chosen:
    return jobs.Chosen(body.name, body.class_id, body.columns, body.defaults, body.crs)


def _reason(code: str, n: int) -> RejectReasonOut:
    known = reason_of(code)
    return RejectReasonOut(code=code, zh=known.zh, en=known.en, n=n)
