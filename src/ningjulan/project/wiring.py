"""Which event starts what. The only place where a module's listener meets another module's event."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ningjulan.cases import consumers as cases
from ningjulan.cases import facade as case_facade
from ningjulan.foundation.events import Happened
from ningjulan.registry.privacy import revealing
from ningjulan.scenarios import facade as scenarios
from ningjulan.scenarios.contracts import Verdict

Handler = Callable[[Sequence[Happened], datetime], None]
"""Takes what has happened in a row. What fails is told again, one by one: it knows what it has done."""


@dataclass(frozen=True)
class Listener:
    """A module that listens: one durable consumer, events in the order they happened.

    Events in a row with the same handler are handed over together.
    """

    name: str
    handlers: Mapping[str, Handler]

    def subjects(self) -> list[str]:
        return [f"events.{event}" for event in sorted(self.handlers)]


VERDICT_OF_ENDING: Mapping[str, Verdict] = {
    "solved": Verdict.CONFIRMED,
    "false_alarm": Verdict.FALSE_ALARM,
    "no_action": Verdict.NO_ACTION,
    "refused": Verdict.NO_ACTION,
}


def _close_alerts_of_ended_cases(happened: Sequence[Happened], now: datetime) -> None:
    """Close what had reported a case that has ended: the next match raises a new alert."""
    for payload in (one.payload for one in happened):
        if payload["ended_as"] and payload["alert_ids"]:
            ids = [UUID(alert_id) for alert_id in payload["alert_ids"]]
            scenarios.close_alerts(ids, VERDICT_OF_ENDING[payload["ended_as"]], now=now)


LISTENERS: tuple[Listener, ...] = (
    Listener(
        "cases",
        {
            "scenarios.alert.raised.v1": cases.on_alerts,
            "scenarios.alert.escalated.v1": cases.on_alerts,
            "observations.records.accepted.v1": cases.on_records_accepted,
        },
    ),
    Listener("alerts", {"cases.case.changed.v1": _close_alerts_of_ended_cases}),
)

LIVE_EVENTS: Mapping[str, str] = {"cases.case.changed.v1": "case"}
"""Events that screens see live → the SSE event they become."""

UNHEARD_EVENTS = frozenset({"cases.history.imported.v1"})
"""Events that are told for others outside: nobody here listens yet."""

scenarios.look_up_cases_with(case_facade.case_ids_of_alerts)  # cases lie downstream of scenarios
revealing.look_up_cases_with(case_facade.case_state_of)  # and of the registry
