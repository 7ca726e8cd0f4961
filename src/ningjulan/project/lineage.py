"""血缘: the way of one record, from the bytes that came to the case they led to.

Composed here: the store of observations knows neither alerts nor cases, which lie downstream of it.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from ningjulan.cases import facade as cases
from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import InputRefused, NotAllowed
from ningjulan.observations import lineage as store
from ningjulan.observations.domain.retention import STREET
from ningjulan.observations.lineage import RecordNotFound
from ningjulan.observations.mending import check_steward
from ningjulan.observations.showing import ShownItem, shown_record
from ningjulan.project.lineage_raw import RawState, find_raw, why_duplicate
from ningjulan.project.lineage_steps import Found, Step, steps_of
from ningjulan.scenarios import facade as scenarios
from ningjulan.sources.stream import RawBatch


class OfPeople(NotAllowed):
    code = "lineage_of_people"
    message_zh = "{class_id} 是关于人的数据，仅数据管理员和系统管理员可以查看其来龙去脉"
    message_en = (
        "{class_id} is about people: only data stewards and administrators see where a record came from"
    )


class NothingAsked(InputRefused):
    code = "nothing_asked"
    message_zh = "请给出数据类与记录标识，或拒收记录、批次、案件的编号"
    message_en = "Name a class and a record key, or a reject, a batch or a case"


@dataclass(frozen=True)
class Asked:
    """Which record: by class and key, or by what it became. `row_no`: of the upload, for a batch.

    reason: Why the raw line is read. Without one it is not.
    """

    class_id: str | None = None
    source: str | None = None
    record_key: str | None = None
    day: date | None = None
    reject_id: int | None = None
    batch_id: str | None = None
    row_no: int | None = None
    case_id: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Lineage:
    """The whole way, top to bottom. `record`: what is stored, masked; `raw`: only for a stated reason.

    raw_state: Where the raw line is; see `lineage_raw`.
    """

    class_id: str
    source: str
    record_key: str | None
    raw_state: RawState
    steps: list[Step]
    record: list[ShownItem] = field(default_factory=list)
    raw: str | None = None


def lineage_of(asked: Asked, *, actor: Actor, now: datetime) -> Lineage:
    """Return the way of a record.

    Raises:
        NothingAsked, RecordNotFound, SearchTooLong: It cannot be found like this.
        OfPeople: The class is about people, and the actor no data steward.
        RejectsNotYours, ReasonTooShort, ClassClosed: The raw line is not for this actor, or not like this.
    """
    if asked.class_id is not None:
        _check_class(asked.class_id, actor)
    found = _find(asked, actor, now)
    _check_class(found.batch.class_id, actor)
    if asked.reason is not None:
        raw_state, batch, raw = _read_raw(found, asked.reason, actor, now)
    else:
        (raw_state, batch), raw = find_raw(found.batch), None
    if batch is not None and found.may_repeat:
        found = replace(found, repeat=why_duplicate(batch, found.row))
    data_class = catalog.get_class(found.batch.class_id)
    stored = found.stored
    is_closed = data_class.sensitivity == "L4"
    return Lineage(
        class_id=found.batch.class_id,
        source=found.batch.source,
        record_key=stored.record_key if stored else None,
        raw_state=raw_state,
        steps=list(steps_of(found, raw_state, actor, now)),
        record=[] if stored is None or is_closed else shown_record(stored.values, data_class),
        raw=raw,
    )


def _check_class(class_id: str, actor: Actor) -> None:
    is_about_people = catalog.get_class(class_id).sensitivity in ("L3", "L4")
    if is_about_people and not actor.has(Role.STEWARD, Role.ADMIN, Role.SYSTEM):
        raise OfPeople(class_id=class_id)


def _find(asked: Asked, actor: Actor, now: datetime) -> Found:
    if asked.case_id is not None:
        return _of_case(asked.case_id, actor, now)
    if asked.reject_id is not None:
        check_steward(actor)
        reject = store.find_reject(actor, reject_id=asked.reject_id)
        if reject is None:
            raise RecordNotFound
        return _of_line(reject.batch_id, reject.row_no, actor)
    if asked.batch_id is not None:
        return _of_line(asked.batch_id, asked.row_no, actor)
    if asked.class_id is None or not asked.record_key:
        raise NothingAsked
    return _of_key(asked.class_id, asked.record_key, asked.source, asked.day, actor)


def _of_key(class_id: str, record_key: str, source: str | None, day: date | None, actor: Actor) -> Found:
    stored = store.find_stored(class_id, record_key=record_key, source=source, day=day)
    batch = store.batch_outcome(actor, stored.batch_id) if stored else None
    if stored is None or batch is None:
        raise RecordNotFound
    return Found(batch, stored.row_no, stored)


def _of_line(batch_id: str, row_no: int | None, actor: Actor) -> Found:
    batch = store.batch_outcome(actor, batch_id)
    if batch is None:
        raise RecordNotFound
    row = 0 if row_no is None else row_no - batch.first_row
    if not 0 <= row < batch.n_received:
        raise RecordNotFound
    reject = store.find_reject(actor, batch_id=batch_id, row_no=batch.first_row + row)
    stored = store.stored_of_batch(batch_id, batch.class_id, row) if reject is None else None
    return Found(batch, row, stored, reject.id if reject else None)


def _of_case(case_id: UUID, actor: Actor, now: datetime) -> Found:
    """Find the record that a case began with: an input of its alert, or the event it was opened from."""
    case = cases.get_case(case_id, actor=actor, now=now)
    for alert in case.alerts:
        for one in scenarios.inputs_of_alert(UUID(alert.id), actor=actor):
            day = one.occurred_at.astimezone(STREET).date()
            found = _of_key(one.class_id, one.record_key, None, day, actor)
            return Found(found.batch, found.row, found.stored, case_id=case_id)
    event_no = cases.event_no_of(case_id, actor=actor)
    if not event_no:
        raise RecordNotFound
    found = _of_key("BIZ16", event_no, case.source, None, actor)
    return Found(found.batch, found.row, found.stored, case_id=case_id)


def _read_raw(
    found: Found, reason: str, actor: Actor, now: datetime
) -> tuple[RawState, RawBatch | None, str | None]:
    """Return the raw batch and line, having put on record who reads it and why."""
    check_steward(actor)
    what = f"raw line {found.row + 1} of batch {found.batch.batch_id}"
    trace = store.put_on_record(found.batch.class_id, what, reason=reason, actor=actor, now=now)
    raw_state, batch = find_raw(found.batch)
    if batch is None:
        return raw_state, None, None
    trace.n_rows = 1
    trace.save(update_fields=["n_rows"])
    return raw_state, batch, batch.lines[found.row].decode("utf-8", errors="backslashreplace")
