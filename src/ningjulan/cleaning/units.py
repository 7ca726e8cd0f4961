"""Numbers that bring their unit (`350 kPa`) → the unit of the item, where the conversion is certain."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass, Item
from ningjulan.cleaning.findings import Finding

_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_NUMBER_AND_UNIT = rf"^({_NUMBER})\s*([\p{{L}}%°℃㎡].{{0,20}})$"

# Unit → how many of the first in its row it is. Only exact relations: no psi, no 亩, no °F.
_SCALES: tuple[Mapping[str, Fraction | int], ...] = (
    {"Pa": 1, "kPa": 1000, "MPa": 1_000_000, "bar": 100_000},
    {"mm": 1, "cm": 10, "m": 1000, "km": 1_000_000},
    {"m²": 1, "km²": 1_000_000, "公顷": 10_000},
    {"mg": 1, "g": 1000, "kg": 1_000_000, "t": 1_000_000_000},
    {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000},
    {"km/h": 1, "m/s": Fraction(18, 5)},
    {"mA": 1, "A": 1000, "kA": 1_000_000},
    {"mV": 1, "V": 1000, "kV": 1_000_000},
    {"μg/L": 1, "mg/L": 1000, "g/L": 1_000_000},
    {"μg/m³": 1, "mg/m³": 1000},
    {"L/s": 1, "L/min": Fraction(1, 60), "m³/h": Fraction(5, 18), "m³/min": Fraction(50, 3)},
    {"元": 1, "万元": 10_000},
    *({unit: 1} for unit in ("℃", "°", "%", "%RH", "%LEL", "NTU", "dB(A)", "dBm", "人", "户", "年")),
)
_OF = {unit: (n, Fraction(scale)) for n, row in enumerate(_SCALES) for unit, scale in row.items()}

_ALSO_WRITTEN: Mapping[str, str] = {
    "MPa": "Mpa MPA mpa 兆帕",
    "kPa": "KPa KPA kpa 千帕",
    "Pa": "PA 帕",
    "mm": "MM 毫米",
    "cm": "CM 厘米",
    "m": "米",
    "km": "KM 公里 千米",
    "m²": "㎡ m2 m^2 平方米",
    "km²": "km2 km^2 平方公里 平方千米",
    "mg": "毫克",
    "g": "克",
    "kg": "KG Kg 千克 公斤",
    "t": "吨",
    "ms": "毫秒",
    "s": "sec 秒 秒钟",
    "min": "MIN 分钟",
    "h": "小时",
    "d": "天 日",
    "km/h": "KM/H Km/h 公里/小时 千米/小时 公里/时 千米/时",
    "m/s": "M/S 米/秒",
    "mA": "毫安",
    "A": "安 安培",
    "mV": "毫伏",
    "V": "v 伏 伏特",
    "kV": "KV 千伏",
    "mg/L": "mg/l MG/L 毫克/升",
    "μg/L": "μg/l ug/L ug/l 微克/升",
    "μg/m³": "μg/m3 ug/m3 ug/m³ 微克/立方米",
    "mg/m³": "mg/m3 毫克/立方米",
    "L/s": "l/s 升/秒",
    "m³/h": "m3/h 立方米/小时",
    "m³/min": "m3/min 立方米/分钟",
    "℃": "°C 摄氏度",
    "NTU": "ntu",
    "dB(A)": "dBA db(A) db(a)",
    "%RH": "%rh RH%",
    "%LEL": "%lel LEL%",
    "人": "名 位",
}
_KNOWN = {unit: unit for unit in _OF} | {
    form: unit for unit, forms in _ALSO_WRITTEN.items() for form in forms.split()
}
_SHORT_PERCENT = frozenset({"%RH", "%LEL"})  # of humidity and gas a bare % can only mean these

_MEASURED = "CL_FIRE_ANALOG"  # its labels name the unit of each quantity: 压力（MPa）
_UNIT_IN_LABEL = re.compile(r"（(.+)）$")


@dataclass(frozen=True)
class Measured:
    """What each record of a class measures: the unit of its quantity, and the unit it says it used."""

    target: pl.Series
    given: pl.Series

    def told(self, unit: pl.Series) -> pl.Series:
        """Return the unit item, now that the numbers are in the unit of their quantity."""
        converted = self.given.is_not_null() & self.target.is_not_null()
        return unit.zip_with(~converted, self.target)


def quantity_item(data_class: DataClass) -> Item | None:
    """Return the item that says per record what is measured; most classes have none."""
    return next((item for item in data_class.items if item.code_list == _MEASURED), None)


def measured(quantities: pl.Series, given: pl.Series) -> Measured:
    """Return the units of a batch.

    Args:
        quantities: Codes of the quantities, typed.
        given: Units the records name; words that are no unit we know count as silence.
    """
    return Measured(
        target=quantities.replace_strict(_units_of_codes(), default=None, return_dtype=pl.String),
        given=given.replace_strict(_KNOWN, default=None, return_dtype=pl.String),
    )


def bare(text: pl.Series, item: Item, batch: Measured | None) -> tuple[pl.Series, tuple[Finding, ...]]:
    """Return numbers without units, in the unit of the item; null where the unit does not convert.

    Args:
        text: Numbers as text, at half width.
        item: Its unit counts; an item without one is in the unit of its record's quantity.
        batch: The quantities, in a class that has them.
    """
    if item.unit is None and batch is None:
        return text, ()
    plain = text.cast(pl.Float64, strict=False).is_not_null()  # 1E5 too, which is no E5 of anything
    if item.unit is not None and plain.sum() == text.count():
        return text, ()
    parts = pl.when(~pl.col("plain")).then(pl.col("t").str.extract_groups(_NUMBER_AND_UNIT)).struct
    frame = pl.DataFrame({"t": text, "plain": plain}).with_columns(
        number=parts.field("1"), unit=parts.field("2")
    )
    if item.unit is None and batch is not None:
        frame = frame.with_columns(
            target=batch.target,
            unit=pl.coalesce("unit", pl.when("plain").then(batch.given)),
            number=pl.coalesce("number", pl.when("plain").then("t")),
        )
    else:
        frame = frame.with_columns(target=pl.lit(item.unit))
    if frame["unit"].null_count() == len(frame):
        return text, ()
    frame = frame.join(
        _factors(frame), on=["unit", "target"], how="left", maintain_order="left", nulls_equal=True
    )
    number = pl.col("number").cast(pl.Float64) * pl.col("times") / pl.col("over")
    found = frame.select(
        text=pl.when(pl.col("unit").is_null())
        .then("t")
        .when(pl.col("times") == pl.col("over"))
        .then("number")
        .otherwise(number.cast(pl.String)),
        unknown=pl.col("unit").is_not_null() & pl.col("times").is_null(),
    )
    return found["text"].alias(text.name), (Finding("unknown_unit", found["unknown"], item, text),)


def _factors(frame: pl.DataFrame) -> pl.DataFrame:
    """Return how each unit in use becomes the one that is due: times a number, over another."""
    pairs = frame.select("unit", "target").drop_nulls("unit").unique().rows()
    rows = [(unit, target, *_factor(unit, target)) for unit, target in pairs]
    schema = {"unit": pl.String, "target": pl.String, "times": pl.Float64, "over": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _factor(written: str, target: str | None) -> tuple[int, int] | tuple[None, None]:
    unit = _KNOWN.get("".join(written.split()).replace("µ", "μ"))
    if unit == target or (unit == "%" and target in _SHORT_PERCENT):
        return 1, 1
    if unit is None or target is None or _OF[unit][0] != _OF[target][0]:
        return None, None
    return (_OF[unit][1] / _OF[target][1]).as_integer_ratio()


@lru_cache(maxsize=1)
def _units_of_codes() -> Mapping[str, str]:
    found = {code.code: _UNIT_IN_LABEL.search(code.zh) for code in catalog.code_list(_MEASURED).codes}
    return {code: match[1] for code, match in found.items() if match and match[1] in _OF}
