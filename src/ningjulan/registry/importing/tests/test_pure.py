"""What files bring: merged cells, odd shapes, shifted coordinates, columns by other names."""

import numpy as np
import polars as pl
import pytest
import shapely
import xlsxwriter

from ningjulan.cleaning.coordinates import wgs84_to_gcj02
from ningjulan.registry.importing.errors import FileNotReadable, MappingRefused
from ningjulan.registry.importing.geometry import as_multipolygons, faults
from ningjulan.registry.importing.mapping import manifest_toml, source_of, suggest
from ningjulan.registry.importing.merged_cells import merged_ranges, taken_apart
from ningjulan.registry.importing.offset import offset
from ningjulan.registry.importing.reading import look_at, read
from ningjulan.sources.manifest import load

SOURCE = source_of("landlords", "330109013", "BIZ01", {"姓名": "name"}, "cgcs2000")


def workbook(path, rows, merged=()):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        sheet.write_row(n, 0, row)
    for area, value in merged:
        sheet.merge_range(area, value)
    book.close()
    return path


def square(x, y, size=0.01):
    return shapely.box(x, y, x + size, y + size)


def shapes(*found):
    return np.array(found, dtype=object)


def test_a_value_merged_down_is_that_of_every_row(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [["地址", "姓名"], ["", "甲"], ["", "乙"], ["2室", "丙"]], [("A2:A3", "1室")]
    )

    rows, across = taken_apart(
        pl.DataFrame({"地址": ["1室", None, "2室"], "姓名": ["甲", "乙", "丙"]}), merged_ranges(path)
    )

    assert rows["地址"].to_list() == ["1室", "1室", "2室"]
    assert across == set()


def test_a_row_merged_across_is_refused_and_all_others_are_read(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx", [["地址", "姓名"], ["1室", "甲"], ["", ""], ["2室", "丙"]], [("A3:B3", "空置")]
    )

    (stretch,) = read(path, SOURCE)

    assert len(stretch.lines) == 3
    assert stretch.refused == {1: "merged_across"}


def test_columns_nobody_may_keep_are_left_out_and_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("姓名,民族,人脸照片\n王秀英,汉,x.jpg\n", encoding="gb18030")

    seen = look_at(path)
    (stretch,) = read(path, SOURCE)

    assert (seen.encoding, seen.dropped) == ("gb18030", ["民族", "人脸照片"])
    assert "汉".encode() not in stretch.lines[0]


def test_an_unknown_kind_of_file_is_refused(tmp_path):
    (tmp_path / "a.doc").write_bytes(b"x")
    with pytest.raises(FileNotReadable):
        look_at(tmp_path / "a.doc")


def test_polygon_and_multipolygon_may_be_mixed():
    both = as_multipolygons(
        shapes(square(0, 0), shapely.MultiPolygon([square(1, 1)]), shapely.Point(0, 0), None)
    )

    assert [shape and shape.geom_type for shape in both] == ["MultiPolygon", "MultiPolygon", None, None]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([square(0, 0), square(0.01, 0)], [None, None]),
        ([square(0, 0), square(0.005, 0)], ["overlaps", "overlaps"]),
        ([square(0, 0), square(0.01 - 1e-8, 0)], [None, None]),
        ([shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), square(5, 5)], ["self_intersects", None]),
        ([shapely.Point(0, 0), None], ["not_a_polygon", "boundary_missing"]),
    ],
    ids=["neighbours", "overlap", "a slip of the pencil", "bow tie", "no polygon"],
)
def test_boundaries_are_judged(found, expected):
    assert faults(shapes(*found), ["A", "B"]) == expected


def test_one_code_twice_is_wrong_twice():
    assert faults(shapes(square(0, 0), square(1, 1)), ["A", "A"]) == ["duplicate_code", "duplicate_code"]


def test_gcj02_taken_for_wgs84_is_noticed():
    lon, lat = np.linspace(120.2, 120.3, 9), np.linspace(30.2, 30.3, 9)

    shifted = offset(wgs84_to_gcj02(lon, lat), (lon, lat))
    right = offset((lon + 1e-5, lat), (lon, lat))

    assert shifted.looks_like_gcj02
    assert 300 < shifted.declared_m < 700
    assert not right.looks_like_gcj02


def test_a_shift_that_is_not_gcj02_is_not_taken_for_it():
    lon, lat = np.linspace(120.2, 120.3, 9), np.linspace(30.2, 30.3, 9)

    assert not offset((lon - 0.02, lat + 0.02), (lon, lat)).looks_like_gcj02


def test_columns_are_recognised_by_the_names_clerks_give_them():
    found = {
        s.column: s.item
        for s in suggest(["姓 名", "身份证号", "手机号", "现住址", "民族", "备注一"], "BIZ01")
    }

    assert found == {"姓 名": "name", "身份证号": "id_no", "手机号": "phone", "现住址": "address_text",
                     "民族": None, "备注一": None}  # fmt: skip


def test_no_item_is_suggested_twice():
    assert [s.item for s in suggest(["电话", "手机"], "BIZ01")] == ["phone", None]


@pytest.mark.parametrize("columns", [{"a": "nonsense"}, {"a": "name", "b": "name"}])
def test_a_wrong_mapping_is_refused(columns):
    with pytest.raises(MappingRefused):
        source_of("x1", "330109013", "BIZ01", columns, "cgcs2000")


def test_a_mapping_is_a_source_manifest(tmp_path):
    source = source_of("grid_file", "330109013", "GEO03", {'编码"1"': "grid_code", "名称": "name"}, "gcj02")
    folder = tmp_path / "grid_file"
    folder.mkdir()
    (folder / "manifest.toml").write_text(manifest_toml(source), encoding="utf-8")

    assert load(folder / "manifest.toml") == source
