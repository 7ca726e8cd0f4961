"""What of a stored record is shown to whom: personal items masked, or closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ningjulan.catalog.contracts import DataClass, Item
from ningjulan.foundation import audit
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.errors import InputRefused, NotAllowed
from ningjulan.foundation.masking import HIDDEN, masked

REASON_LENGTH = 4  # 核查漏报


class ClassClosed(NotAllowed):
    code = "class_closed"
    message_zh = "{class_id} 为敏感个人信息（L4），不提供自由查询"
    message_en = "{class_id} is sensitive personal information (L4); it cannot be queried"


class ReasonTooShort(InputRefused):
    code = "reason_too_short"
    message_zh = "事由过短，请写明为何查阅"
    message_en = "The reason is too short; say why"


def note_raw_reading(
    subject: tuple[str, str | int], class_id: str, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Note in the trail that somebody reads a raw line, and why.

    Args:
        subject: Kind and id of what holds the line.

    Raises:
        ReasonTooShort: It does not say why.
    """
    if len(reason.strip()) < REASON_LENGTH:
        raise ReasonTooShort
    kind, subject_id = subject
    audit.record(
        actor,
        "read_raw",
        at=now,
        subject_kind=kind,
        subject_id=subject_id,
        class_id=class_id,
        items=["raw"],
        reason=reason.strip(),
    )


def personal_columns(data_class: DataClass) -> set[str]:
    """Return what nobody reads without a reason: personal and masked items, and what repeats them.

    The source's own wording may hold anything; in a class about people the address is where they live.
    """
    hidden = {item.id for item in data_class.items if item.pi or item.mask} | {"source_text"}
    if any(item.id in hidden for item in data_class.key_items):
        hidden.add("record_key")
    if data_class.sensitivity == "L3":
        hidden.add("address_text")
    return hidden


def sensitive_columns(data_class: DataClass) -> set[str]:
    """Return what no query reads, whatever the reason (PR-04)."""
    hidden = {item.id for item in data_class.items if item.pi == "sensitive"}
    if any(item.id in hidden for item in data_class.key_items):
        hidden.add("record_key")
    return hidden


@dataclass(frozen=True)
class ShownItem:
    """An item of a record as people see it. `value` is null where nothing may be shown."""

    id: str
    zh: str
    en: str
    value: str | None
    is_masked: bool


def shown_record(row: Mapping[str, Any], data_class: DataClass) -> list[ShownItem]:
    """Return the items of a record that say something, masked; the sensitive ones are left out (PR-04)."""
    closed = sensitive_columns(data_class)
    return [
        ShownItem(item.id, item.zh, item.en, _shown(row[item.id], item), bool(item.pi or item.mask))
        for item in data_class.items
        if item.id not in closed and row.get(item.id) is not None
    ]


def _shown(value: Any, item: Item) -> str | None:
    if item.mask:
        return masked(value, item.mask)
    return HIDDEN if item.pi else str(value)
