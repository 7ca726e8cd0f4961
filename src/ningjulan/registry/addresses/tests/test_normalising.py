import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.registry.addresses.normalising import comparison_key, normalised


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("澜庭新村５幢１单元８０１室", "澜庭新村5幢1单元801", id="full width"),
        pytest.param("澜庭新村5栋1单元801", "澜庭新村5幢1单元801", id="another word for building"),
        pytest.param("澜庭新村5号楼1单元801号", "澜庭新村5幢1单元801", id="house number"),
        pytest.param("澜庭新村5#801", "澜庭新村5幢801", id="number sign"),
        pytest.param("澜庭新村5-1-801", "澜庭新村5幢1单元801", id="dashes"),
        pytest.param("澜庭新村5—801室", "澜庭新村5幢801", id="a long dash"),
        pytest.param("澜庭新村五幢一单元八〇一室", "澜庭新村5幢1单元801", id="numerals"),
        pytest.param("澜庭新村二十三幢二单元一一零二", "澜庭新村23幢2单元1102", id="numerals to the end"),
        pytest.param("新华村二组一百二十一号101室", "新华村2组121幢101", id="village"),
        pytest.param("五号坝浜二百三十四号", "五号坝浜234幢", id="a numeral within a name stays"),
        pytest.param("二桥村澜庭里二期5幢", "二桥村澜庭里二期5幢", id="numerals of names stay"),
        pytest.param("瀾庭新村5棟壹單元801", "澜庭新村5幢1单元801", id="traditional"),
        pytest.param("现住址：澜庭新村 5 幢，801 室。", "澜庭新村5幢801", id="blanks, marks and a label"),
        pytest.param("A座1201室", "a幢1201", id="letters"),
        pytest.param("澜庭新村5号1门801", "澜庭新村5幢1单元801", id="door for unit"),
        pytest.param("澜庭新村3楼2单元501", "澜庭新村3幢2单元501", id="building called 楼"),
        pytest.param("澜庭新村5幢3楼", "澜庭新村5幢3层", id="floor called 楼"),
        pytest.param("", "", id="empty"),
    ],
)
def test_one_way_to_write_an_address(written, expected):
    assert comparison_key(normalised(pl.Series([written]))).to_list() == [expected]


def test_what_is_missing_stays_missing():
    assert normalised(pl.Series([None, "5栋"], dtype=pl.String)).to_list() == [None, "5幢"]


@given(st.lists(st.none() | st.text(max_size=30)))
def test_normalising_is_total_and_changes_nothing_the_second_time(texts):
    once = normalised(pl.Series(texts, dtype=pl.String))

    assert len(once) == len(texts)
    assert once.is_null().to_list() == [text is None for text in texts]


@given(st.text(alphabet="澜庭新村一二三四五六七八九十百幢单元层室号楼门-#0123456789", max_size=16))
def test_a_normalised_text_is_normal(text):
    once = normalised(pl.Series([text]))

    assert normalised(normalised(once)).to_list() == normalised(once).to_list()


@given(st.text(alphabet="澜庭栋棟號楼樓单單元門门ＡＢａｂ０１5５壹貳○〇两兩－—，。 （）室", max_size=14))
def test_few_texts_and_many_are_normalised_alike(text):
    alone = normalised(pl.Series([text]))
    among_many = normalised(pl.Series([text] * 300))

    assert among_many[0] == alone[0]
