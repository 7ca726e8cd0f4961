"""Keys of addresses as the kernel makes them: those of the specification, or none."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.cleaning import addresses
from ningjulan.cleaning.kernel.addresses import match_keys

PIECES = (
    *(
        "浙江省",
        "杭州市",
        "萧山区",
        "宁围街道",
        "宁东社区",
        "社区",
        "区",
        "省",
        "市",
        "街",
        "道",
        "街道",
        "高新",
        "黑龙江省",
    ),
    *(
        "幢",
        "栋",
        "座",
        "号楼",
        "号",
        "楼",
        "1",
        "23",
        "a",
        "B",
        "１２",
        "Ｃ",
        " ",
        "\u3000",
        "（",
        "-",
        "1单元",
        "201室",
        "121号101室",
        "室",
        "123456",
    ),
    *("小区", "é", "\u200b", "𠮷", "，", "。"),
)


@settings(deadline=None, max_examples=300)
@given(texts=st.lists(st.none() | st.lists(st.sampled_from(PIECES), max_size=9).map("".join), max_size=12))
def test_certain_keys_are_those_of_the_specification(texts):
    address = pl.Series("address", texts, dtype=pl.String)

    keys, doubtful = match_keys(address)

    certain = [row for row in range(len(texts)) if row not in set(doubtful.tolist())]
    assert keys.gather(certain).to_list() == addresses.match_key(address).gather(certain).to_list()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("浙江省杭州市萧山区宁围街道宁东社区A座3楼", "宁东社区a幢", id="with all before it"),
        pytest.param("试验路１号　２栋3单元", "试验路1号2幢", id="full width"),
        pytest.param("宁围街道新华村2组121号101室", "新华村2组121号", id="village house"),
        pytest.param("新华村2组121号101", "新华村2组121号", id="village house, no word for room"),
        pytest.param("新华村2组121号", "新华村2组121号", id="village house by itself"),
        pytest.param("宁东社区12号楼2单元", "宁东社区12幢", id="社区 is no district"),
    ],
)
def test_usual_addresses_are_certain(text, expected):
    keys, doubtful = match_keys(pl.Series([text]))

    assert keys.to_list() == [expected]
    assert len(doubtful) == 0
