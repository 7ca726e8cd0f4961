"""Reads of rejected lines, for data stewards: the list of what waits, and one with its whole history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Length, Substr

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import UnknownClass
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.areas import within
from ningjulan.observations.domain.mending import MendStep, RejectState
from ningjulan.observations.faults import Fault, faults_of
from ningjulan.observations.mending import RECEIPT, RejectNotFound, check_steward
from ningjulan.observations.models import Batch, Reject, RejectStep
from ningjulan.observations.showing import note_raw_reading

SHOWN_BYTES = 8000  # of a raw line in a list: 2,000 characters of any kind
EDITED_BYTES = 256 * 2**10  # of a raw line by itself; nobody mends more by hand
SEARCHED = 20_000  # a word is looked for in so many
COUNTED = 10_000  # of a list; nobody reads on so far, and to count a million takes a second


@dataclass(frozen=True)
class RejectFilter:
    """Which rejects. `state`: None for all; `q`: words of the explanation or the line, among the newest."""

    state: RejectState | None = RejectState.OPEN
    source: str | None = None
    class_id: str | None = None
    reason: str | None = None
    q: str | None = None


@dataclass(frozen=True)
class RejectLine:
    """A rejected line as a list shows it: of a long one only the beginning.

    faults: What stands in its way now: after a mended line was rejected too, what was found in that.
    resubmitted_…: The last time it was sent in again. `note`: of the last step.
    """

    id: int
    batch_id: str
    source: str
    class_id: str
    row_no: int
    received_at: datetime
    reasons: list[str]
    detail: str
    raw: bytes
    is_cut: bool
    cleaner_version: str
    state: RejectState
    version: int
    faults: list[Fault]
    resubmitted_at: datetime | None
    resubmitted_by: str
    resubmitted_batch_id: str | None
    note: str


@dataclass(frozen=True)
class StepLine:
    """A step. `raw`: what was sent in again where it was mended; `faults`: why it was rejected again.

    outcome: stored, duplicate, rejected, parked, or empty while it is on its way.
    """

    step: MendStep
    at: datetime
    by: str
    note: str
    raw: bytes | None
    batch_id: str | None
    sent_at: datetime | None
    settled_at: datetime | None
    outcome: str
    again_id: int | None
    faults: list[Fault]


@dataclass(frozen=True)
class RejectWhole:
    """A rejected line with its history. `origin_id`: the reject it was sent in again from."""

    line: RejectLine
    receipt_id: str | None
    stream_seq: int | None
    origin_id: int | None
    history: list[StepLine]


@dataclass(frozen=True)
class Delivery:
    """How a line came."""

    source: str
    class_id: str
    received_at: datetime


def list_rejects(actor: Actor, wanted: RejectFilter, *, before: int | None, limit: int) -> list[RejectLine]:
    """Return rejected lines within the actor's areas, newest first, older than id `before`.

    Raises:
        RejectsNotYours: The actor is no data steward.
    """
    check_steward(actor)
    rows = _wanted(actor, wanted)
    if before:
        rows = rows.filter(id__lt=before)
    return _lines(_searched(rows, wanted.q).order_by("-id")[:limit], SHOWN_BYTES)


def count_rejects(actor: Actor, wanted: RejectFilter) -> int:
    """Return how many rejected lines `list_rejects` would list in all; `COUNTED` + 1 where there are more.

    Raises:
        RejectsNotYours: The actor is no data steward.
    """
    check_steward(actor)
    return _searched(_wanted(actor, wanted), wanted.q).values("id")[: COUNTED + 1].count()


def get_reject(actor: Actor, reject_id: int) -> RejectWhole:
    """Return a rejected line, its reasons and all that was done about it, or raise `RejectNotFound`."""
    check_steward(actor)
    lines = _lines(Reject.objects.filter(within(actor, "tenant_code"), id=reject_id), EDITED_BYTES)
    if not lines:
        raise RejectNotFound
    (line,) = lines
    batch = Batch.objects.filter(batch_id=line.batch_id).first()
    origin = RejectStep.objects.filter(batch_id=line.batch_id).values_list("reject_id", flat=True).first()
    return RejectWhole(
        line=line,
        receipt_id=batch.receipt_id if batch else None,
        stream_seq=batch.stream_seq if batch else None,
        origin_id=origin,
        history=_history(reject_id),
    )


def is_personal(class_id: str) -> bool:
    """Say whether a line may hold personal data: of L3 and L4, and of a class the catalogue no longer has."""
    try:
        return catalog.get_class(class_id).sensitivity in {"L3", "L4"}
    except UnknownClass:
        return True


def put_on_record(reject_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Note, before it happens, that somebody reads the raw line of a reject, and why.

    Raises:
        RejectsNotYours, RejectNotFound: As `delivery_of`.
        ReasonTooShort: It does not say why.
    """
    came = delivery_of(actor, reject_id)
    note_raw_reading(("reject", reject_id), came.class_id, reason, actor=actor, now=now)


def delivery_of(actor: Actor, reject_id: int) -> Delivery:
    """Return how a rejected line came, or raise `RejectNotFound`."""
    check_steward(actor)
    found = Reject.objects.filter(within(actor, "tenant_code"), id=reject_id)
    row = found.values_list("source", "class_id", "received_at").first()
    if row is None:
        raise RejectNotFound
    return Delivery(*row)


def _wanted(actor: Actor, wanted: RejectFilter) -> QuerySet[Reject]:
    rows = Reject.objects.filter(within(actor, "tenant_code"))
    if wanted.state is not None:
        rows = rows.filter(state=wanted.state)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    if wanted.class_id:
        rows = rows.filter(class_id=wanted.class_id)
    if wanted.reason:
        rows = rows.filter(reasons__contains=[wanted.reason])
    # What a mended line became when it was rejected too stands in the history of the first.
    return rows.exclude(batch_id__startswith=f"{RECEIPT}:")


def _searched(rows: QuerySet[Reject], q: str | None) -> QuerySet[Reject]:
    """Return the rows that hold a word, of the newest `SEARCHED`."""
    if not q:
        return rows
    newest = list(rows.order_by("-id").values_list("id", flat=True)[:SEARCHED])
    return Reject.objects.filter(id__in=newest).extra(
        where=["(detail ilike %s or batch_id = %s or position(%s::bytea in raw) > 0)"],
        params=[f"%{_literal(q)}%", q, q.encode()],
    )


def _lines(rows: QuerySet[Reject], n_bytes: int) -> list[RejectLine]:
    shown = list(
        rows.defer("raw").annotate(
            begin=Substr("raw", 1, n_bytes, output_field=BinaryField()), size=Length("raw")
        )
    )
    last, resubmitted = _last_steps([row.id for row in shown])
    again = {step.again_id for step in resubmitted.values() if step.again_id}
    stands = {row.id: row for row in Reject.objects.filter(id__in=again).defer("raw")}
    lines = []
    for row in shown:
        sent = resubmitted.get(row.id)
        now = stands.get(sent.again_id or 0, row) if sent else row
        lines.append(
            RejectLine(
                id=row.id,
                batch_id=row.batch_id,
                source=row.source,
                class_id=row.class_id,
                row_no=row.row_no,
                received_at=row.received_at,
                reasons=row.reasons,
                detail=row.detail,
                raw=bytes(row.begin),
                is_cut=row.size > n_bytes,
                cleaner_version=row.cleaner_version,
                state=RejectState(row.state),
                version=row.version,
                faults=faults_of(row.class_id, now.reasons, now.detail),
                resubmitted_at=sent.at if sent else None,
                resubmitted_by=sent.by if sent else "",
                resubmitted_batch_id=sent.batch_id if sent else None,
                note=last[row.id].note if row.id in last else "",
            )
        )
    return lines


def _last_steps(reject_ids: Sequence[int]) -> tuple[dict[int, RejectStep], dict[int, RejectStep]]:
    """Return the last step of each reject, and the last time it was sent in again."""
    last: dict[int, RejectStep] = {}
    resubmitted: dict[int, RejectStep] = {}
    for step in RejectStep.objects.filter(reject_id__in=reject_ids).defer("raw").order_by("id"):
        last[step.reject_id] = step
        if step.step == MendStep.RESUBMIT:
            resubmitted[step.reject_id] = step
    return last, resubmitted


def _history(reject_id: int) -> list[StepLine]:
    steps = list(RejectStep.objects.filter(reject_id=reject_id).order_by("id"))
    again = Reject.objects.filter(id__in=[step.again_id for step in steps if step.again_id]).defer("raw")
    found = {row.id: faults_of(row.class_id, row.reasons, row.detail) for row in again}
    unsettled = [step.batch_id for step in steps if step.batch_id and step.settled_at is None]
    parked = set(
        Batch.objects.filter(batch_id__in=unsettled, n_parked__gt=0).values_list("batch_id", flat=True)
    )
    return [
        StepLine(
            step=MendStep(step.step),
            at=step.at,
            by=step.by,
            note=step.note,
            raw=None if step.raw is None else bytes(step.raw),
            batch_id=step.batch_id,
            sent_at=step.sent_at,
            settled_at=step.settled_at,
            outcome="parked" if step.batch_id in parked else step.outcome,
            again_id=step.again_id,
            faults=found.get(step.again_id or 0, []),
        )
        for step in steps
    ]


def _literal(word: str) -> str:
    """Return a word as `like` takes it literally."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
