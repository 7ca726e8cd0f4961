"""Balance sheets and rejects over HTTP."""

from datetime import datetime, timedelta
from typing import Annotated

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.observations import selectors
from ningjulan.observations.canaries import NO_CANARY, sights
from ningjulan.observations.contracts import Balance, CanarySight, CanaryState
from ningjulan.sources import facade as sources

router = Router(tags=["observations"])


class BalanceOut(Schema):
    source: str
    title_zh: str
    title_en: str
    tenant_code: str | None
    class_id: str
    class_zh: str
    class_en: str
    n_batches: int
    received: int
    stored: int
    rejected: int
    duplicate: int
    parked: int
    last_received_at: datetime | None
    median_visible_ms: float | None
    canary_state: CanaryState
    canary_at: datetime | None
    canary_ms: float | None
    canary_silent_min: int | None


class RejectOut(Schema):
    id: int
    source: str
    class_id: str
    row_no: int
    received_at: datetime
    reasons: list[str]
    detail: str
    raw: str
    cleaner_version: str


class RejectsOut(Schema):
    items: list[RejectOut]
    next_cursor: int | None


@router.get("/sources", response={200: list[BalanceOut], **PROBLEMS}, operation_id="listSources")
def list_sources(request: ActorRequest) -> list[BalanceOut]:
    """数据收支：每个来源、每一类，接收 = 入库 + 拒收 + 重复。"""
    now = timezone.now()
    rows = selectors.balance_sheet(request.auth, since=now - timedelta(hours=1))
    seen = sights(now)
    return [_balance_out(row, seen.get(row.source, NO_CANARY)) for row in rows]


def _balance_out(row: Balance, canary: CanarySight) -> BalanceOut:
    """Name the source and the class; a source whose folder is gone keeps its identifier."""
    source = sources.find_source(row.source)
    about = catalog.get_class(row.class_id)
    return BalanceOut(
        **vars(row),
        title_zh=source.title_zh if source else row.source,
        title_en=source.title_en if source else row.source,
        tenant_code=source.tenant_code if source else None,
        class_zh=about.zh,
        class_en=about.en,
        canary_state=canary.state,
        canary_at=canary.seen_at,
        canary_ms=canary.visible_ms,
        canary_silent_min=canary.silent_min,
    )


class RejectsQuery(Input):
    source: str | None = Field(None, max_length=64)
    class_id: str | None = Field(None, max_length=8)


@router.get("/sources/rejects", response={200: RejectsOut, **PROBLEMS}, operation_id="listRejects")
def list_rejects(
    request: ActorRequest,
    wanted: Query[RejectsQuery],
    limit: int = 50,
    cursor: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> RejectsOut:
    """拒收的记录：原始内容与原因，仅供数据管理员查看。"""
    limit = max(1, min(limit, 200))
    rows = selectors.list_rejects(request.auth, **wanted.dict(), before=cursor, limit=limit + 1)
    page = rows[:limit]
    return RejectsOut(
        items=[RejectOut(**{**vars(row), "raw": _readable(row.raw)}) for row in page],
        next_cursor=page[-1].id if len(rows) > limit else None,
    )


def _readable(raw: bytes, limit: int = 2000) -> str:
    """Return the first characters of a raw line; bytes that are no text show as `\\x..`."""
    text = raw.decode("utf-8", errors="backslashreplace")
    return text if len(text) <= limit else text[:limit] + "…"
