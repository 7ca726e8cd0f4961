"""What becomes of a rejected line (拒收): mended and sent in again, set aside as void, or open."""

from enum import StrEnum

from ningjulan.foundation.errors import Conflict


class RejectState(StrEnum):
    OPEN = "open"
    RESUBMITTED = "resubmitted"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"  # a line sent in again and rejected again: it stands open where it first did


class MendStep(StrEnum):
    """What a person does, or what a line sent in again comes to."""

    RESUBMIT = "resubmit"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    STORED = "stored"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


STATE_ZH: dict[RejectState, str] = {
    RejectState.OPEN: "待处理",
    RejectState.RESUBMITTED: "已重报",
    RejectState.RESOLVED: "已更正",
    RejectState.DISMISSED: "已作废",
    RejectState.SUPERSEDED: "并入原记录",
}
STEP_ZH: dict[MendStep, str] = {
    MendStep.RESUBMIT: "更正重报",
    MendStep.DISMISS: "作废",
    MendStep.REOPEN: "撤销作废",
    MendStep.STORED: "重报入库",
    MendStep.DUPLICATE: "重报为重复",
    MendStep.REJECTED: "重报再次拒收",
}
NEXT: dict[tuple[RejectState, MendStep], RejectState] = {
    (RejectState.OPEN, MendStep.RESUBMIT): RejectState.RESUBMITTED,
    (RejectState.OPEN, MendStep.DISMISS): RejectState.DISMISSED,
    (RejectState.DISMISSED, MendStep.REOPEN): RejectState.OPEN,
    (RejectState.RESUBMITTED, MendStep.STORED): RejectState.RESOLVED,
    (RejectState.RESUBMITTED, MendStep.DUPLICATE): RejectState.RESOLVED,
    (RejectState.RESUBMITTED, MendStep.REJECTED): RejectState.OPEN,
}


class MendStepRefused(Conflict):
    code = "mend_step_refused"
    message_zh = "该记录{state_label}，不能{step_label}，请刷新后再操作"
    message_en = "This record is {state}: {step} is not possible; refresh"


def after(state: RejectState, step: MendStep) -> RejectState:
    """Return the state that `step` leads to, or raise `MendStepRefused`."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise MendStepRefused(
            state=state.value, step=step.value, state_label=STATE_ZH[state], step_label=STEP_ZH[step]
        ) from None


def outcome(*, n_stored: int, n_duplicate: int) -> MendStep:
    """Return what a line sent in again has come to, from the balance of its batch of one."""
    if n_stored:
        return MendStep.STORED
    return MendStep.DUPLICATE if n_duplicate else MendStep.REJECTED
