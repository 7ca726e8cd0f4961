"""What follows from a class without anybody writing it twice: field facts and JSON Schema."""

from collections.abc import Callable, Mapping
from typing import Any

from ningjulan.catalog.contracts import CHECKS, UNITS, CodeList, DataClass, FieldFacts, Item

# What cleaning adds to every record (`cleaning.contracts.COLLATED` holds the frame types; a test compares).
ADDED: Mapping[str, FieldFacts] = {
    "record_key": FieldFacts("记录标识", "text", "L2", None),
    "occurred_at": FieldFacts("发生时间", "datetime", "L2", None),
    "time_precision": FieldFacts("时间精度", "text", "L1", None),
    "device_id": FieldFacts("设备编码", "text", "L2", None),
    "lon": FieldFacts("经度", "decimal", "L2", None),
    "lat": FieldFacts("纬度", "decimal", "L2", None),
    "grid_code": FieldFacts("所属网格", "text", "L1", None),
    "area_code": FieldFacts("所属区划", "text", "L1", None),
    "building_id": FieldFacts("楼栋标识", "text", "L2", None),
    "address_text": FieldFacts("地址", "text", "L2", None),
    "placement": FieldFacts("定位方式", "text", "L1", None),
    "source_text": FieldFacts("来源原文", "text", "L2", None),
}

HINTS: Mapping[str, str] = {
    "area_code": "事发区划代码",
    "community_name": "事发社区名称",
    "address_text": "事发地址",
    "source_text": "来源原文",
    "lon": "经度",
    "lat": "纬度",
}
"""What any record may bring besides the items of its class; not items of the catalogue, not counted there.

`area_code` is a street (9 digits), community (12) or grid (15); `lon`, `lat` are in the system the source
declares; `source_text` is kept as it came.
"""


def level_of(item: Item, data_class: DataClass) -> str:
    """Return the level of one item: L4 sensitive, L3 personal or masked, else the class's level up to L2."""
    if item.pi == "sensitive":
        return "L4"
    if item.pi == "personal" or item.mask:
        return "L3"
    return min(data_class.sensitivity, "L2")


def fields_of(data_class: DataClass) -> dict[str, FieldFacts]:
    """Return field → facts for the items of the class and the columns cleaning adds."""
    own = {
        item.id: FieldFacts(item.zh, item.type.kind, level_of(item, data_class), item.pi)
        for item in data_class.items
    }
    return {**ADDED, **own}


def json_schema(data_class: DataClass, code_lists: Mapping[str, CodeList]) -> dict[str, Any]:
    """Return the JSON Schema of one record as delivered. Cleaning reads more than it promises here."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ningjulan:class:{data_class.id}",
        **record_schema(data_class, lambda list_id: codes_schema(code_lists[list_id])),
    }


def record_schema(data_class: DataClass, codes: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return the schema of one record without its head. `codes` says how the codes of a list are written."""
    hints = {name: {"type": "string", "title": title} for name, title in HINTS.items()}
    items = {name: _property(item, data_class, codes) for name, item in data_class.by_id.items()}
    return {
        "title": data_class.zh,
        "description": f"{data_class.en}. {data_class.basis}",
        "type": "object",
        "properties": {**hints, **items},
        "required": [item.id for item in data_class.items if item.required],
    }


def codes_schema(code_list: CodeList) -> dict[str, Any]:
    """Return the schema of one value of a code list."""
    return {
        "type": "string",
        "oneOf": [{"const": code.code, "title": f"{code.zh} · {code.en}"} for code in code_list.codes],
    }


def _geometry(kind: str) -> dict[str, Any]:
    """Return the schema of a GeoJSON geometry."""
    properties = {"type": {"const": kind}, "coordinates": {"type": "array"}}
    return {"type": "object", "properties": properties, "required": ["type", "coordinates"]}


_POINT: dict[str, Any] = {
    "type": "object",
    "properties": {"lon": {"type": "number"}, "lat": {"type": "number"}},
    "required": ["lon", "lat"],
}
_JSON_TYPE: Mapping[str, dict[str, Any]] = {
    "int": {"type": "integer"},
    "decimal": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "geo_point": _POINT,
    "geo_line": _geometry("LineString"),
    "geo_polygon": _geometry("Polygon"),
    "geo_multipolygon": _geometry("MultiPolygon"),
    "json": {"type": ["object", "array"]},
}


def _property(item: Item, data_class: DataClass, codes: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {**_JSON_TYPE.get(item.type.kind, {"type": "string"}), "title": item.zh}
    if item.code_list:
        found = {**codes(item.code_list), "title": item.zh}
    if item.type.kind == "string":
        found["maxLength"] = item.type.length
    if item.minimum is not None:
        found |= {"minimum": item.minimum, "maximum": item.maximum}
    check = CHECKS[item.check].zh if item.check else None
    target = f"指向 {item.type.target}" if item.type.target else None
    notes = [item.en, item.format, item.unit and f"单位：{UNITS[item.unit].zh}", check, target]
    found["description"] = "；".join(note for note in notes if note)
    found["x-level"] = level_of(item, data_class)
    if item.pi:
        found["x-personal-information"] = item.pi
    return found
