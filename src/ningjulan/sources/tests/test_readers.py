"""Files come in with every row, readable or not, in file order."""

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ningjulan.sources import readers
from ningjulan.sources.manifest import get_source
from ningjulan.sources.readers import FileRefused, look_at, read_file

IOT = get_source("town_iot")
HEADER = "msg_id,facility_id,event_time,alarm_kind\n"
ROWS = [f"M{n},D{n},2026-11-25 10:00:00,火警\n" for n in range(1, 4)]


def records(path, source=IOT):
    return [json.loads(line) for chunk in read_file(path, source) for line in chunk.lines]


def written(tmp_path, content, name="alarms.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_any_encoding_a_chinese_office_writes(tmp_path, encoding):
    path = written(tmp_path, HEADER + "".join(ROWS), encoding=encoding)

    found = records(path)

    assert [row["msg_id"] for row in found] == ["M1", "M2", "M3"]
    assert {row["alarm_kind"] for row in found} == {"火警"}


def test_a_declared_encoding_is_not_guessed(tmp_path):
    path = written(tmp_path, HEADER + "".join(ROWS), encoding="gb18030")

    found = records(path, replace(IOT, encoding="utf-8"))

    assert [row["_refused"] for row in found] == ["not_utf8"] * 3


def test_a_broken_row_stands_in_its_place_with_its_text(tmp_path):
    path = written(tmp_path, HEADER + ROWS[0] + "M2,D2\n" + ROWS[2])

    found = records(path)

    assert [row.get("msg_id") for row in found] == ["M1", None, "M3"]
    assert found[1] == {"_refused": "row_broken", "raw": "M2,D2"}


def test_one_stray_quote_breaks_one_row(tmp_path):
    path = written(tmp_path, HEADER + ROWS[0] + 'M2,"D2,2026-11-25,火警\n' + ROWS[2] + ROWS[0])

    found = records(path)

    assert [row.get("msg_id") for row in found] == ["M1", None, "M3", "M1"]


def test_one_stray_quote_beside_bytes_that_are_no_text_breaks_one_row_too(tmp_path):
    path = written(tmp_path, (HEADER + ROWS[0]).encode() + b'M2,"D\xff,x,y\n' + (ROWS[2] + ROWS[0]).encode())

    assert [row.get("msg_id") for row in records(path)] == ["M1", None, "M3", "M1"]


def test_bytes_that_are_no_text_are_kept_readable(tmp_path):
    path = written(tmp_path, (HEADER + ROWS[0]).encode() + b"M2,D\xff,2026-11-25,\xe7\x81\xab\n" + b"\xff\n")

    assert records(path)[1:] == [
        {"_refused": "not_utf8", "raw": "M2,D\\xff,2026-11-25,火"},
        {"_refused": "not_utf8", "raw": "\\xff"},
    ]


def test_a_cell_may_hold_several_lines(tmp_path):
    path = written(tmp_path, HEADER + '"M\n1",D1,2026-11-25,火警\n\n' + ROWS[1])

    assert [row["msg_id"] for row in records(path)] == ["M\n1", "M2"]
    assert all(b"\n" not in line for chunk in read_file(path, IOT) for line in chunk.lines)


def test_chunks_keep_count_of_rows_and_progress(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "ROWS_PER_CHUNK", 2)
    path = written(tmp_path, HEADER + "".join(ROWS) + "broken\n" + ROWS[0])

    chunks = list(read_file(path, IOT))

    assert [(chunk.row_first, len(chunk.lines)) for chunk in chunks] == [(1, 2), (3, 2), (5, 1)]
    assert chunks[-1].progress == 1.0
    assert sorted(chunk.progress for chunk in chunks) == [chunk.progress for chunk in chunks]


def test_forbidden_columns_are_dropped_and_named(tmp_path):
    path = written(tmp_path, "msg_id,face_id,民族\nM1,F1,汉\n")

    assert look_at(path, IOT).dropped == ("face_id", "民族")
    assert records(path) == [{"msg_id": "M1"}]


def test_a_file_of_forbidden_columns_only_is_refused_and_no_row_vanishes(tmp_path):
    path = written(tmp_path, "face_id,民族\nF1,汉\nF2\n")

    with pytest.raises(FileRefused, match="没有一列"):
        records(path)


def test_a_file_without_rows_tells_its_columns_all_the_same(tmp_path):
    path = written(tmp_path, "msg_id,民族\n")

    assert look_at(path, IOT).columns == ("msg_id", "民族")
    assert records(path) == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        pytest.param("a.pdf", b"%PDF", "不支持的文件类型 .pdf", id="kind"),
        pytest.param("a.csv", b"", "第一行应为列名", id="empty"),
        pytest.param("a.csv", b"a,,b\n", "不得有空列名", id="column without a name"),
        pytest.param("a.csv", b"a,b,a\n", "列名重复：a", id="column twice"),
        pytest.param("a.csv", b'"a,b\n', "第一行应为列名", id="header never closed"),
        pytest.param("a.csv", b"a,\xff\n1,2\n", "不是可读的文字", id="header that is no text"),
        pytest.param("a.xlsx", b"PK no", "不是可读的 XLSX", id="no XLSX"),
        pytest.param("a.parquet", b"PAR1", "不是可读的 Parquet", id="no Parquet"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, name, content, reason):
    with pytest.raises(FileRefused) as refused:
        list(read_file(written(tmp_path, content, name), IOT))

    assert reason in refused.value.message()


def test_a_missing_and_a_huge_file_are_refused(tmp_path):
    with pytest.raises(FileRefused, match=r"没有文件 none\.csv"):
        look_at(tmp_path / "none.csv", IOT)
    huge = tmp_path / "huge.csv"
    huge.touch()
    with huge.open("r+b") as file:
        file.truncate(IOT.max_file_mib * 2**20 + 1)  # sparse: takes no room
    with pytest.raises(FileRefused, match="超过来源 town_iot 的上限"):
        look_at(huge, IOT)


def test_ndjson_lines_come_as_they_are(tmp_path):
    path = written(tmp_path, b'\xef\xbb\xbf{"a": 1}\r\n\n\xff\xfe\n[1]\n{"b": 2}', "alarms.ndjson")

    (chunk,) = read_file(path, IOT)

    assert chunk.lines == [b'{"a": 1}', b"\xff\xfe", b"[1]", b'{"b": 2}']
    assert (chunk.class_id, chunk.row_first, chunk.progress) == ("IOT12", 1, 1.0)


def test_of_a_line_too_long_to_hold_the_beginning_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "MAX_LINE", 8)
    path = written(tmp_path, b'{"a": 12345678901234567890}\n{"b":2}\n', "alarms.ndjson")

    (chunk,) = read_file(path, IOT)

    assert chunk.lines == [b'{"a": 12', b'{"b":2}']


def test_parquet_keeps_its_types(tmp_path):
    at = datetime(2026, 11, 25, 2, tzinfo=UTC)
    path = tmp_path / "alarms.parquet"
    pl.DataFrame({"msg_id": ["M1"], "status_bits": [2], "event_time": [at], "x": [None]}).write_parquet(path)

    assert records(path) == [
        {"msg_id": "M1", "status_bits": 2, "event_time": "2026-11-25T02:00:00.000000+00:00", "x": None}
    ]


def test_parquet_keeps_a_moment_that_no_calendar_has_for_cleaning_to_reject(tmp_path):
    path = tmp_path / "alarms.parquet"
    far = pl.DataFrame({"day": [2**31 - 1, 20_000], "at": [2**62, 0], "local": [-(2**62), 0]})
    far.cast({"day": pl.Int32}).cast(
        {"day": pl.Date, "at": pl.Datetime("us", "UTC"), "local": pl.Datetime("us")}
    ).write_parquet(path)

    first, second = records(path)

    assert first == {
        name: f"未知时间 {n}" for name, n in zip(first, (2**31 - 1, 2**62, -(2**62)), strict=True)
    }
    assert second["day"] == "2024-10-04"
    assert second["local"] == "1970-01-01 00:00:00.000000"


def test_a_parquet_file_of_pictures_or_with_a_column_twice_is_refused(tmp_path):
    path = tmp_path / "alarms.parquet"
    pl.DataFrame({"msg_id": ["M1"], "picture": [b"\xff\xd8"]}).write_parquet(path)

    with pytest.raises(FileRefused, match="JSON 无法表示"):
        records(path)

    pq.write_table(pa.Table.from_arrays([pa.array(["M1"])] * 2, names=["msg_id", "msg_id"]), path)
    with pytest.raises(FileRefused, match="列名重复：msg_id"):
        records(path)


def test_a_parquet_file_damaged_in_the_middle_is_refused(tmp_path):
    path = tmp_path / "alarms.parquet"
    pl.DataFrame({"msg_id": [f"M{n}" for n in range(999)]}).write_parquet(path)
    content = bytearray(path.read_bytes())
    content[40:400] = b"\xff" * 360
    path.write_bytes(content)

    with pytest.raises(FileRefused, match="不是可读的 Parquet"):
        records(path)


def test_xlsx_comes_as_text(tmp_path):
    path = tmp_path / "alarms.xlsx"
    cells = [["msg_id", "alarm_kind"], ["M1", "火警"], ["007", ""]]
    rows = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in cells
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)

    assert [(row["msg_id"], row["alarm_kind"] or None) for row in records(path)] == [
        ("M1", "火警"),
        ("007", None),
    ]
