"""Rejected lines over HTTP: see, mend, send in again, set aside. For data stewards and administrators."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item, UnknownClass
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.observations import mending, rejects
from ningjulan.observations.domain.mending import STATE_ZH, STEP_ZH, RejectState
from ningjulan.sources import facade as sources

router = Router()
SHOWN = 2000  # characters of a line in a list


class Named(Schema):
    """A class of a source with their names; a source whose folder is gone keeps its identifier."""

    source: str
    title_zh: str
    title_en: str
    class_id: str
    class_zh: str
    class_en: str


class FaultOut(Schema):
    """A broken rule in words. `item` is empty where the line as a whole is meant."""

    reason: str
    item: str
    zh: str
    en: str


class RejectOut(Named):
    """`faults`: what stands in its way now. `raw` in a list: its beginning. `row_no` counts from 1.

    is_closed: The line is of personal data (L3, L4): it is read one by one, for a stated reason.
    """

    id: int
    batch_id: str
    row_no: int
    received_at: datetime
    reasons: list[str]
    detail: str
    faults: list[FaultOut]
    raw: str
    is_cut: bool
    is_closed: bool
    cleaner_version: str
    state: RejectState
    state_zh: str
    version: int
    resubmitted_at: datetime | None
    resubmitted_by: str
    resubmitted_batch_id: str | None
    note: str


class RejectsOut(Schema):
    """`total`: of the whole list, on its first page; counted so far, and no further."""

    items: list[RejectOut]
    next_cursor: int | None
    total: int | None
    has_more_than_total: bool


class RejectStepOut(Schema):
    """`raw`: what was sent in again where it was mended. `outcome`: empty while it is on its way."""

    step: Literal["resubmit", "dismiss", "reopen"]
    step_zh: str
    at: datetime
    by: str
    note: str
    raw: str | None
    batch_id: str | None
    sent_at: datetime | None
    settled_at: datetime | None
    outcome: Literal["", "stored", "duplicate", "rejected", "parked"]
    again_id: int | None
    faults: list[FaultOut]


class FaultyItemOut(Schema):
    """An item that a fault is about."""

    id: str
    zh: str
    en: str


class RejectDetailOut(RejectOut):
    """One reject whole. `encoding`: how `raw` was read; `bytes`: as no text at all, shown as `\\x..`.

    origin_id: The reject that this one was sent in again from; it is dealt with there.
    """

    encoding: Literal["utf-8", "gb18030", "bytes"]
    receipt_id: str | None
    stream_seq: int | None
    origin_id: int | None
    items: list[FaultyItemOut]
    history: list[RejectStepOut]


class RejectsQuery(Input):
    state: RejectState | Literal["all"] = RejectState.OPEN
    source: str | None = Field(None, max_length=64)
    class_id: str | None = Field(None, max_length=8)
    reason: str | None = Field(None, max_length=40)
    q: str | None = Field(None, max_length=200)


class ResubmitIn(Input):
    """`raw`: the mended line; without it exactly the bytes that came are sent in again."""

    version: int
    raw: str | None = Field(None, max_length=2**20)


class RawIn(Input):
    reason: str = Field(max_length=500)


class DismissIn(Input):
    version: int
    note: str = Field(max_length=500)


class ReopenIn(Input):
    version: int


class ReleaseIn(Input):
    source: str = Field(max_length=64)
    class_id: str = Field(max_length=8)
    reason: str | None = Field(None, max_length=40)


class ReleasedOut(Schema):
    """How many were sent in again; `n_left` more than one release takes wait for the next."""

    n: int
    n_left: int


@router.get("/sources/rejects", response={200: RejectsOut, **PROBLEMS}, operation_id="listRejects")
def list_rejects(
    request: ActorRequest,
    wanted: Query[RejectsQuery],
    limit: int = 50,
    cursor: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> RejectsOut:
    """拒收的记录：原始内容与原因，仅供数据管理员查看；默认只列待处理的。"""
    limit = max(1, min(limit, 200))
    state = None if wanted.state == "all" else RejectState(wanted.state)
    filters = rejects.RejectFilter(state, wanted.source, wanted.class_id, wanted.reason, wanted.q)
    rows = rejects.list_rejects(request.auth, filters, before=cursor, limit=limit + 1)
    page = rows[:limit]
    return RejectsOut(
        items=[RejectOut(**_line(row, SHOWN)) for row in page],
        **_total(request, filters) if cursor is None else {"total": None, "has_more_than_total": False},
        next_cursor=page[-1].id if len(rows) > limit else None,
    )


def _total(request: ActorRequest, filters: rejects.RejectFilter) -> dict[str, Any]:
    n = rejects.count_rejects(request.auth, filters)
    return {"total": min(n, rejects.COUNTED), "has_more_than_total": n > rejects.COUNTED}


@router.get(
    "/sources/rejects/{int:reject_id}", response={200: RejectDetailOut, **PROBLEMS}, operation_id="getReject"
)
def get_reject(request: ActorRequest, reject_id: int) -> RejectDetailOut:
    """一条拒收记录：全文、原因、历次处理与结果。"""
    return _detail(request, reject_id)


@router.post(
    "/sources/rejects/{int:reject_id}/raw",
    response={200: RejectDetailOut, **PROBLEMS},
    operation_id="readReject",
)
def read_raw(request: ActorRequest, reject_id: int, body: RawIn) -> RejectDetailOut:
    """查看含个人信息的原始内容：写明事由，留痕。"""
    rejects.put_on_record(reject_id, body.reason, actor=request.auth, now=timezone.now())
    return _detail(request, reject_id, is_read=True)


@router.post(
    "/sources/rejects/release", response={200: ReleasedOut, **PROBLEMS}, operation_id="releaseRejects"
)
def release(request: ActorRequest, body: ReleaseIn) -> ReleasedOut:
    """成批原样重报：代码表或清洗规则更正后，把某来源某类（某原因）待处理的拒收记录全部重新送入。"""
    done = mending.release(**body.dict(), actor=request.auth, now=timezone.now())
    return ReleasedOut(**vars(done))


@router.post(
    "/sources/rejects/{int:reject_id}/resubmit",
    response={200: RejectDetailOut, **PROBLEMS},
    operation_id="resubmitReject",
)
def resubmit(request: ActorRequest, reject_id: int, body: ResubmitIn) -> RejectDetailOut:
    """更正重报：送入更正后的内容；不带内容则原样重报。"""
    mending.resubmit(reject_id, **body.dict(), actor=request.auth, now=timezone.now())
    return _detail(request, reject_id)


@router.post(
    "/sources/rejects/{int:reject_id}/dismiss",
    response={200: RejectDetailOut, **PROBLEMS},
    operation_id="dismissReject",
)
def dismiss(request: ActorRequest, reject_id: int, body: DismissIn) -> RejectDetailOut:
    """作废：写明原因，不再处理；可以撤销。"""
    mending.dismiss(reject_id, **body.dict(), actor=request.auth, now=timezone.now())
    return _detail(request, reject_id)


@router.post(
    "/sources/rejects/{int:reject_id}/reopen",
    response={200: RejectDetailOut, **PROBLEMS},
    operation_id="reopenReject",
)
def reopen(request: ActorRequest, reject_id: int, body: ReopenIn) -> RejectDetailOut:
    """撤销作废。"""
    mending.reopen(reject_id, **body.dict(), actor=request.auth, now=timezone.now())
    return _detail(request, reject_id)


def named(source: str, class_id: str) -> dict[str, Any]:
    """Return the fields of `Named`."""
    known = sources.find_source(source)
    try:
        about = catalog.get_class(class_id)
        zh, en = about.zh, about.en
    except UnknownClass:
        zh = en = class_id
    return {
        "source": source,
        "title_zh": known.title_zh if known else source,
        "title_en": known.title_en if known else source,
        "class_id": class_id,
        "class_zh": zh,
        "class_en": en,
    }


def readable(raw: bytes, *, whole: bool = True) -> tuple[str, Literal["utf-8", "gb18030", "bytes"]]:
    """Return a line as text and how it was read; bytes that are no text show as `\\x..`.

    Args:
        whole: Not cut off: then text that is not UTF-8 may be GB 18030, the other encoding that comes.
    """
    for encoding in ("utf-8", "gb18030") if whole else ("utf-8",):
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", errors="backslashreplace"), "bytes"


def _line(row: rejects.RejectLine, limit: int | None = None, *, is_read: bool = False) -> dict[str, Any]:
    is_closed = rejects.is_personal(row.class_id) and not is_read
    text, _ = ("", "") if is_closed else readable(row.raw, whole=not row.is_cut)
    is_cut = row.is_cut or (limit is not None and len(text) > limit)
    return {
        **vars(row),
        **named(row.source, row.class_id),
        "faults": [vars(fault) for fault in row.faults],
        "raw": text[:limit] + "…" if limit is not None and is_cut else text,
        "is_cut": is_cut,
        "is_closed": is_closed,
        "detail": "" if is_closed else row.detail,  # it quotes the line
        "state_zh": STATE_ZH[row.state],
    }


def _detail(request: ActorRequest, reject_id: int, *, is_read: bool = False) -> RejectDetailOut:
    whole = rejects.get_reject(request.auth, reject_id)
    line = whole.line
    about = {fault.item for fault in line.faults}
    is_closed = rejects.is_personal(line.class_id) and not is_read
    return RejectDetailOut(
        **_line(line, is_read=is_read),
        encoding=readable(line.raw, whole=not line.is_cut)[1],
        receipt_id=whole.receipt_id,
        stream_seq=whole.stream_seq,
        origin_id=whole.origin_id,
        items=[FaultyItemOut(id=i.id, zh=i.zh, en=i.en) for i in _items(line.class_id) if i.id in about],
        history=[_step(step, is_closed=is_closed) for step in whole.history],
    )


def _items(class_id: str) -> tuple[Item, ...]:
    try:
        return catalog.get_class(class_id).items
    except UnknownClass:
        return ()


def _step(step: rejects.StepLine, *, is_closed: bool) -> RejectStepOut:
    return RejectStepOut(
        **vars(step)
        | {
            "step_zh": "原样重报" if step.batch_id and step.raw is None else STEP_ZH[step.step],
            "raw": None if step.raw is None or is_closed else readable(step.raw)[0],
            "faults": [vars(fault) for fault in step.faults],
        }
    )
