"""The life of an alert as people see it: a table."""

from enum import StrEnum

from ningjulan.foundation.errors import Conflict


class AlertState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"  # by a signal, by quiet, or taken back: the case stays with people
    CLOSED = "closed"


class AlertStep(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    CLEAR = "clear"
    CLOSE = "close"


class Verdict(StrEnum):
    """What it turned out to be; feeds the precision of the scenario."""

    CONFIRMED = "confirmed"
    FALSE_ALARM = "false_alarm"
    NO_ACTION = "no_action"


LABEL_ZH: dict[AlertState, str] = {
    AlertState.OPEN: "未确认",
    AlertState.ACKNOWLEDGED: "已确认",
    AlertState.CLEARED: "已恢复",
    AlertState.CLOSED: "已关闭",
}

VERDICT_ZH: dict[Verdict, str] = {
    Verdict.CONFIRMED: "属实",
    Verdict.FALSE_ALARM: "误报",
    Verdict.NO_ACTION: "无需处置",
}

NEXT: dict[tuple[AlertState, AlertStep], AlertState] = {
    (AlertState.OPEN, AlertStep.ACKNOWLEDGE): AlertState.ACKNOWLEDGED,
    (AlertState.OPEN, AlertStep.CLEAR): AlertState.CLEARED,
    (AlertState.ACKNOWLEDGED, AlertStep.CLEAR): AlertState.CLEARED,
    (AlertState.OPEN, AlertStep.CLOSE): AlertState.CLOSED,
    (AlertState.ACKNOWLEDGED, AlertStep.CLOSE): AlertState.CLOSED,
    (AlertState.CLEARED, AlertStep.CLOSE): AlertState.CLOSED,
}

UNFINISHED = (AlertState.OPEN, AlertState.ACKNOWLEDGED)  # one of these per scenario and key


class AlertStepRefused(Conflict):
    code = "alert_step_refused"
    message_zh = "预警{state_label}，不能再执行此操作"
    message_en = "The alert is {state}; this is no longer possible"


def after(state: AlertState, step: AlertStep) -> AlertState:
    """Return the state that `step` leads to, or raise `AlertStepRefused`."""
    try:
        return NEXT[state, step]
    except KeyError:
        raise AlertStepRefused(state=state.value, step=step.value, state_label=LABEL_ZH[state]) from None
