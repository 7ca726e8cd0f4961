"""Telephone numbers of the mainland: mobiles, landlines with their area code, 400 and 800 numbers."""

import polars as pl

from ningjulan.cleaning.numbers.judged import DASHES, SCIENTIFIC, Judged, no_faults, pick

MOBILE = r"^1[3-9][0-9]{9}$"  # prefixes say nothing of the operator since numbers can be kept (2019)
_EXTENSION = r"(?:(?:-|转|EXT\.?:?|X|#|,|分机号?:?)+([0-9]{1,6}))?"
# Three digits and eight (010, 02x); Hangzhou's eight; elsewhere seven or eight.
_LANDLINES = (
    rf"^(0(?:10|2[0-9]))-?([2-9][0-9]{{3}})-?([0-9]{{4}}){_EXTENSION}$",
    rf"^(0571)-?([2-9][0-9]{{3}})-?([0-9]{{4}}){_EXTENSION}$",
    rf"^(0(?:[346789][0-9]{{2}}|5[0-689][0-9]|57[02-9]))-?([2-9][0-9]{{2,3}})-?([0-9]{{4}}){_EXTENSION}$",
)
_SERVICE = r"^([48]00[0-9]{7})$"


def phone(text: pl.Series) -> Judged:
    """Judge telephone numbers: `13800138000`, `0571-88888888`, `0571-88888888-123`, `4001234567`."""
    if text.str.contains(MOBILE).all():
        return Judged(text, no_faults(len(text)))
    return _judged(text, only_mobile=False)


def mobile(text: pl.Series) -> Judged:
    """Judge numbers that must receive text messages: mobiles only."""
    if text.str.contains(MOBILE).all():
        return Judged(text, no_faults(len(text)))
    return _judged(text, only_mobile=True)


def _judged(text: pl.Series, *, only_mobile: bool) -> Judged:
    written = pl.col("t").str.to_uppercase().str.replace(r"\.0$", "").str.replace_all(r"[\s'‘’`]", "")
    frame = pl.DataFrame({"t": text}).with_columns(dashed=_dashed(written), bare=_bare(written))
    frame = frame.with_columns(
        mobile=pl.col("bare").str.extract(r"^(?:(?:\+|00)?86|0)?(1[3-9][0-9]{9})$", 1),
        other=pl.coalesce(*(_landline(form) for form in _LANDLINES), pl.col("bare").str.extract(_SERVICE, 1)),
    )
    read = pl.col("mobile") if only_mobile else pl.coalesce("mobile", "other")
    frame = frame.with_columns(
        values=pl.coalesce(read, pl.col("t")), wrong=pl.col("t").is_not_null() & read.is_null()
    )
    return Judged(
        frame["values"], frame.select(faults=pl.when("wrong").then(_why(only_mobile=only_mobile)))["faults"]
    )


def _dashed(written: pl.Expr) -> pl.Expr:
    """Return the number with one kind of dash, as called within the country."""
    dashes = written.str.replace_all(rf"[(){DASHES}_]+", "-").str.strip_chars("-")
    return dashes.str.replace(r"^(?:(?:\+|00)86-?|86-)0?", "0")


def _bare(written: pl.Expr) -> pl.Expr:
    return written.str.replace_all(rf"[(){DASHES}_.]", "")


def _landline(form: str) -> pl.Expr:
    parts = pl.col("dashed").str.extract_groups(form).struct
    number = pl.concat_str(parts.field("2"), parts.field("3"))
    return pl.concat_str(
        parts.field("1"),
        pl.lit("-"),
        number,
        pl.when(parts.field("4").is_null())
        .then(pl.lit(""))
        .otherwise(pl.concat_str(pl.lit("-"), parts.field("4"))),
    )


def _why(*, only_mobile: bool) -> pl.Expr:
    written, bare = pl.col("t"), pl.col("bare")
    return pick(
        (written.str.contains(r"[*●]"), "masked_number"),
        (written.str.contains(SCIENTIFIC), "rounded_number"),
        (written.str.contains(r"[0-9]{7,}[^0-9]+[0-9]{7,}"), "two_phones"),
        (bare.str.contains(r"^(?:\+|00)") & ~bare.str.contains(r"^(?:\+|00)86"), "phone_abroad"),
        (pl.col("other").is_not_null(), "not_a_mobile"),
        (bare.str.contains(r"^[2-9][0-9]{6,7}$"), "area_code_missing"),
        (bare.str.contains(r"^(?:\+?86)?1[0-9]{8,12}$"), "bad_mobile"),
        otherwise="bad_mobile" if only_mobile else "bad_phone",
    )
