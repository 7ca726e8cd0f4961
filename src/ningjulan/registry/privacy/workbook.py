"""The file of an export: a workbook that says on every sheet whose it is, encrypted with a password.

A password on an XLSX opens in Excel and WPS as they are; an encrypted ZIP would need another program. What is
inside is AES-256 with a key stretched 100,000 times (ECMA-376 agile encryption).
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import msoffcrypto.format.ooxml
import xlsxwriter

from ningjulan.foundation.sealing import blind_index

MARKS = "registry_export.row_mark"
MARK_TITLE = "追溯码"


@dataclass(frozen=True)
class Sheet:
    """What goes into the file. `mark_of`: what the marks of its rows are derived from."""

    title: str
    watermark: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[tuple[str, str]]
    mark_of: str


def encrypted_workbook(sheet: Sheet, password: str) -> bytes:
    """Return the workbook, encrypted. Nothing of it touches the disk."""
    plain, sealed = io.BytesIO(_workbook(sheet)), io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt(password, sealed)
    return sealed.getvalue()


def row_mark(mark_of: str, row_no: int) -> str:
    """Return the mark of a row: who finds it alone can still ask which file it came from."""
    return base64.b32encode(blind_index(f"{mark_of}|{row_no}", MARKS)[:5]).decode()


def _workbook(sheet: Sheet) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": sheet.title, "comments": sheet.watermark})
        grey = book.add_format({"font_color": "#6b7687", "italic": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        table = book.add_worksheet(sheet.title[:31])
        _watermarked(table, sheet.watermark, grey)
        table.freeze_panes(2, 0)
        for column, heading in enumerate([*sheet.headings, MARK_TITLE]):
            table.write_string(1, column, heading, bold)
        for row_no, row in enumerate(sheet.rows):
            cells = [*row, row_mark(sheet.mark_of, row_no)]
            for column, cell in enumerate(cells):
                table.write_string(row_no + 2, column, cell)
        about = book.add_worksheet("说明")
        _watermarked(about, sheet.watermark, grey)
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 70)
        for row_no, (name, text) in enumerate(sheet.remarks):
            about.write_string(row_no + 2, 0, name, bold)
            about.write_string(row_no + 2, 1, text)
    return target.getvalue()


def _watermarked(
    page: xlsxwriter.worksheet.Worksheet, watermark: str, grey: xlsxwriter.format.Format
) -> None:
    """Say whose it is above the table, and above and below each printed page."""
    page.write_string(0, 0, watermark, grey)
    plain = watermark.replace("&", "＆")  # an ampersand begins a code in headers
    page.set_header(f"&L{plain[:200]}")
    page.set_footer(f"&L{plain[:200]}&R&P/&N")
