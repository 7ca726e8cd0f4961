"""The steps of a record's way, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import CaseNotFound
from ningjulan.foundation.actors import Actor, Role
from ningjulan.observations import lineage as store
from ningjulan.observations import rejects
from ningjulan.observations.domain.mending import STEP_ZH, MendStep
from ningjulan.observations.lineage import BatchOutcome, Stored
from ningjulan.observations.noting import DUPLICATES
from ningjulan.project.lineage_raw import RawState
from ningjulan.scenarios import facade as scenarios


@dataclass(frozen=True)
class Step:
    """One step of the way. `happened` false: it did not, and the words say why; then it has no `at`."""

    kind: str
    at: datetime | None
    what_zh: str
    what_en: str
    happened: bool = True
    receipt_id: str | None = None
    batch_id: str | None = None
    stream_seq: int | None = None
    row_no: int | None = None
    reject_id: int | None = None
    alert_id: UUID | None = None
    scenario_id: str | None = None
    case_id: UUID | None = None


@dataclass(frozen=True)
class Found:
    """A line of a batch, and the row it became, if it did.

    repeat: Why it is a duplicate, where that could be found out, and the stored record it repeats.
    """

    batch: BatchOutcome
    row: int  # from 0, in the batch
    stored: Stored | None = None
    reject_id: int | None = None
    case_id: UUID | None = None
    repeat: tuple[str, Stored | None] | None = None

    @property
    def may_repeat(self) -> bool:
        """Is it neither stored nor rejected nor parked, and does its batch count duplicates?"""
        batch = self.batch
        return self.stored is None and self.reject_id is None and not batch.n_parked and batch.n_duplicate > 0


def steps_of(found: Found, raw_state: RawState, actor: Actor, now: datetime) -> Iterator[Step]:
    """Yield the steps of a record's way, as far as the actor may see them."""
    batch = found.batch
    origin = store.origin_of(batch.batch_id)
    if origin is not None and actor.has(Role.STEWARD, Role.ADMIN, Role.SYSTEM):
        yield from _before_mending(origin, actor)
    else:
        yield _received(found)
    yield _streamed(found, raw_state)
    yield _cleaned(found)
    if found.reject_id is not None:
        yield from _after_reject(found.reject_id, actor, now)
        return
    if batch.n_parked:
        return
    yield _in_history(found) if found.repeat is None else _duplicate(*found.repeat, actor)
    if found.stored is not None:
        yield from _what_followed(found, actor, now)


def _received(found: Found) -> Step:
    batch, row_no = found.batch, found.batch.first_row + found.row
    return Step(
        "received",
        batch.received_at,
        f"接收：来源 {batch.source}，回执 {batch.receipt_id}，第 {row_no} 行",
        f"Received from {batch.source}, receipt {batch.receipt_id}, row {row_no}",
        receipt_id=batch.receipt_id,
        row_no=row_no,
    )


def _before_mending(reject_id: int, actor: Actor) -> Iterator[Step]:
    """Tell what was before this batch of one: the line that came, was rejected, and was mended."""
    reject = rejects.get_reject(actor, reject_id)
    line = reject.line
    yield Step(
        "received",
        line.received_at,
        f"接收：来源 {line.source}，回执 {reject.receipt_id}，第 {line.row_no} 行",
        f"Received from {line.source}, receipt {reject.receipt_id}, row {line.row_no}",
        receipt_id=reject.receipt_id,
        batch_id=line.batch_id,
        row_no=line.row_no,
        reject_id=reject_id,
    )
    yield from _mending_steps(reject)


def _mending_steps(reject: rejects.RejectWhole) -> Iterator[Step]:
    for step in reject.history:
        who = step.by or "系统"
        is_mended = step.raw is not None or step.step is not MendStep.RESUBMIT
        label = STEP_ZH[step.step] if is_mended else "原样重报"
        yield Step(
            "mended" if step.step is MendStep.RESUBMIT else step.step.value,
            step.at,
            f"{label}：{who}{'，' + step.note if step.note else ''}",
            f"{step.step.value} by {who}{': ' + step.note if step.note else ''}",
            batch_id=step.batch_id,
            reject_id=reject.line.id,
        )


def _streamed(found: Found, raw_state: RawState) -> Step:
    seq = found.batch.stream_seq
    words = {
        "held": ("原始内容仍在", "the raw line is still held"),
        "archived": ("原始内容已归档", "the raw line is in the archive"),
        "expired": ("原始内容已过保存期", "the raw line has expired"),
        "unknown": ("数据流暂无回应", "the stream does not answer now"),
        "closed": ("原始内容不可查阅（L4）", "the raw line is closed (L4)"),
    }
    zh, en = words[raw_state]
    return Step(
        "streamed",
        None,  # the door answers once the stream has it: there is no later moment to tell
        f"写入数据流：序号 {seq}，批次 {found.batch.batch_id}，{zh}",
        f"In the stream under number {seq}, batch {found.batch.batch_id}; {en}",
        batch_id=found.batch.batch_id,
        stream_seq=seq,
    )


def _cleaned(found: Found) -> Step:
    batch = found.batch
    if batch.n_parked:
        return Step(
            "parked",
            batch.committed_at,
            "整批搁置：处理时出错，待排除后重新送入",
            "Parked with its batch: it failed, and is sent in again once that is mended",
            batch_id=batch.batch_id,
        )
    if found.reject_id is not None:
        return Step(
            "rejected",
            batch.committed_at,
            f"清洗后拒收（规则版本 {batch.cleaner_version}）",
            f"Rejected by cleaning (cleaner {batch.cleaner_version})",
            batch_id=batch.batch_id,
            reject_id=found.reject_id,
        )
    return Step(
        "cleaned",
        batch.committed_at,
        f"清洗并入账（规则版本 {batch.cleaner_version}）：本批接收 {batch.n_received}，"
        f"入库 {batch.n_stored}，拒收 {batch.n_rejected}，重复 {batch.n_duplicate}",
        f"Cleaned and committed (cleaner {batch.cleaner_version}): {batch.n_received} received, "
        f"{batch.n_stored} stored, {batch.n_rejected} rejected, {batch.n_duplicate} duplicate",
        batch_id=batch.batch_id,
    )


def _after_reject(reject_id: int, actor: Actor, now: datetime) -> Iterator[Step]:
    """Tell what came of a rejected line: steps of people, and the way of the mended one."""
    if not actor.has(Role.STEWARD, Role.ADMIN, Role.SYSTEM):
        return
    reject = rejects.get_reject(actor, reject_id)
    if not reject.history:
        words = ("尚未处理，不会入库", "Nobody has dealt with it; it is not stored")
        yield Step("open", None, *words, happened=False, reject_id=reject_id)
        return
    yield from _mending_steps(reject)
    last = reject.history[-1]
    batch = store.batch_outcome(actor, last.batch_id) if last.batch_id else None
    if batch is None:
        return
    again = store.find_reject(actor, batch_id=batch.batch_id, row_no=batch.first_row)
    stored = store.stored_of_batch(batch.batch_id, batch.class_id, 0) if again is None else None
    mended = Found(batch, 0, stored, again.id if again else None)
    yield _cleaned(mended)
    if again is None and not batch.n_parked:
        yield _in_history(mended)
        if stored is not None:
            yield from _what_followed(mended, actor, now)


def _in_history(found: Found) -> Step:
    stored = found.stored
    if stored is None and not found.batch.n_stored:
        words = ("未入历史库：与已有记录重复", "Not in the history: a duplicate of a record that is there")
        return Step("duplicate", None, *words, happened=False)
    if stored is None:
        words = (
            "历史库中没有：与已有记录重复，或刚收到尚未写入，或已过保存期",
            "Not in the history: a duplicate, not yet written, or past its time",
        )
        return Step("stored", None, *words, happened=False)
    return Step(
        "stored",
        found.batch.committed_at,
        f"入历史库：{found.batch.class_id}，{stored.day} 分区",
        f"In the history: {found.batch.class_id}, day {stored.day}",
        batch_id=found.batch.batch_id,
    )


def _duplicate(reason: str, first: Stored | None, actor: Actor) -> Step:
    """Tell why a line is not stored, and which record it repeats."""
    words = DUPLICATES[reason]
    batch = store.batch_outcome(actor, first.batch_id) if first else None
    return Step(
        "duplicate",
        None,
        f"未入历史库：{words.zh}",
        f"Not stored: {words.en}",
        happened=False,
        batch_id=batch.batch_id if batch else None,
        row_no=batch.first_row + first.row_no if batch and first else None,
    )


def _what_followed(found: Found, actor: Actor, now: datetime) -> Iterator[Step]:
    """Tell which alerts rest on the record and which cases they, or the record itself, led to."""
    stored = found.stored
    assert stored is not None, "only what is stored has consequences"
    alerts = scenarios.alerts_from_record(
        found.batch.class_id,
        stored.record_key,
        actor=actor,
        since=stored.occurred_at - timedelta(days=30),
        until=found.batch.committed_at + timedelta(days=2),
    )
    for alert in alerts:
        yield Step(
            "alert",
            alert.raised_at,
            f"预警：{alert.title_zh}，{alert.message}",
            f"Alert: {alert.title_en}, {alert.message}",
            alert_id=alert.id,
            scenario_id=alert.scenario_id,
        )
    if not alerts:
        yield Step("alert", None, "未触发预警", "No alert rests on it", happened=False)
    ids = {found.case_id} if found.case_id else set()
    ids |= set(cases.case_ids_of_alerts([str(alert.id) for alert in alerts]).values())
    event_no = stored.values.get("event_no")
    if event_no and (opened := cases.find_case_of_event(found.batch.source, event_no, actor=actor)):
        ids.add(opened)
    told = [step for case_id in sorted(ids) for step in _case_steps(case_id, actor, now)]
    if not told:
        yield Step("case", None, "未形成案件", "It led to no case", happened=False)
    yield from sorted(told, key=lambda step: step.at or now)


def _case_steps(case_id: UUID, actor: Actor, now: datetime) -> Iterator[Step]:
    try:
        case = cases.get_case(case_id, actor=actor, now=now)
    except CaseNotFound:  # in another area
        return
    for entry in case.timeline:
        yield Step(
            "case",
            entry.at,
            f"案件 {case.case_no}：{entry.step_label}",
            f"Case {case.case_no}: {entry.step}",
            case_id=case_id,
        )
