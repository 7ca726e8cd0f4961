import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.cleaning.numbers.telephones import mobile, phone
from ningjulan.cleaning.numbers.tests.generated import landlines, mobiles


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13800138000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("138-0013-8000", "13800138000"),
        ("(+86)13800138000", "13800138000"),
        ("013800138000", "13800138000"),
        ("13800138000.0", "13800138000"),
        ("19200000000", "19200000000"),
        ("17000000000", "17000000000"),
        ("0571-88888888", "0571-88888888"),
        ("057188888888", "0571-88888888"),
        ("(0571)8888 8888", "0571-88888888"),
        ("+86-571-88888888", "0571-88888888"),
        ("86-571-88888888", "0571-88888888"),
        ("0571-8888-8888", "0571-88888888"),
        ("0571-88888888-123", "0571-88888888-123"),
        ("0571-88888888转123", "0571-88888888-123"),
        ("0571-88888888 ext. 123", "0571-88888888-123"),
        ("0571-88888888 分机 123", "0571-88888888-123"),
        ("01088888888", "010-88888888"),
        ("0570-8888888", "0570-8888888"),
        ("0755—88888888", "0755-88888888"),
        ("400-123-4567", "4001234567"),
    ],
)
def test_certain_repairs(written, number):
    judged = phone(pl.Series([written]))

    assert (judged.values[0], judged.faults[0]) == (number, None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("12012345678", "bad_mobile", id="120"),
        pytest.param("1380013800", "bad_mobile", id="ten digits"),
        pytest.param("138001380000", "bad_mobile", id="twelve digits"),
        pytest.param("88888888", "area_code_missing", id="no area code"),
        pytest.param("0571-8888888", "bad_phone", id="Hangzhou has eight digits"),
        pytest.param("0571-18888888", "bad_phone", id="begins with 1"),
        pytest.param("0123-8888888", "bad_phone", id="no such area"),
        pytest.param("138****1234", "masked_number", id="masked"),
        pytest.param("1.38E+10", "rounded_number", id="spreadsheet"),
        pytest.param("13800138000/13900139000", "two_phones", id="two"),
        pytest.param("13800138000 13900139000", "two_phones", id="two with a blank"),
        pytest.param("+852 9123 4567", "phone_abroad", id="Hong Kong"),
        pytest.param("无", "bad_phone", id="none"),
    ],
)
def test_wrong_numbers_say_what_is_wrong(written, expected):
    assert phone(pl.Series([written])).faults[0] == expected


def test_text_messages_need_a_mobile():
    judged = mobile(pl.Series(["138 0013 8000", "0571-88888888", "88888888", None]))

    assert judged.values[0] == "13800138000"
    assert judged.faults.to_list() == [None, "not_a_mobile", "area_code_missing", None]


@settings(deadline=None)
@given(mobiles(), st.sampled_from(["+86", "86", "0086", "+86-", "+86 ", "0", ""]))
def test_the_country_code_changes_nothing(number, prefix):
    judged = phone(pl.Series([prefix + number]))

    assert (judged.values[0], judged.faults[0]) == (number, None)


@settings(deadline=None)
@given(
    st.lists(
        st.none()
        | st.text(max_size=14)
        | st.text("0123456789+-() .转", max_size=18)
        | mobiles()
        | landlines()
    )
)
def test_tidying_twice_is_tidying_once(numbers):
    once = phone(pl.Series(numbers, dtype=pl.String))
    again = phone(once.values)

    assert again.values.to_list() == once.values.to_list()
    assert again.faults.to_list() == once.faults.to_list()
