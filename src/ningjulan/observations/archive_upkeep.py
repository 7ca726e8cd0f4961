"""How long raw lines stay in the archive, and deleting them with a report.

They hold what cleaning leaves out and what items with a shorter life have said, so a day goes as soon as the
first of these has to: the shortest of the class's and its items' `keep`, and never after 90 days. Holds keep
them. Over its limit in bytes the archive lets go of the oldest days first.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass, UnknownClass
from ningjulan.observations import archive
from ningjulan.observations.domain.retention import STREET, ClassPlan, Day, Hold, Retention, plan
from ningjulan.observations.models import HistoryPurge, HistoryTidying

log = logging.getLogger(__name__)

RAW_LINES = "raw_lines"
"""What stands for the archive where reports name an item."""
RAW_KEEP = timedelta(days=90)


def raw_keep(class_id: str) -> timedelta:
    """Return how long raw lines of a class are kept from the day of their receipt."""
    about = _find_class(class_id)
    if about is None:  # it has left the catalogue: nobody can clean its lines again
        return timedelta(0)
    return min([RAW_KEEP, about.keep, *(item.keep for item in about.items if item.keep is not None)])


def plan_raw(folder: Path, *, holds: Sequence[Hold], now: datetime, limit_bytes: int) -> list[ClassPlan]:
    """Return per class which days of the archive are to go, and which only a hold keeps."""
    today = now.astimezone(STREET).date()
    plans = []
    left: list[tuple[Day, str]] = []
    for class_id in archive.classes_in(folder):
        days = archive.survey(folder, class_id)
        widened = [_widened(hold) for hold in holds if hold.class_id == class_id]
        planned = plan(Retention(class_id, raw_keep(class_id)), days, holds=widened, today=today)
        plans.append(planned)
        free = [d for d in days if not any(hold.covers(class_id, d.day) for hold in widened)]
        left += [(d, class_id) for d in free if d not in planned.delete and d.day < today]
        limit_bytes -= sum(d.n_bytes for d in days if d not in planned.delete)
    over = _over_limit(left, -limit_bytes)
    return [
        replace(p, delete=(*p.delete, *(d for d, class_id in over if class_id == p.class_id)), compact=())
        for p in plans
    ]


def _over_limit(days: list[tuple[Day, str]], n_bytes: int) -> list[tuple[Day, str]]:
    """Return the oldest days that together hold at least `n_bytes`."""
    gone = []
    for day, class_id in sorted(days, key=lambda pair: (pair[0].day, pair[1])):
        if n_bytes <= 0:
            break
        gone.append((day, class_id))
        n_bytes -= day.n_bytes
    return gone


def tidy_archive(
    tidying: HistoryTidying, folder: Path, *, holds: Sequence[Hold], now: datetime, limit_bytes: int
) -> None:
    """Delete what is over, tell it before, prove it after. Repeatable after a crash."""
    for planned in plan_raw(folder, holds=holds, now=now, limit_bytes=limit_bytes):
        _tell_before(tidying, planned)
        archive.delete_days(folder, planned.class_id, [d.day for d in planned.delete])
    purges = list(HistoryPurge.objects.filter(item=RAW_LINES, proven_at=None))
    proven = [p.pk for p in purges if p.day not in archive.days_of(folder, p.class_id)]
    HistoryPurge.objects.filter(pk__in=proven).update(proven_at=now)
    if len(proven) < len(purges):
        log.error("archive: %d deletions cannot be proven", len(purges) - len(proven))


@transaction.atomic
def _tell_before(tidying: HistoryTidying, planned: ClassPlan) -> None:
    open_before = set(
        HistoryPurge.objects.filter(class_id=planned.class_id, item=RAW_LINES, proven_at=None).values_list(
            "day", flat=True
        )
    )
    HistoryPurge.objects.bulk_create(
        HistoryPurge(
            tidying=tidying,
            class_id=planned.class_id,
            day=d.day,
            item=RAW_LINES,
            n_rows=d.n_rows,
            n_bytes=d.n_bytes,
            keep_days=raw_keep(planned.class_id).days,
        )
        for d in planned.delete
        if d.day not in open_before
    )


def _widened(hold: Hold) -> Hold:
    """What happened on a held day may have been received days later."""
    about = _find_class(hold.class_id)
    late = min(about.late_by, RAW_KEEP) if about else timedelta(0)
    return replace(hold, to_day=hold.to_day + timedelta(days=late.days + 1))


def _find_class(class_id: str) -> DataClass | None:
    try:
        return catalog.get_class(class_id)
    except UnknownClass:
        return None
