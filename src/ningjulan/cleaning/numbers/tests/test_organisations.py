import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.cleaning.numbers.organisations import ALPHABET, uscc
from ningjulan.cleaning.numbers.tests.generated import usccs

SPECIMEN = "91350100M000100Y43"


def fault(code: str) -> str | None:
    return uscc(pl.Series([code])).faults[0]


@pytest.mark.parametrize(
    "written", [SPECIMEN, "91350100m000100y43", " 91350100 M000100Y 43", "91350100-M000100Y4-3"]
)
def test_certain_repairs(written):
    judged = uscc(pl.Series([written]))

    assert (judged.values[0], judged.faults[0]) == (SPECIMEN, None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("91350100M000100Y44", "bad_uscc_check_digit", id="check character"),
        pytest.param("9135O100M000100Y43", "uscc_foreign_letter", id="letter O for zero"),
        pytest.param("9135A100M000100Y43", "bad_uscc", id="letter in the region"),
        pytest.param("330100000012345", "uscc_replaced_number", id="registration number of 15 digits"),
        pytest.param("M00010043", "uscc_replaced_number", id="organisation code of 9 characters"),
        pytest.param("9135********100Y43", "masked_number", id="masked"),
        pytest.param("9.135E+17", "rounded_number", id="spreadsheet"),
        pytest.param("无", "bad_uscc", id="none"),
    ],
)
def test_wrong_codes_say_what_is_wrong(code, expected):
    assert fault(code) == expected


@settings(deadline=None)
@given(usccs(), st.integers(0, 17), st.integers(1, 30))
def test_any_single_wrong_character_is_found(code, place, shift):
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]

    assert fault(code) is None
    assert fault(code[:place] + wrong + code[place + 1 :]) is not None


@settings(deadline=None)
@given(st.lists(st.none() | st.text(max_size=20) | usccs()))
def test_tidying_twice_is_tidying_once(codes):
    once = uscc(pl.Series(codes, dtype=pl.String))
    again = uscc(once.values)

    assert again.values.to_list() == once.values.to_list()
    assert again.faults.to_list() == once.faults.to_list()
