"""Where a record came from: its place in the history, and the outcome of the batch that brought it."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from django.conf import settings
from django.db.models import Q

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.areas import within
from ningjulan.foundation.errors import InputRefused, NotFound
from ningjulan.observations import upkeep
from ningjulan.observations.history import read_history
from ningjulan.observations.models import Batch, HistoryRead, Reject, RejectStep
from ningjulan.observations.showing import ClassClosed, note_raw_reading

SEARCH_S = 10.0


class RecordNotFound(NotFound):
    code = "record_not_found"
    message_zh = "历史库中没有这条记录，或不在您的管辖范围内；刚收到的记录几秒后可查"
    message_en = "No such record in the history, or outside your area; what has just come is there in seconds"


class SearchTooLong(InputRefused):
    code = "search_too_long"
    message_zh = "已查到 {day}，尚未找到；请指定日期后再查"
    message_en = "Not found back to {day}; name the day and search again"


@dataclass(frozen=True)
class BatchOutcome:
    """What became of a batch. `first_row` counts from 1 in the upload it is part of."""

    batch_id: str
    stream_seq: int
    receipt_id: str
    source: str
    tenant_code: str
    class_id: str
    first_row: int
    n_received: int
    n_stored: int
    n_rejected: int
    n_duplicate: int
    n_parked: int
    received_at: datetime
    committed_at: datetime
    cleaner_version: str


@dataclass(frozen=True)
class Stored:
    """A row of the history. `row_no` counts from 0 in its batch; `values` has all its columns, unmasked."""

    batch_id: str
    row_no: int
    record_key: str
    occurred_at: datetime
    day: date
    values: dict[str, Any]


@dataclass(frozen=True)
class RejectedFrom:
    """A reject among the lines of a batch, and the one that it was sent in again from."""

    id: int
    batch_id: str
    row_no: int
    origin_id: int | None


def find_stored(
    class_id: str, *, record_key: str, source: str | None = None, day: date | None = None
) -> Stored | None:
    """Return the stored row of a record, looking through the newest days first.

    Raises:
        SearchTooLong: Days are left, but not the ten seconds that somebody may be kept waiting.
    """
    wanted = pl.col("record_key") == record_key
    if source is not None:
        wanted &= pl.col("source") == source
    return _first(class_id, wanted, day)


def stored_of_batch(batch_id: str, class_id: str, row_no: int) -> Stored | None:
    """Return the stored row that a line of a batch became."""
    return _first(class_id, (pl.col("batch_id") == batch_id) & (pl.col("row_no") == row_no), None)


def batch_outcome(actor: Actor, batch_id: str) -> BatchOutcome | None:
    """Return what became of a batch within the actor's areas."""
    found = Batch.objects.filter(within(actor, "tenant_code"), batch_id=batch_id).first()
    if found is None:
        return None
    return BatchOutcome(**{name: getattr(found, name) for name in BatchOutcome.__dataclass_fields__})


def find_reject(
    actor: Actor, *, reject_id: int | None = None, batch_id: str = "", row_no: int = 0
) -> RejectedFrom | None:
    """Return a reject by its number, or by its batch and the row of the upload."""
    which = Q(id=reject_id) if reject_id is not None else Q(batch_id=batch_id, row_no=row_no)
    row = Reject.objects.filter(within(actor, "tenant_code"), which).defer("raw").first()
    if row is None:
        return None
    origin = RejectStep.objects.filter(batch_id=row.batch_id).values_list("reject_id", flat=True).first()
    return RejectedFrom(row.id, row.batch_id, row.row_no, origin)


def origin_of(batch_id: str) -> int | None:
    """Return the reject that a batch is the mended line of."""
    return RejectStep.objects.filter(batch_id=batch_id).values_list("reject_id", flat=True).first()


def put_on_record(class_id: str, what: str, *, reason: str, actor: Actor, now: datetime) -> HistoryRead:
    """Note, before it happens, that somebody reads a raw line: it may hold anything, names and numbers too.

    Raises:
        ClassClosed: The class is sensitive personal information (L4).
        ReasonTooShort: It does not say why.
    """
    if catalog.get_class(class_id).sensitivity == "L4":
        raise ClassClosed(class_id=class_id)
    note_raw_reading(("line", what[:64]), class_id, reason, actor=actor, now=now)
    return HistoryRead.objects.create(
        at=now, by=actor.name[:150], reason=reason.strip(), sql=what, columns=[f"{class_id}.raw"]
    )


def _first(class_id: str, wanted: pl.Expr, day: date | None) -> Stored | None:
    root = settings.HISTORY_URL
    if not upkeep.has_table(root, class_id):
        return None
    days = [day] if day is not None else [one.day for one in reversed(upkeep.files_of(root, class_id))]
    enough_at = time.monotonic() + SEARCH_S
    rows = read_history(root, class_id)
    for one in days:
        if time.monotonic() > enough_at:
            raise SearchTooLong(day=one)
        found = rows.filter(pl.col("day") == one).filter(wanted).head(1).collect().to_dicts()
        if found:
            values = found[0]
            return Stored(
                batch_id=values["batch_id"],
                row_no=values["row_no"],
                record_key=values["record_key"],
                occurred_at=values["occurred_at"],
                day=values["day"],
                values=values,
            )
    return None
