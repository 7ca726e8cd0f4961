"""Readings of personal data over HTTP: ask, be asked about, look into the trail."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import LABEL_ZH, Role
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input, authenticated_at
from ningjulan.foundation.permissions import CASE_PURPOSES
from ningjulan.registry.privacy import mine, readings, revealing
from ningjulan.registry.privacy.exports_api import router as exports_router
from ningjulan.registry.privacy.readings import MARK_ZH, Mark, Reading, ReadingFilter
from ningjulan.registry.privacy.trail_api import router as trail_router

router = Router(tags=["privacy"])
router.add_router("/", trail_router)
router.add_router("/", exports_router)
PURPOSES = "CL_PURPOSE_CODE"


class Word(Schema):
    """A code with its labels."""

    code: str
    zh: str
    en: str


class PurposeOut(Word):
    needs_case: bool


class MaskedItemOut(Word):
    """An item that may be asked for, as it is shown now."""

    shown: str | None


class ChoiceOut(Schema):
    """What may be asked about one record. Nothing in `purposes`: this account may not."""

    label: str
    items: list[MaskedItemOut]
    purposes: list[PurposeOut]
    quota_left: int
    shown_seconds: int


class RevealIn(Input):
    kind: str = Field(max_length=32)
    id: str = Field(max_length=64)
    items: list[str] = Field(max_length=20)
    purpose: str = Field(max_length=8)
    reason: str = Field(max_length=500)
    case_no: str = Field("", max_length=40)


class RevealOut(Schema):
    values: dict[str, str]
    quota_left: int
    reading_id: int


class MarkOut(Schema):
    mark: Mark
    zh: str


class ReadingOut(Schema):
    """A reading, or a refusal: then `result` is its code. `label`: whom it was about, masked."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    roles: list[Word]
    unit_code: str
    ip: str | None
    action: str
    result: str
    subject_kind: str
    subject_id: str
    label: str
    class_id: str
    class_zh: str
    class_en: str
    area_code: str
    items: list[Word]
    purpose: Word | None
    reason: str
    case_no: str
    marks: list[MarkOut]
    questions: list[str]


class ReadingsOut(Schema):
    items: list[ReadingOut]
    next_cursor: int | None


class ReadingsQuery(Input):
    """Without `since` the last 30 days."""

    since: datetime | None = None
    until: datetime | None = None
    actor_id: int | None = None
    person_id: UUID | None = None
    purpose: str | None = Field(None, max_length=8)
    outcome: Literal["all", "done", "refused"] = "all"
    mark: Mark | None = None
    before: int | None = None
    limit: int = Field(50, ge=1, le=200)


class MyReadingOut(Schema):
    """Who read about me: their duty and unit, when, why, which items. `action`: `exported` in a list."""

    id: int
    at: datetime
    actor_name: str
    action: str
    roles: list[Word]
    unit_code: str
    items: list[Word]
    purpose: Word | None
    reason: str
    case_no: str
    questions: list[str]


class MyReadingsOut(Schema):
    items: list[MyReadingOut]
    next_cursor: int | None


class MyItemOut(Schema):
    id: str
    zh: str
    en: str
    value: str
    value_zh: str
    value_en: str


class MyHomeOut(Schema):
    address_id: UUID
    address: str
    since: date


class MyRecordOut(Schema):
    """Oneself, unmasked, and where one is registered today."""

    person_id: UUID
    class_id: str
    items: list[MyItemOut]
    homes: list[MyHomeOut]


class QuestionIn(Input):
    text: str = Field(max_length=500)


@router.get("/reveal", response={200: ChoiceOut, **PROBLEMS}, operation_id="getRevealChoices")
def get_choices(request: ActorRequest, kind: str, id: str) -> ChoiceOut:
    """查阅选项：这条记录可申请查看哪些项、可选哪些目的、今日还剩几次。"""
    choice = revealing.choices(kind, id, request.auth, timezone.now())
    known = catalog.get_class(choice.class_id).by_id
    return ChoiceOut(
        label=choice.label,
        items=[
            MaskedItemOut(code=item, zh=known[item].zh, en=known[item].en, shown=choice.shown.get(item))
            for item in choice.items
        ],
        purposes=[
            PurposeOut(**_word(PURPOSES, code).dict(), needs_case=code in CASE_PURPOSES)
            for code in choice.purposes
        ],
        quota_left=choice.quota_left,
        shown_seconds=revealing.SHOWN_S,
    )


@router.post("/reveal", response={200: RevealOut, **PROBLEMS}, operation_id="reveal")
def reveal(request: ActorRequest, body: RevealIn) -> revealing.Shown:
    """查阅：按目的与事由查看一条记录的个别项，留痕，本人可见。"""
    by = revealing.By(request.auth, request.META.get("REMOTE_ADDR") or None, authenticated_at(request))
    asked = revealing.Asked(**{**body.dict(), "items": tuple(dict.fromkeys(body.items))})
    return revealing.reveal(asked, by, timezone.now())


@router.get("/readings", response={200: ReadingsOut, **PROBLEMS}, operation_id="listReadings")
def list_readings(request: ActorRequest, asked: Query[ReadingsQuery]) -> ReadingsOut:
    """查阅记录：谁、何时、为何、看了谁的哪些项；异常有标记。仅隐私与审计官。"""
    now = timezone.now()
    wanted = ReadingFilter(
        since=asked.since or now - timedelta(days=30),
        until=asked.until or now + timedelta(seconds=1),
        actor_id=asked.actor_id,
        person_id=asked.person_id,
        purpose=asked.purpose,
        done={"all": None, "done": True, "refused": False}[asked.outcome],
        mark=asked.mark,
    )
    found = readings.list_readings(request.auth, wanted, before=asked.before, limit=asked.limit)
    cursor = found[-1].id if len(found) == asked.limit else None
    return ReadingsOut(items=[_reading(one) for one in found], next_cursor=cursor)


@router.get("/my/record", response={200: MyRecordOut, **PROBLEMS}, operation_id="getMyRecord")
def my_record(request: ActorRequest) -> mine.MyRecord:
    """我的信息：平台登记的本人信息，不脱敏。仅居民本人。"""
    return mine.my_record(request.auth)


@router.get("/my/readings", response={200: MyReadingsOut, **PROBLEMS}, operation_id="listMyReadings")
def my_readings(request: ActorRequest, before: int | None = None, limit: int = 50) -> MyReadingsOut:
    """谁看过我的信息：何人、何时、为何、看了哪些项。仅居民本人。"""
    limit = max(1, min(limit, 200))
    found = readings.my_readings(request.auth, before=before, limit=limit)
    cursor = found[-1].id if len(found) == limit else None
    return MyReadingsOut(items=[MyReadingOut(**_reading(one).dict()) for one in found], next_cursor=cursor)


@router.post(
    "/my/readings/{reading_id}/question",
    response={200: list[str], **PROBLEMS},
    operation_id="askAboutReading",
)
def ask_about(request: ActorRequest, reading_id: int, body: QuestionIn) -> list[str]:
    """对一次查阅提出疑问：由隐私与审计官核查。返回本人对这次查阅提出的全部疑问。"""
    return readings.ask_about(reading_id, body.text, actor=request.auth, now=timezone.now())


def _word(code_list: str, code: str) -> Word:
    return Word(code=code, **{lang: catalog.label(code_list, code, lang) for lang in ("zh", "en")})


def _role(role: str) -> Word:
    return Word(code=role, zh=LABEL_ZH[Role(role)], en=role.replace("_", " "))


def _reading(one: Reading) -> ReadingOut:
    known = catalog.get_class(one.class_id) if one.class_id else None
    items = known.by_id if known else {}
    words = [
        Word(
            code=item,
            zh=items[item].zh if item in items else item,
            en=items[item].en if item in items else item,
        )
        for item in one.items
    ]
    return ReadingOut(
        **{name: getattr(one, name) for name in ReadingOut.model_fields if name in _AS_THEY_ARE},
        roles=[_role(role) for role in one.roles],
        class_zh=known.zh if known else "",
        class_en=known.en if known else "",
        items=words,
        purpose=_word(PURPOSES, one.purpose) if one.purpose else None,
        marks=[MarkOut(mark=mark, zh=MARK_ZH[mark]) for mark in one.marks],
    )


_AS_THEY_ARE = frozenset(Reading.__dataclass_fields__) - {"roles", "items", "purpose", "marks"}
