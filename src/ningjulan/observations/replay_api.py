"""Replays over HTTP. For data stewards and administrators."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Router, Schema

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import UnknownClass
from ningjulan.cleaning.contracts import REASONS
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.observations import replays
from ningjulan.observations.domain.replays import STATE_ZH, Diff, ReplayState, ReplayView

router = Router()
DUPLICATE = ("原为重复", "Was a duplicate")


class ReasonCountOut(Schema):
    """`reason`: a rule, or `duplicate` for lines that were no rejects."""

    reason: str
    zh: str
    en: str
    n: int


class ExampleOut(Schema):
    """A value of one record before and after; null: empty."""

    old: str | None
    new: str | None


class ItemDiffOut(Schema):
    """An item that would change in `n` stored records. `is_masked`: personal, so there are no examples."""

    id: str
    zh: str
    en: str
    n: int
    is_masked: bool
    examples: list[ExampleOut]


class VersionDiffOut(Schema):
    """The same among the lines that one version of the cleaner had judged."""

    version: str
    n_newly_accepted: int
    n_newly_rejected: int
    n_changed: int
    n_unchanged: int


class DiffOut(Schema):
    """What would be different, in raw lines.

    `n_by_hand`: rejects a clerk has dealt with, which stay. `n_parked`, `n_without_raw` (neither in the
    archive nor in the stream), `n_not_whole` (no longer, or not yet, all in the store): left as they are.
    Alerts and cases are not raised for the past: `raises_alerts` is false.
    """

    n_newly_accepted: int
    n_newly_rejected: int
    n_newly_duplicate: int
    n_changed: int
    n_unchanged: int
    n_by_hand: int
    n_parked: int
    n_without_raw: int
    n_not_whole: int
    raises_alerts: bool
    accepted_by_reason: list[ReasonCountOut]
    rejected_by_reason: list[ReasonCountOut]
    items: list[ItemDiffOut]
    versions: list[VersionDiffOut]


class ReplayRowOut(Schema):
    """A replay. `since` ≤ received < `until`; `n_done` of `n_all` lines; `id` is a number, as text."""

    id: str
    class_id: str
    class_zh: str
    class_en: str
    source: str | None
    since: datetime
    until: datetime
    by: str
    asked_at: datetime
    state: ReplayState
    state_zh: str
    n_all: int
    n_done: int
    cleaner_version: str
    ready_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    note: str
    ended_at: datetime | None
    error: str


class ReplayOut(ReplayRowOut):
    diff: DiffOut | None


class ReplayIn(Input):
    class_id: str = Field(max_length=8)
    source: str | None = Field(None, max_length=64)
    since: datetime
    until: datetime


class ApplyReplayIn(Input):
    note: str = Field(max_length=2000)


@router.get("/replays", response={200: list[ReplayRowOut], **PROBLEMS}, operation_id="listReplays")
def list_replays(request: ActorRequest) -> list[ReplayRowOut]:
    """重放清单：最近的在前。"""
    return [ReplayRowOut(**_row(one)) for one in replays.list_replays(request.auth)]


@router.post("/replays", response={200: ReplayOut, **PROBLEMS}, operation_id="startReplay")
def start_replay(request: ActorRequest, body: ReplayIn) -> ReplayOut:
    """发起重放：用当前清洗规则重新处理一段原始数据，只比对、不改写。"""
    wanted = body.dict() | {"since": _aware(body.since), "until": _aware(body.until)}
    return _out(replays.ask_for_replay(request.auth, **wanted, now=timezone.now()))


@router.get("/replays/{replay_id}", response={200: ReplayOut, **PROBLEMS}, operation_id="getReplay")
def get_replay(request: ActorRequest, replay_id: int) -> ReplayOut:
    """一次重放及其差异。"""
    return _out(replays.replay_of(request.auth, replay_id))


@router.post("/replays/{replay_id}/apply", response={200: ReplayOut, **PROBLEMS}, operation_id="applyReplay")
def apply_replay(request: ActorRequest, replay_id: int, body: ApplyReplayIn) -> ReplayOut:
    """应用：按比对结果改写历史数据，须写明事由。"""
    return _out(replays.ask_to_apply(request.auth, replay_id, note=body.note, now=timezone.now()))


@router.post(
    "/replays/{replay_id}/discard", response={200: ReplayOut, **PROBLEMS}, operation_id="discardReplay"
)
def discard_replay(request: ActorRequest, replay_id: int) -> ReplayOut:
    """放弃：不改写任何数据。"""
    return _out(replays.discard(request.auth, replay_id, now=timezone.now()))


def _aware(at: datetime) -> datetime:
    """A time without a zone is the street's."""
    return at if at.tzinfo else timezone.make_aware(at)


def _out(view: ReplayView) -> ReplayOut:
    return ReplayOut(**_row(view), diff=_diff(view.class_id, view.diff) if view.diff else None)


def _row(view: ReplayView) -> dict[str, Any]:
    zh, en = _class_names(view.class_id)
    row = {name: value for name, value in vars(view).items() if name != "diff"}
    names = {"class_zh": zh, "class_en": en, "state_zh": STATE_ZH[view.state]}
    return row | names | {"id": str(view.id)}


def _class_names(class_id: str) -> tuple[str, str]:
    try:
        about = catalog.get_class(class_id)
    except UnknownClass:  # it has left the catalogue
        return class_id, class_id
    return about.zh, about.en


def _diff(class_id: str, diff: Diff) -> DiffOut:
    versions = sorted(diff.versions.items())
    return DiffOut(
        **{name: value for name, value in asdict(diff).items() if name.startswith("n_")},
        raises_alerts=False,
        accepted_by_reason=_reasons(diff.accepted_by_reason),
        rejected_by_reason=_reasons(diff.rejected_by_reason),
        items=[
            ItemDiffOut(
                id=item,
                zh=zh,
                en=en,
                n=one.n,
                is_masked=one.is_masked,
                examples=[ExampleOut(old=old, new=new) for old, new in one.examples],
            )
            for item, one in sorted(diff.items.items(), key=lambda pair: (-pair[1].n, pair[0]))
            for zh, en in [_item_names(class_id, item)]
        ],
        versions=[VersionDiffOut(version=version, **asdict(one)) for version, one in versions],
    )


def _item_names(class_id: str, item: str) -> tuple[str, str]:
    """Name an item of the class, or a column that cleaning adds."""
    own = catalog.get_class(class_id).by_id.get(item)
    if own is not None:
        return own.zh, own.en
    facts = catalog.fields_of(class_id).get(item)
    return (facts.zh if facts else item), item.replace("_", " ").capitalize()


def _reasons(counts: dict[str, int]) -> list[ReasonCountOut]:
    return [
        ReasonCountOut(reason=reason, zh=zh, en=en, n=n)
        for reason, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        for zh, en in [_words(reason)]
    ]


def _words(reason: str) -> tuple[str, str]:
    if reason == "duplicate":
        return DUPLICATE
    return (REASONS[reason].zh, REASONS[reason].en) if reason in REASONS else (reason, reason)
