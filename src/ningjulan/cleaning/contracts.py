"""What goes into cleaning and what comes out. Frames and plain values only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np
import polars as pl
import shapely

CLEANER_VERSION = "1.1.2"  # raise it whenever the same bytes may come out differently

INSTANT = pl.Datetime("us", "UTC")
POINT = pl.Struct({"lon": pl.Float64, "lat": pl.Float64})

COLLATED: Mapping[str, pl.DataType] = {
    "record_key": pl.String(),
    "occurred_at": INSTANT,
    "time_precision": pl.String(),  # TimePrecision
    "device_id": pl.String(),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
    "grid_code": pl.String(),
    "area_code": pl.String(),
    "building_id": pl.String(),
    "address_text": pl.String(),
    "placement": pl.String(),  # Placement
    "source_text": pl.String(),
}
"""Columns every accepted record has besides the items of its class."""

REJECTED_SCHEMA: Mapping[str, pl.DataType] = {
    "row_no": pl.UInt32(),
    "reasons": pl.List(pl.String),
    "detail": pl.String(),
}
DUPLICATE_SCHEMA: Mapping[str, pl.DataType] = {
    "row_no": pl.UInt32(),
    "record_key": pl.String(),
    "reason": pl.String(),  # code of REPEATS
}
NOTE_SCHEMA: Mapping[str, pl.DataType] = {"row_no": pl.UInt32(), "item": pl.String(), "note": pl.String()}


class Placement(StrEnum):
    """How well the place of a record is known."""

    EXACT = "exact"  # its own coordinates
    DEVICE = "device"  # where its device stands
    ADDRESS = "address"  # a building, named or found by its address
    COMMUNITY_POINT = "community_point"  # a trusted point of its community
    COMMUNITY = "community"  # the community, without a point
    NONE = "none"


class TimePrecision(StrEnum):
    """How well the time of a record is known."""

    INSTANT = "instant"
    DAY = "day"  # only the date: `occurred_at` is its first moment in Asia/Shanghai
    RECEIVED = "received"  # not delivered at all: `occurred_at` is when the record was received


class Crs(StrEnum):
    """Coordinates as a source delivers them. All become CGCS2000."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class Intake(StrEnum):
    LIVE = "live"
    HISTORY = "history"  # old records are welcome


@dataclass(frozen=True)
class SourceRef:
    """What cleaning must know of the source: its town, its coordinates, its words for ours."""

    name: str
    tenant_code: str
    crs: Crs = Crs.CGCS2000
    intake: Intake = Intake.LIVE
    columns: Mapping[str, str] = field(default_factory=dict)  # their name → our item
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # our item → their value → ours; all
    unknown: frozenset[str] = frozenset()  # what the source writes when it does not know, such as "-"


_DEVICES = {
    "device_id": pl.String(),
    "kind": pl.String(),
    "name": pl.String(),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
    "grid_code": pl.String(),
    "building_id": pl.String(),
    "compound_id": pl.String(),
    "address_text": pl.String(),
}
_AREAS = {
    "area_code": pl.String(),
    "name": pl.String(),
    "level": pl.String(),
    "parent_code": pl.String(),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
}
_BUILDINGS = {
    "building_id": pl.String(),
    "name": pl.String(),
    "address_text": pl.String(),
    "lon": pl.Float64(),
    "lat": pl.Float64(),
    "grid_code": pl.String(),
}


def _no_polygons() -> tuple[np.ndarray, list[str]]:
    return np.empty(0, dtype=object), []


@dataclass(frozen=True)
class Refs:
    """Places and devices of one tenant, as they were when the snapshot was taken. Never changed."""

    tenant_code: str
    devices: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_DEVICES))
    areas: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_AREAS))
    grid_polygons: tuple[np.ndarray, list[str]] = field(default_factory=_no_polygons)
    buildings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_BUILDINGS))

    _derived: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def derived(self, name: str, make: Callable[["Refs"], pl.DataFrame]) -> pl.DataFrame:
        """Return the table that `make` derives from this snapshot, made at its first use and kept with it."""
        if name not in self._derived:
            self._derived[name] = make(self)
        return self._derived[name]

    @cached_property
    def grid_tree(self) -> shapely.STRtree:
        """The grids' spatial index, built at first use."""
        return shapely.STRtree(self.grid_polygons[0])


@dataclass(frozen=True)
class Part:
    """What one door took at one moment.

    payload:     NDJSON without the last line end: one record more than it has `\\n`.
    received_at: When the door took it (aware). Its future and late records are judged against it.
    """

    payload: bytes
    received_at: datetime

    @property
    def n_lines(self) -> int:
        return self.payload.count(b"\n") + 1


@dataclass(frozen=True)
class Cleaned:
    """One batch, split three ways. Every line is in exactly one frame, identified by `row_no`.

    accepted:   `row_no`, the items of the class in our types, then the columns of `COLLATED`.
    rejected:   `row_no`, `reasons` (codes of `REASONS`, in rule order), `detail` (what a clerk can act on).
    duplicates: `row_no`, `record_key`, `reason` (code of `REPEATS`): the record stands in the batch already.
    notes:      `row_no`, `item`, `note` (code of `NOTES`): worth knowing of an accepted record.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    duplicates: pl.DataFrame
    notes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(NOTE_SCHEMA)))

    def cut(self, sizes: Sequence[int]) -> list["Cleaned"]:
        """Return the parts that consecutive stretches of lines have become; each counts its rows from 0."""
        if len(sizes) == 1:
            return [self]
        starts = [0, *accumulate(sizes)]
        return [self._between(start, end) for start, end in pairwise(starts)]

    def _between(self, start: int, end: int) -> "Cleaned":
        row_no = pl.col("row_no")
        return Cleaned(
            *(
                frame.filter(row_no.is_between(start, end, closed="left")).with_columns(row_no - start)
                for frame in (self.accepted, self.rejected, self.duplicates, self.notes)
            )
        )


@dataclass(frozen=True)
class Reason:
    """Why a record was rejected, and what to do about it."""

    zh: str
    en: str


REASONS: Mapping[str, Reason] = {
    "not_utf8": Reason(
        "不是 UTF-8 编码，请让来源系统改用 UTF-8 后重发", "Not UTF-8; have the source send UTF-8"
    ),
    "bad_json": Reason(
        "不是完整的 JSON，请检查是否被截断或含非法字符", "Not valid JSON; check for truncation"
    ),
    "not_an_object": Reason(
        "不是一个 JSON 对象，每行应为一条 {…} 记录", "Not a JSON object; one {…} record a line"
    ),
    "too_deep": Reason("嵌套层数过多，请检查来源系统的输出", "Nested too deeply; check the source"),
    "record_too_large": Reason(
        "单条记录超过 1 MiB，附件请改传引用地址", "Over 1 MiB; send attachments by reference"
    ),
    "row_broken": Reason(
        "文件中这一行的列数或引号与表头不符，请在原文件中更正",
        "Columns or quotes of this row do not fit the header; correct the file",
    ),
    "duplicate_key": Reason(
        "同一字段出现两次，无法判断以哪个为准", "The same field twice; which one counts is unknown"
    ),
    "missing_item": Reason("缺少必填项，请补充", "A required item is missing; add it"),
    "wrong_type": Reason("数据类型不符，请核对填写内容", "Wrong type; check the value"),
    "too_long": Reason("内容超出长度上限，请缩短", "Longer than allowed; shorten it"),
    "bad_time": Reason("无法识别的时间，请改为如 2018-02-08 12:30:00", "Not a time we can read"),
    "time_in_future": Reason("时间晚于接收时刻，请校准设备时钟", "In the future; set the device's clock"),
    "time_too_old": Reason(
        "时间过早，超出实时接收期限；补报历史数据请走历史导入",
        "Too old to be live; import it as history",
    ),
    "unknown_code": Reason(
        "代码表中没有此值，请核对或在来源对照表中补充", "Not in the code list; correct or map it"
    ),
    "bad_coordinates": Reason("无法识别的坐标，请填写经度与纬度", "Not coordinates we can read"),
    "coordinates_out_of_range": Reason("坐标不在中国境内，请核对经纬度", "Not in China; check lon and lat"),
    "out_of_range": Reason("数值超出允许范围，请核对", "Out of the allowed range; check it"),
    "area_outside_tenant": Reason(
        "区划代码不属于本辖区，请核对", "The area code is not of this area; check it"
    ),
    "unknown_unit": Reason(
        "所带单位不能确定地换算为本项的单位，请按本项单位填写数值",
        "The unit cannot be converted for certain; give the number in the unit of the item",
    ),
    "masked_number": Reason(
        "号码被遮盖（含 * 号），请提供完整号码", "The number is masked; deliver it in full"
    ),
    "rounded_number": Reason(
        "号码被表格软件改成科学计数，末几位已丢失，请把该列设为文本后重新导出",
        "A spreadsheet has rounded the number; format the column as text and export again",
    ),
    "id_no_of_15_digits": Reason(
        "15 位旧身份证号码已停用，请查看证件后填写 18 位号码",
        "15-digit numbers are out of use; enter the 18 digits of the card",
    ),
    "bad_id_no": Reason(
        "不是 18 位证件号码（前 17 位数字，末位数字或 X），请对照证件更正",
        "Not 18 digits (the last may be X); correct it from the card",
    ),
    "bad_id_region": Reason(
        "证件号码开头不是有效的省级代码，请对照证件更正",
        "Does not begin with a province; correct it from the card",
    ),
    "bad_id_birth_date": Reason(
        "证件号码第 7 至 14 位不是存在的日期，请对照证件更正",
        "Digits 7 to 14 are no date; correct them from the card",
    ),
    "id_birth_date_in_future": Reason(
        "证件号码中的出生日期晚于接收日期，请对照证件更正",
        "Born after the day of receipt; correct it from the card",
    ),
    "bad_id_check_digit": Reason(
        "证件号码校验位不符，至少有一位填错，请对照证件更正",
        "The check digit does not fit, a digit is wrong; correct it from the card",
    ),
    "id_of_other_kind": Reason(
        "号码不属于所填的证件类型，请核对证件类型",
        "The number is of another kind of document; check the kind",
    ),
    "id_kind_needed": Reason(
        "没有证件类型，无法核对号码，请补填证件类型",
        "Without the kind of document the number cannot be judged; add it",
    ),
    "bad_id_document": Reason(
        "号码格式与该类证件不符，请对照证件更正",
        "Not the form of such a document; correct it from the document",
    ),
    "bad_uscc": Reason(
        "不是 18 位统一社会信用代码，请对照营业执照更正",
        "Not a credit code of 18 characters; correct it from the licence",
    ),
    "bad_uscc_check_digit": Reason(
        "统一社会信用代码校验位不符，至少有一位填错，请对照营业执照更正",
        "The check character does not fit, one is wrong; correct it from the licence",
    ),
    "uscc_foreign_letter": Reason(
        "统一社会信用代码不用字母 I、O、S、V、Z，多为 1、0、5、2 之误，请对照营业执照更正",
        "I, O, S, V and Z are not used, often they stand for 1, 0, 5 and 2; correct it from the licence",
    ),
    "uscc_replaced_number": Reason(
        "这是旧的工商注册号或组织机构代码，请填写 18 位统一社会信用代码",
        "An old registration number; enter the credit code of 18 characters",
    ),
    "bad_plate_no": Reason(
        "不是机动车号牌号码，请对照抓拍图或行驶证更正",
        "Not a plate number; correct it from the picture or the licence",
    ),
    "bad_plate_region": Reason(
        "号牌开头不是省份简称，请对照抓拍图或行驶证更正",
        "Does not begin with a province; correct it from the picture or the licence",
    ),
    "plate_foreign_letter": Reason(
        "号牌不用字母 I 和 O，多为 1 和 0 之误，请对照抓拍图或行驶证更正",
        "Plates have no I and O, often they stand for 1 and 0; correct it from the picture or the licence",
    ),
    "plate_partly_read": Reason(
        "号牌有未识别或被遮盖的字符，请对照抓拍图补全",
        "Characters are unread or masked; complete it from the picture",
    ),
    "bad_phone": Reason(
        "不是电话号码，手机填 11 位，固定电话填区号加号码（如 0571-88888888）",
        "Not a telephone number; 11 digits, or area code and number",
    ),
    "bad_mobile": Reason(
        "不是手机号，应为 11 位且第二位是 3 至 9，请核对是否多写、漏写",
        "Not a mobile number: 11 digits, the second 3 to 9",
    ),
    "not_a_mobile": Reason(
        "固定电话收不到短信，请填写手机号", "A landline takes no text messages; enter a mobile number"
    ),
    "area_code_missing": Reason(
        "固定电话缺少区号，请补上（如 0571）", "The area code is missing; add it (such as 0571)"
    ),
    "two_phones": Reason("填了不止一个号码，请只留一个", "More than one number; leave one"),
    "phone_abroad": Reason("是境外号码，请填写境内联系电话", "A number abroad; enter one of the mainland"),
    "bad_division_code": Reason(
        "不是 6、9 或 12 位区划代码，请核对", "Not a division code of 6, 9 or 12 digits; check it"
    ),
    "bad_month": Reason("不是年月，请改为如 202603", "Not a month; write 202603"),
    "bad_hash": Reason(
        "不是 64 位十六进制杂凑值，请检查来源系统的加密设置",
        "Not 64 hexadecimal digits; check how the source hashes",
    ),
}
"""Reason code → sentence. Codes are stored with the rejects and never change their meaning."""

REPEATS: Mapping[str, Reason] = {
    "same_key": Reason("同一批中已有相同标识的记录", "A record with the same key is in the batch"),
    "same_content": Reason(
        "内容与稍早的一条相同，视为设备重发", "The same content as a record shortly before: sent again"
    ),
}
"""Duplicate code → sentence."""

NOTES: Mapping[str, Reason] = {
    "no_plate": Reason("来源注明车辆无号牌", "The source says there was no plate"),
    "plate_not_read": Reason("设备未识别出号牌", "The device did not read the plate"),
    "synthetic_number": Reason(
        "合成测试数据的号码（地区代码 999999）", "Synthetic test data (region 999999)"
    ),
}
"""Note code → sentence. Nothing to correct, but worth knowing of an accepted record."""
