"""Invented records of any class, right ones and wrong ones, made from its catalogue entry. Pure and seeded.

Nobody in them exists: identity numbers, credit codes and areas are of region 999999, which is nobody's;
names and texts say that they are samples. A wrong record has exactly one fault, so that a test can ask for
its one reason.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from ningjulan.catalog.contracts import CodeList, DataClass, Item
from ningjulan.catalog.sample_numbers import DOCUMENT_KINDS, number, wrong_number

Record = dict[str, Any]

TENANT = "999999001"  # a sub-district of the region that is nobody's
_ZONE = ZoneInfo("Asia/Shanghai")
_LON, _LAT = 120.2, 30.2
_LONG_AGO = timedelta(days=10_000)  # bounds beyond it are no bounds that a sample could break


class Fault(StrEnum):
    """What is wrong with a wrong record."""

    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    NO_TIME = "no_time"
    FROM_FUTURE = "from_future"
    TOO_LATE = "too_late"
    UNKNOWN_CODE = "unknown_code"
    OUT_OF_RANGE = "out_of_range"
    NO_POINT = "no_point"
    ABROAD = "abroad"
    OTHER_AREA = "other_area"
    CHECK_FAILED = "check_failed"


@dataclass(frozen=True)
class Dirty:
    """A record with one fault, and the item that has it."""

    record: Record
    item: Item
    fault: Fault


@dataclass(frozen=True)
class Maker:
    """Makes the samples of one class.

    Args:
        data_class: The class.
        code_lists: The code lists of the catalogue.
        now: When the records are to be received; the right ones happened within the last hour.
        seed: The same seed gives the same records.
    """

    data_class: DataClass
    code_lists: Mapping[str, CodeList]
    now: datetime
    seed: int = 0

    def clean(self, n: int) -> Iterator[Record]:
        """Give n right records: the first with every item, the others with some optional ones left out."""
        dice = random.Random(f"{self.data_class.id}/{self.seed}")  # noqa: S311  # samples, not secrets
        for number_of in range(n):
            record = self._record(number_of, dice)
            optional = [i.id for i in self.data_class.items if not i.required and not i.key]
            left_out = [name for name in optional if number_of and dice.random() < 0.3]
            yield {name: value for name, value in record.items() if name not in left_out}

    def dirty(self) -> Iterator[Dirty]:
        """Give one wrong record for every item and every fault it can have."""
        for number_of, (item, fault, wrong) in enumerate(self._faults(), start=1000):
            dice = random.Random(f"{self.data_class.id}/{self.seed}/{number_of}")  # noqa: S311
            record = self._record(number_of, dice)
            if fault is Fault.MISSING:
                del record[item.id]
            else:
                record[item.id] = wrong
            yield Dirty(record, item, fault)

    def _record(self, number_of: int, dice: random.Random) -> Record:
        return {item.id: self._value(item, number_of, dice) for item in self.data_class.by_id.values()}

    def _value(self, item: Item, number_of: int, dice: random.Random) -> Any:
        kind = item.type.kind
        if item.id == self.data_class.time_item:
            return _written(self.now - timedelta(seconds=dice.randint(0, 3600)), kind)
        if item.id == "grid_code":
            return f"{TENANT}{dice.randint(1, 40):03}{dice.randint(1, 400):03}"
        if item.code_list:
            codes = list(self.code_lists[item.code_list].by_code)
            judged = item.code_list == "CL_ID_TYPE" and self._has_document
            return dice.choice(list(DOCUMENT_KINDS) if judged else codes)
        if item.check:
            return number(item, number_of)
        return _plain_value(item, number_of, dice, self.now)

    @property
    def _has_document(self) -> bool:
        return any(item.check == "id_document" for item in self.data_class.items)

    def _faults(self) -> Iterator[tuple[Item, Fault, Any]]:
        for item in self.data_class.by_id.values():
            if item.required:
                yield item, Fault.MISSING, None
            yield from ((item, fault, wrong) for fault, wrong in _wrong_values(item))
        yield from self._wrong_times()

    def _wrong_times(self) -> Iterator[tuple[Item, Fault, Any]]:
        one = self.data_class
        item = one.by_id[one.time_item]
        day = timedelta(days=2)  # a date alone means its first moment
        yield item, Fault.FROM_FUTURE, _written(self.now + one.early_by + day, item.type.kind)
        if one.late_by < _LONG_AGO:
            yield item, Fault.TOO_LATE, _written(self.now - one.late_by - day, item.type.kind)


def _written(at: datetime, kind: str) -> str:
    local = at.astimezone(_ZONE)
    return local.date().isoformat() if kind == "date" else local.isoformat(timespec="seconds")


def _plain_value(item: Item, number_of: int, dice: random.Random, now: datetime) -> Any:
    kind = item.type.kind
    if kind in ("int", "decimal"):
        return _number_in_range(item, dice)
    if kind in ("date", "datetime"):
        return _written(now - timedelta(days=dice.randint(0, 300), seconds=dice.randint(0, 86_399)), kind)
    if kind.startswith("geo_"):
        return _shape(kind, dice)
    if kind == "bool":
        return dice.random() < 0.5
    if kind == "json":
        return [{"sample": number_of, "text": '样例\\引号"'}]
    return _text(item, number_of)


def _text(item: Item, number_of: int) -> str:
    if item.type.kind == "ref":
        return f"{item.type.target}-{number_of}"
    if item.type.kind in ("image_ref", "file_ref"):
        return f"objects/sample/{item.id}/{number_of}"
    text = f"{number_of}" if item.key else f"样例{item.zh}{number_of}"
    return text[: item.type.length]


def _number_in_range(item: Item, dice: random.Random) -> int | float:
    scale = item.type.scale or 0
    largest = 10.0 ** ((item.type.length or 9) - scale) - 10.0**-scale
    low = item.minimum if item.minimum is not None else 0.0
    high = min(item.maximum if item.maximum is not None else largest, largest)
    return (
        dice.randint(int(low), int(high))
        if item.type.kind == "int"
        else round(dice.uniform(low, high), scale)
    )


def _shape(kind: str, dice: random.Random) -> Any:
    lon, lat = round(_LON + dice.uniform(0, 0.1), 6), round(_LAT + dice.uniform(0, 0.1), 6)
    if kind == "geo_point":
        return {"lon": lon, "lat": lat}
    ring = [[lon, lat], [lon + 0.001, lat], [lon + 0.001, lat + 0.001], [lon, lat]]
    if kind == "geo_line":
        return {"type": "LineString", "coordinates": ring[:3]}
    if kind == "geo_polygon":
        return {"type": "Polygon", "coordinates": [ring]}
    return {"type": "MultiPolygon", "coordinates": [[ring]]}


def _wrong_values(item: Item) -> Iterator[tuple[Fault, Any]]:
    """Give every wrong value an item can have by itself, each with the one thing that is wrong with it."""
    kind = item.type.kind
    if item.check:
        yield Fault.CHECK_FAILED, wrong_number(item)
    elif kind in ("string", "text", "ref", "image_ref", "file_ref"):
        if item.id == "grid_code":
            yield Fault.OTHER_AREA, "110101001001001"
            return
        yield Fault.WRONG_TYPE, {}
        if kind == "string":
            yield Fault.TOO_LONG, "长" * ((item.type.length or 0) + 1)
    elif item.code_list:
        yield Fault.UNKNOWN_CODE, "没有这个代码"
    elif kind in ("date", "datetime"):
        yield Fault.NO_TIME, "前天下午"
    elif kind == "geo_point":
        yield Fault.NO_POINT, "河边第三棵树"
        yield Fault.ABROAD, {"lon": -0.1, "lat": 51.5}
    else:
        yield Fault.WRONG_TYPE, "[1, 2" if kind == "json" or kind.startswith("geo_") else "大约三"
        if item.maximum is not None:
            yield Fault.OUT_OF_RANGE, item.maximum + 1
