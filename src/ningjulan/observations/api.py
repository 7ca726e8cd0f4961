"""Sources and their balance, quality by rule, and rejects over HTTP."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.contracts import NOTES, REASONS, Reason
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.observations import quality as qualities
from ningjulan.observations.canaries import NO_CANARY, sights
from ningjulan.observations.contracts import CanarySight, CanaryState
from ningjulan.observations.delivering import Delivering, DeliveryState, delivering
from ningjulan.observations.noting import DUPLICATES
from ningjulan.observations.reject_api import Named, named
from ningjulan.observations.reject_api import router as rejects
from ningjulan.observations.replay_api import router as replays
from ningjulan.sources import facade as sources

router = Router(tags=["observations"])
router.add_router("", rejects)
router.add_router("", replays)


class BalanceOut(Named):
    """A class of a source: 接收 = 入库 + 拒收 + 重复 + 搁置. `state` never: declared, nothing has come."""

    tenant_code: str | None
    intake: str | None
    state: DeliveryState
    n_batches: int
    received: int
    stored: int
    rejected: int
    duplicate: int
    parked: int
    n_mended: int
    n_open: int
    last_received_at: datetime | None
    fresh_s: int | None
    median_visible_ms: float | None
    per_minute_5m: float
    per_minute_1h: float
    canary_state: CanaryState
    canary_at: datetime | None
    canary_ms: float | None
    canary_silent_min: int | None


class DayOut(Schema):
    day: date
    n_received: int
    n_stored: int
    n_rejected: int
    n_duplicate: int
    n_parked: int


class ReasonDayOut(Schema):
    day: date
    n: int


class ReasonOut(Schema):
    """A rule and the records that broke it. `share`: of the rejected; one record may break several."""

    reason: str
    zh: str
    en: str
    n: int
    share: float
    example_id: int
    days: list[ReasonDayOut]


class NoteOut(Schema):
    """What cleaning noted, or why lines are duplicates. `share`: of the stored, or of the duplicates."""

    note: str
    zh: str
    en: str
    n: int
    share: float
    days: list[ReasonDayOut]


class FilledOut(Schema):
    """How many stored records of the class say something of an item, whatever their source."""

    item: str
    zh: str
    en: str
    n_filled: int
    n_rows: int
    share: float


class QualityFigures(Schema):
    n_received: int
    n_stored: int
    n_rejected: int
    n_duplicate: int
    n_parked: int
    n_mended: int
    days: list[DayOut]
    reasons: list[ReasonOut]
    notes: list[NoteOut]
    duplicates: list[NoteOut]


class QualityOfSource(Named, QualityFigures):
    pass


class QualityOut(QualityFigures):
    """Of all that was asked for together, then per source and class. `filled`: only for one class."""

    since: date
    sources: list[QualityOfSource]
    filled: list[FilledOut] | None


@router.get("/sources", response={200: list[BalanceOut], **PROBLEMS}, operation_id="listSources")
def list_sources(request: ActorRequest) -> list[BalanceOut]:
    """数据收支：每个来源、每一类，接收 = 入库 + 拒收 + 重复 + 搁置；从未送数的也在内。"""
    now = timezone.now()
    seen = sights(now)
    return [_balance_out(row, seen.get(row.source, NO_CANARY)) for row in delivering(request.auth, now)]


def _balance_out(row: Delivering, canary: CanarySight) -> BalanceOut:
    source = sources.find_source(row.source)
    return BalanceOut(
        **vars(row) | named(row.source, row.class_id),
        tenant_code=source.tenant_code if source else None,
        intake=source.intake if source else None,
        canary_state=canary.state,
        canary_at=canary.seen_at,
        canary_ms=canary.visible_ms,
        canary_silent_min=canary.silent_min,
    )


class QualityQuery(Input):
    source: str | None = Field(None, max_length=64)
    class_id: str | None = Field(None, max_length=8)
    days: Annotated[int, Field(ge=1, le=90)] = 7


@router.get("/sources/quality", response={200: QualityOut, **PROBLEMS}, operation_id="getQuality")
def get_quality(request: ActorRequest, wanted: Query[QualityQuery]) -> QualityOut:
    """数据质量：按规则统计拒收，按日统计收支；指定数据类时另有各项的填报率。"""
    now = timezone.now()
    rows = qualities.quality(request.auth, **wanted.dict(), now=now)
    about = catalog.get_class(wanted.class_id) if wanted.class_id else None
    items = {item.id: item for item in about.items} if about else {}
    filled = qualities.filled(about.id, days=wanted.days, now=now) if about else None
    whole = qualities.together(rows, days=wanted.days, now=now)
    return QualityOut(
        **_figures(whole),
        since=min(whole.days),
        sources=[QualityOfSource(**named(row.source, row.class_id), **_figures(row)) for row in rows],
        filled=filled
        if filled is None
        else [
            FilledOut(
                **vars(one),
                zh=items[one.item].zh,
                en=items[one.item].en,
                share=one.n_filled / one.n_rows,
            )
            for one in filled
        ],
    )


def _figures(row: qualities.Quality) -> dict[str, Any]:
    sums = row.sums()
    return {
        **{name: n for name, n in vars(sums).items() if name != "day"},
        "n_mended": row.n_mended,
        "days": [DayOut(**vars(day)) for day in row.days.values()],
        "reasons": [
            ReasonOut(
                reason=one.reason,
                zh=REASONS[one.reason].zh if one.reason in REASONS else one.reason,
                en=REASONS[one.reason].en if one.reason in REASONS else one.reason,
                n=one.n,
                share=one.n / sums.n_rejected if sums.n_rejected else 0.0,
                example_id=one.example_id,
                days=[ReasonDayOut(day=day, n=n) for day, n in one.per_day.items()],
            )
            for one in sorted(row.reasons.values(), key=lambda one: (-one.n, one.reason))
        ],
        "notes": _notes(row, NOTES, sums.n_stored),
        "duplicates": _notes(row, DUPLICATES, sums.n_duplicate),
    }


def _notes(row: qualities.Quality, words: Mapping[str, Reason], n_all: int) -> list[NoteOut]:
    """Return the notes that have words here, the most frequent first."""
    sums = {code: sum(per_day.values()) for code, per_day in row.notes.items() if code in words}
    return [
        NoteOut(
            note=code,
            zh=words[code].zh,
            en=words[code].en,
            n=n,
            share=min(1.0, n / n_all) if n_all else 0.0,
            days=[ReasonDayOut(day=day, n=n_day) for day, n_day in row.notes[code].items()],
        )
        for code, n in sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    ]
