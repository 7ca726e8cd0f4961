"""What is wrong with a rejected line, one sentence a rule, with the item it is about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item, UnknownClass
from ningjulan.cleaning.contracts import REASONS

_ITEM = re.compile(r"(?:^|；)([^；：]+)（([a-z0-9_]+)）：")


@dataclass(frozen=True)
class Fault:
    """A broken rule. `item` is empty where the line as a whole is meant."""

    reason: str
    item: str
    zh: str
    en: str


def faults_of(class_id: str, reasons: Sequence[str], detail: str) -> list[Fault]:
    """Return what is wrong, from the reasons and the sentences that cleaning gave.

    The sentences name the item each is about (`findings.rejected`). A reason that no sentence names stands by
    itself; one that the cleaner no longer knows is shown by its code.
    """
    found = _about_items(class_id, detail)
    named = {fault.reason for fault in found}
    return found + [
        Fault(code, "", REASONS[code].zh if code in REASONS else code, _english(code))
        for code in reasons
        if code not in named
    ]


def _about_items(class_id: str, detail: str) -> list[Fault]:
    items = _items(class_id)
    starts = [m for m in _ITEM.finditer(detail) if m[2] in items and items[m[2]].zh == m[1]]
    faults = []
    for n, start in enumerate(starts):
        end = starts[n + 1].start() if n + 1 < len(starts) else len(detail)
        item, said = items[start[2]], detail[start.end() : end]
        code = next((code for code, reason in REASONS.items() if said.startswith(reason.zh)), None)
        if code is not None:
            sentence = detail[start.start() : end].removeprefix("；")
            faults.append(Fault(code, item.id, sentence, f"{item.en} ({item.id}): {_english(code)}"))
    return faults


def _items(class_id: str) -> dict[str, Item]:
    try:
        return {item.id: item for item in catalog.get_class(class_id).items}
    except UnknownClass:  # it has left the catalogue; its rejects are still there
        return {}


def _english(code: str) -> str:
    return REASONS[code].en if code in REASONS else code
