"""Layer 2, first half: the three forms as one step per record and one step per timer.

`run` folds records, in order of time, into a small memory and says what fired. It looks at no clock and at no
fact; both come later, in `life`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ningjulan.scenarios.domain.language import MOST_COUNTED, Answer, ConfirmForm, CountForm, EventForm, Form
from ningjulan.scenarios.domain.signals import Candidate

CLOSED = "#closed"  # the signal of the record that stands for “somebody closed the alert”

DEFAULT, PENDING, CONFIRMED, CANCELLED = "default", "pending", "confirmed", "cancelled"


@dataclass(frozen=True)
class Memory:
    """What a form remembers of one key."""

    waiting: tuple[Candidate, ...] = ()  # event: until they have settled
    counted: tuple[Candidate, ...] = ()  # count: those in the window, oldest first
    pending: Candidate | None = None  # confirm: the first one, until it is answered


@dataclass(frozen=True)
class Fire:
    """The form is fulfilled, or, with `pending`, begun; with `cancelled`, taken back."""

    at: datetime  # of the record, or of the timer
    stage: str
    record: Candidate
    inputs: tuple[Candidate, ...]
    n: int = 1

    @property
    def told_by(self) -> str:
        """The identity of the record of that moment; empty when a timer told it: timers go first."""
        return self.record.identity if self.record.occurred_at == self.at else ""


def run(
    form: Form, memory: Memory, records: Sequence[Candidate], until: datetime
) -> tuple[Memory, list[Fire]]:
    """Fold `records`, sorted by time, and the timers up to `until`. At an equal time timers come first."""
    fires: list[Fire] = []
    for record in records:
        memory, due = _timers(form, memory, record.occurred_at)
        memory, told = _step(form, memory, record)
        fires += [*due, *told]
    memory, due = _timers(form, memory, until)
    return memory, [*fires, *due]


def next_timer(form: Form, memory: Memory) -> datetime | None:
    """Return when something is due without a record, or None."""
    if isinstance(form, EventForm) and memory.waiting:
        return memory.waiting[0].occurred_at + form.settle
    if isinstance(form, ConfirmForm) and memory.pending:
        return memory.pending.occurred_at + form.within
    return None


def _timers(form: Form, memory: Memory, until: datetime) -> tuple[Memory, list[Fire]]:
    if isinstance(form, EventForm):
        settled = [record for record in memory.waiting if record.occurred_at + form.settle <= until]
        fires = [Fire(record.occurred_at + form.settle, DEFAULT, record, (record,)) for record in settled]
        return replace(memory, waiting=memory.waiting[len(settled) :]), fires
    due = next_timer(form, memory)
    if not isinstance(form, ConfirmForm) or due is None or due > until or memory.pending is None:
        return memory, []
    first = memory.pending
    silent = Fire(due, CONFIRMED if form.silence_confirms else CANCELLED, first, (first,))
    return replace(memory, pending=None), [silent]


def _step(form: Form, memory: Memory, record: Candidate) -> tuple[Memory, list[Fire]]:
    if CLOSED in record.signals:
        return replace(memory, pending=None), []
    match form:
        case EventForm():
            waits = (record,) if form.signal in record.signals else ()
            return replace(memory, waiting=memory.waiting + waits), []
        case CountForm():
            return _count(form, memory, record) if form.signal in record.signals else (memory, [])
        case ConfirmForm():
            return _confirm(form, memory, record)


def _count(form: CountForm, memory: Memory, record: Candidate) -> tuple[Memory, list[Fire]]:
    now, counted = record.occurred_at, memory.counted
    if not counted or now - counted[-1].occurred_at >= form.spacing:
        counted = (*counted, record)
    counted = tuple(one for one in counted if now - one.occurred_at <= form.within)[-MOST_COUNTED:]
    n = len({one.fields.get(form.distinct) for one in counted}) if form.distinct else len(counted)
    fires = [Fire(now, DEFAULT, record, counted, n)] if n >= form.at_least else []
    return replace(memory, counted=counted), fires


def _confirm(form: ConfirmForm, memory: Memory, record: Candidate) -> tuple[Memory, list[Fire]]:
    first, now = memory.pending, record.occurred_at
    if first is None:
        if any(answer.alone and answer.signal in record.signals for answer in form.by):
            return memory, [Fire(now, CONFIRMED, record, (record,))]
        if form.first in record.signals:
            return replace(memory, pending=record), [Fire(now, PENDING, record, (record,))]
        return memory, []
    both = (first, record)
    if any(_answers(answer, record, first) for answer in form.cancel):  # cancelling goes before confirming
        return replace(memory, pending=None), [Fire(now, CANCELLED, record, both)]
    if any(_answers(answer, record, first) for answer in form.by):
        return replace(memory, pending=None), [Fire(now, CONFIRMED, record, both)]
    return memory, []


def _answers(answer: Answer, record: Candidate, first: Candidate) -> bool:
    if answer.signal not in record.signals:
        return False
    if answer.distinct and record.fields.get(answer.distinct) == first.fields.get(answer.distinct):
        return False
    return not answer.same or record.fields.get(answer.same) == first.fields.get(answer.same)
