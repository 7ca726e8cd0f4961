"""The catalogue over HTTP: what the screens need for labels, filters and the data-centre page."""

from typing import Any

from ninja import Router, Schema

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import DataClass, Item
from ningjulan.catalog.schemas import level_of
from ningjulan.foundation.api import PROBLEMS, ActorRequest

router = Router(tags=["catalog"])


class CodeOut(Schema):
    code: str
    zh: str
    en: str


class ClassOut(Schema):
    id: str
    group: str
    zh: str
    en: str
    sensitivity: str
    n_items: int
    n_core_items: int


class ItemOut(Schema):
    id: str
    zh: str
    en: str
    type: str
    code_list: str | None
    format: str | None
    unit: str | None
    minimum: float | None
    maximum: float | None
    key: bool
    core: bool
    required: bool
    level: str
    pi: str | None
    mask: str | None


class ClassDetailOut(ClassOut):
    basis: str
    origin: str
    purpose: str
    late_by_s: int
    early_by_s: int
    keep_days: int
    items: list[ItemOut]
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


@router.get("/classes", response={200: list[ClassOut], **PROBLEMS}, operation_id="listClasses")
def classes(request: ActorRequest) -> list[ClassOut]:
    """数据目录：全部数据类。"""
    return [ClassOut(**_summary(data_class)) for data_class in facade.list_classes()]


@router.get("/classes/{class_id}", response={200: ClassDetailOut, **PROBLEMS}, operation_id="getClass")
def data_class(request: ActorRequest, class_id: str) -> ClassDetailOut:
    """一个数据类：数据项、期限、JSON Schema。"""
    found = facade.get_class(class_id)
    return ClassDetailOut(
        **_summary(found),
        basis=found.basis,
        origin=found.origin,
        purpose=found.purposes[0],
        late_by_s=int(found.late_by.total_seconds()),
        early_by_s=int(found.early_by.total_seconds()),
        keep_days=found.keep.days,
        items=[_item(item, found) for item in found.items],
        record_schema=facade.json_schema(class_id),
    )


def _codes(code_list_id: str) -> list[CodeOut]:
    return [CodeOut(code=c.code, zh=c.zh, en=c.en) for c in facade.code_list(code_list_id).codes]


def _summary(data_class: DataClass) -> dict[str, Any]:
    return {
        "id": data_class.id,
        "group": data_class.group,
        "zh": data_class.zh,
        "en": data_class.en,
        "sensitivity": data_class.sensitivity,
        "n_items": len(data_class.items),
        "n_core_items": sum(item.core for item in data_class.items),
    }


def _item(item: Item, data_class: DataClass) -> ItemOut:
    same_names = (set(ItemOut.model_fields) - {"type", "level"}) & set(Item.__dataclass_fields__)
    same = {name: getattr(item, name) for name in same_names}
    return ItemOut(**same, type=item.type.written, level=level_of(item, data_class))
