"""Text → the types of the catalogue, one function per kind. What does not fit is reported, never bent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec
import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item
from ningjulan.cleaning import coordinates, times, units, words
from ningjulan.cleaning.contracts import INSTANT, POINT, SourceRef
from ningjulan.cleaning.findings import Finding

_DTYPES: Mapping[str, pl.DataType] = {
    "int": pl.Int64(),
    "decimal": pl.Float64(),
    "bool": pl.Boolean(),
    "date": pl.Date(),
    "datetime": INSTANT,
    "geo_point": POINT,
}
_LONGEST = {"ref": 64, "image_ref": 1024, "file_ref": 1024, "text": 20_000}
_LONGEST_JSON = 100_000
NUMBER_KINDS = frozenset({"int", "decimal"})
TEXT_KINDS = frozenset({"string", "text", "ref", "image_ref", "file_ref"})
JSON_KINDS = frozenset({"json", "geo_line", "geo_polygon", "geo_multipolygon"})
_IN_SENTENCES = frozenset({"string", "text"})  # kinds whose Chinese punctuation stays as it is
_INTEGER = r"^[-+]?[0-9]{1,18}(?:\.0+)?$"
_NUMBER = r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$"
TRUE_WORDS = ("true", "t", "1", "yes", "y", "是", "有")
FALSE_WORDS = ("false", "f", "0", "no", "n", "否", "无")


@dataclass(frozen=True)
class Typed:
    """One item of a batch in its type, what was wrong with it, and for times: is only the day known."""

    values: pl.Series
    findings: tuple[Finding, ...] = ()
    absent: pl.Series | None = None  # nothing was delivered, or the source's word for "unknown"
    day_only: pl.Series | None = None


def dtype_of(item: Item) -> pl.DataType:
    """Return the frame type of an item. References, codes, long geometries and JSON are text."""
    return _DTYPES.get(item.type.kind, pl.String())


def is_sentence(item: Item) -> bool:
    """Is the item written for people, so that its Chinese punctuation is right as it is?"""
    return item.type.kind in _IN_SENTENCES and item.check is None


def longest(item: Item) -> int:
    """Return how many characters the text of an item may have."""
    return item.type.length or _LONGEST[item.type.kind]


def typed(text: pl.Series, item: Item, source: SourceRef, measured: units.Measured | None = None) -> Typed:
    """Return one item of a batch in its type.

    Args:
        text: The item as text, null where absent (`syntax.read`).
        item: Its catalogue entry.
        source: The source's words for "unknown", its codes, its coordinate system.
        measured: What each record measures, in a class that says so.
    """
    if text.null_count() == len(text):  # most optional items, in most batches
        nothing = pl.Series([None], dtype=dtype_of(item)).new_from_index(0, len(text))
        return Typed(nothing, absent=text.is_null())
    if item.type.kind not in JSON_KINDS:
        text = words.repaired(text, fold_punctuation=not is_sentence(item))
    if source.unknown:
        text = text.set(text.is_in(list(source.unknown)).fill_null(value=False), None)
    absent = text.is_null()
    unit_findings: tuple[Finding, ...] = ()
    if item.type.kind in NUMBER_KINDS:
        text, unit_findings = units.bare(text, item, measured)
    read = _READERS.get(item.type.kind, _text)(text, item, source)
    return replace(read, absent=absent, findings=(*unit_findings, *read.findings))


def _unreadable(text: pl.Series, values: pl.Series, reason: str, item: Item) -> Finding:
    return Finding(reason, text.is_not_null() & values.is_null(), item, text)


def _text(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    if item.check:  # the check tidies it first
        return Typed(text)
    return Typed(text, (Finding("too_long", text.str.len_chars() > longest(item), item, text),))


def _int(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    whole = text.str.replace(r"\.0+$", "").str.strip_prefix("+")
    values = whole.set(~text.str.contains(_INTEGER), None).cast(pl.Int64, strict=False)
    return Typed(values, (_unreadable(text, values, "wrong_type", item), *_out_of_range(values, item, text)))


def _decimal(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    values = text.set(~text.str.contains(_NUMBER), None).cast(pl.Float64, strict=False)
    values = values.set(values.is_infinite(), None)
    digits = item.type.length or 38
    too_large = Finding("out_of_range", values.abs() >= 10.0 ** (digits - (item.type.scale or 0)), item, text)
    wrong = _unreadable(text, values, "wrong_type", item)
    return Typed(values, (wrong, too_large, *_out_of_range(values, item, text)))


def _out_of_range(values: pl.Series, item: Item, text: pl.Series) -> tuple[Finding, ...]:
    if item.minimum is None or item.maximum is None:
        return ()
    return (Finding("out_of_range", ~values.is_between(item.minimum, item.maximum), item, text),)


def _bool(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    lower = text.str.to_lowercase()
    mapping = {**dict.fromkeys(TRUE_WORDS, True), **dict.fromkeys(FALSE_WORDS, False)}
    values = lower.replace_strict(mapping, default=None, return_dtype=pl.Boolean)
    return Typed(values, (_unreadable(text, values, "wrong_type", item),))


def _datetime(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    read = times.parsed(text)
    return Typed(read.at, (_unreadable(text, read.at, "bad_time", item),), day_only=read.day_only)


def _date(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    read = times.parsed(text)
    values = read.at.dt.convert_time_zone(times.LOCAL_ZONE).dt.date()
    return Typed(values, (_unreadable(text, read.at, "bad_time", item),), day_only=values.is_not_null())


def _code(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    assert item.code_list is not None, "the catalogue's loader refuses a code without its list"
    own = item.id in source.codes
    if not own and text.is_in(catalog.code_list(item.code_list).by_code.keys()).all():
        return Typed(text)  # the usual case, and many times faster
    known = words_of_list(item.code_list)
    if own:  # then only the map counts: their 99 is not our 99
        theirs = source.codes[item.id]
        known = dict(zip(words.normalised(theirs), theirs.values(), strict=True))
    values = words.normalised_name(text).replace_strict(known, default=None, return_dtype=pl.String)
    return Typed(values, (_unreadable(text, values, "unknown_code", item),))


@lru_cache(maxsize=256)
def words_of_list(code_list_id: str) -> Mapping[str, str]:
    """Return every certain way to write a code of the list → the code.

    The code itself, its Chinese or English label, the label without its bracket (居民上报 for
    居民上报（你盯我办）), and short digits (1 for 01). A word that could mean two codes means none.
    """
    codes = catalog.code_list(code_list_id).codes
    written: dict[str, set[str]] = {}
    labels = words.normalised(code.zh for code in codes)
    for code, zh in zip(codes, labels, strict=True):
        forms = {code.code.lower(), zh, zh.split("(")[0], "".join(code.en.lower().split())}
        if code.code.isdigit():
            forms |= {code.code.lstrip("0") or "0"}
        for form in forms:
            written.setdefault(form, set()).add(code.code)
    own = {code.code.lower(): code.code for code in codes}
    return {form: next(iter(found)) for form, found in written.items() if len(found) == 1} | own


def _geo_point(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    points = coordinates.parsed(text, source.crs)
    frame = pl.DataFrame({"lon": points.lon, "lat": points.lat})
    values = frame.select(pl.when(pl.col("lon").is_not_null()).then(pl.struct("lon", "lat")).alias("point"))
    unreadable = Finding("bad_coordinates", points.unreadable, item, text)
    abroad = Finding("coordinates_out_of_range", points.abroad, item, text)
    return Typed(values["point"], (unreadable, abroad))


def _json(text: pl.Series, item: Item, source: SourceRef) -> Typed:
    broken = pl.Series([value is not None and not _is_json(value) for value in text], dtype=pl.Boolean)
    too_long = Finding("too_long", text.str.len_chars() > _LONGEST_JSON, item, text)
    return Typed(text, (Finding("wrong_type", broken, item, text), too_long))


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


_READERS: Mapping[str, Callable[[pl.Series, Item, SourceRef], Typed]] = {
    "int": _int,
    "decimal": _decimal,
    "bool": _bool,
    "date": _date,
    "datetime": _datetime,
    "code": _code,
    "geo_point": _geo_point,
    **dict.fromkeys(JSON_KINDS, _json),
}
