"""The life of a collection task (采集任务), as a table."""

from enum import StrEnum

from ningjulan.foundation.errors import Conflict


class State(StrEnum):
    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"


class Step(StrEnum):
    TAKE = "take"
    GIVE_BACK = "give_back"
    FINISH = "finish"
    FAIL = "fail"
    CANCEL = "cancel"


NEXT: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.TAKE): State.TAKEN,  # 领取
    (State.TAKEN, Step.GIVE_BACK): State.OPEN,  # 退回
    (State.TAKEN, Step.FINISH): State.DONE,  # 完成
    (State.TAKEN, Step.FAIL): State.NOT_FOUND,  # 无法核实
    (State.OPEN, Step.CANCEL): State.CANCELLED,  # 取消
    (State.TAKEN, Step.CANCEL): State.CANCELLED,
}


class TaskStepRefused(Conflict):
    code = "task_step_refused"
    message_zh = "任务已是“{state_label}”，不能这样操作"
    message_en = "The task is {state}; this is not possible"


LABEL_ZH: dict[State, str] = {
    State.OPEN: "待领取",
    State.TAKEN: "进行中",
    State.DONE: "已完成",
    State.NOT_FOUND: "无法核实",
    State.CANCELLED: "已取消",
}


def after(state: State, step: Step) -> State:
    """Return the state that `step` leads to, or raise `TaskStepRefused`."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise TaskStepRefused(state=state.value, state_label=LABEL_ZH[state]) from None
