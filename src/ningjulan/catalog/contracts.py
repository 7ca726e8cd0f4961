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
class Words:
    """A term of the catalogue in both languages."""

    zh: str
    en: str

    def label(self, lang: str = "zh") -> str:
        """Return the Chinese, or the English when `lang` starts with `en`."""
        return self.en if lang.startswith("en") else self.zh


GROUPS: Mapping[str, Words] = {
    "iot": Words("物联感知", "IoT sensing"),
    "geo": Words("空间地理信息", "Geospatial"),
    "business": Words("业务应用", "Business"),
}

_SYMBOLS = (
    *("%", "%LEL", "%RH", "A", "mA", "V", "NTU", "dB(A)", "dBm", "mg/L", "μg/m³", "℃", "°"),
    *("kg", "mm", "cm", "m", "km", "m²", "km²", "m/s", "km/h"),
)
UNITS: Mapping[str, Words] = {symbol: Words(symbol, symbol) for symbol in _SYMBOLS} | {
    "s": Words("秒", "s"),
    "min": Words("分钟", "min"),
    "d": Words("天", "days"),
    "年": Words("年", "year"),
    "人": Words("人", "people"),
    "户": Words("户", "households"),
    "元": Words("元", "yuan"),
}
"""Units of the catalogue, as written in its files. A value without a unit is in the unit of its item."""

CHECKS: Mapping[str, Words] = {
    "id_card_no": Words(
        "公民身份号码 GB 11643，含港澳台居民居住证（81、82、83）与外国人永久居留身份证（9）",
        "identity number, GB 11643, with the residence permits 81, 82, 83 and the permanent residence card 9",
    ),
    "id_document": Words(
        "证件号码，按本记录的证件类型校验", "document number, judged by the record's kind of document"
    ),
    "uscc": Words("统一社会信用代码 GB 32100", "unified social credit code, GB 32100"),
    "plate_no": Words("机动车号牌 GA 36，含新能源", "plate of a motor vehicle, GA 36, new energy too"),
    "phone": Words("手机号，或带区号的固定电话", "mobile number, or fixed line with its area code"),
    "mobile": Words("手机号", "mobile number"),
    "division_code": Words("区划代码，6、9 或 12 位数字", "division code of 6, 9 or 12 digits"),
    "month": Words("年月 YYYYMM", "month as YYYYMM"),
    "hmac": Words("HMAC-SM3 杂凑值，64 位十六进制", "HMAC-SM3, 64 hexadecimal digits"),
}
"""What the text of an item must also satisfy. The catalogue names it, cleaning knows how.

`id_document` goes by the class's item of code list CL_ID_TYPE.
"""

MASKS: Mapping[str, Words] = {
    "name": Words("只留姓", "family name only"),
    "phone": Words("留前 3 后 4 位", "first 3 and last 4 digits"),
    "id_no": Words("留首末各 1 位", "first and last character"),
    "plate": Words("隐去中段", "middle hidden"),
    "address": Words("只到楼栋", "down to the building"),
    "generic": Words("留首末各 2 位", "first and last 2 characters"),
    "text": Words("查看须填写事由", "shown for a reason given"),
    "blur": Words("模糊", "blurred"),
    "full": Words("全部隐去", "hidden"),
}
"""How the server shows an item to those who may not see it unmasked (standards, PR-03)."""


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
    mask: str | None = None  # one of MASKS
    check: str | None = None  # one of CHECKS
    keep: timedelta | None = None  # purged earlier than the record, such as a picture
    also: str | None = None  # another name it may be delivered under


OURS = frozenset(
    {"record_key", "occurred_at", "time_precision", "placement", "source_text"}
    | {"area_code", "community_name", "address_text", "lon", "lat", "recorded_at"}
    | {"source", "tenant_code", "batch_id", "received_at", "cleaner_version", "seq", "row_no", "day"}
)
"""Columns that the platform puts beside the items of a record, or that say where it came from. An item of
that name would be overwritten. `device_id`, `building_id` and `grid_code` are not among them: an item so
called and our column mean the same."""

RECORDED_AT = Item("recorded_at", "登记时间", "Recorded at", ItemType("datetime", "datetime"))
"""When a source entered or changed an entry of a register. Not an item of any class, not counted."""


@dataclass(frozen=True)
class DataClass:
    """One class (数据类): its items, how late it may come, how long it is kept."""

    id: str
    group: str
    zh: str
    en: str
    basis: str
    origin: str
    purposes: tuple[str, ...]  # codes of CL_PURPOSE_CODE; the first is why it is collected
    sensitivity: str  # of a record as shown masked: L1 open … L4 sensitive personal information
    items: tuple[Item, ...]
    time_item: str  # says when it happened; RECORDED_AT for a register
    late_by: timedelta  # live records older than this are rejected
    early_by: timedelta  # records dated further ahead than this are rejected
    keep: timedelta
    keep_from: str | None = None  # the item that ends the matter; `keep` counts from there
    device_item: str | None = None  # whose place is the record's place
    place_item: str | None = None  # the record's own point
    same_content_within: timedelta | None = None  # same content again so soon is the same record, sent twice
    note_zh: str = ""  # what a reader would otherwise wonder about
    note_en: str = ""
    file: str = ""

    @cached_property
    def by_id(self) -> Mapping[str, Item]:
        """Every item a record may hold, by id: those of the class and, for a register, RECORDED_AT."""
        own = {item.id: item for item in self.items}
        return own | {RECORDED_AT.id: RECORDED_AT} if self.is_register else own

    @property
    def is_register(self) -> bool:
        """True where a record says what is (a building, a person), not what happened."""
        return self.time_item == RECORDED_AT.id

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
