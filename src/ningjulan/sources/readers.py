"""Files → lines: CSV, XLSX, NDJSON and Parquet, a chunk at a time, in file order, with no row lost.

A row that cannot be read travels as it stands, wrapped with its reason, and cleaning rejects it: so the
balance of a file is exact, and a clerk sees the row.
"""

import csv
import importlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple

import msgspec
import polars as pl

from ningjulan.catalog.forbidden import forbidden_word
from ningjulan.foundation.errors import InputRefused
from ningjulan.sources.contracts import REFUSED, AreaDraft, UnitDraft
from ningjulan.sources.csv_text import CsvRow, csv_rows, header_of, is_no_text, printable
from ningjulan.sources.manifest import Source

ROWS_PER_CHUNK = 5_000
MAX_LINE = 16 * 2**20  # of an NDJSON line longer than this, the beginning is kept

ToRecords = Callable[[pl.DataFrame], dict[str, pl.DataFrame]]


class FileRefused(InputRefused):
    code = "file_refused"
    message_zh = "文件无法读取：{reason}"
    message_en = "The file cannot be read: {reason}"


class Chunk(NamedTuple):
    """Consecutive records of one class. `row_first` counts rows of the file from 1, without its header."""

    class_id: str
    row_first: int
    lines: list[bytes]
    progress: float  # share of the file read so far, 0…1


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file before its rows are read.

    dropped: Columns the platform has no field for (PR-14). They are left out before anything is stored.
    """

    format: str
    encoding: str | None
    columns: tuple[str, ...]
    dropped: tuple[str, ...]


class _Rows(NamedTuple):
    """Some rows of a table. `broken`: (index among these rows, reason, text as it stands)."""

    frame: pl.DataFrame
    broken: list[tuple[int, str, str]]
    progress: float


def look_at(path: Path, source: Source) -> FileFacts:
    """Return format, encoding, columns and forbidden columns of a file.

    Raises:
        FileRefused: Missing, too large, of an unknown kind, or without a header.
    """
    kind = _kind(path, source)
    if kind == "ndjson":
        return FileFacts(kind, None, (), ())
    encoding = _encoding(path, source) if kind == "csv" else None
    first = next(_TABLES[kind](path, source), None)
    columns = tuple(first.frame.columns) if first else ()
    return FileFacts(kind, encoding, columns, tuple(c for c in columns if forbidden_word(c)))


def read_file(path: Path, source: Source, *, class_id: str | None = None) -> Iterator[Chunk]:
    """Read a file as records of the source's classes.

    Args:
        path: `.csv`, `.xlsx`, `.ndjson`, `.jsonl` or `.parquet`.
        source: Its manifest: encoding, classes, and whether its own reader makes records of rows.
        class_id: Class of the records, where the source has no reader; else its first class.

    Yields:
        Chunks in file order. Every row is in exactly one chunk of the first class; a source's reader adds one
        record per readable row for each further class.

    Raises:
        FileRefused: See `look_at`.
    """
    kind = _kind(path, source)
    main = class_id or source.classes[0]
    if kind == "ndjson":
        yield from _ndjson(path, main)
        return
    to_records = _to_records(source, main)
    row_first = 1
    for rows in _TABLES[kind](path, source):
        allowed = _allowed(rows.frame)
        broken = {index: _wrapped(reason, text) for index, reason, text in rows.broken}
        for name, records in to_records(allowed).items():
            fill = broken if name == main else dict.fromkeys(broken)
            yield from _chunks(name, row_first, _lines(records), fill, rows.progress)
        row_first += rows.frame.height + len(broken)


def rows_of(path: Path, source: Source) -> Iterator[pl.DataFrame]:
    """Yield the readable rows of a table file as text columns, without forbidden columns.

    Raises:
        FileRefused: See `look_at`.
    """
    for rows in _TABLES[_kind(path, source)](path, source):
        yield _allowed(rows.frame)


def _allowed(rows: pl.DataFrame) -> pl.DataFrame:
    columns = [column for column in rows.columns if not forbidden_word(column)]
    if not columns:  # rows of nothing would vanish without a reject
        raise FileRefused(reason="没有一列是本平台可以接收的")
    return rows.select(columns)


def areas_in(path: Path, source: Source) -> list[AreaDraft]:
    """Return the areas a file of the source tells of; none unless its reader knows how."""
    found: list[AreaDraft] = _from_reader(source, "areas", path)
    return found


def units_in(path: Path, source: Source) -> list[UnitDraft]:
    """Return the handling units a file of the source tells of; none unless its reader knows how."""
    found: list[UnitDraft] = _from_reader(source, "units", path)
    return found


def _from_reader(source: Source, function: str, path: Path) -> Any:
    if not source.has_reader or _kind(path, source) == "ndjson":  # records already, no rows of theirs
        return []
    known = getattr(_reader_of(source), function, None)
    return known(path) if known else []


def _reader_of(source: Source) -> ModuleType:
    return importlib.import_module(f"ningjulan.sources.{source.name}.reader")


def _chunks(
    class_id: str, row_first: int, lines: list[bytes], broken: Mapping[int, bytes | None], progress: float
) -> Iterator[Chunk]:
    """Put the broken rows back in their place; where a class has no record for them, a new chunk begins."""
    run: list[bytes] = []
    run_first = row_first
    good = iter(lines)
    for index in range(len(lines) + len(broken)):
        line = broken[index] if index in broken else next(good)
        if line is not None:
            run.append(line)
            continue
        if run:
            yield Chunk(class_id, run_first, run, progress)
        run, run_first = [], row_first + index + 1
    if run:
        yield Chunk(class_id, run_first, run, progress)


def _wrapped(reason: str, text: str) -> bytes:
    return msgspec.json.encode({REFUSED: reason, "raw": text})


def _lines(records: pl.DataFrame) -> list[bytes]:
    """Return one JSON line per row."""
    records = records.with_columns(
        _written(name, of) for name, of in records.schema.items() if of in (pl.Date, pl.Datetime)
    )
    buffer = io.BytesIO()
    try:
        records.write_ndjson(buffer)
    except pl.exceptions.PanicException:
        raise FileRefused(reason="有 JSON 无法表示的内容（如二进制），请改为文字后重试") from None
    return buffer.getvalue().splitlines()


def _written(name: str, of: pl.DataType) -> pl.Expr:
    """Return dates or instants as text; what no calendar has, as the number that stands in the file."""
    years = pl.col(name).dt.year()
    is_known = years.is_between(1, 9999)
    form = "%Y-%m-%d"
    if isinstance(of, pl.Datetime):
        form = "%Y-%m-%dT%H:%M:%S%.6f%:z" if of.time_zone else "%Y-%m-%d %H:%M:%S%.6f"
    text = pl.when(is_known).then(pl.col(name)).dt.strftime(form)
    return pl.coalesce(text, pl.format("未知时间 {}", pl.col(name).to_physical())).alias(name)


def _to_records(source: Source, class_id: str) -> ToRecords:
    if not source.has_reader:
        return lambda rows: {class_id: rows}
    found: ToRecords = _reader_of(source).to_records
    return found


# Kinds of file


_KINDS = {
    ".csv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
}


def _kind(path: Path, source: Source) -> str:
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        raise FileRefused(
            reason=f"不支持的文件类型 {path.suffix or '（无扩展名）'}，可用 {'、'.join(_KINDS)}"
        )
    if not path.is_file():
        raise FileRefused(reason=f"没有文件 {path.name}")
    if path.stat().st_size > source.max_file_mib * 2**20:
        raise FileRefused(reason=f"超过来源 {source.name} 的上限 {source.max_file_mib} MiB，请分开导入")
    return kind


def _ndjson(path: Path, class_id: str) -> Iterator[Chunk]:
    size = path.stat().st_size or 1
    row_first = 1
    with path.open("rb") as file:
        file.seek(3 if file.read(3) == b"\xef\xbb\xbf" else 0)
        lines = _bounded_lines(file)
        while batch := list(islice(lines, ROWS_PER_CHUNK)):
            kept = [line for line in batch if line.strip()]
            if kept:
                yield Chunk(class_id, row_first, kept, file.tell() / size)
            row_first += len(kept)


def _bounded_lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE):
        ended = line.endswith(b"\n")
        yield line.rstrip(b"\r\n")
        while not ended and (rest := file.readline(MAX_LINE)):  # the end of a line too long to hold
            ended = rest.endswith(b"\n")


def _encoding(path: Path, source: Source) -> str:
    """Return the encoding of a text file: as declared, else the first that fits from beginning to end."""
    if source.encoding != "auto":
        return {"utf-8": "utf-8-sig"}.get(source.encoding, source.encoding)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                while file.read(2**20):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    return "utf-8-sig"  # neither: mostly UTF-8 with some broken rows, which are kept as such


def _csv(path: Path, source: Source) -> Iterator[_Rows]:
    encoding = _encoding(path, source)
    size = path.stat().st_size or 1
    raw: list[str] = []
    read = 0

    def remembered(file: io.TextIOWrapper) -> Iterator[str]:
        nonlocal read
        for line in file:
            raw.append(line)
            read += len(line.encode(encoding, "surrogateescape"))
            yield line

    with path.open(encoding=encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(remembered(file), strict=True)
        header = _checked_header(header_of(reader), path)
        found = csv_rows(reader, raw, len(header))
        for part in _parts(found):
            rows = [row.cells for row in part if row.fault is None]
            broken = [
                (n, row.fault, printable(row.text, encoding)) for n, row in enumerate(part) if row.fault
            ]
            frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
            yield _Rows(frame, broken, min(read / size, 1.0))


def _parts(rows: Iterator[CsvRow]) -> Iterator[list[CsvRow]]:
    """Yield so many rows at a time; of a file without any, none once, so that its columns are known."""
    part = list(islice(rows, ROWS_PER_CHUNK))
    yield part
    while part and (part := list(islice(rows, ROWS_PER_CHUNK))):
        yield part


def _checked_header(header: list[str], path: Path) -> list[str]:
    if not header or not all(header):
        raise FileRefused(reason=f"{path.name} 的第一行应为列名，且不得有空列名")
    if any(map(is_no_text, header)):
        raise FileRefused(reason=f"{path.name} 的列名不是可读的文字，请核对文件编码")
    if len(set(header)) < len(header):
        twice = sorted({name for name in header if header.count(name) > 1})
        raise FileRefused(reason=f"{path.name} 的列名重复：{'、'.join(twice)}")
    return header


def _xlsx(path: Path, source: Source) -> Iterator[_Rows]:
    import fastexcel

    try:
        sheet = fastexcel.read_excel(path).load_sheet(0, dtypes="string").to_polars()
    except BaseException as error:  # its errors have no common base, its panics are no exceptions even
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise FileRefused(reason=f"{path.name} 不是可读的 XLSX（{type(error).__name__}）") from error
    _checked_header(sheet.columns, path)
    for first in range(0, max(sheet.height, 1), ROWS_PER_CHUNK):
        part = sheet.slice(first, ROWS_PER_CHUNK)
        yield _Rows(part, [], (first + part.height) / max(sheet.height, 1))


def _parquet(path: Path, source: Source) -> Iterator[_Rows]:
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
        columns = _checked_header(file.schema_arrow.names, path)
        read, total = 0, max(file.metadata.num_rows, 1)
        if file.metadata.num_rows == 0:
            yield _Rows(pl.DataFrame(schema=dict.fromkeys(columns, pl.String)), [], 1.0)
        for batch in file.iter_batches(batch_size=ROWS_PER_CHUNK):
            frame = pl.DataFrame(pl.from_arrow(batch))
            read += frame.height
            yield _Rows(frame, [], min(read / total, 1.0))
    except (pyarrow.ArrowException, OSError, pl.exceptions.PolarsError) as error:
        raise FileRefused(reason=f"{path.name} 不是可读的 Parquet") from error


_TABLES: dict[str, Callable[[Path, Source], Iterator[_Rows]]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "parquet": _parquet,
}
