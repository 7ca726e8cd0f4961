"""The catalogue over HTTP: what the screens need for labels, filters and the data-centre page."""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from ninja import Router, Schema

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import CHECKS, GROUPS, MASKS, CodeList, DataClass, Item, Words
from ningjulan.catalog.schemas import level_of
from ningjulan.foundation.api import PROBLEMS, ActorRequest

router = Router(tags=["catalog"])


class CodeOut(Schema):
    code: str
    zh: str
    en: str


class CodeListOut(Schema):
    id: str
    zh: str
    en: str
    basis: str
    codes: list[CodeOut]


class GroupOut(Schema):
    id: str
    zh: str
    en: str
    n_classes: int
    n_items: int
    n_core_items: int


class CatalogOut(Schema):
    """What the catalogue holds, in all and by group."""

    n_classes: int
    n_items: int
    n_core_items: int
    n_code_lists: int
    groups: list[GroupOut]


class ClassOut(Schema):
    id: str
    group: str
    zh: str
    en: str
    sensitivity: str
    purposes: list[CodeOut]
    keep_days: int
    is_register: bool
    n_items: int
    n_core_items: int
    n_personal_items: int


class ItemOut(Schema):
    id: str
    zh: str
    en: str
    type: str
    code_list: str | None
    refers_to: str | None
    format: str | None
    check: str | None
    unit: str | None
    minimum: float | None
    maximum: float | None
    key: bool
    core: bool
    required: bool
    level: str
    pi: str | None
    mask: str | None
    keep_days: int | None


class ItemNameOut(Schema):
    """Which class has an item of this name: for search."""

    class_id: str
    id: str
    zh: str
    en: str


class WordsOut(Schema):
    """What a mask or a check is called by people."""

    id: str
    zh: str
    en: str


class ClassDetailOut(ClassOut):
    note_zh: str
    note_en: str
    basis: str
    origin: str
    purpose: str
    time_item: str
    device_item: str | None
    place_item: str | None
    late_by_s: int
    early_by_s: int
    keep_from: str | None
    items: list[ItemOut]
    code_lists: list[CodeListOut]
    masks: list[WordsOut]
    checks: list[WordsOut]
    record_schema: dict[str, Any]


@router.get("/categories", response={200: list[CodeOut], **PROBLEMS}, operation_id="listCategories")
def categories(request: ActorRequest) -> list[CodeOut]:
    """事件类别（平台）。"""
    return _codes("CL_CATEGORY")


@router.get(
    "/code-lists/{code_list_id}", response={200: list[CodeOut], **PROBLEMS}, operation_id="getCodeList"
)
def code_list(request: ActorRequest, code_list_id: str) -> list[CodeOut]:
    """一个代码表的全部代码。"""
    return _codes(code_list_id)


@router.get("/code-lists", response={200: list[CodeListOut], **PROBLEMS}, operation_id="listCodeLists")
def code_lists(request: ActorRequest) -> list[CodeListOut]:
    """全部代码表。"""
    return [_code_list(found) for found in facade.list_code_lists()]


@router.get("/catalog", response={200: CatalogOut, **PROBLEMS}, operation_id="getCatalog")
def catalog(request: ActorRequest) -> CatalogOut:
    """数据目录的规模：类、数据项、代码表，按组。"""
    stats = facade.stats()
    return CatalogOut(
        n_classes=stats.classes,
        n_items=stats.all_items,
        n_core_items=stats.core_items,
        n_code_lists=stats.code_lists,
        groups=[_group(group, words) for group, words in GROUPS.items()],
    )


@router.get("/classes", response={200: list[ClassOut], **PROBLEMS}, operation_id="listClasses")
def classes(request: ActorRequest) -> list[ClassOut]:
    """数据目录：全部数据类。"""
    return [ClassOut(**_summary(data_class)) for data_class in facade.list_classes()]


@router.get("/catalog/items", response={200: list[ItemNameOut], **PROBLEMS}, operation_id="listItems")
def items(request: ActorRequest) -> list[ItemNameOut]:
    """全部数据项的名称，供检索。"""
    return [
        ItemNameOut(class_id=one.id, id=item.id, zh=item.zh, en=item.en)
        for one in facade.list_classes()
        for item in one.items
    ]


@router.get("/classes/{class_id}", response={200: ClassDetailOut, **PROBLEMS}, operation_id="getClass")
def data_class(request: ActorRequest, class_id: str) -> ClassDetailOut:
    """一个数据类：数据项、代码表、期限、JSON Schema。"""
    found = facade.get_class(class_id)
    used = dict.fromkeys(item.code_list for item in found.items if item.code_list)
    return ClassDetailOut(
        **_summary(found),
        note_zh=found.note_zh,
        note_en=found.note_en,
        basis=found.basis,
        origin=found.origin,
        purpose=found.purposes[0],
        time_item=found.time_item,
        device_item=found.device_item,
        place_item=found.place_item,
        late_by_s=int(found.late_by.total_seconds()),
        early_by_s=int(found.early_by.total_seconds()),
        keep_from=found.keep_from,
        items=[_item(item, found) for item in found.items],
        code_lists=[_code_list(facade.code_list(list_id)) for list_id in used],
        masks=_words(MASKS, (item.mask for item in found.items)),
        checks=_words(CHECKS, (item.check for item in found.items)),
        record_schema=facade.json_schema(class_id),
    )


@router.get("/ingest-openapi.json", response={200: dict[str, Any], **PROBLEMS}, operation_id="getIngestApi")
def ingest_openapi(request: ActorRequest) -> HttpResponse:
    """数据接入接口的 OpenAPI 描述，由数据目录生成。"""
    return HttpResponse(_ingest_openapi(), content_type="application/json; charset=utf-8")


@cache
def _ingest_openapi() -> bytes:
    """Return the description as it is sent; the catalogue does not change while the platform runs."""
    return json.dumps(facade.ingest_description(version=settings.VERSION), ensure_ascii=False).encode()


def _codes(code_list_id: str) -> list[CodeOut]:
    return [CodeOut(code=c.code, zh=c.zh, en=c.en) for c in facade.code_list(code_list_id).codes]


def _code_list(found: CodeList) -> CodeListOut:
    return CodeListOut(id=found.id, zh=found.zh, en=found.en, basis=found.basis, codes=_codes(found.id))


def _group(group: str, words: Words) -> GroupOut:
    items = [item for one in facade.list_classes() if one.group == group for item in one.items]
    return GroupOut(
        id=group,
        zh=words.zh,
        en=words.en,
        n_classes=facade.stats().by_group[group],
        n_items=len(items),
        n_core_items=sum(item.core for item in items),
    )


def _words(known: Mapping[str, Words], used: Iterable[str | None]) -> list[WordsOut]:
    names = sorted({name for name in used if name})
    return [WordsOut(id=name, zh=known[name].zh, en=known[name].en) for name in names]


def _summary(data_class: DataClass) -> dict[str, Any]:
    purposes = facade.code_list("CL_PURPOSE_CODE").by_code
    return {
        "id": data_class.id,
        "group": data_class.group,
        "zh": data_class.zh,
        "en": data_class.en,
        "sensitivity": data_class.sensitivity,
        "purposes": [
            {"code": code, "zh": purposes[code].zh, "en": purposes[code].en} for code in data_class.purposes
        ],
        "keep_days": data_class.keep.days,
        "is_register": data_class.is_register,
        "n_items": len(data_class.items),
        "n_core_items": sum(item.core for item in data_class.items),
        "n_personal_items": sum(item.pi is not None for item in data_class.items),
    }


def _item(item: Item, data_class: DataClass) -> ItemOut:
    told_apart = {"type", "level", "refers_to", "keep_days"}
    same_names = (set(ItemOut.model_fields) - told_apart) & set(Item.__dataclass_fields__)
    return ItemOut(
        **{name: getattr(item, name) for name in same_names},
        type=item.type.written,
        refers_to=item.type.target,
        level=level_of(item, data_class),
        keep_days=item.keep.days if item.keep is not None else None,
    )
