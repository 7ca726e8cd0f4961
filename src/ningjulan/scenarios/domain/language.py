"""A scenario as the engine sees it: frozen, complete, every parameter in place.

Made by `reading.loading.read_scenario`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ningjulan.scenarios.domain.expressions import TRUE, Kind, Node

LOCAL_TIME = ZoneInfo("Asia/Shanghai")


class Status(StrEnum):
    DRAFT = "draft"
    SHADOW = "shadow"  # records what it would have raised and notifies nobody
    LIVE = "live"
    RETIRED = "retired"


STATUS_ZH = {Status.DRAFT: "草稿", Status.SHADOW: "试运行", Status.LIVE: "已上线", Status.RETIRED: "已停用"}


class Level(StrEnum):
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


LEVEL_ZH = {Level.MINOR: "一般", Level.MAJOR: "重大", Level.CRITICAL: "紧急"}

# Words of the language that this engine does not speak yet: refused when loaded, never guessed.
NOT_YET_FORMS = ("hold", "sequence", "absent", "measure", "query")
NOT_YET_ACTIONS = ("remind", "notify", "command")
LONGEST_WINDOW = timedelta(days=400)  # a year and its holidays; longer is a report, not an alarm
MOST_COUNTED = 200  # records one count remembers per key: bounds the state row

MAX_KEY = 200  # characters
CELL = "cell"  # H3 cell of the record, made by the engine from lon and lat
CELL_RESOLUTION = 10  # about 130 m across: one street corner
PLACE_FIELDS = (
    "area_code",
    "lon",
    "lat",
    "placement",
    "address_text",
    "building_id",
    "device_id",
)  # where an alert is, copied from its record; they say nothing about a person


@dataclass(frozen=True)
class Item:
    """What the loader must know of one field of a class: its kind, and whether it is personal."""

    kind: Kind
    pi: str = ""  # "personal", "sensitive" or nothing
    zh: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """What scenarios may name, as plain data: fields of each class, fact kinds, purposes, case categories.

    `late_by`: how long after the newest record of its key a record of the class is still put in its place.
    """

    fields: Mapping[str, Mapping[str, Item]]
    late_by: Mapping[str, timedelta] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)
    purposes: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Label:
    zh: str
    en: str


@dataclass(frozen=True)
class Param:
    """A number somebody may change in the settings form, within limits."""

    name: str
    type: str  # int, number, duration, text, enum, list
    default: Any
    minimum: Any
    maximum: Any
    options: tuple[str, ...]
    label: Label


@dataclass(frozen=True)
class Signal:
    """Layer 1: one record, no memory."""

    name: str
    classes: tuple[str, ...]
    where: Node


@dataclass(frozen=True)
class FactCheck:
    """A look-up in the registry: is there such a fact, in force when the record occurred?"""

    fact: str
    match: tuple[tuple[str, str], ...]  # (field of the fact, field of the record)
    where: Node = TRUE
    grace: timedelta = timedelta()


@dataclass(frozen=True)
class EventForm:
    """Fires on each match, after waiting `settle` for late facts."""

    signal: str
    settle: timedelta = timedelta()


@dataclass(frozen=True)
class CountForm:
    """Fires when `at_least` matches, `spacing` apart, lie within a window."""

    signal: str
    at_least: int
    within: timedelta
    spacing: timedelta = timedelta()
    distinct: str | None = None


@dataclass(frozen=True)
class Answer:
    """What confirms or cancels. `alone`: confirms even when nothing was waiting for it."""

    signal: str
    distinct: str | None = None
    same: str | None = None
    alone: bool = False


@dataclass(frozen=True)
class ConfirmForm:
    """A first match waits `within` for an answer; nobody answering means `silence`."""

    first: str
    within: timedelta
    by: tuple[Answer, ...]
    cancel: tuple[Answer, ...] = ()
    silence_confirms: bool = True


Form = EventForm | CountForm | ConfirmForm


@dataclass(frozen=True)
class Levels:
    """`pending`, where given, raises the alert at the first match; confirmation then escalates it."""

    default: Level
    pending: Level | None = None
    confirmed: Level | None = None
    steps: tuple[tuple[Node, Level], ...] = ()  # conditions on n; the last one that holds decides


@dataclass(frozen=True)
class Clear:
    """What ends an alert by itself: a signal (from every device that matched, with `same`), or quiet."""

    signal: str | None = None
    hold: timedelta = timedelta()
    same: str | None = None
    quiet: timedelta | None = None


@dataclass(frozen=True)
class Again:
    """No new alert for this long after a raise; with `same`, only for the same value of that field."""

    within: timedelta
    same: str | None = None


@dataclass(frozen=True)
class AlertRule:
    levels: Levels
    message: str
    clear: Clear | None = None
    again: Again | None = None


@dataclass(frozen=True)
class OpenCase:
    """What follows: a case of `category` for the unit `to`, with three clocks."""

    category: str
    to: str
    accept: timedelta
    arrive: timedelta
    resolve: timedelta
    merge: str  # "open" or "never"
    evidence: str = ""


@dataclass(frozen=True)
class KeyRule:
    """Identity of the alert: all of the fields, or the first one present."""

    fields: tuple[str, ...]
    first_present: bool = False


@dataclass(frozen=True)
class StoryEvent:
    at: timedelta
    class_id: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class StoryFact:
    kind: str
    fields: Mapping[str, Any]
    valid_from: timedelta
    valid_to: timedelta | None
    known_at: timedelta


@dataclass(frozen=True)
class Expected:
    at: timedelta
    key: str
    level: str  # a level, or "cleared"


@dataclass(frozen=True)
class Story:
    """A test of a scenario, told in the file itself."""

    name: str
    line: int
    events: tuple[StoryEvent, ...]
    facts: tuple[StoryFact, ...]
    expect: tuple[Expected, ...]


@dataclass(frozen=True)
class Scenario:
    id: str  # <module>.<name>
    number: str | None  # of the list of 36: S10
    title: Label
    status: Status
    owner: str
    basis: str
    purpose: str
    valid_from: date | None
    valid_to: date | None
    sees: tuple[str, ...]
    params: tuple[Param, ...]
    values: Mapping[str, Any]
    signals: tuple[Signal, ...]
    key: KeyRule
    only: tuple[FactCheck, ...]
    unless: tuple[FactCheck, ...]
    form: Form
    alert: AlertRule
    review: str
    then: tuple[OpenCase, ...]
    stories: tuple[Story, ...]
    reads: frozenset[str]  # every field of a record this scenario needs
    tested_params: frozenset[str]  # those that decide when it fires, so stories must pin them
    lateness: timedelta  # the longest `late_by` of its classes
    version: str  # hash of the file: which rule said so
    file: str
    text: str = field(repr=False)

    @property
    def module(self) -> str:
        return self.id.partition(".")[0]

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(class_id for signal in self.signals for class_id in signal.classes)

    @property
    def starters(self) -> frozenset[str]:
        """The signals that can start something; all others only answer or clear what has started."""
        form = self.form
        if isinstance(form, ConfirmForm):
            return frozenset({form.first, *(answer.signal for answer in form.by if answer.alone)})
        return frozenset({form.signal})

    @property
    def is_running(self) -> bool:
        return self.status in (Status.SHADOW, Status.LIVE)

    def is_in_force(self, at: datetime) -> bool:
        """Is the scenario running, and `at` within its validity?"""
        day = at.astimezone(LOCAL_TIME).date()
        too_early = self.valid_from is not None and day < self.valid_from
        too_late = self.valid_to is not None and day > self.valid_to
        return self.is_running and not too_early and not too_late


PURPOSES_ZH = {
    "P01": "突发事件应急",
    "P02": "消防安全",
    "P03": "治安防控（有权机关）",
    "P04": "城市管理执法",
    "P05": "人口房屋登记",
    "P06": "公共卫生防控",
    "P07": "关爱服务",
    "P08": "矛盾调解",
    "P09": "企业服务",
    "P10": "宣传告知",
    "P11": "统计分析",
    "P12": "系统运维",
    "P13": "群众诉求办理",
    "P14": "寻人协查",
}  # CL_PURPOSE_CODE
