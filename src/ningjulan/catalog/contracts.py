"""What the data catalogue says: classes, items, code lists. Frozen; read from the YAML files nearby."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from ningjulan.foundation.errors import InputRefused, NotFound


class UnknownClass(NotFound):
    code = "unknown_class"
    message_zh = "数据目录中没有数据类 {class_id}，请核对类编号（如 IOT12）"
    message_en = "The catalogue has no class {class_id}; check the class id (such as IOT12)"


class UnknownCodeList(NotFound):
    code = "unknown_code_list"
    message_zh = "数据目录中没有代码表 {code_list}"
    message_en = "The catalogue has no code list {code_list}"


class CatalogueRefused(InputRefused):
    """A catalogue file is wrong. Names the file, the line and what to change."""

    code = "catalogue_refused"
    message_zh = "数据目录文件 {file} 第 {line} 行有误：{reason}"
    message_en = "Catalogue file {file}, line {line}: {reason}"


@dataclass(frozen=True)
class Code:
    """One value of a code list with its labels."""

    code: str
    zh: str
    en: str

    def label(self, lang: str = "zh") -> str:
        """Return the label in Chinese, or in English when `lang` starts with `en`."""
        return self.en if lang.startswith("en") else self.zh


@dataclass(frozen=True)
class CodeList:
    """A closed list of values. `basis` says how far the list can be trusted.

    `found`: seen in public material; `memory`: must be checked against the standard; `product`: our proposal.
    """

    id: str
    zh: str
    en: str
    basis: str
    codes: tuple[Code, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Code]:
        return {code.code: code for code in self.codes}


@dataclass(frozen=True)
class ItemType:
    """The type of an item, taken apart: `string(36)`, `decimal(5,4)`, `ref(IOT11)`, `datetime` …"""

    written: str
    kind: str
    length: int | None = None  # string: longest text; decimal: digits in all
    scale: int | None = None  # decimal: digits after the point
    target: str | None = None  # ref: class that is pointed at


@dataclass(frozen=True)
class Item:
    """One item (数据项) of a class."""

    id: str
    zh: str
    en: str
    type: ItemType
    code_list: str | None = None
    format: str | None = None
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    key: bool = False  # part of the identity of a record
    core: bool = False  # counted in the 372
    required: bool = False  # a record without it is of no use and is rejected
    pi: str | None = None  # "personal" or "sensitive" (personal information)
    mask: str | None = None


@dataclass(frozen=True)
class DataClass:
    """One class (数据类): its items, how late it may come, how long it is kept."""

    id: str
    group: str
    zh: str
    en: str
    basis: str
    origin: str
    purpose: str
    sensitivity: str  # L1 open … L4 sensitive personal information
    items: tuple[Item, ...]
    time_item: str  # says when it happened
    late_by: timedelta  # live records older than this are rejected
    early_by: timedelta  # records dated further ahead than this are rejected
    keep: timedelta
    device_item: str | None = None  # whose place is the record's place
    place_item: str | None = None  # the record's own point
    file: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        return {item.id: item for item in self.items}

    @property
    def key_items(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.key)


@dataclass(frozen=True)
class FieldFacts:
    """What a scenario must know before it reads a field: its level and whether it is personal."""

    zh: str
    type: str
    level: str
    pi: str | None


@dataclass(frozen=True)
class CatalogueStats:
    classes: int
    core_items: int
    all_items: int
    code_lists: int
    by_group: Mapping[str, int]
