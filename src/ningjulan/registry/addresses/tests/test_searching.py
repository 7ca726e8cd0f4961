import pytest

from ningjulan.registry.addresses.searching import SearchIndex, Suggestion
from ningjulan.registry.addresses.tests.conftest import base_of


@pytest.fixture(scope="module")
def index(base):
    return SearchIndex(base).warm()


def shown(index, text, limit=4):
    base = index.base
    tables = {"address": base.addresses, "building": base.buildings, "compound": base.compounds}
    return [tables[found.level]["id"][found.row] for found in index.search(text, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        pytest.param("澜庭新", "C1", id="beginning of a name"),
        pytest.param("庭新村", "C1", id="within a name"),
        pytest.param("ltxc", "C1", id="initials"),
        pytest.param("lantingxin", "C1", id="pinyin"),
        pytest.param("LTXC23", "B2", id="initials and a building"),
        pytest.param("ltxc5-1-80", "B1/1单元801室", id="initials and all numbers"),
        pytest.param("澜庭新村5幢2单元", "B1/2单元801室", id="to the unit"),
        pytest.param("宁安社区澜庭新村5幢1单元802", "B1/1单元802室", id="with its community"),
        pytest.param("新华村2组3", "B7", id="village group, beginning of a number"),
        pytest.param("2组12", "B6", id="a name with a digit"),
        pytest.param("丰和大厦1幢12", "B9/1201室", id="beginning of a room"),
        pytest.param("懒亭新村5", "B1", id="misspelt"),
        pytest.param("330109013005100010005000000001", "B1/1单元802室", id="address code"),
    ],
)
def test_the_likeliest_place_comes_first(index, typed, first):
    assert shown(index, typed)[0] == first


def test_a_building_is_followed_by_its_dwellings_floor_by_floor(index):
    assert shown(index, "澜庭新村5幢", limit=9) == [
        "B1", "B1/1单元801室", "B1/1单元802室", "B1/2单元801室", "B1/2单元803室",
    ]  # fmt: skip


def test_a_place_is_found_by_its_other_name():
    base = base_of(aliases=[("老王裁缝铺", "address", "B7/201室"), ("红星大队", "compound", "C5")])
    index = SearchIndex(base)

    assert [shown(index, typed)[0] for typed in ("老王", "lwcfp", "红星", "hxdd30")] == [
        "B7/201室", "B7/201室", "C5", "B7",
    ]  # fmt: skip


def test_only_what_is_visible_is_shown(index):
    assert index.search("澜庭", 5, lambda found: found.level == "compound") == [
        Suggestion("compound", 1), Suggestion("compound", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["", "  ", "？？", "xyz", "'; drop table", "(", "澜庭新村5幢(", "\\", "1" * 200]
)
def test_nothing_is_found_for_what_is_nothing(index, typed):
    assert all(found.level in ("compound", "building", "address") for found in index.search(typed, 5))
