"""The steps in order: read, type, judge, split, place. `facade.clean` is the door."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from ningjulan.catalog.contracts import DataClass, Item, ItemType
from ningjulan.catalog.schemas import HINTS
from ningjulan.cleaning import checks, duplicates, findings, placing, syntax, times, units, words
from ningjulan.cleaning.contracts import COLLATED, REJECTED_SCHEMA, Cleaned, Intake, Refs, SourceRef
from ningjulan.cleaning.contracts import TimePrecision as Precision
from ningjulan.cleaning.findings import Finding
from ningjulan.cleaning.types import JSON_KINDS, TEXT_KINDS, Typed, typed

_HINTS = {name: Item(name, title, name, ItemType("text", "text")) for name, title in HINTS.items()}
_UNIT = "unit"  # item of a class that says per record what it measures, and in which unit
_POINT_HINT = Item("lon", "经纬度", "Coordinates", ItemType("geo_point", "geo_point"))


@dataclass(frozen=True)
class _Batch:
    """A batch on its way: the readable rows in their types, and what was found wrong so far."""

    row_no: pl.Series
    received_at: pl.Series
    values: Mapping[str, pl.Series]
    day_only: pl.Series
    findings: list[Finding]
    notes: Mapping[str, pl.Series] = field(default_factory=dict)


@dataclass(frozen=True)
class _Judged:
    """Lines that were read, typed and judged. `good`: `row_no`, the items, the columns that placing needs."""

    good: pl.DataFrame
    rejected: pl.DataFrame
    notes: pl.DataFrame  # of good rows, and of rejected ones too


def clean(
    data_class: DataClass,
    payload: bytes,
    received_at: pl.Series,
    source: SourceRef,
    refs: Refs,
    *,
    compiled: bool,
) -> Cleaned:
    """Split one batch; see `facade.clean_parts`.

    Args:
        payload: n records, one a line.
        received_at: When each was received.
        compiled: Recognise the plainly good rows with the kernel; only all others then come here.
    """
    from ningjulan.cleaning.kernel import facade as kernel  # slow to start, and may be off

    recognised = None
    if compiled:
        recognised = kernel.recognised(data_class, items_to_read(data_class), payload, received_at, source)
    if recognised is None:
        return clean_lines(data_class, payload.split(b"\n"), received_at, source, refs)
    rest = pl.Series("row_no", recognised.doubtful, dtype=pl.UInt32)
    if rest.is_empty():
        nothing = pl.DataFrame(schema=dict(REJECTED_SCHEMA))
        return _split(_Judged(recognised.good, nothing, recognised.notes), data_class, refs, compiled=True)
    lines = [payload[start:end] for start, end in recognised.doubtful_lines()]
    judged = _judged(data_class, lines, rest, received_at.gather(rest), source)
    good = _in_order(recognised.good, judged.good)
    notes = pl.concat([recognised.notes, judged.notes])
    return _split(replace(judged, good=good, notes=notes), data_class, refs, compiled=True)


def clean_lines(
    data_class: DataClass, lines: Sequence[bytes], received_at: pl.Series, source: SourceRef, refs: Refs
) -> Cleaned:
    """Split one batch without the kernel: the specification of what comes out. A line may hold line ends."""
    row_no = pl.Series("row_no", range(len(lines)), dtype=pl.UInt32)
    judged = _judged(data_class, lines, row_no, received_at, source)
    return _split(judged, data_class, refs, compiled=False)


def _in_order(some: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of both by `row_no`."""
    if some.is_empty() or others.is_empty():
        return others if some.is_empty() else some
    both = pl.concat([some, others])
    return both[np.argsort(both["row_no"].to_numpy(), kind="stable")]


def _judged(
    data_class: DataClass,
    lines: Sequence[bytes],
    row_no: pl.Series,
    received_at: pl.Series,
    source: SourceRef,
) -> _Judged:
    """Read, type and judge lines; `row_no` and `received_at` belong to each."""
    items = items_to_read(data_class)
    text, refused = syntax.read(lines, [*items, *source.columns])
    text = _renamed(text, source.columns)
    read = text["row_no"]
    batch = _typed(
        text.select(row_no.gather(read), *items),
        received_at.gather(read).alias("received_at"),
        items,
        data_class,
        source,
        [lines[line] for line in read],
    )
    batch = _checked(batch, items)
    found = findings.that_hold(
        [
            *batch.findings,
            *_bounds(data_class, batch, source),
            *_foreign_areas(items, batch.values, source.tenant_code),
        ]
    )
    bad = findings.any_bad(found, len(batch.row_no))
    rejected = findings.rejected(batch.row_no, found, bad)
    unreadable = findings.rejected_lines([(row_no[line], reason) for line, reason in refused])
    key = duplicates.record_key(data_class, batch.values)
    good = pl.DataFrame([batch.row_no, *batch.values.values(), key, batch.day_only, batch.received_at])
    return _Judged(
        good=good.filter(~bad),
        rejected=pl.concat([unreadable, rejected]).sort("row_no"),
        notes=checks.notes_of(batch.row_no, batch.notes),
    )


def _split(judged: _Judged, data_class: DataClass, refs: Refs, *, compiled: bool) -> Cleaned:
    """Part the good rows from the duplicates among them, and find out where they happened."""
    good = judged.good
    repeats = _repeats(good, data_class)
    accepted = _collated(good.filter(repeats.is_null()), data_class, refs, compiled=compiled)
    return Cleaned(
        accepted=accepted,
        rejected=judged.rejected,
        duplicates=good.select("row_no", "record_key", repeats).filter(repeats.is_not_null()),
        notes=_notes_of(accepted["row_no"], judged.notes),
    )


def _notes_of(row_no: pl.Series, notes: pl.DataFrame) -> pl.DataFrame:
    if notes.is_empty():
        return notes
    return notes.filter(pl.col("row_no").is_in(row_no.implode())).sort("row_no", "item")


def items_to_read(data_class: DataClass) -> dict[str, Item]:
    """Return the items of the class, then the hints no item of the class already stands for."""
    return {**_HINTS, **data_class.by_id}


def _renamed(text: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Bring the source's names to ours. Where a record has both, ours counts."""
    for theirs, ours in columns.items():
        if theirs != ours and ours in text.columns:
            text = text.with_columns(pl.coalesce(ours, theirs).alias(ours))
    return text


def _typed(
    text: pl.DataFrame,
    received_at: pl.Series,
    items: Mapping[str, Item],
    data_class: DataClass,
    source: SourceRef,
    own_lines: Sequence[bytes],
) -> _Batch:
    values: dict[str, pl.Series] = {}
    found: list[Finding] = []
    day_only = pl.repeat(False, text.height, dtype=pl.Boolean, eager=True)
    measured = _measured(text, data_class, source)
    may_nest = any(b"[" in line or line.count(b"{") > 1 for line in own_lines)
    for item in items.values():
        column = text[item.id]
        names = [item.id, *(theirs for theirs, ours in source.columns.items() if ours == item.id)]
        nested = None
        if item.type.kind in TEXT_KINDS and may_nest:
            nested = _nested(column, names, own_lines)
        elif item.type.kind in JSON_KINDS:
            column = _as_written(column, names, own_lines)
        if nested is not None:
            found.append(Finding("wrong_type", nested, item, column))
            column = column.set(nested, None)
        result = typed(column, item, source, measured)
        values[item.id] = result.values.alias(item.id)
        if item.required and result.absent is not None:
            absent = result.absent if nested is None else result.absent & ~nested
            found.append(Finding("missing_item", absent, item))
        found += result.findings
        if item.id == data_class.time_item and result.day_only is not None:
            day_only = result.day_only
    if measured is not None:
        values[_UNIT] = measured.told(values[_UNIT])
    point = _own_point(text, data_class, values, source)
    values["own_lon"], values["own_lat"] = point.values.struct.unnest()
    found += point.findings
    return _Batch(
        row_no=text["row_no"],
        received_at=received_at,
        values={name: column.alias(name) for name, column in values.items() if name not in ("lon", "lat")},
        day_only=day_only.alias("day_only"),
        findings=found,
    )


def _checked(batch: _Batch, items: Mapping[str, Item]) -> _Batch:
    """Judge the numbers of the batch, and bring them to their one form."""
    done = checks.checked(items, batch.values, batch.findings, batch.received_at)
    return replace(
        batch,
        values={**batch.values, **done.values},
        findings=[*batch.findings, *done.findings],
        notes=done.notes,
    )


def _repeats(good: pl.DataFrame, data_class: DataClass) -> pl.Series:
    """Return for each row why it is a duplicate (code of `REPEATS`), null where it is none."""
    same_key = duplicates.repeated(good["record_key"])
    repeats = good.select(reason=pl.when(same_key).then(pl.lit("same_key")))["reason"]
    within = data_class.same_content_within
    if within is None:
        return repeats
    apart = {"row_no", "record_key", "day_only", "received_at", data_class.time_item}
    apart |= {item.id for item in data_class.key_items}
    left = good.filter(~same_key)
    at = times.instants(left[data_class.time_item])
    at = at.zip_with(at.is_not_null(), left["received_at"])
    again = duplicates.repeated_content(left.drop(apart), at, within)
    rows = left["row_no"].filter(again)
    same_content = good["row_no"].is_in(rows.to_list())
    return repeats.set(same_content, "same_content")


def _measured(text: pl.DataFrame, data_class: DataClass, source: SourceRef) -> units.Measured | None:
    """Return what each record measures and the unit it names, in a class that says so per record."""
    item = units.quantity_item(data_class)
    if item is None or _UNIT not in data_class.by_id:
        return None
    given = words.repaired(text[_UNIT], fold_punctuation=True)
    return units.measured(typed(text[item.id], item, source).values, given)


def _own_point(
    text: pl.DataFrame, data_class: DataClass, values: Mapping[str, pl.Series], source: SourceRef
) -> Typed:
    """Return the record's own point: its place item, else the hints `lon` and `lat`."""
    pair = text.select(pl.concat_str("lon", "lat", separator=","))["lon"]
    hinted = typed(pair, _POINT_HINT, source)
    if data_class.place_item is None:
        return hinted
    own = values[data_class.place_item]
    return Typed(own.zip_with(own.is_not_null(), hinted.values), hinted.findings)


def _nested(text: pl.Series, names: list[str], lines: Sequence[bytes]) -> pl.Series | None:
    """Find objects and lists where text is due. Columns hold them as text, so suspects are read again."""
    suspect = text.str.contains(r"^\s*[\[{]").fill_null(value=False)
    if not suspect.any():
        return None
    rows = suspect.arg_true()
    nested = [isinstance(syntax.value_of(lines[row], names), dict | list) for row in rows]
    return pl.repeat(False, len(text), dtype=pl.Boolean, eager=True).scatter(rows, nested)


def _as_written(text: pl.Series, names: list[str], lines: Sequence[bytes]) -> pl.Series:
    """Return JSON items as JSON. The fast reader shows what is nested without its escapes."""
    if text.null_count() == len(text):
        return text
    return pl.Series(
        text.name,
        [
            syntax.as_text(syntax.value_of(line, names)) if shown is not None and b"\\" in line else shown
            for shown, line in zip(text, lines, strict=True)
        ],
        dtype=pl.String,
    )


def _bounds(data_class: DataClass, batch: _Batch, source: SourceRef) -> list[Finding]:
    """Find records from the future, and live ones that come too late."""
    item = data_class.by_id[data_class.time_item]
    at = times.instants(batch.values[item.id])
    history = source.intake is Intake.HISTORY
    earliest = times.earliest_allowed(batch.received_at, data_class.late_by, history=history)
    written = at.dt.convert_time_zone(times.LOCAL_ZONE).dt.strftime("%Y-%m-%d %H:%M:%S")
    return [
        Finding("time_in_future", at > batch.received_at + data_class.early_by, item, written),
        Finding("time_too_old", at < earliest, item, written),
    ]


def _foreign_areas(
    items: Mapping[str, Item], values: Mapping[str, pl.Series], tenant_code: str
) -> list[Finding]:
    return [
        Finding(
            "area_outside_tenant",
            placing.outside_tenant(values[name], tenant_code),
            items[name],
            values[name],
        )
        for name in ("area_code", "grid_code")
        if name in values
    ]


def _collated(good: pl.DataFrame, data_class: DataClass, refs: Refs, *, compiled: bool) -> pl.DataFrame:
    """Add the columns of `COLLATED` to the accepted rows."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, good.height)
    codes = [name for name in ("grid_code", "area_code") if name in good.columns]
    place = placing.placed(
        placing.Hints(
            device_id=good[data_class.device_item] if data_class.device_item else nothing,
            building_id=good["building_id"] if "building_id" in good.columns else nothing,
            lon=good["own_lon"],
            lat=good["own_lat"],
            area_code=good.select(pl.coalesce(codes).alias("given"))["given"],
            community_name=good["community_name"],
            address_text=good["address_text"],
        ),
        refs,
        compiled=compiled,
    )
    for name in _own_names(data_class):
        place = place.with_columns(pl.coalesce(good[name], name).alias(name))
    at = pl.col("at")
    known = good.hstack([times.instants(good[data_class.time_item]).alias("at")]).select(
        "record_key",
        "source_text",
        occurred_at=pl.coalesce(at, "received_at"),
        time_precision=pl.when(at.is_null())
        .then(pl.lit(Precision.RECEIVED.value))
        .when("day_only")
        .then(pl.lit(Precision.DAY.value))
        .otherwise(pl.lit(Precision.INSTANT.value)),
    )
    items = [item.id for item in data_class.items if item.id not in COLLATED]
    return pl.concat([good.select("row_no", *items), known.hstack(place).select(*COLLATED)], how="horizontal")


def _own_names(data_class: DataClass) -> list[str]:
    """Return the items whose own word counts more than what was found: a register's entry names itself."""
    keys = {item.id for item in data_class.key_items}
    return [name for name in ("device_id", "building_id", "grid_code") if name in keys]
