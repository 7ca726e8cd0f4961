"""Reads the catalogue's files and refuses what is wrong, with file, line and reason."""

import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ningjulan.catalog.contracts import (
    CHECKS,
    GROUPS,
    MASKS,
    OURS,
    RECORDED_AT,
    UNITS,
    Code,
    CodeList,
    DataClass,
    Item,
    ItemType,
)
from ningjulan.catalog.forbidden import forbidden_word
from ningjulan.catalog.schemas import level_of
from ningjulan.catalog.yaml_lines import Lines, read

FOLDER = Path(__file__).parent

KINDS = frozenset(
    {"string", "text", "int", "decimal", "bool", "code", "date", "datetime", "ref", "json"}
    | {"geo_point", "geo_line", "geo_polygon", "geo_multipolygon", "image_ref", "file_ref"}
)
LEVELS = frozenset({"L1", "L2", "L3", "L4"})
BASES = frozenset({"found", "memory", "product"})
PERSONAL = frozenset({"personal", "sensitive"})
TIMES = frozenset({"datetime", "date"})
DEVICES = frozenset({"ref", "string"})

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TYPE = re.compile(r"(?P<kind>[a-z_]+)(?:\((?P<argument>[A-Z0-9,]+)\))?")
_DURATION = re.compile(r"(\d+)(d|h|m|s)")
_DURATION_UNIT = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@dataclass(frozen=True)
class Catalogue:
    classes: Mapping[str, DataClass]
    code_lists: Mapping[str, CodeList]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Return the catalogue that comes with the platform."""
    return load(FOLDER)


def load(folder: Path) -> Catalogue:
    """Read `code_lists/*.yaml` and `classes/*.yaml` below `folder`.

    Raises:
        CatalogueRefused: A file is wrong; names file, line and reason.
    """
    code_lists: dict[str, CodeList] = {}
    for path in sorted((folder / "code_lists").glob("*.yaml")):
        written = read(path)
        found = _code_list(written)
        if found.id in code_lists:
            raise written.refuse(f"代码表 {found.id} 已在另一文件中定义", "code_list")
        code_lists[found.id] = found
    classes: dict[str, DataClass] = {}
    files = [read(path) for path in sorted((folder / "classes").glob("*.yaml"))]
    for written in files:
        data_class = _data_class(written, code_lists)
        if data_class.id in classes:
            raise written.refuse(f"数据类 {data_class.id} 已在 {classes[data_class.id].file} 中定义", "class")
        classes[data_class.id] = data_class
    for written in files:
        _check_references(written, classes)
    return Catalogue(classes, code_lists)


def _check_references(written: Lines, classes: Mapping[str, DataClass]) -> None:
    for item in classes[str(written["class"])].items:
        if item.type.target and item.type.target not in classes:
            raise written["items"][item.id].refuse(f"所指数据类 {item.type.target} 不存在", "type")


def _code_list(written: Lines) -> CodeList:
    written.check_keys(required={"code_list", "title", "basis", "values"}, allowed=set())
    zh, en = _title(written, written["title"], "title")
    basis = _one_of(written, "basis", BASES)
    values = written["values"]
    if not isinstance(values, Lines) or not values:
        raise written.refuse("values 应为 代码: {zh, en}", "values")
    codes = tuple(Code(code, *_title(values, label, code)) for code, label in values.items())
    return CodeList(str(written["code_list"]), zh, en, basis, codes)


_CLASS_KEYS = {"class", "title", "group", "basis", "origin", "purpose", "sensitivity", "time"} | {
    *("late_by", "early_by", "keep", "items"),
}

_OPTIONAL_CLASS_KEYS = {"device", "place", "keep_from", "same_content_within", "note"}


def _data_class(written: Lines, code_lists: Mapping[str, CodeList]) -> DataClass:
    written.check_keys(required=_CLASS_KEYS, allowed=_OPTIONAL_CLASS_KEYS)
    zh, en = _title(written, written["title"], "title")
    if not isinstance(written["items"], Lines) or not written["items"]:
        raise written.refuse("items 应为 数据项: {…}", "items")
    items = tuple(_item(written["items"], item_id, code_lists) for item_id in written["items"])
    by_id = {item.id: item for item in items}
    if not any(item.key for item in items):
        raise written.refuse("没有主键项（key: true）", "items")
    note_zh, note_en = _title(written, written["note"], "note") if "note" in written else ("", "")
    register = written["time"] == RECORDED_AT.id
    found = DataClass(
        id=str(written["class"]),
        group=_one_of(written, "group", GROUPS),
        zh=zh,
        en=en,
        basis=str(written["basis"]),
        origin=str(written["origin"]),
        purposes=_purposes(written, code_lists),
        sensitivity=_one_of(written, "sensitivity", LEVELS),
        items=items,
        time_item=RECORDED_AT.id if register else _item_of_kind(written, "time", by_id, TIMES),
        late_by=_duration(written, "late_by"),
        early_by=_duration(written, "early_by"),
        keep=_duration(written, "keep"),
        keep_from=_item_of_kind(written, "keep_from", by_id, TIMES) if "keep_from" in written else None,
        device_item=_item_of_kind(written, "device", by_id, DEVICES) if "device" in written else None,
        place_item=_item_of_kind(written, "place", by_id, {"geo_point"}) if "place" in written else None,
        note_zh=note_zh,
        note_en=note_en,
        same_content_within=(
            _duration(written, "same_content_within") if "same_content_within" in written else None
        ),
        file=written.file,
    )
    for item in items:
        _check_item_in_class(written["items"][item.id], item, found)
    return found


def _purposes(written: Lines, code_lists: Mapping[str, CodeList]) -> tuple[str, ...]:
    """Read one purpose or a list of them; PR-01: no class without."""
    wanted = written["purpose"]
    purposes = tuple(str(code) for code in (wanted if isinstance(wanted, list) else [wanted]))
    known = code_lists["CL_PURPOSE_CODE"].by_code if "CL_PURPOSE_CODE" in code_lists else {}
    unknown = sorted(set(purposes) - set(known))
    if unknown or not purposes:
        shown = "、".join(unknown) or "（空）"
        raise written.refuse(f"purpose 应为 CL_PURPOSE_CODE 中的代码：{shown}", "purpose")
    return purposes


def _check_item_in_class(written: Lines, item: Item, data_class: DataClass) -> None:
    """Refuse what only shows when the item is seen in its class."""
    level = level_of(item, data_class)
    if level > data_class.sensitivity and not item.mask:  # GB/T 43697: the higher level counts
        raise written.refuse(f"{item.id} 为 {level}，高于本类的 {data_class.sensitivity}，应写明 mask")
    if item.keep is not None and item.keep >= data_class.keep:
        raise written.refuse(f"{item.id} 的 keep 应短于本类的 keep", "keep")
    if item.check == "id_document" and not any(i.code_list == "CL_ID_TYPE" for i in data_class.items):
        raise written.refuse("check: id_document 需要本类有一个 CL_ID_TYPE 项", "check")


_ITEM_KEYS = {"code_list", "format", "unit", "range", "key", "core", "required", "pi", "mask"} | {
    *("check", "keep", "also"),
}


def _item(items: Lines, item_id: str, code_lists: Mapping[str, CodeList]) -> Item:
    written = items[item_id]
    if not isinstance(written, Lines):
        raise items.refuse(f"{item_id} 应为 {{zh, en, type, …}}", item_id)
    written.check_keys(required={"zh", "en", "type"}, allowed=_ITEM_KEYS)
    if not _ID.fullmatch(item_id):
        raise items.refuse(f"数据项名 {item_id} 应为小写字母、数字和下划线", item_id)
    if item_id in OURS:
        raise items.refuse(f"数据项名 {item_id} 由平台自用，请改名", item_id)
    also = written.get("also")
    if also is not None and (not _ID.fullmatch(str(also)) or also in items):
        raise written.refuse("also 应为送数时的另一名称，且不是本类的数据项", "also")
    for name in (item_id, written["zh"], written["en"]):
        if word := forbidden_word(str(name)):
            raise items.refuse(f"平台不采集此类信息：{word}", item_id)
    item_type = _type(written)
    if item_type.kind == "code" and written.get("code_list") not in code_lists:
        raise written.refuse(f"代码表 {written.get('code_list', '（未写）')} 不存在", "code_list")
    if "check" in written and item_type.kind != "string":
        raise written.refuse("check 只用于 string", "check")
    minimum, maximum = _range(written)
    return Item(
        id=item_id,
        zh=str(written["zh"]),
        en=str(written["en"]),
        type=item_type,
        code_list=written.get("code_list"),
        format=written.get("format"),
        unit=_find_one_of(written, "unit", UNITS),
        minimum=minimum,
        maximum=maximum,
        key=_flag(written, "key"),
        core=_flag(written, "core"),
        required=_flag(written, "required"),
        pi=_find_one_of(written, "pi", PERSONAL),
        mask=_find_one_of(written, "mask", MASKS),
        check=_find_one_of(written, "check", CHECKS),
        keep=_duration(written, "keep") if "keep" in written else None,
        also=also,
    )


def _type(written: Lines) -> ItemType:
    text = str(written["type"])
    match = _TYPE.fullmatch(text)
    kind = match["kind"] if match else ""
    if match is None or kind not in KINDS:
        raise written.refuse(f"未知的类型 {text}", "type")
    argument = match["argument"]
    try:
        if kind == "string":
            return ItemType(text, kind, length=int(argument))
        if kind == "decimal":
            digits, scale = argument.split(",")
            return ItemType(text, kind, length=int(digits), scale=int(scale))
    except (AttributeError, TypeError, ValueError):
        raise written.refuse(f"类型 {text} 的括号里应为长度", "type") from None
    if kind == "ref" and argument is None:
        raise written.refuse("ref 应写明所指数据类，如 ref(IOT11)", "type")
    return ItemType(text, kind, target=argument)


def _title(owner: Lines, written: Any, key: str) -> tuple[str, str]:
    if not isinstance(written, Lines) or set(written) != {"zh", "en"}:
        raise owner.refuse(f"{key} 应为 {{zh: …, en: …}}", key)
    return str(written["zh"]), str(written["en"])


def _find_one_of(written: Lines, key: str, allowed: Collection[str]) -> str | None:
    return _one_of(written, key, allowed) if key in written else None


def _one_of(written: Lines, key: str, allowed: Collection[str]) -> str:
    if written[key] not in allowed:
        raise written.refuse(f"{key} 应为 {'、'.join(sorted(allowed))} 之一", key)
    return str(written[key])


def _flag(written: Lines, key: str) -> bool:
    value = written.get(key, False)
    if not isinstance(value, bool):
        raise written.refuse(f"{key} 应为 true 或 false", key)
    return value


def _range(written: Lines) -> tuple[float | None, float | None]:
    limits = written.get("range")
    if limits is None:
        return None, None
    numbers = isinstance(limits, list) and all(isinstance(x, int | float) for x in limits)
    if not numbers or len(limits) != 2 or limits[0] > limits[1]:
        raise written.refuse("range 应为 [最小, 最大]", "range")
    return float(limits[0]), float(limits[1])


def _duration(written: Lines, key: str) -> timedelta:
    match = _DURATION.fullmatch(str(written[key]))
    if not match:
        raise written.refuse(f"{key} 应为时长，如 10m、24h、30d", key)
    return timedelta(**{_DURATION_UNIT[match[2]]: int(match[1])})


def _item_of_kind(written: Lines, key: str, by_id: Mapping[str, Item], kinds: Set[str]) -> str:
    item = by_id.get(str(written[key]))
    if item is None or item.type.kind not in kinds:
        raise written.refuse(f"{key} 应为本类的一个数据项，类型为 {'、'.join(sorted(kinds))}", key)
    return item.id
