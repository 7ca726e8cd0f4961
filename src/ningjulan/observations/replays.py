"""Replays (重放) as people handle them: ask for one, look at what it would change, apply or discard it.

Cleaning again and comparing, and the writing, is done by whoever holds the shard: see
`project/replaying.py` and ADR 19.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta

import msgspec
from django.db import transaction
from django.db.models import Case, QuerySet, When

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.contracts import CLEANER_VERSION
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.areas import within
from ningjulan.foundation.errors import Conflict, InputRefused, NingjulanError, NotAllowed, NotFound
from ningjulan.observations.domain.replays import (
    AT_WORK,
    Diff,
    ReplayState,
    ReplayStep,
    ReplayView,
    after,
)
from ningjulan.observations.models import Batch
from ningjulan.observations.replay_models import Replay
from ningjulan.sources import facade as sources

NOTE_LENGTH = 4  # 口径更正
LISTED = 100
DECIDE_WITHIN = timedelta(days=7)
_APPLYING_FIRST = Case(When(state=ReplayState.APPLYING.value, then=0), default=1)


class ReplaysNotYours(NotAllowed):
    code = "replays_not_yours"
    message_zh = "重放会改写历史数据，仅数据管理员和系统管理员可以使用"
    message_en = "A replay rewrites the history; only data stewards and administrators may use it"


class UnknownReplay(NotFound):
    code = "unknown_replay"
    message_zh = "没有编号为 {replay_id} 的重放，或不在您的管辖范围内"
    message_en = "There is no replay {replay_id}, or it is outside your area"


class NothingToReplay(InputRefused):
    code = "nothing_to_replay"
    message_zh = "所选时间段内该数据类没有接收过数据，请调整时间或来源"
    message_en = "Nothing of this class was received in that time; choose another range or source"


class ReplayRangeRefused(InputRefused):
    code = "replay_range_refused"
    message_zh = "结束时间须晚于开始时间"
    message_en = "The end must lie after the start"


class ReplayNoteNeeded(InputRefused):
    code = "replay_note_needed"
    message_zh = "请写明为何应用（至少 4 个字）"
    message_en = "Say why it is applied, in at least 4 characters"


class ReplayOutdated(Conflict):
    code = "replay_outdated"
    message_zh = "比对之后规则或数据已有变化，请重新发起重放"
    message_en = "Rules or data have changed since it was compared; replay again"


class ReplayExpired(Conflict):
    code = "replay_expired"
    message_zh = "七天内未确认，已自动放弃；如仍需要请重新发起"
    message_en = "Nobody decided on it within seven days; replay again if it is still needed"


def ask_for_replay(
    actor: Actor, *, class_id: str, since: datetime, until: datetime, source: str | None, now: datetime
) -> ReplayView:
    """Note that somebody wants the raw lines received from `since` until before `until` cleaned again.

    Only batches in the actor's areas. Whoever may write takes it up within seconds.

    Raises:
        ReplaysNotYours, UnknownClass, ReplayRangeRefused, NothingToReplay: Nothing is noted.
    """
    _must_be_steward(actor)
    catalog.get_class(class_id)
    if until <= since:
        raise ReplayRangeRefused
    batches = Batch.objects.filter(
        within(actor, "tenant_code"), class_id=class_id, received_at__gte=since, received_at__lt=until
    )
    if source:
        batches = batches.filter(source=source)
    tenants = sorted(batches.order_by().values_list("tenant_code", flat=True).distinct())
    if not tenants:
        raise NothingToReplay
    return view_of(
        Replay.objects.create(
            class_id=class_id,
            source=source or "",
            since=since,
            until=until,
            tenant_codes=tenants,
            by=actor.name,
            by_id=actor.user_id,
            asked_at=now,
        )
    )


def list_replays(actor: Actor) -> list[ReplayView]:
    """Return the latest replays in the actor's areas, newest first."""
    _must_be_steward(actor)
    latest = Replay.objects.order_by("-pk")[:LISTED]
    return [view_of(one) for one in latest if _is_visible(one, actor)]


def replay_of(actor: Actor, replay_id: int) -> ReplayView:
    """Return one replay with its diff.

    Raises:
        ReplaysNotYours, UnknownReplay.
    """
    return view_of(_replay(actor, replay_id))


@transaction.atomic
def ask_to_apply(actor: Actor, replay_id: int, *, note: str, now: datetime) -> ReplayView:
    """Decide that a replay be applied. Whoever may write looks once more whether it still holds, then writes.

    Raises:
        ReplaysNotYours, UnknownReplay, ReplayNoteNeeded, ReplayStepRefused: Nothing has changed.
        ReplayOutdated: The cleaner or the catalogue is another now.
    """
    replay = _replay(actor, replay_id, for_update=True)
    if len(note.strip()) < NOTE_LENGTH:
        raise ReplayNoteNeeded
    state = after(ReplayState(replay.state), ReplayStep.APPLY)
    if is_outdated(replay):
        raise ReplayOutdated
    replay.state, replay.note = state.value, note.strip()
    replay.decided_by, replay.decided_at, replay.n_done = actor.name, now, 0
    replay.save(update_fields=["state", "note", "decided_by", "decided_at", "n_done"])
    return view_of(replay)


@transaction.atomic
def discard(actor: Actor, replay_id: int, *, now: datetime) -> ReplayView:
    """Decide against a replay; it stays on record. The rows it would have written are erased.

    Raises:
        ReplaysNotYours, UnknownReplay, ReplayStepRefused: Nothing has changed.
    """
    replay = _replay(actor, replay_id, for_update=True)
    replay.state = after(ReplayState(replay.state), ReplayStep.DISCARD).value
    replay.decided_by, replay.decided_at, replay.ended_at = actor.name, now, now
    replay.save(update_fields=["state", "decided_by", "decided_at", "ended_at"])
    return view_of(replay)


def fail(replay_id: int, error: Exception, *, now: datetime) -> None:
    """Note that a replay came to nothing, and why."""
    with transaction.atomic():
        replay = Replay.objects.select_for_update().get(pk=replay_id)
        replay.state = after(ReplayState(replay.state), ReplayStep.FAIL).value
        known = error.message() if isinstance(error, NingjulanError) else None
        replay.error = known or f"{type(error).__name__}: {error}"[:500]
        replay.ended_at = now
        replay.save(update_fields=["state", "error", "ended_at"])


def expire(now: datetime) -> None:
    """Give up what nobody has decided on: its rows are personal data, kept for nothing."""
    for replay in Replay.objects.filter(state=ReplayState.READY.value, ready_at__lt=now - DECIDE_WITHIN):
        fail(replay.pk, ReplayExpired(replay_id=replay.pk), now=now)


def next_replay() -> int | None:
    """Return the replay to be worked on next: the one being applied, else the oldest; None for none."""
    waiting = Replay.objects.filter(state__in=[one.value for one in AT_WORK])
    return waiting.order_by(_APPLYING_FIRST, "pk").values_list("pk", flat=True).first()


def is_being_applied() -> bool:
    """Is there a replay that may have been written in part?"""
    return Replay.objects.filter(state=ReplayState.APPLYING.value).exists()


def last_applied() -> int:
    """Return the last replay that was written to the history, wholly or in part; 0 for none."""
    written = [ReplayState.APPLYING.value, ReplayState.APPLIED.value]
    rows = Replay.objects.filter(state__in=written).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def undecided() -> set[int]:
    """Return the replays whose rows are still needed."""
    needed = [one.value for one in (*AT_WORK, ReplayState.READY)]
    return set(Replay.objects.filter(state__in=needed).values_list("pk", flat=True))


def is_outdated(replay: Replay) -> bool:
    """Would the raw lines be judged by other rules today than when it was compared?"""
    return (replay.cleaner_version, replay.rules_hash) != (
        CLEANER_VERSION,
        rules_hash(replay.class_id, sources_of(replay)),
    )


def sources_of(replay: Replay) -> list[str]:
    """Return the sources that brought something in the range, by name."""
    batches = batches_of(replay).order_by()
    return sorted(batches.values_list("source", flat=True).distinct())


def batches_of(replay: Replay) -> QuerySet[Batch]:
    """Return the batches that a replay is about, parked ones too."""
    batches = Batch.objects.filter(
        class_id=replay.class_id,
        received_at__gte=replay.since,
        received_at__lt=replay.until,
        tenant_code__in=replay.tenant_codes,
    )
    if replay.upto_seq is not None:
        batches = batches.filter(stream_seq__lte=replay.upto_seq)
    return batches.filter(source=replay.source) if replay.source else batches


def rules_hash(class_id: str, source_names: Iterable[str]) -> str:
    """Return a hash of what cleaning is told by: class, code lists, manifests."""
    told = [asdict(catalog.get_class(class_id)), [asdict(one) for one in catalog.list_code_lists()]]
    told += [asdict(source) for name in source_names if (source := sources.find_source(name)) is not None]
    return hashlib.sha256(msgspec.json.encode(told, order="deterministic", enc_hook=str)).hexdigest()


def view_of(replay: Replay) -> ReplayView:
    return ReplayView(
        id=replay.pk,
        class_id=replay.class_id,
        source=replay.source or None,
        since=replay.since,
        until=replay.until,
        by=replay.by,
        asked_at=replay.asked_at,
        state=ReplayState(replay.state),
        n_all=replay.n_all,
        n_done=replay.n_done,
        cleaner_version=replay.cleaner_version,
        diff=msgspec.convert(replay.diff, Diff) if replay.diff is not None else None,
        ready_at=replay.ready_at,
        decided_by=replay.decided_by,
        decided_at=replay.decided_at,
        note=replay.note,
        ended_at=replay.ended_at,
        error=replay.error,
    )


def _replay(actor: Actor, replay_id: int, *, for_update: bool = False) -> Replay:
    _must_be_steward(actor)
    rows = Replay.objects.select_for_update() if for_update else Replay.objects
    replay = rows.filter(pk=replay_id).first()
    if replay is None or not _is_visible(replay, actor):
        raise UnknownReplay(replay_id=replay_id)
    return replay


def _is_visible(replay: Replay, actor: Actor) -> bool:
    return all(actor.covers(code) for code in replay.tenant_codes)


def _must_be_steward(actor: Actor) -> None:
    if not actor.has(Role.STEWARD, Role.ADMIN, Role.SYSTEM):
        raise ReplaysNotYours
