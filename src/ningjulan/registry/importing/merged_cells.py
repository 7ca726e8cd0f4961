"""Merged cells of a workbook: which they are, and what each row says once they are taken apart.

Excel keeps the value in the first cell of a merged range and nothing in the others. Down a column that is
certain: the value is that of every row. Across columns it is not: such a row is refused with its reason.
"""

import re
import zipfile
from pathlib import Path
from typing import NamedTuple

import polars as pl

_RANGE = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):([A-Z]+)([0-9]+)"')
_CHUNK = 2**20
_OVERLAP = 100  # longer than one element


class Merged(NamedTuple):
    """A merged range: columns from 0; rows of the sheet from 1, the header being row 1."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int


def merged_ranges(path: Path) -> list[Merged]:
    """Return the merged ranges of a workbook's first sheet, without reading its cells into memory."""
    found: dict[Merged, None] = {}
    with zipfile.ZipFile(path) as book:
        sheets = sorted(n for n in book.namelist() if n.startswith("xl/worksheets/sheet"))
        with book.open(sheets[0]) as file:
            rest = b""
            while data := file.read(_CHUNK):
                for match in _RANGE.finditer(rest + data):
                    left, top, right, bottom = match.groups()
                    found[Merged(_column(left), int(top), _column(right), int(bottom))] = None
                rest = (rest + data)[-_OVERLAP:]
    return list(found)


def taken_apart(rows: pl.DataFrame, ranges: list[Merged]) -> tuple[pl.DataFrame, set[int]]:
    """Fill values down merged cells; return the rows, and which (from 0) are merged across columns."""
    filled: dict[str, list[str | None]] = {}
    across: set[int] = set()
    for area in ranges:
        first, last = area.first_row - 2, area.last_row - 2
        if last < 0 or area.first_column >= rows.width:
            continue
        if area.first_column != area.last_column:
            across.update(range(max(first, 0), last + 1))
            continue
        name = rows.columns[area.first_column]
        values = filled.setdefault(name, rows[name].to_list())
        end = min(last + 1, len(values))
        start = max(first, 0)
        values[start:end] = [values[start]] * (end - start)
    columns = [pl.Series(name, values, pl.String) for name, values in filled.items()]
    return rows.with_columns(columns), across


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.decode():
        number = number * 26 + ord(letter) - 64
    return number - 1
