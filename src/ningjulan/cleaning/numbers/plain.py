"""Codes with a form but no check digit: divisions, months, keyed hashes."""

import polars as pl

from ningjulan.cleaning.numbers.judged import Judged, explained

_DIVISION = r"^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[123]|99)[0-9]{4}(?:[0-9]{3}){0,2}$"
_MONTH = r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])$"
_MONTH_WRITTEN = r"^((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})月?$"
_HMAC = r"^[0-9a-f]{64}$"


def division_code(text: pl.Series) -> Judged:
    """Judge division codes of 6, 9 or 12 digits by their form and province."""
    return _of_form(text, _DIVISION, "bad_division_code")


def month(text: pl.Series) -> Judged:
    """Judge months; `2026-3` and `2026年3月` become `202603`."""
    if text.str.contains(_MONTH).all():
        return _of_form(text, _MONTH, "bad_month")
    parts = text.str.extract_groups(_MONTH_WRITTEN).struct
    written = parts.field("1") + parts.field("2").str.zfill(2)
    return _of_form(text.zip_with(written.is_null(), written), _MONTH, "bad_month")


def hmac(text: pl.Series) -> Judged:
    """Judge HMAC-SM3 values, 64 hexadecimal digits; upper case becomes lower."""
    return _of_form(text.str.to_lowercase(), _HMAC, "bad_hash")


def _of_form(values: pl.Series, form: str, fault: str) -> Judged:
    wrong = ~values.str.contains(form).fill_null(value=True)
    return Judged(values, explained(values, wrong, pl.lit(fault)))
