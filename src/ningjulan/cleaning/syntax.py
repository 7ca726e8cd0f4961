"""Bytes → one frame of text columns. Line by line only this is asked: is it one sane JSON object?"""

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import polars as pl

from ningjulan.sources.contracts import REFUSED, REFUSED_REASONS

MAX_BYTES = 2**20
MAX_DEPTH = 32

_NESTED = (dict, list)
_JSON_BLANKS = b" \t\r\n"

_decode = msgspec.json.Decoder(dict).decode


class _DuplicateKey(Exception):
    pass


def read(lines: Sequence[bytes], names: Iterable[str]) -> tuple[pl.DataFrame, list[tuple[int, str]]]:
    """Read the named fields of every line that is one JSON object.

    Args:
        lines: n records.
        names: Fields to read; all others are left where they are.

    Returns:
        A frame of k rows: `row_no` (index into `lines`) and one text column per name, null where the field is
        absent or null; objects and lists as JSON text. And the n - k others: (row_no, reason).
    """
    good: list[int] = []
    refused: list[tuple[int, str]] = []
    for row_no, line in enumerate(lines):
        reason = _fault(line)
        if reason:
            refused.append((row_no, reason))
        else:
            good.append(row_no)
    names = list(dict.fromkeys(names))
    text = _columns([lines[row_no] for row_no in good], names)
    return text.insert_column(0, pl.Series("row_no", good, dtype=pl.UInt32)), refused


def _fault(line: bytes) -> str | None:
    """Return the reason to refuse the line, or `None`."""
    if len(line) > MAX_BYTES:
        return "record_too_large"
    try:
        record = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _why_undecodable(line, error)
    if record.get(REFUSED) in REFUSED_REASONS:
        return str(record[REFUSED])
    if line.count(b"{") + line.count(b"[") > MAX_DEPTH and _depth(record) > MAX_DEPTH:
        return "too_deep"
    return "duplicate_key" if _repeats_a_key(line, record) else None


def _why_undecodable(line: bytes, error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "too_deep"
    if isinstance(error, msgspec.ValidationError) and not line.lstrip(_JSON_BLANKS).startswith(b"{"):
        return "not_an_object"  # an object with a number too large to hold is a ValidationError as well
    try:
        line.decode()
    except UnicodeDecodeError:
        return "not_utf8"
    return "bad_json"


def _repeats_a_key(line: bytes, record: dict[str, Any]) -> bool:
    """Is a key written twice in one object? Two values for one field: nobody knows which counts.

    Every key is followed by `":` unless white space stands between. So where no quote is followed by white
    space, as many `":` as keys read prove that none was written twice; only other lines are read once more.
    """
    if b'" ' not in line and b'"\t' not in line and b'"\n' not in line and b'"\r' not in line:
        n_written = line.count(b'":')
        if n_written == len(record) or n_written == _n_keys(record):
            return False
    try:
        json.loads(line, object_pairs_hook=_unique)
    except _DuplicateKey:
        return True
    return False


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise _DuplicateKey
    return record


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level := [child for parent in level for child in _children(parent)]:
        depth += 1
    return depth


def _n_keys(value: dict[str, Any] | list[Any]) -> int:
    """Return how many keys there are at all levels; `value` is at most `MAX_DEPTH` deep."""
    children = value.values() if isinstance(value, dict) else value
    n = len(value) if isinstance(value, dict) else 0
    for child in children:
        if isinstance(child, _NESTED):
            n += _n_keys(child)
    return n


def _columns(lines: list[bytes], names: list[str]) -> pl.DataFrame:
    """Read the lines with the fast reader; a line that it, and not our check, refuses is read by itself."""
    schema = dict.fromkeys(names, pl.String)
    if not lines:
        return pl.DataFrame(schema=schema)
    body = b"\n".join(_on_one_line(line) for line in lines)
    try:
        frame = pl.read_ndjson(io.BytesIO(body), schema=schema)
    except pl.exceptions.PolarsError:
        if len(lines) == 1:
            record = _decode(lines[0])
            return pl.DataFrame({name: [as_text(record.get(name))] for name in names}, schema=schema)
        middle = len(lines) // 2
        return pl.concat([_columns(lines[:middle], names), _columns(lines[middle:], names)])
    assert frame.height == len(lines), "one record a line, checked before"
    return frame


def _on_one_line(line: bytes) -> bytes:
    return msgspec.json.format(line, indent=-1) if b"\n" in line or b"\r" in line else line


def as_text(value: Any) -> str | None:
    """Return a decoded JSON value as a text column holds it."""
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def value_of(line: bytes, names: Iterable[str]) -> Any:
    """Return one field of a line that `read` accepted, with its JSON type: the first of `names` it has."""
    record = _decode(line)
    return next((record[name] for name in names if record.get(name) is not None), None)
