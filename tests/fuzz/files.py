"""Fuzzing the file door: whatever a file holds, it is refused in one sentence, or every row of it comes in.

Input: kind of file, source, declared encoding, then the file. All that comes in is cleaned, too.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from ningjulan.catalog.forbidden import forbidden_word
from ningjulan.cleaning.contracts import Part, Refs
from ningjulan.cleaning.facade import source_ref
from ningjulan.cleaning.tests.samples import NOW
from ningjulan.sources import readers
from ningjulan.sources.civic_cases.tests.sample_rows import ROW
from ningjulan.sources.manifest import ENCODINGS, Source, get_source
from ningjulan.sources.readers import Chunk, FileRefused, look_at, read_file
from tests.fuzz.fates import check_parts
from tests.fuzz.target import Choices, Target

KINDS = ("csv", "ndjson", "xlsx", "parquet", "txt", "pdf")
SOURCES = ("town_iot", "civic_cases", "hotline_12345")
BOM = b"\xef\xbb\xbf"


def one(data: bytes) -> None:
    choices = Choices(data)
    kind, name, encoding = (choices.one_of(options) for options in (KINDS, SOURCES, ENCODINGS))
    source = replace(get_source(name), encoding=encoding)
    content = choices.rest()
    chunks = _read(content, kind, source)
    if chunks is None:
        return
    main = source.classes[0]
    lines = [line for chunk in chunks if chunk.class_id == main for line in chunk.lines]
    _check_places(chunks, main)
    if kind == "ndjson":
        body = content.removeprefix(BOM)
        assert lines == [line.rstrip(b"\r\n") for line in body.split(b"\n") if line.strip()]
    else:
        _check_records(chunks)
    if kind in ("csv", "txt"):
        _check_one_more_row(content, kind, source, lines)
    if 0 < len(lines) <= 200:
        check_parts(main, [Part(b"\n".join(lines), NOW)], source_ref(source), Refs(source.tenant_code))


def _read(content: bytes, kind: str, source: Source) -> list[Chunk] | None:
    """Return all that a file gives, or `None` if it is refused."""
    path = _folder() / f"file.{kind}"
    path.write_bytes(content)
    try:
        facts = look_at(path, source)
        readers.areas_in(path, source)
        readers.units_in(path, source)
        chunks = list(read_file(path, source))
    except FileRefused:
        return None
    assert set(facts.dropped) <= set(facts.columns)
    return chunks


def _check_places(chunks: list[Chunk], main: str) -> None:
    """Row after row, none left out, none twice."""
    expected, progress = 1, 0.0
    for chunk in chunks:
        assert chunk.lines
        assert progress <= chunk.progress <= 1.0
        progress = chunk.progress
        if chunk.class_id == main:
            assert chunk.row_first == expected
            expected += len(chunk.lines)


def _check_records(chunks: list[Chunk]) -> None:
    for chunk in chunks:
        for line in chunk.lines:
            assert b"\n" not in line
            record = json.loads(line)
            assert not any(forbidden_word(name) for name in record)


def _check_one_more_row(content: bytes, kind: str, source: Source, lines: list[bytes]) -> None:
    """A right row at the end of the file is one more row at the end, and changes none before it."""
    n_columns = len(look_at(_folder() / f"file.{kind}", source).columns)
    row = ",".join(["1"] * n_columns).encode()
    chunks = _read(content + b"\n" + row, kind, source)
    assert chunks is not None
    more = [line for chunk in chunks if chunk.class_id == source.classes[0] for line in chunk.lines]
    assert more[:-1] == lines
    assert readers.REFUSED not in json.loads(more[-1])


@lru_cache(maxsize=1)
def _folder() -> Path:
    kept = tempfile.TemporaryDirectory(prefix="ningjulan-fuzz-")
    _folder.kept = kept  # type: ignore[attr-defined]  # until the process ends
    return Path(kept.name)


def seeds() -> Iterator[tuple[str, bytes]]:
    header, row = "msg_id,facility_id,event_time,alarm_kind", "M1,D1,2026-11-25 10:00:00,火警"
    table = f"{header}\n{row}\n{row}\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        yield f"csv {encoding}", file("csv", table.encode(encoding))
    yield "csv broken row", file("csv", f"{table}M2,D2\n{row}\n".encode())
    yield "csv stray quote", file("csv", f'{table}M2,"D2,x,y\n{row}\n{row}\n'.encode())
    yield "csv lines in a cell", file("csv", f'{table}"M\n2","D""2",x,y\r\n\n{row}'.encode())
    yield "csv bad bytes", file("csv", table.encode() + b"M2,D\xff,x,\xe7\x81\n")
    yield "csv forbidden", file("csv", b"face_id,name\nF1,N1\nF2\n")
    yield "csv forbidden only", file("csv", "face_id,民族\nF1,汉\nF2\n".encode())
    yield "csv one column", file("csv", b"msg_id\nM1\n\nM2\r\rM3")
    yield "csv nul", file("csv", b"msg_id,x\nM1,\x00\n\x00,y\n")
    yield "civic cases", file("csv", _cases(ROW, ROW | {"rec_id": "8", "long": "1e400", "lat": "-"}), 1)
    yield "civic cases without a column", file("csv", b"rec_id,create_time\n7,2018-03-01\n", 1)
    yield "civic cases without a row", file("csv", _cases(), 1)
    yield "ndjson of cases", file("ndjson", b'{"event_no":"E1"}\n', 1)
    yield "ndjson", file("ndjson", BOM + b'{"msg_id":"M1"}\r\n\n\xff\xfe\n[1]\n \t\n{"msg_id":')
    frame = pl.DataFrame({"msg_id": ["M1", None], "status_bits": [2, 3], "event_time": [NOW, NOW]})
    parquet = io.BytesIO()
    frame.write_parquet(parquet, compression="uncompressed", statistics=False)
    yield "parquet", file("parquet", parquet.getvalue())
    workbook = io.BytesIO()
    frame.select("msg_id", "status_bits").write_excel(workbook)
    yield "xlsx", file("xlsx", _without_styles(workbook.getvalue()))


def _cases(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    written = csv.DictWriter(text, list(ROW))
    written.writeheader()
    written.writerows(rows)
    return text.getvalue().encode()


def _without_styles(workbook: bytes) -> bytes:
    """Return the workbook with fixed dates and no compression: its bytes then mean something."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if not name.startswith("docProps/") and "theme" not in name and "tables/" not in name:
                new.writestr(zipfile.ZipInfo(name), old.read(name))
    return out.getvalue()


def file(kind: str, content: bytes, source: int = 0) -> bytes:
    return bytes([KINDS.index(kind), source, 0]) + content


def words() -> Iterator[bytes]:
    yield from (b'"', b'""', b",", b"\r\n", b"\n\n", BOM, b"\xff", b"\x81\x30", b'{"', b'":', b"face_id")


TARGET = Target(one, seeds, words)
