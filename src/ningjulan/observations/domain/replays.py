"""The life of a replay (重放): cleaned again, compared, and only then applied or discarded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ningjulan.foundation.errors import Conflict

EXAMPLES = 5  # shown of each item


class ReplayState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    APPLYING = "applying"
    APPLIED = "applied"
    DISCARDED = "discarded"
    FAILED = "failed"


class ReplayStep(StrEnum):
    BEGIN = "begin"
    PROPOSE = "propose"
    APPLY = "apply"
    FINISH = "finish"
    DISCARD = "discard"
    FAIL = "fail"


STATE_ZH: dict[ReplayState, str] = {
    ReplayState.WAITING: "等待",
    ReplayState.RUNNING: "比对中",
    ReplayState.READY: "待确认",
    ReplayState.APPLYING: "应用中",
    ReplayState.APPLIED: "已应用",
    ReplayState.DISCARDED: "已放弃",
    ReplayState.FAILED: "未完成",
}
NEXT: dict[tuple[ReplayState, ReplayStep], ReplayState] = {
    (ReplayState.WAITING, ReplayStep.BEGIN): ReplayState.RUNNING,
    (ReplayState.RUNNING, ReplayStep.BEGIN): ReplayState.RUNNING,  # whoever compared has died
    (ReplayState.RUNNING, ReplayStep.PROPOSE): ReplayState.READY,
    (ReplayState.READY, ReplayStep.APPLY): ReplayState.APPLYING,
    (ReplayState.APPLYING, ReplayStep.FINISH): ReplayState.APPLIED,
    (ReplayState.WAITING, ReplayStep.DISCARD): ReplayState.DISCARDED,
    (ReplayState.READY, ReplayStep.DISCARD): ReplayState.DISCARDED,
    (ReplayState.WAITING, ReplayStep.FAIL): ReplayState.FAILED,
    (ReplayState.RUNNING, ReplayStep.FAIL): ReplayState.FAILED,
    (ReplayState.READY, ReplayStep.FAIL): ReplayState.FAILED,  # overtaken by another replay
    (ReplayState.APPLYING, ReplayStep.FAIL): ReplayState.FAILED,  # before anything was written
}
AT_WORK = (ReplayState.WAITING, ReplayState.RUNNING, ReplayState.APPLYING)
"""States in which somebody has to do something who is no person."""


class ReplayStepRefused(Conflict):
    code = "replay_step_refused"
    message_zh = "该重放{state_label}，不能进行此操作，请刷新后再看"
    message_en = "This replay is {state}; refresh and look again"


def after(state: ReplayState, step: ReplayStep) -> ReplayState:
    """Return the state that `step` leads to, or raise `ReplayStepRefused`."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise ReplayStepRefused(state=state.value, step=step.value, state_label=STATE_ZH[state]) from None


@dataclass
class ItemDiff:
    """How an item of stored records would change. An example is (old, new); None where it is masked."""

    n: int = 0
    is_masked: bool = False
    examples: list[tuple[str | None, str | None]] = field(default_factory=list)


@dataclass
class VersionDiff:
    """What changes among records that a certain cleaner had judged. Lines."""

    n_newly_accepted: int = 0
    n_newly_rejected: int = 0
    n_changed: int = 0
    n_unchanged: int = 0


@dataclass
class Diff:
    """What a replay would change. All are numbers of raw lines.

    n_newly_accepted:  Would be stored; were rejected, or duplicates of what goes.
    n_newly_rejected:  Would be rejected; were stored, or duplicates.
    n_newly_duplicate: Would be duplicates; were stored or rejected.
    n_changed:         Stored before and after, but not the same.
    n_unchanged:       Stored, rejected or duplicate as before.
    n_by_hand:         Rejects that a clerk has dealt with: they stay as they are, whatever the cleaner says.
    n_parked:          Lines of parked batches: `ningjulan parked retry`.
    n_without_raw:     Their raw lines are in neither the archive nor the stream.
    n_not_whole:       Of batches of which the store no longer has all, or not yet.
    accepted_by_reason, rejected_by_reason: Code → lines. A line that breaks two rules counts in both;
        "duplicate" for a line that was no reject.
    """

    n_newly_accepted: int = 0
    n_newly_rejected: int = 0
    n_newly_duplicate: int = 0
    n_changed: int = 0
    n_unchanged: int = 0
    n_by_hand: int = 0
    n_parked: int = 0
    n_without_raw: int = 0
    n_not_whole: int = 0
    accepted_by_reason: dict[str, int] = field(default_factory=dict)
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    items: dict[str, ItemDiff] = field(default_factory=dict)
    versions: dict[str, VersionDiff] = field(default_factory=dict)

    @property
    def n_differences(self) -> int:
        return self.n_newly_accepted + self.n_newly_rejected + self.n_newly_duplicate + self.n_changed


def add_counts(counts: dict[str, int], more: Mapping[str, int]) -> None:
    """Add `more` to `counts`, key by key."""
    for key, n in more.items():
        counts[key] = counts.get(key, 0) + n


@dataclass(frozen=True)
class ReplayView:
    """A replay of raw lines received from `since` until before `until`, as people see it.

    `n_done` of `n_all` lines are compared, or days written. `source` None: all; `diff` None: not compared.
    """

    id: int
    class_id: str
    source: str | None
    since: datetime
    until: datetime
    by: str
    asked_at: datetime
    state: ReplayState
    n_all: int
    n_done: int
    cleaner_version: str
    diff: Diff | None
    ready_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    note: str
    ended_at: datetime | None
    error: str
