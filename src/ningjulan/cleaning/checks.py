"""What the text of an item must also satisfy: the names the catalogue uses, and who judges them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from ningjulan.catalog.contracts import Item
from ningjulan.cleaning.contracts import NOTE_SCHEMA
from ningjulan.cleaning.findings import Finding, any_bad
from ningjulan.cleaning.numbers import identity, organisations, plain, plates, telephones
from ningjulan.cleaning.numbers.judged import Judged
from ningjulan.cleaning.times import LOCAL_ZONE

_ID_KINDS = "CL_ID_TYPE"


@dataclass(frozen=True)
class Beside:
    """What a check may know besides its own column."""

    today: pl.Series  # local date of receipt of each record
    id_kinds: pl.Series  # CL_ID_TYPE code of each record, null where not given


CHECKS: Mapping[str, Callable[[pl.Series, Beside], Judged]] = {
    "id_card_no": lambda text, beside: identity.id_card_no(text, today=beside.today),
    "id_document": lambda text, beside: identity.id_document(text, beside.id_kinds, today=beside.today),
    "uscc": lambda text, _: organisations.uscc(text),
    "plate_no": lambda text, _: plates.plate_no(text),
    "phone": lambda text, _: telephones.phone(text),
    "mobile": lambda text, _: telephones.mobile(text),
    "division_code": lambda text, _: plain.division_code(text),
    "month": lambda text, _: plain.month(text),
    "hmac": lambda text, _: plain.hmac(text),
}


@dataclass
class Checked:
    """The columns in their one form, what was wrong with them, what was worth a note."""

    values: dict[str, pl.Series] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    notes: dict[str, pl.Series] = field(default_factory=dict)  # item → note per row


def checked(
    items: Mapping[str, Item], values: Mapping[str, pl.Series], found: list[Finding], received_at: pl.Series
) -> Checked:
    """Judge the items that name a check.

    Args:
        items: Items of the class.
        values: Their columns, already in their types.
        found: Findings so far; a row bad in an item is not judged in it again.
        received_at: When the door took each record.
    """
    out = Checked()
    today: pl.Series | None = None
    for item in items.values():
        if item.check is None or values[item.id].null_count() == len(values[item.id]):
            continue
        text = values[item.id]
        if today is None:
            today = received_at.dt.convert_time_zone(LOCAL_ZONE).dt.date()
        beside = Beside(today, _id_kinds(items, values))
        _check(item, text, CHECKS[item.check](text, beside), found, out)
    return out


def _check(item: Item, text: pl.Series, judged: Judged, found: list[Finding], out: Checked) -> None:
    out.values[item.id] = judged.values.alias(item.id)
    if judged.notes is not None:
        out.notes[item.id] = judged.notes
    if item.required:  # a word for “none” is no value
        emptied = text.is_not_null() & judged.values.is_null()
        out.findings.append(Finding("missing_item", emptied, item))
    right = judged.faults.is_null()
    if not right.all():
        known = any_bad([finding for finding in found if finding.item is item], len(text))
        for reason in judged.faults.unique(maintain_order=True).drop_nulls():
            out.findings.append(Finding(reason, (judged.faults == reason) & ~known, item, text))
    if item.type.length is not None:
        too_long = right & (judged.values.str.len_chars() > item.type.length)
        out.findings.append(Finding("too_long", too_long, item, text))


def _id_kinds(items: Mapping[str, Item], values: Mapping[str, pl.Series]) -> pl.Series:
    for item in items.values():
        if item.code_list == _ID_KINDS:
            return values[item.id]
    height = len(next(iter(values.values())))
    return pl.Series([None], dtype=pl.String).new_from_index(0, height)


def notes_of(row_no: pl.Series, notes: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Return `row_no`, `item`, `note` of the rows that have one; usually none."""
    frames = [
        pl.DataFrame({"row_no": row_no, "note": note}, schema_overrides={"note": pl.String})
        .filter(pl.col("note").is_not_null())
        .select("row_no", pl.lit(item).alias("item"), "note")
        for item, note in notes.items()
    ]
    return pl.concat([pl.DataFrame(schema=dict(NOTE_SCHEMA)), *frames])
