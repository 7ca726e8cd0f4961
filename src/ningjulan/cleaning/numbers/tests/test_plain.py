import polars as pl
import pytest

from ningjulan.cleaning.numbers import plain


@pytest.mark.parametrize(
    ("written", "month"),
    [("202603", "202603"), ("2026-3", "202603"), ("2026年12月", "202612"), ("2026/03", "202603")],
)
def test_months_in_whatever_form(written, month):
    judged = plain.month(pl.Series([written, None]))

    assert (judged.values.to_list(), judged.faults.to_list()) == ([month, None], [None, None])


@pytest.mark.parametrize("written", ["202613", "202600", "2026-13", "2026-03-01", "3月", "26-03"])
def test_what_is_no_month(written):
    assert plain.month(pl.Series([written])).faults[0] == "bad_month"


def test_division_codes_by_form_and_province():
    codes = pl.Series(
        ["330109", "330109013", "330109013000", "999999", None, "3301", "010109", "330109013002001"]
    )

    faults = plain.division_code(codes).faults.to_list()

    assert faults == [None] * 5 + ["bad_division_code"] * 3


def test_keyed_hashes():
    judged = plain.hmac(pl.Series(["A1" * 32, "a1" * 31, "g" * 64]))

    assert judged.values[0] == "a1" * 32
    assert judged.faults.to_list() == [None, "bad_hash", "bad_hash"]
