"""All that others may know of cases: how a case looks, what is said when it changes, what can go wrong."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from ningjulan.cases.domain.drafts import Intake
from ningjulan.foundation.errors import Conflict, InputRefused, NotAllowed, NotFound, TemporarilyDown
from ningjulan.foundation.events import Event


@dataclass(frozen=True)
class CaseSummary:
    """A case as lists, the map and the live stream show it."""

    id: UUID
    case_no: str
    state: str
    state_label: str
    level: str
    category_code: str
    title: str
    summary: str
    address_text: str
    tenant_code: str
    area_code: str
    community_name: str | None
    lon: float | None
    lat: float | None
    placement: str
    source: str
    channel: str
    scenario_id: str | None
    reported_at: datetime
    registered_at: datetime | None
    dispatched_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    overdue: bool
    unit_code: str | None
    unit_name: str | None
    n_reports: int
    version: int
    updated_at: datetime


@dataclass(frozen=True)
class TimelineItem:
    at: datetime
    step: str
    step_label: str
    actor_name: str
    opinion: str
    from_state: str | None
    to_state: str


@dataclass(frozen=True)
class ClockItem:
    kind: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    state: str
    rule: str


@dataclass(frozen=True)
class AlertItem:
    id: str
    scenario_id: str
    title: str
    level: str
    message: str
    raised_at: datetime


@dataclass(frozen=True)
class CaseDetail(CaseSummary):
    timeline: list[TimelineItem]
    clocks: list[ClockItem]
    alerts: list[AlertItem]
    allowed_steps: list[str]
    suggested_unit_code: str | None


@dataclass(frozen=True)
class CasePage:
    items: list[CaseSummary]
    next_cursor: str | None
    total: int


@dataclass(frozen=True)
class CasePoint:
    """A case on the map. Only cases that have a point."""

    id: UUID
    lon: float
    lat: float
    level: str
    state: str
    category_code: str
    reported_at: datetime


@dataclass(frozen=True)
class Tally:
    """How many cases, and how those that were judged were judged. `settled = on_time + late` where known."""

    key: str | None
    n: int
    settled: int
    on_time: int
    late: int


@dataclass(frozen=True)
class CaseTallies:
    """Cases counted along every dimension in one pass of the table, each largest first."""

    whole: Tally
    first_reported_at: datetime | None
    last_reported_at: datetime | None
    by_category: list[Tally]
    by_subcategory: list[Tally]
    by_community: list[Tally]
    by_month: list[Tally]  # key "2018-02", local time, oldest first
    by_channel: list[Tally]
    by_unit: list[Tally]
    by_placement: list[Tally]


@dataclass(frozen=True)
class DayFigures:
    """The figures of one span of time for a tenant."""

    n_reported: int
    closed_on_time: int
    closed_late: int
    median_dispatch_s: float | None


@dataclass(frozen=True)
class DueSeconds:
    accept_s: int | None = None
    arrive_s: int | None = None
    resolve_s: int | None = None


@dataclass(frozen=True)
class AlertReport:
    """What a raised or escalated alert says, as far as a case needs it."""

    alert_id: str
    scenario_id: str
    title_zh: str
    key: str
    level: str
    category_code: str
    merge: str
    opens_case: bool
    raised_at: datetime
    tenant_code: str
    area_code: str
    message: str = ""
    to_unit: str | None = None
    due: DueSeconds | None = None
    lon: float | None = None
    lat: float | None = None
    placement: str | None = None
    address_text: str | None = None
    building_id: str | None = None
    channel: str = "01"


@dataclass(frozen=True)
class PhoneReport:
    """What a clerk writes down while somebody is on the phone."""

    tenant_code: str
    category_code: str
    level: str
    title: str
    summary: str
    channel: str
    lon: float | None = None
    lat: float | None = None
    area_code: str | None = None
    address_text: str = ""


@dataclass(frozen=True)
class Delivery:
    """Accepted records of one class and source, as cleaning gives them: BIZ16 events or BIZ17 steps."""

    class_id: Literal["BIZ16", "BIZ17"]
    source: str
    tenant_code: str
    intake: Intake
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Taken:
    """The balance of one delivery of outside records: every row is in exactly one of these."""

    opened: int = 0
    moved: int = 0
    known: int = 0
    waiting: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CaseChanged(Event):
    """A case as it stands after a step.

    A case that has ended also says how (`solved`, `false_alarm`, `no_action`, `refused`) and which alerts had
    reported it, so that whoever raised them can close them.
    """

    name: ClassVar[str] = "cases.case.changed.v1"
    step: str
    case: CaseSummary
    ended_as: str | None = None
    alert_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class HistoryImported(Event):
    """A batch of cases of the past is in; refetch rather than follow each row."""

    name: ClassVar[str] = "cases.history.imported.v1"
    source: str
    tenant_code: str
    class_id: str
    n_opened: int
    n_moved: int


class CaseNotFound(NotFound):
    code = "case_not_found"
    message_zh = "未找到该案件，或不在您的管辖范围内"
    message_en = "No such case, or it is outside your area"


class TenantNotFound(NotFound):
    code = "tenant_not_found"
    message_zh = "未找到该区域，或不在您的管辖范围内"
    message_en = "No such area, or it is outside yours"


class StaleVersion(Conflict):
    code = "stale_version"
    message_zh = "案件在您查看之后已被更新（现为“{state_zh}”，第 {version} 版），请刷新后再办理"
    message_en = "The case has changed since you looked (now “{state_en}”, version {version}); refresh it"


class StepNotYours(NotAllowed):
    code = "step_not_allowed"
    message_zh = "您的岗位不能办理“{step_zh}”；处置单位只能办理派给本单位的案件"
    message_en = "Your role may not take the step “{step_en}”; a handling unit only on cases given to it"


class UnitNotFound(InputRefused):
    code = "unit_not_found"
    message_zh = "处置单位不存在或已停用，请重新选择"
    message_en = "The handling unit does not exist or is no longer in use; choose another"


class OpinionMissing(InputRefused):
    code = "opinion_missing"
    message_zh = "请填写“{step_zh}”的理由"
    message_en = "Give the reason for “{step_en}”"


class PlaceRefused(InputRefused):
    code = "place_refused"
    message_zh = "位置有误：经纬度须成对且在有效范围内，区域代码须属于所选区域"
    message_en = "The place is wrong: give longitude and latitude as a valid pair, in an area of the tenant"


class CodeRefused(InputRefused):
    code = "code_refused"
    message_zh = "代码“{value}”不在代码表 {code_list} 中"
    message_en = "Code “{value}” is not in the code list {code_list}"


class CursorRefused(InputRefused):
    code = "cursor_refused"
    message_zh = "翻页位置无效，请从第一页重新查看"
    message_en = "The page position is not valid; start again from the first page"


class EventsNotHereYet(TemporarilyDown):
    """Steps came before the events they belong to. The other rows of the delivery are stored."""

    code = "events_not_here_yet"
    message_zh = "有 {n} 条流转记录的事件尚未到达，稍后自动重试"
    message_en = "{n} steps belong to events that have not arrived yet; they will be tried again"
