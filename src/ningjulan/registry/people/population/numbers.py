"""Numbers that are nobody's, whole columns at a time: region 999999, telephones from 000, plates of 浙X.

Each is right by its rules and none can be a real one: no such region, no such prefix, and Zhejiang has given
out the letters A to L only.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from ningjulan.registry.people.population.words import Ints

REGION = "999999"
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_ENDS = np.array(list("10X98765432"))
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PRIME = 9_999_991  # the largest of seven digits: multiples of a step fall on each number once
_STEP = 4_827_173
_PRIME_OF_FIVE = 99_991


def id_card_numbers(births: pl.Series, male: npt.NDArray[np.bool_]) -> pl.Series:
    """Return an identity number for each person (GB 11643), no two alike.

    Args:
        births: n dates of birth.
        male: n; the number before the last is odd for men.

    Raises:
        ValueError: More than 500 people of one sex were born on one day.
    """
    of_the_day = pl.DataFrame({"birth": births, "male": male}).select(
        pl.int_range(pl.len()).over("birth", "male")
    )
    turn = of_the_day.to_series().to_numpy()
    if len(turn) and turn.max() >= 500:
        raise ValueError("more than 500 people of one sex on one day")
    day = births.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()
    digits = _digits(day * 1000 + turn * 2 + male, 11)
    body = np.hstack([np.full((len(digits), 6), 9), digits])
    ends = _ID_ENDS[body @ _ID_WEIGHTS % 11]
    return pl.Series("id_no", _joined(body) + ends.astype(object), dtype=pl.String)


def credit_codes(n: int) -> pl.Series:
    """Return n unified social credit codes (GB 32100) of no organisation."""
    number = _digits(np.arange(n), 7)
    head = np.array([_USCC_CHARACTERS.index(c) for c in f"91{REGION}MA"])
    body = np.hstack([np.tile(head, (n, 1)), number])
    weights = np.array([pow(3, k, 31) for k in range(17)])
    ends = np.array(list(_USCC_CHARACTERS))[-(body @ weights) % 31]
    return pl.Series(f"91{REGION}MA" + _joined(number) + ends.astype(object), dtype=pl.String)


def telephones(first: int, n: int, series: int) -> pl.Series:
    """Return n telephone numbers that no network can assign, from the `first`-th of a series on."""
    spread = (np.arange(first, first + n) * _STEP) % _PRIME
    return pl.Series(f"000{series}" + _joined(_digits(spread, 7)), dtype=pl.String)


def plates(n: int, electric: npt.NDArray[np.bool_]) -> pl.Series:
    """Return n plates of 浙X: five digits, or D and five digits for electric vehicles. No two alike.

    Raises:
        ValueError: There are more than 99,991 of one kind.
    """
    turn = np.where(electric, np.cumsum(electric), np.cumsum(~electric)) - 1
    if n and turn.max() >= _PRIME_OF_FIVE:
        raise ValueError("more vehicles than plates")
    tail = _joined(_digits(turn * 48_271 % _PRIME_OF_FIVE, 5))
    return pl.Series("plate_no", np.where(electric, "浙XD" + tail, "浙X" + tail), dtype=pl.String)


def _digits(numbers: Ints, width: int) -> Ints:
    return numbers[:, None] // 10 ** np.arange(width - 1, -1, -1, dtype=np.int64) % 10


def _joined(digits: Ints) -> npt.NDArray[np.object_]:
    n, width = digits.shape
    text = (digits + ord("0")).astype(np.uint8).tobytes().decode("ascii")
    return np.array([text[at : at + width] for at in range(0, n * width, width)], dtype=object)
