"""Number plates of motor vehicles, GA 36-2018."""

import polars as pl

from ningjulan.cleaning.numbers.judged import DASHES, Judged, explained, no_faults, pick

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "A-HJ-NP-Z"  # I and O are never used
_ANY = f"{_LETTER}0-9"
_NEW_ENERGY = "DABCEFGHJK"
_PLATE = (
    rf"^(?:[{PROVINCES}][{_LETTER}]"
    rf"(?:[{_ANY}]{{4}}[{_ANY}挂学警港澳]|[0-9]{{5}}[{_NEW_ENERGY}]|[{_NEW_ENERGY}][{_ANY}][0-9]{{4}})"
    rf"|[{PROVINCES}](?:[{_LETTER}][0-9]{{4}}|[0-9]{{5}})领|使[0-9]{{6}}|[0-9]{{6}}使"
    rf"|WJ[{PROVINCES}]?[0-9]{{4}}[0-9BDHJSTX]"
    rf"|[{_LETTER}]{{2}}[0-9]{{5}})$"
)
_DROPPED = rf"[\s·•‧∙⋅・･.．_{DASHES}]"
# Recorders write the colour before the number (蓝浙A12345). 黑 is a province too, hence the one that follows.
_COLOUR = rf"^(?:蓝|黄绿|渐变绿|黄|绿|黑|白)色?牌?([{PROVINCES}][A-Z]|WJ)"

_NO_PLATE = (
    "无",
    "无牌",
    "无牌车",
    "无车牌",
    "无号牌",
    "没有车牌",
    "未挂牌",
    "未上牌",
    "未悬挂号牌",
    "NOPLATE",
)
_NOT_READ = (
    *("", "未识别", "未识别到", "未知", "未检测到", "无法识别", "识别失败", "看不清", "车牌未识别"),
    *("UNKNOWN", "UNRECOGNIZED", "UNRECOGNISED", "NONE", "NULL", "NAN", "N/A", "NA"),
)


def plate_no(text: pl.Series) -> Judged:
    """Judge plates of every kind: ordinary, new energy, trailer, learner, police, consular, armed forces.

    A recorder's word for “none” or “not read” becomes null with a note: a fact, not a fault.
    """
    right = text.str.contains(_PLATE)
    if right.all():  # null counts as right
        return Judged(text, no_faults(len(text)))
    values = text.str.replace_all(_DROPPED, "").str.to_uppercase().str.replace(_COLOUR, "${1}")
    frame = pl.DataFrame({"t": values})
    placeholder = (
        pl.when(pl.col("t").is_in(_NO_PLATE))
        .then(pl.lit("no_plate"))
        .when(pl.col("t").is_in(_NOT_READ) | pl.col("t").str.contains("^0+$"))
        .then(pl.lit("plate_not_read"))
    )
    notes = frame.select(notes=placeholder)["notes"]
    values = values.set(notes.is_not_null(), None)
    wrong = ~values.str.contains(_PLATE).fill_null(value=True)
    return Judged(values, explained(values, wrong, _why()), notes if notes.count() else None)


def _why() -> pl.Expr:
    plate = pl.col("t")
    return pick(
        (plate.str.contains("[*?●#]"), "plate_partly_read"),
        (plate.str.contains(rf"^[^{PROVINCES}A-Z0-9使]"), "bad_plate_region"),
        (plate.str.contains("^.[A-Z0-9]*[IO]"), "plate_foreign_letter"),
        otherwise="bad_plate_no",
    )
