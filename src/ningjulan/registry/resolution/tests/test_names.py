import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.registry.resolution.names import keys_of, traditional_of


@pytest.mark.parametrize(
    ("one", "other", "form"),
    [
        pytest.param("刘国荣", "劉國榮", "key", id="traditional characters"),
        pytest.param("刘国荣", " 刘　国荣 ", "key", id="blanks"),
        pytest.param("阿依古丽·买买提", "阿依古丽•买买提", "key", id="another point"),
        pytest.param("刘国荣", "LIU Guorong", "sound", id="pinyin"),
        pytest.param("刘国荣", "ＬＩＵ　ＧＵＯＲＯＮＧ", "sound", id="wide letters"),
        pytest.param("刘国荣", "刘国容", "sound", id="typed as heard"),
        pytest.param("刘国荣", "刘囯荣", "look", id="typed as seen"),
        pytest.param("单雄信", "Shan Xiongxin", "sound", id="a surname with a reading of its own"),
        pytest.param("欧阳娜", "OUYANG Na", "sound", id="a surname of two characters"),
        pytest.param("陈胜", "陈森", "folded", id="sh or s, ng or n"),
    ],
)
def test_variants_of_a_name_have_one_form(one, other, form):
    assert getattr(keys_of(one), form) == getattr(keys_of(other), form)


def test_order_is_forgiven():
    assert keys_of("Guorong LIU").swapped == keys_of("刘国荣").sound
    assert keys_of("国荣刘").sound == keys_of("刘国荣").swapped


def test_different_names_differ_in_every_form():
    assert all(a != b for a, b in zip(keys_of("王伟"), keys_of("李娜"), strict=True))


def test_a_name_survives_the_way_to_traditional_characters():
    assert traditional_of("刘国荣") == "劉國榮"


@given(st.text(max_size=12))
def test_any_text_has_forms(text):
    assert len(keys_of(text)) == 6
