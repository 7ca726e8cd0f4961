"""The way of one record over HTTP."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.observations.reject_api import Named, named
from ningjulan.project import lineage
from ningjulan.project.lineage_raw import RawState

router = Router(tags=["observations"])

Kind = Literal[
    "received",
    "streamed",
    "cleaned",
    "rejected",
    "parked",
    "open",
    "mended",
    "dismiss",
    "reopen",
    "stored",
    "duplicate",
    "alert",
    "case",
]


class LineageStepOut(Schema):
    """`happened` false: it did not, `what_…` says why, and `at` is null."""

    kind: Kind
    at: datetime | None
    what_zh: str
    what_en: str
    happened: bool
    receipt_id: str | None
    batch_id: str | None
    stream_seq: int | None
    row_no: int | None
    reject_id: int | None
    alert_id: UUID | None
    scenario_id: str | None
    case_id: UUID | None


class LineageItemOut(Schema):
    id: str
    zh: str
    en: str
    value: str | None
    is_masked: bool


class LineageOut(Named):
    """`record`: the stored row, personal items masked. `raw`: only for a reason, which is on record."""

    record_key: str | None
    raw_state: RawState
    has_raw: bool
    raw: str | None
    record: list[LineageItemOut]
    steps: list[LineageStepOut]


class LineageQuery(Input):
    """By class and key (and source, day), or by a reject, a batch (and row of the upload) or a case."""

    class_id: str | None = Field(None, max_length=8)
    source: str | None = Field(None, max_length=64)
    record_key: str | None = Field(None, max_length=200)
    day: date | None = None
    reject_id: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    batch_id: str | None = Field(None, max_length=200)
    row_no: Annotated[int | None, Field(ge=1, lt=2**31)] = None
    case_id: UUID | None = None
    reason: str | None = Field(None, max_length=500)


@router.get("/sources/lineage", response={200: LineageOut, **PROBLEMS}, operation_id="getLineage")
def get_lineage(request: ActorRequest, asked: Query[LineageQuery]) -> LineageOut:
    """血缘：一条记录从原始内容到案件的全过程。查阅原始内容须写明事由，并留痕。"""
    found = lineage.lineage_of(lineage.Asked(**asked.dict()), actor=request.auth, now=timezone.now())
    return LineageOut(
        **named(found.source, found.class_id),
        record_key=found.record_key,
        raw_state=found.raw_state,
        has_raw=found.raw_state in ("held", "archived"),
        raw=found.raw,
        record=[LineageItemOut(**vars(one)) for one in found.record],
        steps=[LineageStepOut(**vars(step)) for step in found.steps],
    )
