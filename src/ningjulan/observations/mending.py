"""更正重报: a rejected line is mended, or released as it is, and sent in again as a batch of one.

Here it is only written down. The relay sends it once the transaction is over, under a number that makes a
second sending harmless, and notes the outcome when the worker has one. The balance stays exact: a mended line
is received a second time and stored once; the first time stays counted as rejected.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.areas import within
from ningjulan.foundation.errors import Conflict, InputRefused, NotFound
from ningjulan.observations.adding_up import areas_like
from ningjulan.observations.contracts import RejectsNotYours
from ningjulan.observations.domain.mending import MendStep, RejectState, after, outcome
from ningjulan.observations.models import Batch, Reject, RejectStep
from ningjulan.sources.stream import BATCH_BYTES, RawBatch

RECEIPT = "fix"  # no source may have this name: no door gives such numbers
MOST_AT_ONCE = 100_000
SETTLED_AT_ONCE = 500

RELEASE = """
with chosen as (
  select id, (
    select count(*) from observations_rejectstep where reject_id = reject.id and step = 'resubmit'
  ) as n
  from observations_reject reject
  where source = %(source)s and class_id = %(class_id)s and state = 'open' and batch_id not like 'fix:%%'
    and (%(reason)s::text is null or %(reason)s = any(reasons)) and tenant_code like any(%(areas)s)
  order by id limit %(most)s
  for update skip locked
),
moved as (
  update observations_reject reject set state = 'resubmitted', version = version + 1
  from chosen where reject.id = chosen.id
)
insert into observations_rejectstep (reject_id, step, at, by, by_id, note, batch_id, outcome)
select id, 'resubmit', %(now)s, %(by)s, %(by_id)s, %(note)s, 'fix:' || id || ':' || n + 1, '' from chosen
"""


class RejectNotFound(NotFound):
    code = "reject_not_found"
    message_zh = "没有这条拒收记录，或不在您的管辖范围内"
    message_en = "No such rejected record, or outside your area"


class RejectChanged(Conflict):
    code = "reject_changed"
    message_zh = "这条拒收记录已由他人处理，请刷新后再操作"
    message_en = "Somebody else has dealt with this record; refresh"


class NotOneLine(InputRefused):
    code = "not_one_line"
    message_zh = "更正后的内容应为一行完整的 JSON 记录，不能为空或换行"
    message_en = "What is sent in again must be one line, neither empty nor with a line break"


class MendedTooLarge(InputRefused):
    code = "mended_too_large"
    message_zh = "更正后的内容过大，附件请改传引用地址"
    message_en = "What is sent in again is too large; send attachments by reference"


class NoteNeeded(InputRefused):
    code = "note_needed"
    message_zh = "请写明为何作废"
    message_en = "Say why it is set aside"


@dataclass(frozen=True)
class Released:
    """How many rejects were sent in again, and how many more wait for a further release."""

    n: int
    n_left: int


def check_steward(actor: Actor) -> None:
    """Let data stewards and administrators pass: a raw line may hold anything, names and numbers too.

    Raises:
        RejectsNotYours: The actor is neither.
    """
    if not actor.has(Role.STEWARD, Role.ADMIN, Role.SYSTEM):
        raise RejectsNotYours


def one_line(raw: str) -> bytes:
    """Return a mended line as it is sent, or raise `NotOneLine` or `MendedTooLarge`."""
    line = raw.strip().encode()
    if not line or b"\n" in line:
        raise NotOneLine
    if len(line) > BATCH_BYTES:
        raise MendedTooLarge
    return line


@transaction.atomic
def resubmit(reject_id: int, *, version: int, raw: str | None, actor: Actor, now: datetime) -> None:
    """Send a rejected line in again: `raw` if it was mended, else exactly the bytes that first came.

    Raises:
        NotOneLine, MendedTooLarge: It would not arrive as one record.
        RejectNotFound, RejectChanged, MendStepRefused: It is not there, or no longer as the actor saw it.
    """
    mended = None if raw is None else one_line(raw)
    reject = _moved(reject_id, version, MendStep.RESUBMIT, actor)
    n = reject.steps.filter(step=MendStep.RESUBMIT).count() + 1
    _note(reject, MendStep.RESUBMIT, actor, now, raw=mended, batch_id=f"{RECEIPT}:{reject.id}:{n}")


@transaction.atomic
def dismiss(reject_id: int, *, version: int, note: str, actor: Actor, now: datetime) -> None:
    """Set a rejected line aside as void (作废), with the reason. It stays counted as rejected."""
    if not note.strip():
        raise NoteNeeded
    reject = _moved(reject_id, version, MendStep.DISMISS, actor)
    _note(reject, MendStep.DISMISS, actor, now, note=note.strip())


@transaction.atomic
def reopen(reject_id: int, *, version: int, actor: Actor, now: datetime) -> None:
    """Take a dismissal back."""
    reject = _moved(reject_id, version, MendStep.REOPEN, actor)
    _note(reject, MendStep.REOPEN, actor, now)


@transaction.atomic
def release(*, source: str, class_id: str, reason: str | None, actor: Actor, now: datetime) -> Released:
    """Send every open reject of a source and class in again as it came, of one reason if given.

    For when a code list or the cleaner was mended. At most 100,000 at once, the oldest first; what somebody
    else is just dealing with is left to them.
    """
    check_steward(actor)
    wanted = Reject.objects.filter(
        within(actor, "tenant_code"), source=source, class_id=class_id, state=RejectState.OPEN
    ).exclude(batch_id__startswith=f"{RECEIPT}:")
    if reason is not None:
        wanted = wanted.filter(reasons__contains=[reason])
    with connection.cursor() as cursor:
        cursor.execute(
            RELEASE,
            {
                "source": source,
                "class_id": class_id,
                "reason": reason,
                "areas": areas_like(actor),
                "most": MOST_AT_ONCE,
                "now": now,
                "by": actor.name[:150],
                "by_id": actor.user_id,
                "note": f"成批重报：{reason or '全部原因'}",
            },
        )
        n = cursor.rowcount
    return Released(n, wanted.count())


def unsent_fixes(limit: int) -> list[RawBatch]:
    """Return lines that wait to be sent in again, oldest first, each as its batch of one.

    They keep the source, class, row and moment of receipt of the first time: whether a record is late is
    judged by when it came, not by how long it lay here.
    """
    steps = RejectStep.objects.filter(batch_id__isnull=False, settled_at__isnull=True, sent_at__isnull=True)
    return [
        RawBatch(
            batch_id=step.batch_id or "",
            receipt_id=f"{RECEIPT}:{step.reject_id}",
            source=step.reject.source,
            class_id=step.reject.class_id,
            first_row=step.reject.row_no,
            received_at=step.reject.received_at,
            payload=bytes(step.reject.raw if step.raw is None else step.raw),
        )
        for step in steps.select_related("reject").order_by("id")[:limit]
    ]


def mark_fixes_sent(batch_ids: Sequence[str], now: datetime) -> None:
    RejectStep.objects.filter(batch_id__in=batch_ids, sent_at__isnull=True).update(sent_at=now)


@transaction.atomic
def settle_fixes(now: datetime) -> int:
    """Note what lines sent in again have come to, and return how many have. One that is parked waits on."""
    waiting = RejectStep.objects.filter(batch_id__isnull=False, settled_at__isnull=True)
    done = {
        batch.batch_id: batch
        for batch in Batch.objects.filter(batch_id__in=waiting.values("batch_id"), n_parked=0)[
            :SETTLED_AT_ONCE
        ]
    }
    steps = waiting.filter(batch_id__in=done).select_for_update(skip_locked=True).order_by("reject_id")
    found = {step.reject_id: step for step in steps}
    rejects = list(
        Reject.objects.filter(id__in=found).defer("raw").select_for_update(of=("self",)).order_by("id")
    )
    again = dict(Reject.objects.filter(batch_id__in=done).values_list("batch_id", "id"))
    for reject in rejects:
        step = found[reject.id]
        batch = done[step.batch_id or ""]
        result = outcome(n_stored=batch.n_stored, n_duplicate=batch.n_duplicate)
        reject.state = after(RejectState(reject.state), result).value
        reject.version += 1
        step.outcome, step.settled_at, step.again_id = result.value, now, again.get(step.batch_id or "")
    Reject.objects.bulk_update(rejects, ["state", "version"])
    RejectStep.objects.bulk_update(found.values(), ["outcome", "settled_at", "again_id"])
    Reject.objects.filter(id__in=again.values()).update(state=RejectState.SUPERSEDED)
    return len(found)


def _moved(reject_id: int, version: int, step: MendStep, actor: Actor) -> Reject:
    """Move a reject one step, under its lock, if it still is as the actor saw it."""
    check_steward(actor)
    mine = Reject.objects.filter(within(actor, "tenant_code"), id=reject_id).defer("raw")
    reject = mine.select_for_update().first()
    if reject is None:
        raise RejectNotFound
    if reject.version != version:
        raise RejectChanged
    reject.state = after(RejectState(reject.state), step).value
    reject.version += 1
    reject.save(update_fields=["state", "version"])
    return reject


def _note(
    reject: Reject,
    step: MendStep,
    actor: Actor,
    now: datetime,
    **what: str | bytes | None,
) -> None:
    RejectStep.objects.create(
        reject=reject, step=step.value, at=now, by=actor.name[:150], by_id=actor.user_id, **what
    )
