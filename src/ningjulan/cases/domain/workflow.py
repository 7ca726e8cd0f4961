"""The life of a case as one table: which step leads where, and who may take it (after GB/T 30428.8).

Words are stored as written. A longer life (accept, suspend, check, rework) is more rows here, not other code.
"""

from enum import StrEnum

from ningjulan.foundation.actors import Role
from ningjulan.foundation.errors import Conflict


class State(StrEnum):
    REPORTED = "reported"
    REFUSED = "refused"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    CLOSED = "closed"


class Step(StrEnum):
    REPORT = "report"
    REGISTER = "register"
    REFUSE = "refuse"
    DISPATCH = "dispatch"
    SEND_BACK = "send_back"
    CLOSE = "close"
    MERGE_REPORT = "merge_report"  # the last three are written in the timeline and move nothing
    ESCALATE = "escalate"
    SYNC = "sync"


class Result(StrEnum):
    """How a case ended."""

    SOLVED = "solved"
    FALSE_ALARM = "false_alarm"
    NO_ACTION = "no_action"


class StepRefused(Conflict):
    code = "step_refused"
    message_zh = "案件处于“{state_zh}”，不能{step_zh}；请刷新后查看当前可办的操作"
    message_en = (
        "A case that is “{state_en}” cannot take the step “{step_en}”; refresh to see what can be done"
    )


NEXT: dict[tuple[State, Step], State] = {
    (State.REPORTED, Step.REGISTER): State.REGISTERED,  # 立案
    (State.REPORTED, Step.REFUSE): State.REFUSED,  # 不予立案
    (State.REGISTERED, Step.DISPATCH): State.DISPATCHED,  # 派遣
    (State.DISPATCHED, Step.SEND_BACK): State.REGISTERED,  # 退回
    (State.DISPATCHED, Step.CLOSE): State.CLOSED,  # 办结
}
OPEN = (State.REPORTED, State.REGISTERED, State.DISPATCHED)

_DESK = frozenset({Role.CLERK, Role.DUTY_OFFICER})
MAY: dict[Step, frozenset[Role]] = {
    Step.REPORT: _DESK | {Role.SYSTEM},
    Step.REGISTER: _DESK,
    Step.REFUSE: _DESK,
    Step.DISPATCH: _DESK,
    Step.SEND_BACK: _DESK | {Role.HANDLER},
    Step.CLOSE: _DESK | {Role.HANDLER},
    Step.MERGE_REPORT: frozenset({Role.SYSTEM}),
    Step.ESCALATE: frozenset({Role.SYSTEM}),
    Step.SYNC: frozenset({Role.SYSTEM}),
}

STATE_ZH: dict[State, str] = {
    State.REPORTED: "待立案",
    State.REFUSED: "不予立案",
    State.REGISTERED: "待派遣",
    State.DISPATCHED: "处置中",
    State.CLOSED: "已办结",
}
STATE_EN: dict[State, str] = {
    State.REPORTED: "Reported",
    State.REFUSED: "Refused",
    State.REGISTERED: "Registered",
    State.DISPATCHED: "Dispatched",
    State.CLOSED: "Closed",
}
STEP_ZH: dict[Step, str] = {
    Step.REPORT: "上报",
    Step.REGISTER: "立案",
    Step.REFUSE: "不予立案",
    Step.DISPATCH: "派遣",
    Step.SEND_BACK: "退回",
    Step.CLOSE: "办结",
    Step.MERGE_REPORT: "并入重复上报",
    Step.ESCALATE: "预警升级",
    Step.SYNC: "外部平台回传",
}
STEP_EN: dict[Step, str] = {
    Step.REPORT: "Report",
    Step.REGISTER: "Register",
    Step.REFUSE: "Refuse",
    Step.DISPATCH: "Dispatch",
    Step.SEND_BACK: "Send back",
    Step.CLOSE: "Close",
    Step.MERGE_REPORT: "Repeat report merged",
    Step.ESCALATE: "Alert escalated",
    Step.SYNC: "Reported back by another platform",
}
RESULT_ZH: dict[Result, str] = {
    Result.SOLVED: "已解决",
    Result.FALSE_ALARM: "误报",
    Result.NO_ACTION: "无需处置",
}
RESULT_EN: dict[Result, str] = {
    Result.SOLVED: "Solved",
    Result.FALSE_ALARM: "False alarm",
    Result.NO_ACTION: "No action needed",
}


def after(state: State, step: Step) -> State:
    """Return the state that `step` leads to, or raise `StepRefused`."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise StepRefused(
            state=state.value,
            step=step.value,
            state_zh=STATE_ZH[state],
            state_en=STATE_EN[state],
            step_zh=STEP_ZH[step],
            step_en=STEP_EN[step],
        ) from None


def may_take(step: Step, *, roles: frozenset[Role], own_unit: str | None, case_unit: str | None) -> bool:
    """May somebody with `roles` take `step`? A handler only on a case of the handler's own unit."""
    allowed = MAY[step] & roles
    if allowed == {Role.HANDLER}:
        return own_unit is not None and own_unit == case_unit
    return bool(allowed)


def allowed_steps(
    state: State, *, roles: frozenset[Role], own_unit: str | None, case_unit: str | None
) -> list[Step]:
    """Return what may be done next, in the order of the table."""
    return [
        step
        for (source, step) in NEXT
        if source is state and may_take(step, roles=roles, own_unit=own_unit, case_unit=case_unit)
    ]


_PROGRESS = {State.REPORTED: 0, State.REGISTERED: 1, State.DISPATCHED: 2, State.REFUSED: 3, State.CLOSED: 3}


def furthest(ours: State, theirs: State) -> State:
    """Return the state a case is in once another platform says `theirs`: late news never moves it back."""
    return theirs if _PROGRESS[theirs] > _PROGRESS[ours] else ours
