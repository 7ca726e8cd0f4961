"""Events: what a module tells those downstream of it. Written with the facts, sent after commit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import msgspec


@dataclass(frozen=True)
class Event:
    """Base of all events. A subclass is a frozen dataclass of plain values.

    `name` is `module.thing.past_participle.vN`; it is also the last part of the NATS subject `events.<name>`.
    """

    name: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values: instants as ISO 8601, UUIDs as text."""
        plain: dict[str, Any] = msgspec.to_builtins(asdict(self))
        return plain


@dataclass(frozen=True)
class Happened:
    """An event as it reaches those who listen."""

    name: str
    payload: Mapping[str, Any]
