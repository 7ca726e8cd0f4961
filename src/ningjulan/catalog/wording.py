"""The words in which the catalogue is shown, in the terminal and on the pages: one place for both."""

from datetime import timedelta

from ningjulan.catalog.contracts import CHECKS, UNITS, DataClass, Item

_TYPES = {
    "string": ("文本，至多 {length} 字", "text of up to {length}"),
    "text": ("长文本", "long text"),
    "int": ("整数", "whole number"),
    "decimal": ("小数，{scale} 位", "number, {scale} decimals"),
    "bool": ("是否", "yes or no"),
    "code": ("代码", "code"),
    "date": ("日期", "date"),
    "datetime": ("时间", "instant"),
    "ref": ("指向 {target}", "points at {target}"),
    "json": ("JSON", "JSON"),
    "geo_point": ("点", "point"),
    "geo_line": ("线", "line"),
    "geo_polygon": ("面", "polygon"),
    "geo_multipolygon": ("多面", "polygons"),
    "image_ref": ("图片引用", "reference to a picture"),
    "file_ref": ("文件引用", "reference to a file"),
}


def in_english(lang: str) -> bool:
    return lang.startswith("en")


def type_words(item: Item, lang: str) -> str:
    """Return the type of an item as people say it, with its code list where it has one."""
    if item.code_list:
        return item.code_list
    words = _TYPES[item.type.kind][in_english(lang)]
    return words.format(length=item.type.length, scale=item.type.scale, target=item.type.target)


def limits(item: Item, lang: str) -> str:
    """Return the range and unit: `0…300 km/h`."""
    extent = f"{item.minimum:.10g}…{item.maximum:.10g}" if item.minimum is not None else ""
    return " ".join(filter(None, (extent, UNITS[item.unit].label(lang) if item.unit else "")))


def marks(item: Item, lang: str) -> str:
    """Return what is special about an item: key, required, core, kept shorter."""
    en = in_english(lang)
    said = [
        (item.key, "主键", "key"),
        (item.required and not item.key, "必填", "required"),
        (item.core, "核心", "core"),
    ]
    found = [english if en else chinese for holds, chinese, english in said if holds]
    if item.keep is not None:
        found.append(f"kept {span(item.keep, lang)}" if en else f"保存 {span(item.keep, lang)}")
    return (", " if en else "、").join(found)


def rules(item: Item, lang: str) -> str:
    """Return range, unit, check and format in one phrase."""
    check = CHECKS[item.check].label(lang) if item.check else ""
    return ("; " if in_english(lang) else "；").join(filter(None, (limits(item, lang), check, item.format)))


def span(duration: timedelta, lang: str) -> str:
    """Return a duration in the largest unit that divides it."""
    minutes = int(duration.total_seconds()) // 60
    units = ((1440, "天", "day"), (60, "小时", "hour"), (1, "分钟", "minute"))
    size, zh, en = next(unit for unit in units if minutes % unit[0] == 0)
    n = minutes // size
    return f"{n} {en}{'' if n == 1 else 's'}" if in_english(lang) else f"{n} {zh}"


def head(data_class: DataClass, purposes: str, lang: str) -> list[tuple[str, str]]:
    """Return what to know of a class before its items, as pairs of heading and text."""
    late, early = span(data_class.late_by, lang), span(data_class.early_by, lang)
    time = data_class.by_id[data_class.time_item]
    end = data_class.by_id[data_class.keep_from] if data_class.keep_from else None
    keep = span(data_class.keep, lang)
    if in_english(lang):
        register = "a register: " if data_class.is_register else ""
        rows = [
            ("Basis", data_class.basis),
            ("Origin", data_class.origin),
            ("Purpose", purposes),
            ("Level", data_class.sensitivity),
            ("Time", f"{register}{time.en} ({time.id}); live records at most {late} old, {early} ahead"),
            ("Kept", f"{keep} from “{end.en}”" if end else keep),
            ("Note", data_class.note_en),
        ]
    else:
        register = "台账，" if data_class.is_register else ""
        rows = [
            ("依据", data_class.basis),
            ("来源", data_class.origin),
            ("用途", purposes),
            ("级别", data_class.sensitivity),
            ("时间", f"{register}{time.zh}（{time.id}）；实时接收最迟 {late}，最多超前 {early}"),
            ("保存", f"{keep}，自“{end.zh}”起" if end else keep),
            ("说明", data_class.note_zh),
        ]
    return [(heading, text) for heading, text in rows if text]
