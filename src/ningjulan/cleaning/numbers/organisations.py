"""The unified social credit code of organisations, GB 32100."""

import numpy as np
import polars as pl

from ningjulan.cleaning.numbers.judged import (
    DASHES,
    SCIENTIFIC,
    Judged,
    bytes_of,
    explained,
    named,
    pick,
    values_table,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_VALUES = values_table(ALPHABET)
_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)] + [1], dtype=np.int32)
_REGION = slice(2, 8)
_UNTIDY = r"[^0-9A-Z]"
_DROPPED = rf"[\s{DASHES}'‘’`]"


def uscc(text: pl.Series) -> Judged:
    """Judge unified social credit codes.

    The check character finds every single wrong character. The organisation code inside has one of its own
    (GB 11714), left alone: the outer one covers it.
    """
    values = text
    if text.str.contains(_UNTIDY).any():
        values = text.str.replace_all(_DROPPED, "").str.to_uppercase()
        values = values.set(values == "", None)
    rows = np.flatnonzero((values.str.len_bytes() == 18).fill_null(value=False).to_numpy())
    found = _VALUES[bytes_of(values.gather(rows), 18)]
    shaped = (found >= 0).all(axis=1) & (found[:, _REGION] < 10).all(axis=1)
    rows, found = rows[shaped], found[shaped].astype(np.int32)
    verdicts = np.zeros(len(values), dtype=np.uint8)
    verdicts[rows] = (found @ _WEIGHTS) % 31 != 0
    is_shaped = np.zeros(len(values), dtype=np.bool_)
    is_shaped[rows] = True
    misshapen = values.is_not_null() & ~pl.Series(is_shaped)
    faults = named(verdicts, (None, "bad_uscc_check_digit"))
    if misshapen.any():
        faults = explained(values, misshapen, _why_misshapen()).zip_with(misshapen, faults)
    return Judged(values, faults)


def _why_misshapen() -> pl.Expr:
    code = pl.col("t")
    return pick(
        (code.str.contains(r"[*●]"), "masked_number"),
        (code.str.contains(SCIENTIFIC), "rounded_number"),
        (code.str.contains(r"^[0-9]{15}$|^[0-9A-Z]{8}[0-9X]$"), "uscc_replaced_number"),
        (code.str.contains(r"^[0-9A-Z]{18}$") & code.str.contains("[IOSVZ]"), "uscc_foreign_letter"),
        otherwise="bad_uscc",
    )
