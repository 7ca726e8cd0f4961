"""What other modules may ask the catalogue. Reads the files once; after that everything is in memory."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ningjulan.catalog import loader, openapi, samples, schemas
from ningjulan.catalog.contracts import (
    CatalogueStats,
    CodeList,
    DataClass,
    FieldFacts,
    UnknownClass,
    UnknownCodeList,
)

if TYPE_CHECKING:
    import dataframely as dy


def get_class(class_id: str) -> DataClass:
    """Return the class, or raise `UnknownClass` (404)."""
    try:
        return loader.catalogue().classes[class_id]
    except KeyError:
        raise UnknownClass(class_id=class_id[:20]) from None


def list_classes() -> list[DataClass]:
    """Return all classes, by id."""
    return [loader.catalogue().classes[class_id] for class_id in sorted(loader.catalogue().classes)]


def code_list(code_list_id: str) -> CodeList:
    """Return the code list, or raise `UnknownCodeList` (404)."""
    try:
        return loader.catalogue().code_lists[code_list_id]
    except KeyError:
        raise UnknownCodeList(code_list=code_list_id[:40]) from None


def list_code_lists() -> list[CodeList]:
    """Return all code lists, by id."""
    return [loader.catalogue().code_lists[list_id] for list_id in sorted(loader.catalogue().code_lists)]


def label(code_list_id: str, code: str, lang: str = "zh") -> str:
    """Return the label of a code; the code itself when the list does not know it."""
    known = code_list(code_list_id).by_code.get(code)
    return known.label(lang) if known else code


def fields_of(class_id: str) -> Mapping[str, FieldFacts]:
    """Return what a cleaned record of the class holds: field → label, type, level, personal or not.

    These are the items of the class and the columns cleaning adds to every record.
    """
    return schemas.fields_of(get_class(class_id))


def json_schema(class_id: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one record as a source delivers it."""
    return schemas.json_schema(get_class(class_id), loader.catalogue().code_lists)


def ingest_description(*, version: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `POST /ingest/{class}`, one path a class."""
    return openapi.ingest_description(list_classes(), loader.catalogue().code_lists, version=version)


def frame(class_id: str) -> "type[dy.Schema]":
    """Return the typed frame of a class: the types and rules its accepted records keep."""
    from ningjulan.catalog import frames  # dataframely is slow to start and few ask for it

    return frames.frame_of(get_class(class_id), loader.catalogue().code_lists)


def clean_samples(class_id: str, n: int, *, now: datetime, seed: int = 0) -> list[samples.Record]:
    """Return n invented records of a class, right when received at `now`; the same for the same seed."""
    return list(_maker(class_id, now, seed).clean(n))


def dirty_samples(class_id: str, *, now: datetime, seed: int = 0) -> list[samples.Dirty]:
    """Return an invented record for each item of a class and each fault it can have, one fault a record."""
    return list(_maker(class_id, now, seed).dirty())


def _maker(class_id: str, now: datetime, seed: int) -> samples.Maker:
    return samples.Maker(get_class(class_id), loader.catalogue().code_lists, now, seed)


def stats() -> CatalogueStats:
    """Count the catalogue: classes, core items, all items, code lists, classes per group."""
    classes = list_classes()
    items = [item for data_class in classes for item in data_class.items]
    return CatalogueStats(
        classes=len(classes),
        core_items=sum(item.core for item in items),
        all_items=len(items),
        code_lists=len(loader.catalogue().code_lists),
        by_group=dict(Counter(data_class.group for data_class in classes)),
    )
