"""Rows of a CSV file: each with its cells, or with the reason why it has none. No row breaks another."""

import csv
from collections.abc import Iterator
from typing import Any, NamedTuple


class CsvRow(NamedTuple):
    cells: list[str]
    text: str
    fault: str | None


def header_of(reader: Any) -> list[str]:
    """Return the first row; [] if there is none that can be read."""
    try:
        return [name.strip() for name in next(reader, [])]
    except csv.Error:
        return []


def csv_rows(reader: Any, raw: list[str], n_columns: int) -> Iterator[CsvRow]:
    """Yield the rows of a CSV file; empty lines are none.

    Where one row spans several lines and does not fit, a quote was left open: then each line is read alone,
    so that one stray quote breaks one row and not all that follow.

    Args:
        reader: A strict `csv.reader`.
        raw: Gets every line that the reader takes.
        n_columns: Of the header.
    """
    while True:
        raw.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        lines = [line.rstrip("\r\n") for line in raw]
        row = _row(cells, "\n".join(lines), n_columns)
        if len(cells) != n_columns and len(lines) > 1:
            yield from (_row(_cells_of(line), line, n_columns) for line in lines if line)
        elif row.text:
            yield row


def is_no_text(text: str) -> bool:
    """Does it hold bytes that are no text in the file's encoding?"""
    return any("\udc80" <= character <= "\udcff" for character in text)


def printable(text: str, encoding: str) -> str:
    """Return text as JSON can carry it: bytes that are no text as \\xNN."""
    return text.encode(encoding, "surrogateescape").decode(encoding, "backslashreplace")


def _row(cells: list[str], text: str, n_columns: int) -> CsvRow:
    if is_no_text(text):
        return CsvRow(cells, text, "not_utf8")
    return CsvRow(cells, text, None if len(cells) == n_columns else "row_broken")


def _cells_of(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        return []
