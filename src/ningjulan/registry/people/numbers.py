"""Numbers that are stored sealed and found blind: of documents, telephones and plates."""

import re
from collections.abc import Iterable, Mapping

from ningjulan.foundation.sealing import blind_index, blind_many, seal, seal_many, unseal
from ningjulan.registry.models.changes import Version

ID_NO, PHONE, PLATE_NO = "registry.id_no", "registry.phone", "registry.plate_no"

INDEX_OF: Mapping[str, str] = {
    "id_no": ID_NO,
    "owner_id_no": ID_NO,
    "doc_no": ID_NO,
    "permit_no": ID_NO,
    "phone": PHONE,
    "owner_phone": PHONE,
    "landlord_phone": PHONE,
    "legal_phone": PHONE,
    "safety_phone": PHONE,
    "emergency_phone": PHONE,
    "plate_no": PLATE_NO,
}
"""Item → what its blind index is of. One index for all telephones: an owner's finds the resident."""

_DROPPED = re.compile(r"[\s·•\-－—]")


def normalised(number: str) -> str:
    """Return a number as it is sealed and looked up: without blanks and dashes, in upper case."""
    return _DROPPED.sub("", number).upper()


def place_of(model: type[Version], item: str) -> str:
    """Return the place a column is sealed for, `table.column`."""
    return f"{model._meta.db_table}.{item}_sealed"


def sealed_items(model: type[Version]) -> list[str]:
    """Return the items of a table that are sealed, by the names of the catalogue."""
    names = [field.name for field in model._meta.concrete_fields]
    return [name.removesuffix("_sealed") for name in names if name.endswith("_sealed")]


def sealed(model: type[Version], item: str, number: str | None) -> dict[str, bytes | None]:
    """Return the two columns of an item: sealed, and its blind index; both null where there is no number."""
    text = normalised(number or "")
    if not text:
        return {f"{item}_sealed": None, f"{item}_index": None}
    return {f"{item}_sealed": seal(text, place_of(model, item)), f"{item}_index": index_of(item, text)}


def index_of(item: str, number: str) -> bytes:
    """Return the blind index by which a number is looked up."""
    return blind_index(normalised(number), INDEX_OF[item])


def opened(version: Version, item: str) -> str | None:
    """Return the number as it was sealed. Whoever calls this shows it masked, or leaves a trace."""
    value = getattr(version, f"{item}_sealed")
    return None if value is None else unseal(value, place_of(type(version), item))


def sealed_columns(
    model: type[Version], item: str, numbers: Iterable[str | None]
) -> tuple[list[bytes | None], list[bytes | None]]:
    """Return (sealed, indexes) of a whole column of numbers that are normalised already."""
    texts = list(numbers)
    return seal_many(texts, place_of(model, item)), blind_many(texts, INDEX_OF[item])
