"""Which event starts what. The only place where a module's listener meets another module's event."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ningjulan.cases import consumers as cases

Handler = Callable[[dict[str, Any], datetime], None]


@dataclass(frozen=True)
class Listener:
    """A module that listens: one durable consumer, events in the order they happened."""

    name: str
    handlers: Mapping[str, Handler]

    def subjects(self) -> list[str]:
        return [f"events.{event}" for event in sorted(self.handlers)]


LISTENERS: tuple[Listener, ...] = (
    Listener(
        "cases",
        {
            "scenarios.alert.raised.v1": cases.on_alert_raised,
            "scenarios.alert.escalated.v1": cases.on_alert_escalated,
            "observations.records.accepted.v1": cases.on_records_accepted,
        },
    ),
)

LIVE_EVENTS: Mapping[str, str] = {"cases.case.changed.v1": "case"}
"""Events that screens see live → the SSE event they become."""
