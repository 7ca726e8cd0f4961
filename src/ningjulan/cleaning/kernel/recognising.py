"""Payload → the rows that are plainly good, typed, and the lines that others must judge."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from ningjulan.catalog.contracts import Item
from ningjulan.cleaning import coordinates, duplicates
from ningjulan.cleaning.checks import notes_of
from ningjulan.cleaning.kernel import checks, codes, numbers, points, spans, texts, times, tokens
from ningjulan.cleaning.kernel.compiling import Bytes, Flags, Ints
from ningjulan.cleaning.kernel.numbers import Floats
from ningjulan.cleaning.kernel.plan import CHECK_TABLES, Plan
from ningjulan.cleaning.numbers.identity import as_digits
from ningjulan.cleaning.times import LOCAL_ZONE
from ningjulan.cleaning.types import JSON_KINDS, TEXT_KINDS, dtype_of, is_sentence, longest

_UNLIMITED = 1e300
_AREAS = ("area_code", "grid_code")
_PAIR = ("lon", "lat")


@dataclass(frozen=True)
class Recognised:
    """What the kernel made of a payload, and what it left.

    good:     The plainly good rows, in the columns that `pipeline` makes of the others.
    notes:    `row_no`, `item`, `note` of those that have one.
    doubtful: The row numbers of all others.
    lines:    Where each line begins in the payload, and where one behind the last would.
    """

    good: pl.DataFrame
    notes: pl.DataFrame
    doubtful: Ints
    lines: Ints

    def doubtful_lines(self) -> Iterator[tuple[int, int]]:
        """Yield start and end of each doubtful line."""
        starts, ends = self.lines[self.doubtful], self.lines[self.doubtful + 1] - 1
        return zip(starts.tolist(), ends.tolist(), strict=True)


def can_hold(payload: bytes) -> bool:
    """Is the payload small enough to be read at once?"""
    return 3 * len(payload) + spans.EXTRA < spans.LARGEST_BUFFER


def recognised(plan: Plan, payload: bytes, received_at: pl.Series) -> Recognised:
    """Find the rows that the specification would certainly accept, and what it would make of them.

    Args:
        plan: Of the class and the source.
        payload: n records, n - 1 line ends.
        received_at: When each was received.
    """
    n = len(received_at)
    text = np.empty(3 * len(payload) + spans.EXTRA, dtype=np.uint8)
    text[: len(payload)] = np.frombuffer(payload, dtype=np.uint8)
    text[len(payload)] = ord("\n")
    text[len(payload) + 1 : len(payload) + spans.PADDING] = 0
    found = np.zeros((len(plan.items), n), dtype=np.int64)
    present, doubt = np.zeros(len(plan.items), dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    lines = np.empty(n + 1, dtype=np.int64)
    room = tokens.tokenise(text.ctypes.data, len(payload), plan.keys.view, found, present, lines, doubt)
    reading = _Reading(plan, text, found, present, doubt, received_at, room)
    reading.read_all()
    rows = np.flatnonzero(~doubt)
    return Recognised(reading.good(rows), reading.notes(rows), np.flatnonzero(doubt), lines)


class _Reading:
    """One payload being read, field by field: whatever is not plainly good sets the `doubt` of its row."""

    def __init__(
        self,
        plan: Plan,
        text: Bytes,
        found: Ints,
        present: Flags,
        doubt: Flags,
        received_at: pl.Series,
        room: int,
    ) -> None:
        self.plan, self.found, self.present, self.doubt = plan, found, present, doubt
        self.buffer, self.text = text, text.ctypes.data
        self.received_at, self.room = received_at, room
        self.values: dict[str, npt.NDArray[Any]] = {}
        self.points: dict[str, tuple[Floats, Floats]] = {}
        self.day_only = np.zeros(len(doubt), dtype=np.bool_)

    def read_all(self) -> None:
        for item in self.plan.items.values():
            if item.id in _PAIR:
                continue
            if self._has(item):
                self._read(item)
            elif item.required:
                self.doubt[:] = True
                return
        self._judge_kinds_of_documents()
        self._judge_bounds()
        if self.present[self.plan.field_of["lon"]] or self.present[self.plan.field_of["lat"]]:
            lon, lat = (self.found[self.plan.field_of[name]] for name in _PAIR)
            self.points["lon"] = self._no_points()
            points.pairs(self.text, lon, lat, self.doubt, *self.points["lon"])

    def _has(self, item: Item) -> bool:
        return bool(self.present[self.plan.field_of[item.id]])

    def _spans(self, item: Item) -> Ints:
        spans_of_item: Ints = self.found[self.plan.field_of[item.id]]
        return spans_of_item

    def _read(self, item: Item) -> None:
        kind, found = item.type.kind, self._spans(item)
        if kind not in JSON_KINDS:
            self.room = texts.tidy(self.text, found, self.doubt, not is_sentence(item), self.room)
        if kind in JSON_KINDS:
            self.doubt |= found != spans.ABSENT
        elif kind in TEXT_KINDS:
            self._read_text(item, found)
        else:
            _READERS[kind](self, item, found)
        if item.id in _AREAS:
            texts.judge_areas(self.text, found, self.doubt, self.plan.tenant)
        if item.required:
            spans.require(found, self.doubt)

    def _read_text(self, item: Item, found: Ints) -> None:
        if item.check is None:
            texts.judge_texts(self.text, found, self.doubt, longest(item))
            return
        number = checks.BY_NAME[item.check]
        today = np.zeros(len(found), dtype=np.int64)
        if number == checks.ID_CARD_NO:
            today = as_digits(self.received_at.dt.convert_time_zone(LOCAL_ZONE).dt.date()).astype(np.int64)
        most = item.type.length or spans.LONGEST
        checks.judge(self.text, found, self.doubt, number, most, CHECK_TABLES, today)

    def _read_int(self, item: Item, found: Ints) -> None:
        self.values[item.id] = out = np.empty(len(found), dtype=np.int64)
        numbers.integers(self.text, found, self.doubt, *_limits(item), out)

    def _read_decimal(self, item: Item, found: Ints) -> None:
        self.values[item.id] = out = np.empty(len(found))
        too_large = 10.0 ** ((item.type.length or 38) - (item.type.scale or 0))
        numbers.decimals(self.text, found, self.doubt, *_limits(item), too_large, out)

    def _read_code(self, item: Item, found: Ints) -> None:
        table = self.plan.codes(item)
        self.values[item.id] = out = np.empty(len(found), dtype=np.int64)
        squeeze = item.type.kind == "code"
        view, none = table.words.view, table.none
        codes.look_up(self.text, found, self.doubt, view, squeeze, none, out, self.room)

    def _read_datetime(self, item: Item, found: Ints) -> None:
        self.values[item.id] = out = np.empty(len(found), dtype=np.int64)
        day_only = np.zeros(len(found), dtype=np.bool_)
        times.instants(self.text, found, self.doubt, out, day_only)
        if item.id == self.plan.data_class.time_item:
            self.day_only = day_only

    def _read_date(self, item: Item, found: Ints) -> None:
        self.values[item.id] = out = np.empty(len(found), dtype=np.int32)
        is_time = item.id == self.plan.data_class.time_item
        times.dates(self.text, found, self.doubt, is_time, out)
        if is_time:
            self.day_only = found != spans.ABSENT

    def _read_point(self, item: Item, found: Ints) -> None:
        self.points[item.id] = lon_lat = self._no_points()
        points.points(self.text, found, self.doubt, *lon_lat)

    def _no_points(self) -> tuple[Floats, Floats]:
        return np.full(len(self.doubt), np.nan), np.full(len(self.doubt), np.nan)

    def _judge_kinds_of_documents(self) -> None:
        kind = self.plan.id_kind
        if kind is None or not self._has(kind):
            return
        for item in self.plan.items.values():
            if item.check == "id_document" and self._has(item):
                kinds = self.values[kind.id]
                checks.judge_kinds(self._spans(item), kinds, self.doubt, self.plan.judged_id_kinds)

    def _judge_bounds(self) -> None:
        item = self.plan.items[self.plan.data_class.time_item]
        if not self._has(item):
            return
        at = self.values[item.id]
        if item.type.kind == "date":
            at = at.astype(np.int64) * times.DAY - times.OFFSET
        received = self.received_at.to_physical().to_numpy()
        plan = self.plan
        times.judge_bounds(
            at, self._spans(item), self.doubt, received, plan.early_by, plan.late_by, plan.earliest
        )

    def good(self, rows: Ints) -> pl.DataFrame:
        """Return the columns of some rows, in the order in which `pipeline` has them."""
        plan = self.plan
        points_of = {
            name: coordinates.to_cgcs2000(lon[rows], lat[rows], plan.crs)
            for name, (lon, lat) in self.points.items()
        }
        values = {
            item.id: self._column(item, rows, points_of)
            for item in plan.items.values()
            if item.id not in _PAIR
        }
        values |= self._own_point(rows, points_of)
        return pl.DataFrame(
            [
                pl.Series("row_no", rows.astype(np.uint32)),
                *values.values(),
                duplicates.record_key(plan.data_class, values),
                pl.Series("day_only", self.day_only[rows]),
                self.received_at.gather(rows).alias("received_at"),
            ]
        )

    def notes(self, rows: Ints) -> pl.DataFrame:
        """Return the notes of some rows: which have the number of a person who does not exist."""
        notes: dict[str, pl.Series] = {}
        for item in self.plan.items.values():
            if checks.BY_NAME.get(item.check or "") == checks.ID_CARD_NO and self._has(item):
                synthetic = np.zeros(len(rows), dtype=np.bool_)
                checks.mark_synthetic(self.text, self._spans(item), rows, synthetic)
                note = pl.when(pl.Series(synthetic)).then(pl.lit("synthetic_number"))
                notes[item.id] = pl.select(note.alias("note"))["note"]
        return notes_of(pl.Series("row_no", rows, dtype=pl.UInt32), notes)

    def _own_point(self, rows: Ints, points_of: Mapping[str, tuple[Floats, Floats]]) -> dict[str, pl.Series]:
        """Return the record's own point: its place item, else what it says beside."""
        nothing = np.full(len(rows), np.nan)
        first = points_of.get(self.plan.data_class.place_item or "", (nothing, nothing))
        second = points_of.get("lon", (nothing, nothing))
        return {
            name: pl.Series(name, np.where(np.isnan(first[0]), other, own)).fill_nan(None)
            for name, own, other in zip(("own_lon", "own_lat"), first, second, strict=True)
        }

    def _column(self, item: Item, rows: Ints, points_of: Mapping[str, tuple[Floats, Floats]]) -> pl.Series:
        kind, dtype = item.type.kind, dtype_of(item)
        if len(rows) == 0 or not self._has(item) or kind in JSON_KINDS:
            return pl.Series(item.id, [None], dtype=dtype).new_from_index(0, len(rows))
        if kind == "geo_point":
            lon, lat = (pl.Series(value).fill_nan(None) for value in points_of[item.id])
            frame = pl.DataFrame({"lon": lon, "lat": lat})
            point = pl.when(pl.col("lon").is_not_null()).then(pl.struct("lon", "lat"))
            return frame.select(point.alias(item.id))[item.id]
        if kind in TEXT_KINDS:
            return pl.Series(item.id, self._texts(item, rows))
        value = self.values[item.id][rows]
        if kind in ("code", "bool"):
            return self.plan.codes(item).codes.gather(value).alias(item.id)
        is_there = self._spans(item)[rows] != spans.ABSENT
        return pl.Series(item.id, _arrow(_ARROW_TYPES[kind], value, is_there))

    def _texts(self, item: Item, rows: Ints) -> pa.Array:
        found = self._spans(item)
        views = np.empty((len(rows), 2), dtype=np.int64)
        valid = np.zeros((len(rows) + 7) // 8, dtype=np.uint8)
        copy = np.empty(texts.n_bytes_of(found, rows) + 8, dtype=np.uint8)
        filled = texts.views_of(self.text, found, rows, views, valid, copy.ctypes.data)
        buffers = [pa.py_buffer(valid), pa.py_buffer(views), pa.py_buffer(copy[:filled])]
        return pa.Array.from_buffers(pa.string_view(), len(rows), buffers)


_READERS: Mapping[str, Callable[[_Reading, Item, Ints], None]] = {
    "int": _Reading._read_int,
    "decimal": _Reading._read_decimal,
    "code": _Reading._read_code,
    "bool": _Reading._read_code,
    "datetime": _Reading._read_datetime,
    "date": _Reading._read_date,
    "geo_point": _Reading._read_point,
}
_ARROW_TYPES = {
    "int": pa.int64(),
    "decimal": pa.float64(),
    "datetime": pa.timestamp("us", "UTC"),
    "date": pa.date32(),
}


def _limits(item: Item) -> tuple[float, float]:
    if item.minimum is None or item.maximum is None:
        return -_UNLIMITED, _UNLIMITED
    return float(item.minimum), float(item.maximum)


def _arrow(kind: pa.DataType, values: npt.NDArray[Any], is_there: Flags) -> pa.Array:
    bits = None if is_there.all() else pa.py_buffer(np.packbits(is_there, bitorder="little"))
    return pa.Array.from_buffers(kind, len(values), [bits, pa.py_buffer(values)])
