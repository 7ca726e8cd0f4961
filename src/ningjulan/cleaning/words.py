"""Repair of text: width, blanks, invisible characters. Only what is certain."""

from collections.abc import Iterable

import polars as pl

_FULL_ASCII = [chr(code) for code in range(0xFF01, 0xFF5F)] + ["\u3000", "\u00a0"]
_HALF_ASCII = [chr(code) for code in range(0x21, 0x7F)] + [" ", " "]
_FULL_ALNUM = [full for full, half in zip(_FULL_ASCII, _HALF_ASCII, strict=True) if half.isalnum()]
_HALF_ALNUM = [half for half in _HALF_ASCII if half.isalnum()]

# Zero-width and direction marks, byte order mark, soft hyphen, control characters except tab and line ends.
_INVISIBLE = (
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
)
_SUSPECT = "[^\u0020-\u007e\u4e00-\u9fff]"
_BLANKS = " \t\r\n\u3000\u00a0\u2002\u2003\u2009"


def repaired(text: pl.Series, *, fold_punctuation: bool) -> pl.Series:
    """Return the text without invisible characters and outer blanks; letters and digits at half width.

    Args:
        text: Text as delivered.
        fold_punctuation: Also bring full-width punctuation and blanks to half width. Right for numbers, codes
            and times (`１２：３０`); wrong for Chinese sentences, whose （，：） are correct as they are.

    Returns:
        Repaired text; null where nothing is left.
    """
    plain = pl.col("t")
    if text.str.contains(_SUSPECT).any():
        full, half = (_FULL_ASCII, _HALF_ASCII) if fold_punctuation else (_FULL_ALNUM, _HALF_ALNUM)
        plain = plain.str.replace_all(_INVISIBLE, "").str.replace_many(full, half)
    stripped = pl.DataFrame({"t": text}).select(plain.str.strip_chars(_BLANKS))["t"]
    empty = stripped == ""
    return stripped.set(empty, None).alias(text.name) if empty.any() else stripped.alias(text.name)


def normalised(names: Iterable[str]) -> list[str]:
    """Return names as `normalised_name` compares them."""
    found: list[str] = normalised_name(pl.Series(list(names), dtype=pl.String)).to_list()
    return found


def normalised_name(text: pl.Series) -> pl.Series:
    """Return a name as it is compared: half width, no blanks, one kind of bracket, lower case."""
    return (
        text.str.replace_all(_INVISIBLE, "")
        .str.replace_many(_FULL_ASCII, _HALF_ASCII)
        .str.replace_all(r"\s+", "")
        .str.to_lowercase()
    )
