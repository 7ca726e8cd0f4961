"""The nightly upkeep of the history: when it is due, what it deleted, who may do it.

Only one process may write a table while it is tidied. That is whoever holds the advisory lock of shard 0,
the worker as a rule; it passes `writing`, which its own appends take as well. Workers of other shards may go
on appending: an append and a compaction do not touch the same files, and where they meet all the same
delta-rs refuses the later one, which then waits for the next night.
"""

import json
import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass
from ningjulan.observations import upkeep
from ningjulan.observations.archive_upkeep import RAW_LINES, plan_raw, tidy_archive
from ningjulan.observations.contracts import Purged, TidyingReport
from ningjulan.observations.domain.retention import (
    STREET,
    ClassPlan,
    Hold,
    is_in_many_pieces,
    latest_due,
    plan,
)
from ningjulan.observations.holds import list_holds
from ningjulan.observations.models import HistoryPurge, HistoryTidying

log = logging.getLogger(__name__)

CLOCK = "platform"
"""Who tidies when nobody asked."""


@dataclass(frozen=True)
class Archive:
    """The raw archive: where it is, and how large it may become."""

    folder: Path
    limit_bytes: int


def plan_tidying(root: str, now: datetime, archive: Archive | None = None) -> list[ClassPlan]:
    """Return what a run would do now, class by class; changes nothing.

    Days of the raw archive stand under `RAW_LINES`, as an item with a life of its own.
    """
    plans = {c.id: _plan(root, c, now) for c in _classes_with_table(root)}
    for raw in _plan_archive(archive, now):
        own = plans.setdefault(raw.class_id, ClassPlan(raw.class_id, (), {}, (), ()))
        if raw.delete or raw.held:
            blank = {**own.blank, RAW_LINES: raw.delete} if raw.delete else own.blank
            plans[raw.class_id] = replace(own, blank=blank, held=(*own.held, *raw.held))
    return [planned for _, planned in sorted(plans.items()) if _has_work(planned)]


def _plan_archive(archive: Archive | None, now: datetime) -> list[ClassPlan]:
    if archive is None:
        return []
    return plan_raw(archive.folder, holds=_holds(), now=now, limit_bytes=archive.limit_bytes)


def ask_for_tidying(*, by: str, now: datetime) -> int:
    """Note that somebody wants a run now. Whoever may write carries it out."""
    return HistoryTidying.objects.create(by=by, asked_at=now).pk


def next_tidying(now: datetime) -> int | None:
    """Return the oldest run that is due or wished for and has not ended, None for none.

    A night that nobody was there for is made up; of several only the last, which does all there is to do.
    """
    HistoryTidying.objects.get_or_create(due_at=latest_due(now), defaults={"by": CLOCK, "asked_at": now})
    return HistoryTidying.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True).first()


def carry_out(
    tidying_id: int,
    *,
    root: str,
    writing: AbstractContextManager[object],
    now: datetime,
    archive: Archive | None = None,
) -> TidyingReport:
    """Do a run. Repeatable: after a crash the same run is carried out again and its report completed.

    Args:
        tidying_id: From `ask_for_tidying` or `next_tidying`.
        root: Where the history is.
        writing: Keeps the caller's own appends away from a table; taken once per class.
        now: Decides which days are over; also the end of the run.
        archive: Raw lines whose time is over go in the same run.
    """
    tidying = HistoryTidying.objects.get(pk=tidying_id)
    n_compacted, failures = 0, {}
    if archive is not None:
        try:
            tidy_archive(tidying, archive.folder, holds=_holds(), now=now, limit_bytes=archive.limit_bytes)
        except Exception as error:
            log.exception("the raw archive could not be tidied; the next night tries again")
            failures[RAW_LINES] = f"{type(error).__name__}: {error}"[:500]
    for data_class in _classes_with_table(root):
        try:
            with writing:
                n_compacted += _tidy_class(tidying, root, data_class, now)
        except Exception as error:  # the other classes must not wait for this one
            log.exception("%s could not be tidied; the next night tries again", data_class.id)
            failures[data_class.id] = f"{type(error).__name__}: {error}"[:500]
    tidying.n_compacted, tidying.failures, tidying.ended_at = n_compacted, failures, now
    tidying.signature = _signature(tidying)
    tidying.save(update_fields=["n_compacted", "failures", "ended_at", "signature"])
    return report_of(tidying.pk)


def _tidy_class(tidying: HistoryTidying, root: str, data_class: DataClass, now: datetime) -> int:
    planned = _plan(root, data_class, now)
    _tell_before(tidying, data_class, planned)
    if planned.delete:
        upkeep.delete_days(root, data_class.id, [d.day for d in planned.delete])
    for item, days in planned.blank.items():
        upkeep.blank_item(root, data_class.id, item, [d.day for d in days])
    _prove(root, data_class, now)
    if planned.compact:
        upkeep.compact(root, data_class.id, [d.day for d in planned.compact])
    upkeep.trim(root, data_class.id)
    return len(planned.compact)


@transaction.atomic
def _tell_before(tidying: HistoryTidying, data_class: DataClass, planned: ClassPlan) -> None:
    """Write what is about to be deleted: a crash in between must not delete without a report.

    What an earlier run announced, and may or may not have done, stays in that run's report until proven.
    """
    keep_items = upkeep.retention_of(data_class).keep_items
    whole = [("", data_class.keep, d, d.n_rows) for d in planned.delete]
    parts = [
        (item, keep_items[item], d, d.filled[item]) for item, days in planned.blank.items() for d in days
    ]
    open_before = set(_open_purges(data_class.id).values_list("day", "item"))
    HistoryPurge.objects.bulk_create(
        HistoryPurge(
            tidying=tidying,
            class_id=data_class.id,
            day=d.day,
            item=item,
            n_rows=n_rows,
            n_bytes=0 if item else d.n_bytes,
            keep_days=keep.days,
        )
        for item, keep, d, n_rows in [*whole, *parts]
        if (d.day, item) not in open_before
    )


def _prove(root: str, data_class: DataClass, now: datetime) -> None:
    """Close every deletion of the class of which nothing is left, by looking again."""
    purges = list(_open_purges(data_class.id))
    if not purges:
        return
    left = upkeep.days_left(root, data_class.id, [p.day for p in purges if not p.item])
    filled = {d.day: d.filled for d in upkeep.survey(root, data_class)}
    proven = [
        p for p in purges if (p.day not in left if not p.item else not filled.get(p.day, {}).get(p.item))
    ]
    HistoryPurge.objects.filter(pk__in=[p.pk for p in proven]).update(proven_at=now)
    if len(proven) < len(purges):
        log.error("%s: %d deletions cannot be proven", data_class.id, len(purges) - len(proven))


def _open_purges(class_id: str) -> QuerySet[HistoryPurge]:
    return HistoryPurge.objects.filter(class_id=class_id, proven_at=None).exclude(item=RAW_LINES)


def compact_busy(root: str, *, writing: AbstractContextManager[object]) -> int:
    """Compact days that have come in very many pieces, and return how many. Deletes no row, needs no report.

    An append reads the list of all files: with up to 600 it took 85 ms on average, after this 23 ms.
    """
    n_compacted = 0
    for data_class in _classes_with_table(root):
        with writing:
            days = [d.day for d in upkeep.files_of(root, data_class.id) if is_in_many_pieces(d)]
            if days:
                upkeep.compact(root, data_class.id, days)
                upkeep.trim(root, data_class.id)
        n_compacted += len(days)
    return n_compacted


def report_of(tidying_id: int) -> TidyingReport:
    return _report(HistoryTidying.objects.get(pk=tidying_id))


def list_reports(limit: int) -> list[TidyingReport]:
    """Return the latest runs, newest first."""
    return [_report(tidying) for tidying in HistoryTidying.objects.order_by("-pk")[:limit]]


def _report(tidying: HistoryTidying) -> TidyingReport:
    return TidyingReport(
        id=tidying.pk,
        by=tidying.by,
        asked_at=tidying.asked_at,
        ended_at=tidying.ended_at,
        n_compacted=tidying.n_compacted,
        failures=tidying.failures,
        purged=_purged(tidying),
        is_authentic=constant_time_compare(tidying.signature, _signature(tidying)),
    )


def _purged(tidying: HistoryTidying) -> list[Purged]:
    return [
        Purged(p.class_id, p.day, p.item, p.n_rows, p.n_bytes, p.keep_days, p.proven_at)
        for p in tidying.purges.order_by("class_id", "day", "item")
    ]


def _signature(tidying: HistoryTidying) -> str:
    """Sign what was deleted, by whom and when, with the platform's key (PR-30). Not what is proven later."""
    told = [[p.class_id, p.day, p.item, p.n_rows, p.n_bytes, p.keep_days] for p in _purged(tidying)]
    text = json.dumps([tidying.pk, tidying.by, tidying.ended_at, told], default=str)
    return salted_hmac("observations.tidying", text, algorithm="sha256").hexdigest()


def _plan(root: str, data_class: DataClass, now: datetime) -> ClassPlan:
    days = upkeep.survey(root, data_class)
    return plan(upkeep.retention_of(data_class), days, holds=_holds(), today=now.astimezone(STREET).date())


def _holds() -> list[Hold]:
    return [Hold(h.class_id, h.from_day, h.to_day) for h in list_holds()]


def _has_work(planned: ClassPlan) -> bool:
    return bool(planned.delete or planned.blank or planned.compact or planned.held)


def _classes_with_table(root: str) -> list[DataClass]:
    return [c for c in catalog.list_classes() if upkeep.has_table(root, c.id)]
