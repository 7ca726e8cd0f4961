"""The address base over HTTP: search, points, texts, files, the clerk's queue."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from ninja import Field, File, Form, Router, Schema, UploadedFile

from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.registry.addresses import deciding, jobs, registering, selectors
from ningjulan.registry.addresses.jobs import JobView

router = Router(tags=["addresses"])

Level = Literal["compound", "building", "address"]
Verdict = Literal["agrees", "similar", "differs", "missing", "unknown", "none"]


class AddressPlaceOut(Schema):
    level: Level
    id: str
    text: str
    code: str
    state: str
    lon: float | None
    lat: float | None
    area_code: str
    building_id: str | None


class AddressElementOut(Schema):
    """What a text says of one element, and how it compares with the place."""

    element: str
    label_zh: str
    said: str | None
    verdict: Verdict


class AddressCandidateOut(Schema):
    place: AddressPlaceOut
    score: float
    manner: str
    elements: list[AddressElementOut]


class AddressMatchOut(Schema):
    """The answer to one text; `place` holds by itself only if the decision is `automatic`."""

    text: str
    decision: Literal["automatic", "clerk", "new"]
    score: float
    manner: str
    place: AddressPlaceOut | None
    candidates: list[AddressCandidateOut]


class AddressMatchIn(Input):
    tenant: str = Field(max_length=12)
    texts: list[str] = Field(max_length=selectors.MOST_TEXTS)


class AddressHereOut(Schema):
    places: list[AddressPlaceOut]
    distance_m: float
    grid_code: str | None
    grid_name: str
    community_code: str | None
    community_name: str


class AddressNameOut(Schema):
    id: UUID
    text: str
    level: str
    origin: Literal["alias", "former", "decided"]
    by_name: str
    at: datetime


class AddressStateOut(Schema):
    state: str
    valid_from: date
    valid_to: date | None
    known_from: datetime
    known_to: datetime | None
    source: str
    reason: str
    by_name: str


class AddressOut(Schema):
    place: AddressPlaceOut
    compound: str
    building: str
    unit_no: int
    floor_no: int
    room_no: str
    use_type: str
    grid_name: str
    community_name: str
    source: str
    other_names: list[AddressNameOut]
    states: list[AddressStateOut]


class AddressStateIn(Input):
    state: Literal["PR", "OC", "AB", "IN", "UN"]
    valid_from: date
    reason: str = Field(min_length=2, max_length=200)


class NewAddressIn(Input):
    """A dwelling that the base does not have; `question_id`: the text that asked for it."""

    building_id: UUID
    unit_no: int = Field(0, ge=0, le=99)
    floor_no: int = Field(ge=-9, le=199)
    room_no: str = Field(min_length=1, max_length=8, pattern="^[0-9]+[A-Za-z]?$")
    state: Literal["PR", "OC"] = "OC"
    valid_from: date
    reason: str = Field(min_length=2, max_length=200)
    question_id: UUID | None = None


class AddressNameIn(Input):
    text: str = Field(min_length=2, max_length=60)
    level: Literal["street", "community", "compound", "building", "address"]
    target: str = Field(max_length=40)
    origin: Literal["alias", "former"]


class AreaVersionOut(Schema):
    name: str
    valid_from: date | None
    valid_to: date | None
    known_from: datetime | None
    known_to: datetime | None
    source: str
    note: str
    has_outline: bool


class AddressJobOut(Schema):
    id: UUID
    tenant_code: str
    file_name: str
    column: str
    state: Literal["waiting", "running", "done", "failed", "cancelled"]
    problem: str
    by_name: str
    at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    n_rows: int
    n_done: int
    n_automatic: int
    n_clerk: int
    n_new: int
    n_empty: int


class AddressQuestionOut(Schema):
    """A text in the clerk's queue."""

    id: UUID
    n_times: int
    asked_at: datetime
    state: Literal["open", "decided"]
    decision: str
    by_name: str
    decided_at: datetime | None
    note: str
    match: AddressMatchOut


class AddressQueueOut(Schema):
    n: int
    questions: list[AddressQuestionOut]


class AddressDecisionIn(Input):
    decision: Literal["accept", "building", "new", "unusable"]
    level: str = Field("", max_length=10)
    target: str = Field("", max_length=40)
    note: str = Field("", max_length=200)


@router.get(
    "/addresses/search", response={200: list[AddressPlaceOut], **PROBLEMS}, operation_id="searchAddresses"
)
def search(
    request: ActorRequest, tenant: str, q: str, limit: Annotated[int, Field(ge=1, le=50)] = 10
) -> list[selectors.Place]:
    """地址检索：边输入边检索，支持拼音首字母与地址代码。"""
    return selectors.search(request.auth, tenant, q, limit=limit, on=timezone.localdate())


@router.get("/addresses/at", response={200: AddressHereOut, **PROBLEMS}, operation_id="addressAt")
def at(
    request: ActorRequest,
    tenant: str,
    lon: Annotated[float, Field(ge=-180, le=180)],
    lat: Annotated[float, Field(ge=-90, le=90)],
) -> selectors.Here:
    """逆地理编码：一个位置最近的地址，及其网格、社区。"""
    return selectors.at(request.auth, tenant, lon, lat, on=timezone.localdate())


@router.post(
    "/addresses/match", response={200: list[AddressMatchOut], **PROBLEMS}, operation_id="matchAddresses"
)
def match(request: ActorRequest, body: AddressMatchIn) -> list[selectors.Match]:
    """地址匹配：文字对应的标准地址、得分、逐要素比对与候选。"""
    return selectors.match(request.auth, body.tenant, body.texts, on=timezone.localdate())


@router.get("/addresses/{address_id}", response={200: AddressOut, **PROBLEMS}, operation_id="getAddress")
def get(request: ActorRequest, address_id: UUID) -> selectors.AddressInFull:
    """标准地址：各要素、别名、状态及其历史。"""
    return selectors.get(request.auth, address_id, on=timezone.localdate())


@router.post("/addresses", response={201: AddressOut, **PROBLEMS}, operation_id="registerAddress")
def register(request: ActorRequest, body: NewAddressIn) -> tuple[int, selectors.AddressInFull]:
    """登记新地址：楼栋内的一个户室，自动编码。"""
    new = registering.NewAddress(**body.dict())
    address = registering.register_address(new, actor=request.auth, now=timezone.now())
    return 201, selectors.get(request.auth, address.pk, on=timezone.localdate())


@router.post(
    "/addresses/{address_id}/state", response={200: AddressOut, **PROBLEMS}, operation_id="changeAddressState"
)
def change_state(request: ActorRequest, address_id: UUID, body: AddressStateIn) -> selectors.AddressInFull:
    """地址状态：自某日起启用、废弃、不一致或无法确定。"""
    deciding.change_state(
        address_id, body.state, valid_from=body.valid_from, reason=body.reason, actor=request.auth,
        now=timezone.now(),
    )  # fmt: skip
    return selectors.get(request.auth, address_id, on=timezone.localdate())


@router.post("/address-names", response={201: AddressNameOut, **PROBLEMS}, operation_id="addAddressName")
def add_name(request: ActorRequest, body: AddressNameIn) -> tuple[int, object]:
    """登记别名或曾用名。"""
    alias = deciding.add_name(
        body.text, body.level, body.target, origin=body.origin, actor=request.auth, now=timezone.now()
    )
    return 201, alias


@router.post(
    "/address-names/{alias_id}/withdraw", response={204: None, **PROBLEMS}, operation_id="withdrawAddressName"
)
def withdraw_name(request: ActorRequest, alias_id: UUID) -> tuple[int, None]:
    """撤销别名；记录保留。"""
    deciding.withdraw_name(alias_id, actor=request.auth, now=timezone.now())
    return 204, None


@router.get(
    "/areas/{code}/versions",
    response={200: list[AreaVersionOut], **PROBLEMS},
    operation_id="listAreaVersions",
)
def area_versions(
    request: ActorRequest, code: str, known_at: datetime | None = None
) -> list[selectors.AreaOver]:
    """区域边界的历史版本。"""
    return selectors.area_versions(request.auth, code, known_at=known_at)


@router.post("/address-jobs", response={201: AddressJobOut, **PROBLEMS}, operation_id="submitAddressJob")
def submit_job(
    request: ActorRequest,
    tenant: Form[str],
    file: File[UploadedFile],
    column: Form[str] = "",
) -> tuple[int, JobView]:
    """批量匹配：上传 CSV 或 XLSX，由后台逐段匹配。"""
    job = jobs.submit(
        request.auth,
        tenant,
        file.name or "addresses.csv",
        file.read(),
        column=column or None,
        now=timezone.now(),
    )
    return 201, job


@router.get("/address-jobs", response={200: list[AddressJobOut], **PROBLEMS}, operation_id="listAddressJobs")
def list_jobs(request: ActorRequest, tenant: str) -> list[JobView]:
    """本人最近的批量匹配任务。"""
    return jobs.list_jobs(request.auth, tenant)


@router.get("/address-jobs/{job_id}", response={200: AddressJobOut, **PROBLEMS}, operation_id="getAddressJob")
def get_job(request: ActorRequest, job_id: UUID) -> JobView:
    """批量匹配任务的进度。"""
    return jobs.get_job(request.auth, job_id)


@router.post(
    "/address-jobs/{job_id}/cancel",
    response={200: AddressJobOut, **PROBLEMS},
    operation_id="cancelAddressJob",
)
def cancel_job(request: ActorRequest, job_id: UUID) -> JobView:
    """取消任务；已匹配的部分仍可下载。"""
    return jobs.cancel(request.auth, job_id, now=timezone.now())


@router.get(
    "/address-jobs/{job_id}/result", operation_id="downloadAddressJob", response={200: str, **PROBLEMS}
)
def download_job(request: ActorRequest, job_id: UUID) -> StreamingHttpResponse:
    """下载匹配结果（CSV）：原有各列，加上匹配到的地址与说明。"""
    name, lines = jobs.result(request.auth, job_id)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


@router.get("/address-queue", response={200: AddressQueueOut, **PROBLEMS}, operation_id="listAddressQueue")
def queue(
    request: ActorRequest,
    tenant: str,
    state: Literal["open", "decided"] = "open",
    offset: Annotated[int, Field(ge=0)] = 0,
) -> dict[str, object]:
    """待人工认定的地址，出现最多的在前，附候选与逐要素比对。"""
    n, questions = deciding.queue(request.auth, tenant, state=state, offset=offset, on=timezone.localdate())
    return {"n": n, "questions": [asdict(question) for question in questions]}


@router.post(
    "/address-queue/{question_id}/decide", response={204: None, **PROBLEMS}, operation_id="decideAddress"
)
def decide(request: ActorRequest, question_id: UUID, body: AddressDecisionIn) -> tuple[int, None]:
    """认定：采用候选、仅到楼栋、申请新地址或无法使用；认定结果会被记住。"""
    deciding.decide(question_id, deciding.Decision(**body.dict()), actor=request.auth, now=timezone.now())
    return 204, None


@router.post(
    "/address-queue/{question_id}/reopen", response={204: None, **PROBLEMS}, operation_id="reopenAddress"
)
def reopen(request: ActorRequest, question_id: UUID) -> tuple[int, None]:
    """撤回认定，重新打开。"""
    deciding.take_back(question_id, actor=request.auth, now=timezone.now())
    return 204, None
