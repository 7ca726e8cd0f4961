"""Pairs that may be one person, over HTTP: every value masked, every comparison explained."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from ningjulan.catalog import permissions
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.registry.models import Duplicate
from ningjulan.registry.resolution import merging, services
from ningjulan.registry.resolution.comparing import FIELD_BY_NAME
from ningjulan.registry.resolution.scoring import AUTO_BITS, GREY_BITS, Agreement
from ningjulan.registry.resolution.showing import SHOWN, Side, sides_of
from ningjulan.registry.resolution.taking import CLASS_ID

router = Router(tags=["registry"])


class MatchWords(Schema):
    zh: str
    en: str


class AgreementOut(Schema):
    """How one field agrees, and what that is worth. It holds no value."""

    field: str
    label: MatchWords
    level: str
    level_label: MatchWords
    rank: int = Field(description="0: differs")
    top: int = Field(description="rank of full agreement")
    bits: float


class DuplicateOut(Schema):
    id: UUID
    kind: Literal["incoming", "registered"]
    source: str
    left: dict[str, str | None]
    right: dict[str, str | None]
    left_id: UUID
    right_id: UUID
    bits: float
    reasons: list[AgreementOut]
    state: str
    area_code: str
    found_at: datetime
    decided_at: datetime | None
    decided_by: str
    change_id: UUID | None


class DuplicatesOut(Schema):
    total: int
    fields: list[str]
    auto_bits: float
    grey_bits: float
    items: list[DuplicateOut]


class DuplicateDecisionIn(Input):
    verdict: Literal["same", "not_same"]
    reason: str = Field("", max_length=200)


class DuplicateReasonIn(Input):
    reason: str = Field(min_length=2, max_length=200)


class PersonLookupIn(Input):
    name: str = Field(min_length=1, max_length=80)
    birth_date: date | None = None
    sex: str | None = Field(None, max_length=1)
    id_no: str | None = Field(None, max_length=30)
    phone: str | None = Field(None, max_length=20)
    address_id: UUID | None = None


class PersonCandidateOut(Schema):
    person_id: UUID
    bits: float
    reasons: list[AgreementOut]


class MergeChangeOut(Schema):
    change_id: UUID


@router.get("/duplicates", response={200: DuplicatesOut, **PROBLEMS}, operation_id="listDuplicates")
def list_duplicates(
    request: ActorRequest, tenant: str, state: str = "open", limit: int = 20, offset: int = 0
) -> DuplicatesOut:
    """疑似重复：权重最高的在前，字段一律脱敏。"""
    permissions.check_list(request.auth, CLASS_ID)
    rows = services.visible(request.auth).filter(area_code__startswith=tenant, state=state)
    rows = rows.order_by("-bits", "id") if state == "open" else rows.order_by("-decided_at", "id")
    page = list(rows[max(offset, 0) : max(offset, 0) + min(max(limit, 1), 100)])
    return DuplicatesOut(
        total=rows.count(), fields=list(SHOWN), auto_bits=AUTO_BITS, grey_bits=GREY_BITS, items=_shown(page)
    )


@router.post(
    "/duplicates/lookup", response={200: list[PersonCandidateOut], **PROBLEMS}, operation_id="lookUpPerson"
)
def look_up(request: ActorRequest, body: PersonLookupIn) -> list[PersonCandidateOut]:
    """登记前查重：可能是谁，附一致情况与权重。"""
    permissions.check_list(request.auth, CLASS_ID)
    asked = services.Asked(**body.model_dump())
    doubts = services.look_up(asked, request.auth, timezone.localdate())
    return [
        PersonCandidateOut(
            person_id=UUID(d.person_id), bits=d.bits, reasons=[_agreement(r) for r in d.reasons]
        )
        for d in doubts
    ]


@router.post(
    "/duplicates/{duplicate_id}/decide",
    response={200: DuplicateOut, **PROBLEMS},
    operation_id="decideDuplicate",
)
def decide(request: ActorRequest, duplicate_id: UUID, body: DuplicateDecisionIn) -> DuplicateOut:
    """判断：同一人（合并或写入），或非同一人（记住，不再询问）。"""
    pair = services.decide(
        duplicate_id,
        same=body.verdict == "same",
        actor=request.auth,
        now=timezone.now(),
        today=timezone.localdate(),
        reason=body.reason,
    )
    return _shown([pair])[0]


@router.post(
    "/duplicates/{duplicate_id}/undo",
    response={200: DuplicateOut, **PROBLEMS},
    operation_id="takeBackDecision",
)
def take_back(request: ActorRequest, duplicate_id: UUID) -> DuplicateOut:
    """撤销判断：一切恢复原状，重新等待判断。"""
    pair = services.take_back(duplicate_id, actor=request.auth, now=timezone.now())
    return _shown([pair])[0]


@router.post(
    "/people/{person_id}/unmerge", response={200: MergeChangeOut, **PROBLEMS}, operation_id="unmergePerson"
)
def unmerge(request: ActorRequest, person_id: UUID, body: DuplicateReasonIn) -> MergeChangeOut:
    """拆分：被合并的登记恢复为合并前的样子。"""
    change = merging.unmerge(merged_id=person_id, actor=request.auth, now=timezone.now(), reason=body.reason)
    return MergeChangeOut(change_id=change.pk)


def _shown(pairs: list[Duplicate]) -> list[DuplicateOut]:
    return [_pair(pair, *sides) for pair, sides in zip(pairs, sides_of(pairs), strict=True)]


def _pair(pair: Duplicate, left: Side, right: Side) -> DuplicateOut:
    return DuplicateOut(
        id=pair.pk,
        kind="incoming" if pair.incoming else "registered",
        source=pair.incoming.source if pair.incoming else "",
        left=left,
        right=right,
        left_id=pair.left_id,
        right_id=pair.right_id,
        bits=pair.bits,
        reasons=[_agreement(Agreement(*reason)) for reason in pair.reasons],
        state=pair.state,
        area_code=pair.area_code,
        found_at=pair.found_at,
        decided_at=pair.decided_at,
        decided_by=pair.decided_by_name,
        change_id=pair.change_id,
    )


def _agreement(reason: Agreement) -> AgreementOut:
    field = FIELD_BY_NAME[reason.field]
    rank = next(n for n, level in enumerate(field.levels) if level.code == reason.level)
    level = field.levels[rank]
    return AgreementOut(
        field=field.name,
        label=MatchWords(zh=field.zh, en=field.en),
        level=level.code,
        level_label=MatchWords(zh=level.zh, en=level.en),
        rank=rank,
        top=len(field.levels) - 1,
        bits=round(reason.bits, 1),
    )
