"""What other modules may know of scenarios: alerts, their events, and the facts a scenario may ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from ningjulan.foundation.errors import NotFound
from ningjulan.foundation.events import Event
from ningjulan.scenarios.domain.alert_states import AlertState, AlertStepRefused, Verdict
from ningjulan.scenarios.domain.expressions import Kind
from ningjulan.scenarios.domain.life import Fact
from ningjulan.scenarios.domain.reading.located import ScenarioRefused

__all__ = [
    "FACT_KINDS",
    "AlertDetail",
    "AlertEscalated",
    "AlertNotFound",
    "AlertRaised",
    "AlertState",
    "AlertStepRefused",
    "AlertSummary",
    "Due",
    "Fact",
    "Facts",
    "ModuleSummary",
    "NoFacts",
    "ParamSummary",
    "ScenarioNotFound",
    "ScenarioRefused",
    "ScenarioSummary",
    "Taken",
    "Verdict",
    "Why",
    "WhyInput",
]

FACT_KINDS: Mapping[str, Mapping[str, Kind]] = {
    # 疏导点、潮汐摊位: one fact per H3 cell (resolution 10) and time of validity
    "licensed_stall": {"cell": Kind.TEXT, "name": Kind.TEXT},
}


class Facts(Protocol):
    """Where scenarios look up facts; given by the wiring: scenarios know none of the registry's tables.

    Returns all facts of `kind` whose fields equal `match`, past and future ones too: the engine judges
    validity at the time of the record and knowledge at the time of firing.
    """

    def __call__(self, kind: str, match: Mapping[str, Any], *, tenant_code: str) -> Iterable[Fact]: ...


class NoFacts:
    """A tenant that has recorded no facts."""

    def __call__(self, kind: str, match: Mapping[str, Any], *, tenant_code: str) -> Iterable[Fact]:
        return ()


class ScenarioNotFound(NotFound):
    code = "scenario_not_found"
    message_zh = "没有场景 {scenario_id}"
    message_en = "There is no scenario {scenario_id}"


class AlertNotFound(NotFound):
    code = "alert_not_found"
    message_zh = "预警不存在，或不在您的管辖范围内"
    message_en = "No such alert, or outside your area"


@dataclass(frozen=True)
class Due:
    """Allowed seconds of natural time, from the raise."""

    accept_s: int
    arrive_s: int
    resolve_s: int


@dataclass(frozen=True)
class AlertRaised(Event):
    """Something needs looking at. With `opens_case` a case follows."""

    name: ClassVar[str] = "scenarios.alert.raised.v1"
    alert_id: UUID
    scenario_id: str
    title_zh: str
    title_en: str
    key: str
    level: str
    message: str
    opens_case: bool
    category_code: str
    to_unit: str | None  # code or kind of the unit
    due: Due | None
    merge: str  # "open": into the open case of the same matter; "never"
    raised_at: datetime
    occurred_at: datetime
    tenant_code: str
    area_code: str
    lon: float | None
    lat: float | None
    placement: str
    address_text: str | None
    building_id: str | None
    device_id: str | None
    channel: str  # CL_CHANNEL: 01 sensors, 02 video
    n: int


@dataclass(frozen=True)
class AlertEscalated(AlertRaised):
    """The same alert at a higher level."""

    name: ClassVar[str] = "scenarios.alert.escalated.v1"


@dataclass(frozen=True)
class Taken:
    """What one delivery came to."""

    n_candidates: int = 0
    n_without_key: int = 0
    n_raised: int = 0
    n_escalated: int = 0


@dataclass(frozen=True)
class AlertSummary:
    id: UUID
    scenario_id: str
    title_zh: str
    title_en: str
    key: str
    level: str
    state: str
    message: str
    tenant_code: str
    area_code: str
    lon: float | None
    lat: float | None
    address_text: str | None
    raised_at: datetime
    last_seen_at: datetime
    n: int
    case_id: UUID | None


@dataclass(frozen=True)
class WhyInput:
    """One record that led to the alert, reduced to the fields the rule reads."""

    class_id: str
    record_key: str
    occurred_at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True)
class Why:
    inputs: list[WhyInput]
    parameters: dict[str, Any]
    rule: str
    version: str


@dataclass(frozen=True)
class AlertDetail(AlertSummary):
    why: Why


@dataclass(frozen=True)
class ParamSummary:
    name: str
    type: str
    default: Any
    min: Any
    max: Any
    options: list[str]
    label_zh: str
    label_en: str


@dataclass(frozen=True)
class ScenarioSummary:
    id: str
    module: str
    number: str | None
    title_zh: str
    title_en: str
    status: str
    owner: str
    basis: str
    purpose: str
    purpose_zh: str
    params: list[ParamSummary]
    n_today: int
    n_open: int
    last_raised_at: datetime | None
    tests: int
    version: str


@dataclass(frozen=True)
class ModuleSummary:
    id: str
    title_zh: str
    title_en: str
    color: str
    scenarios: list[str] = field(default_factory=list)
