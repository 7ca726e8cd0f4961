from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.cleaning.numbers.identity import id_card_no, id_document
from ningjulan.cleaning.numbers.tests.generated import id_card_nos, with_id_check

TODAY = date(2026, 11, 25)
PRINTED = "11010519491231002X"  # the standard's own example
OF_A_FOREIGNER = "911124198108030024"  # the published specimen


def fault(number: str) -> str | None:
    return id_card_no(pl.Series([number]), today=TODAY).faults[0]


def value(number: str) -> str | None:
    return id_card_no(pl.Series([number]), today=TODAY).values[0]


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(PRINTED, id="printed example"),
        pytest.param("440524188001010014", id="printed example, born 1880"),
        pytest.param(OF_A_FOREIGNER, id="permanent residence card of 2023"),
        pytest.param(with_id_check("81000019900101001"), id="Hong Kong residence permit"),
        pytest.param(with_id_check("82000019900101001"), id="Macao residence permit"),
        pytest.param(with_id_check("83000019900101001"), id="Taiwan residence permit"),
        pytest.param(with_id_check("99999920000229001"), id="synthetic, born on 29 February 2000"),
        pytest.param(with_id_check("99999920261125001"), id="synthetic, born today"),
    ],
)
def test_right_numbers_of_every_kind(number):
    assert (value(number), fault(number)) == (number, None)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        pytest.param("110105194912310021", "bad_id_check_digit", id="check digit"),
        pytest.param(with_id_check("99999919000229001"), "bad_id_birth_date", id="29 February 1900"),
        pytest.param(with_id_check("99999919901301001"), "bad_id_birth_date", id="month 13"),
        pytest.param(with_id_check("99999919900001001"), "bad_id_birth_date", id="month 0"),
        pytest.param(with_id_check("99999919900431001"), "bad_id_birth_date", id="31 April"),
        pytest.param(with_id_check("99999920261126001"), "id_birth_date_in_future", id="born tomorrow"),
        pytest.param(with_id_check("01010519491231002"), "bad_id_region", id="province 01"),
        pytest.param(with_id_check("81010019900101001"), "bad_id_region", id="81, but no permit"),
        pytest.param(with_id_check("99999819900101001"), "bad_id_region", id="next to the synthetic region"),
        pytest.param("110105491231002", "id_no_of_15_digits", id="15 digits"),
        pytest.param("110105********002X", "masked_number", id="masked"),
        pytest.param("1.10105194912310E+17", "rounded_number", id="spreadsheet"),
        pytest.param("1101051949123100X2", "bad_id_no", id="X inside"),
        pytest.param("1101051949123100２X", "bad_id_no", id="not half width"),
        pytest.param("11010519491231002", "bad_id_no", id="17 digits"),
        pytest.param("110105194912310021X", "bad_id_no", id="19 digits"),
        pytest.param("身份证丢失", "bad_id_no", id="words"),
    ],
)
def test_wrong_numbers_say_what_is_wrong(number, expected):
    assert fault(number) == expected


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("11010519491231002x", id="small x"),
        pytest.param(" 110105 19491231 002X", id="blanks"),
        pytest.param("110105-19491231-002X", id="dashes"),
        pytest.param("11010519491231002×", id="multiplication sign"),
        pytest.param("'11010519491231002X", id="spreadsheet's apostrophe"),
    ],
)
def test_certain_repairs(written):
    assert (value(written), fault(written)) == (PRINTED, None)


def test_absent_numbers_are_neither_right_nor_wrong():
    judged = id_card_no(pl.Series([None, PRINTED, "  "], dtype=pl.String), today=TODAY)

    assert judged.values.to_list() == [None, PRINTED, None]
    assert judged.faults.to_list() == [None, None, None]


def test_each_row_of_a_mixed_column_gets_its_own_verdict():
    numbers = pl.Series(["110105491231002", PRINTED, "110105194912310021", None, "?"])

    judged = id_card_no(numbers, today=TODAY)

    assert judged.faults.to_list() == ["id_no_of_15_digits", None, "bad_id_check_digit", None, "bad_id_no"]


def test_synthetic_numbers_are_noted():
    judged = id_card_no(pl.Series([with_id_check("99999919900101001"), PRINTED]), today=TODAY)

    assert judged.notes is not None
    assert judged.notes.to_list() == ["synthetic_number", None]


@settings(deadline=None)
@given(id_card_nos(), st.integers(0, 17), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(number, place, shift):
    digits = "0123456789X" if place == 17 else "0123456789"
    wrong = digits[(digits.index(number[place]) + shift) % len(digits)]

    assert fault(number) is None
    assert fault(number[:place] + wrong + number[place + 1 :]) is not None


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=20) | id_card_nos() | st.text("0123456789xX -*", max_size=20)))
def test_tidying_twice_is_tidying_once(numbers):
    once = id_card_no(pl.Series(numbers, dtype=pl.String), today=TODAY)
    again = id_card_no(once.values, today=TODAY)

    assert again.values.to_list() == once.values.to_list()
    assert again.faults.to_list() == once.faults.to_list()


@pytest.mark.parametrize(
    ("kind", "number", "expected"),
    [
        pytest.param("111", PRINTED, None, id="identity card"),
        pytest.param("113", PRINTED, None, id="number in the household register"),
        pytest.param("111", with_id_check("81000019900101001"), None, id="permit entered as identity card"),
        pytest.param("111", OF_A_FOREIGNER, "id_of_other_kind", id="foreigner's card as identity card"),
        pytest.param("553", OF_A_FOREIGNER, None, id="foreigner's card"),
        pytest.param("553", "USA123456789012", None, id="foreigner's card until 2023"),
        pytest.param("553", PRINTED, "id_of_other_kind", id="identity card as foreigner's card"),
        pytest.param("P01", with_id_check("81000019900101001"), None, id="Hong Kong permit"),
        pytest.param("P01", with_id_check("83000019900101001"), "id_of_other_kind", id="Taiwan as Hong Kong"),
        pytest.param("P02", with_id_check("83000019900101001"), None, id="Taiwan permit"),
        pytest.param("P02", with_id_check("99999919900101001"), None, id="synthetic, of any kind"),
        pytest.param("516", "H12345678", None, id="Hong Kong travel permit"),
        pytest.param("516", "h1234567801", None, id="older, small letter"),
        pytest.param("516", "A12345678", "bad_id_document", id="neither H nor M"),
        pytest.param("511", "12345678", None, id="Taiwan travel permit"),
        pytest.param("511", "123456789", "bad_id_document", id="nine digits"),
        pytest.param("414", "E12345678", None, id="passport"),
        pytest.param("414", "无", "bad_id_document", id="no passport number"),
        pytest.param("114", "军字第1234567号", None, id="officer's card"),
        pytest.param(None, PRINTED, None, id="kind unknown, number beyond doubt"),
        pytest.param(None, "110105194912310021", "bad_id_check_digit", id="kind unknown, number wrong"),
        pytest.param(None, "E12345678", "id_kind_needed", id="kind unknown, any document"),
    ],
)
def test_documents_are_judged_by_their_kind(kind, number, expected):
    judged = id_document(pl.Series([number]), pl.Series([kind], dtype=pl.String), today=TODAY)

    assert judged.faults[0] == expected
