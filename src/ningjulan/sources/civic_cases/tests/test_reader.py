"""Rows become records, areas and units."""

import json

import numpy as np
import polars as pl
import pytest

from ningjulan.sources.civic_cases.places import trusted_points
from ningjulan.sources.civic_cases.tests.independent import FILE
from ningjulan.sources.civic_cases.tests.sample_rows import SOURCE, file_of, needs_sample
from ningjulan.sources.readers import FileRefused, areas_in, read_file, units_in


@pytest.mark.parametrize(
    ("lon", "trusted"),
    [
        pytest.param([114.30, 114.35, 114.40, 113.80], [True, True, True, False], id="one far off"),
        pytest.param([114.30, 114.35, np.nan, 114.40], [True, True, False, True], id="one absent"),
        pytest.param([114.30, 113.80], [False, False], id="two cannot judge each other"),
        pytest.param([114.30, 114.30, 114.30, 114.31], [True, True, True, True], id="close together"),
    ],
)
def test_trusted_points(lon, trusted):
    assert trusted_points(np.array(lon), np.full(len(lon), 22.7)).tolist() == trusted


def test_areas_come_parents_first(tmp_path):
    path = file_of(tmp_path, {}, {"STREET_ID": "102", "STREET_NAME": "乙一街道", "COMMUNITY_ID": "10044"})

    codes = [area.code for area in areas_in(path, SOURCE)]

    assert codes == ["440310", "440310101", "440310102", "440310101031", "440310102044"]


def test_a_unit_has_one_name_and_keeps_its_spellings(tmp_path):
    names = ["甲队", "甲队（甲一街道办事处）", "甲队", "-"]
    rows = [
        {"DISPOSE_UNIT_ID": "-" if name == "-" else "600", "DISPOSE_UNIT_NAME": name, "rec_id": str(n)}
        for n, name in enumerate(names)
    ]
    path = file_of(tmp_path, *rows)

    (unit,) = units_in(path, SOURCE)

    assert (unit.code, unit.name, unit.kind, unit.area_code) == ("440310-600", "甲队", "street", "440310101")
    assert unit.spellings == ("甲队", "甲队（甲一街道办事处）")


def test_a_broken_row_is_one_event_line_and_no_step(tmp_path):
    path = file_of(tmp_path, {}, "only,three,cells", {"rec_id": "8"})

    chunks = [(chunk.class_id, chunk.row_first, len(chunk.lines)) for chunk in read_file(path, SOURCE)]

    assert chunks == [("BIZ16", 1, 3), ("BIZ17", 1, 1), ("BIZ17", 3, 1)]


def test_another_file_is_refused_before_anything_is_taken(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")

    with pytest.raises(FileRefused, match="缺少列"):
        list(read_file(path, SOURCE))
    for told in (areas_in, units_in):
        with pytest.raises(FileRefused, match="缺少列"):
            told(path, SOURCE)


def test_a_file_without_rows_tells_of_no_place_but_the_district(tmp_path):
    path = file_of(tmp_path)

    assert [area.code for area in areas_in(path, SOURCE)] == ["440310"]
    assert units_in(path, SOURCE) == []
    assert list(read_file(path, SOURCE)) == []


def test_records_in_a_file_are_taken_as_they_are_and_tell_of_no_places(tmp_path):
    path = tmp_path / "cases.ndjson"
    path.write_text('{"event_no": "E1"}\n')

    assert [chunk.lines for chunk in read_file(path, SOURCE)] == [[b'{"event_no": "E1"}']]
    assert (areas_in(path, SOURCE), units_in(path, SOURCE)) == ([], [])


def test_a_table_of_numbers_is_read_as_text(tmp_path):
    rows = pl.read_csv(file_of(tmp_path, {}, {"rec_id": "8"}))
    path = tmp_path / "cases.parquet"
    rows.write_parquet(path)

    lines = [json.loads(line) for chunk in read_file(path, SOURCE) for line in chunk.lines]

    assert [line["event_no"] for line in lines[:2]] == ["20180301101000007", "20180301101000008"]
    assert [area.code for area in areas_in(path, SOURCE)][1:] == ["440310101", "440310101031"]


@needs_sample
def test_the_point_that_is_50_km_off_is_not_used():
    points = {area.code: area.lon for area in areas_in(FILE, SOURCE) if area.lon is not None}

    assert len(points) == 4
    assert all(114.2 < lon < 114.5 for lon in points.values())
