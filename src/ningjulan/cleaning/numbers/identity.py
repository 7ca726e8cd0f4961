"""Identity documents: the 18 digits of GB 11643 and their relatives, and the other documents by their kind.

One scheme has three users: citizens (GB 11643), residents of Hong Kong, Macao and Taiwan with a residence
permit (81, 82, 83), and foreigners with the permanent residence card issued since December 2023 (leading 9).
"""

from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.cleaning.numbers.judged import (
    DASHES,
    MASKED,
    SCIENTIFIC,
    Flags,
    Judged,
    bytes_of,
    explained,
    named,
    pick,
    values_table,
)

PROVINCES = (
    *range(11, 16),
    *range(21, 24),
    *range(31, 38),
    *range(41, 47),
    *range(50, 55),
    *range(61, 66),
    71,
)
_PERMITS = (810000, 820000, 830000)
SYNTHETIC_REGION = 999999  # reserved here for people who do not exist
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1], dtype=np.int16)
_DIGITS = values_table("0123456789X")
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int16)
_IS_PROVINCE = np.isin(np.arange(100), PROVINCES)
_VERDICTS = (None, "bad_id_region", "bad_id_birth_date", "id_birth_date_in_future", "bad_id_check_digit")

_UNTIDY = r"[^0-9X]"
_DROPPED = rf"[\s{DASHES}'‘’`]"  # blanks, and the apostrophe that spreadsheets put before numbers
_CROSS_AT_END = r"[×✕ХΧ]$"  # multiplication sign, Cyrillic, Greek; the check digit proves the repair

_CARD_TYPES = ("111", "112", "113", "P01", "P02", "553")
_OLD_CARD_OF_FOREIGNER = r"^[A-Z]{3}[0-9]{12}$"  # issued until 2023, still valid
_FORMS = {
    "511": r"^[0-9]{8}$|^[0-9]{10}[0-9A-Z]?$",
    "516": r"^[HM][0-9]{8}(?:[0-9]{2})?$",
    "414": r"^[A-Z0-9]{5,20}$",
    "554": r"^[A-Z0-9]{5,20}$",
    "114": r"^[\p{Han}A-Z0-9]{4,30}$",
    "115": r"^[\p{Han}A-Z0-9]{4,30}$",
}


def id_card_no(text: pl.Series, *, today: date | pl.Series) -> Judged:
    """Judge 18-digit identity numbers of every kind.

    Args:
        text: Numbers at half width, or null.
        today: Local date of receipt, one for all or one per row; nobody is born later.

    Returns:
        Numbers without blanks and dashes, X in upper case. The synthetic region is right, and noted.
    """
    values = _tidied(text)
    return Judged(values, _card_faults(values, today), _synthetic(values))


def id_document(text: pl.Series, kinds: pl.Series, *, today: date | pl.Series) -> Judged:
    """Judge numbers by the kind of document beside them (CL_ID_TYPE).

    Without a kind only a right 18-digit number is accepted: whose number is `E12345678`?
    """
    values = _tidied(text)
    frame = pl.DataFrame({"t": values, "kind": kinds, "card": _card_faults(values, today)})
    kind, number, card = pl.col("kind"), pl.col("t"), pl.col("card")
    synthetic = number.str.starts_with(str(SYNTHETIC_REGION))
    foreigner = number.str.starts_with("9") & ~synthetic
    other = (
        ((kind == "P01") & ~number.str.contains("^8[12]"))
        | ((kind == "P02") & ~number.str.starts_with("83"))
        | ((kind == "553") & ~foreigner)
        # A residence permit entered as an identity card (111) leaves no doubt about the person.
        | (kind.is_in(["111", "112", "113"]) & foreigner)
    )
    old_card = (kind == "553") & number.str.contains(_OLD_CARD_OF_FOREIGNER)
    faults = (
        pl.when(number.is_null() | old_card)
        .then(None)
        .when(kind.is_in(_CARD_TYPES))
        .then(pl.coalesce(card, pl.when(other & ~synthetic).then(pl.lit("id_of_other_kind"))))
        .when(kind.is_null())
        .then(pl.when(card == "bad_id_no").then(pl.lit("id_kind_needed")).otherwise(card))
        .when(_of_another_form(kind, number))
        .then(pl.lit("bad_id_document"))
    )
    return Judged(values, frame.select(faults=faults)["faults"], _synthetic(values))


def _of_another_form(kind: pl.Expr, number: pl.Expr) -> pl.Expr:
    wrong: pl.Expr = pl.lit(value=False)
    for code, form in _FORMS.items():
        wrong = wrong | ((kind == code) & ~number.str.contains(form))
    return wrong


def _tidied(text: pl.Series) -> pl.Series:
    if not text.str.contains(_UNTIDY).any():
        return text
    tidy = text.str.replace_all(_DROPPED, "").str.to_uppercase().str.replace(_CROSS_AT_END, "X")
    return tidy.set(tidy == "", None)


def _card_faults(values: pl.Series, today: date | pl.Series) -> pl.Series:
    rows = np.flatnonzero((values.str.len_bytes() == 18).fill_null(value=False).to_numpy())
    digits = _DIGITS[bytes_of(values.gather(rows), 18)]
    shaped = (digits >= 0).all(axis=1) & (digits[:, :17] < 10).all(axis=1)
    rows = rows[shaped]
    verdicts = np.zeros(len(values), dtype=np.uint8)
    latest = as_digits(today)
    latest = latest[rows] if latest.ndim else latest
    verdicts[rows] = _verdicts(digits[shaped].astype(np.int32), latest)
    is_shaped = np.zeros(len(values), dtype=np.bool_)
    is_shaped[rows] = True
    misshapen = values.is_not_null() & ~pl.Series(is_shaped)
    found = named(verdicts, _VERDICTS)
    if not misshapen.any():
        return found
    number = pl.col("t")
    why = pick(
        (number.str.contains(MASKED), "masked_number"),
        (number.str.contains(SCIENTIFIC), "rounded_number"),
        (number.str.contains(r"^[0-9]{15}$"), "id_no_of_15_digits"),
        otherwise="bad_id_no",
    )
    return explained(values, misshapen, why).zip_with(misshapen, found)


def as_digits(today: date | pl.Series) -> npt.NDArray[np.int32]:
    """Return the days as numbers such as 20261125."""
    if isinstance(today, pl.Series):
        month, day = today.dt.month().cast(pl.Int32), today.dt.day().cast(pl.Int32)
        return (today.dt.year() * 10_000 + month * 100 + day).to_numpy()
    return np.array(today.year * 10_000 + today.month * 100 + today.day, dtype=np.int32)


def _verdicts(digits: npt.NDArray[np.int32], latest_birth: npt.NDArray[np.int32]) -> npt.NDArray[np.integer]:
    """Return per row of 18 digits the first thing that is wrong, as index of `_VERDICTS`."""
    region = digits[:, :6] @ (10 ** np.arange(5, -1, -1, dtype=np.int32))
    born = digits[:, 6:14] @ (10 ** np.arange(7, -1, -1, dtype=np.int32))
    return np.select(
        [
            ~_known_region(region),
            ~_is_date(born),
            born > latest_birth,
            (digits @ _WEIGHTS) % 11 != 1,
        ],
        [1, 2, 3, 4],
        default=0,
    )


def _known_region(region: npt.NDArray[np.int32]) -> Flags:
    province = _IS_PROVINCE[region // 10_000]
    foreigner = (region // 100_000 == 9) & _IS_PROVINCE[region // 1_000 % 100]
    known: Flags = province | foreigner | np.isin(region, _PERMITS) | (region == SYNTHETIC_REGION)
    return known


def _is_date(day: npt.NDArray[np.int32]) -> Flags:
    year, month, day = day // 10_000, day // 100 % 100, day % 100
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = _DAYS[np.where(month <= 12, month, 0)] + (leap & (month == 2))
    real: Flags = (year >= 1800) & (day >= 1) & (day <= last)
    return real


def _synthetic(values: pl.Series) -> pl.Series | None:
    synthetic = values.str.starts_with(str(SYNTHETIC_REGION)) & (values.str.len_bytes() == 18)
    if not synthetic.any():
        return None
    frame = pl.DataFrame({"synthetic": synthetic})
    return frame.select(notes=pl.when("synthetic").then(pl.lit("synthetic_number")))["notes"]
