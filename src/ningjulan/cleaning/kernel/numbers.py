"""Numbers as `types` reads them, with so few digits that every right reading gives the same double."""

import numpy as np
import numpy.typing as npt

from ningjulan.cleaning.kernel.compiling import Address, Flags, Ints, byte_at, compiled
from ningjulan.cleaning.kernel.spans import (
    ABSENT,
    DECIMAL,
    INTEGER,
    STRING,
    kind_of,
    length_of,
    start_of,
)

Floats = npt.NDArray[np.float64]

_MOST_DIGITS = 15
_LARGEST_EXACT = 2**53
_POWERS = np.array([10.0**n for n in range(_MOST_DIGITS + 1)])


@compiled
def integers(text: Address, spans: Ints, doubt: Flags, low: float, high: float, out: Ints) -> None:
    """Read whole numbers; doubt what is none or not within low and high."""
    for row in range(len(spans)):
        span = spans[row]
        out[row] = 0
        if doubt[row] or span == ABSENT:
            continue
        digits, scale, is_negative = _parts(text, start_of(span), length_of(span))
        if kind_of(span) not in (STRING, INTEGER) or scale != 0:
            doubt[row] = True
            continue
        out[row] = -digits if is_negative else digits
        if not low <= out[row] <= high:
            doubt[row] = True


@compiled
def decimals(
    text: Address, spans: Ints, doubt: Flags, low: float, high: float, too_large: float, out: Floats
) -> None:
    """Read decimal numbers; doubt what is none, not within low and high, or `too_large`."""
    for row in range(len(spans)):
        span = spans[row]
        out[row] = 0.0
        if doubt[row] or span == ABSENT:
            continue
        number, is_certain = decimal(text, span)
        out[row] = number
        if not is_certain or not low <= number <= high or abs(number) >= too_large:
            doubt[row] = True


@compiled
def decimal(text: Address, span: int) -> tuple[float, bool]:
    """Return the number that a span holds, and whether it certainly is one."""
    kind = kind_of(span)
    digits, scale, is_negative = _parts(text, start_of(span), length_of(span))
    if scale < 0 or digits > _LARGEST_EXACT or (is_negative and digits == 0):
        return 0.0, False
    number = digits / _POWERS[scale]  # both exact, so rounded once: as right as can be
    return (-number if is_negative else number), kind in (INTEGER, DECIMAL, STRING)


@compiled
def _parts(text: Address, at: int, length: int) -> tuple[int, int, bool]:
    """Return the digits of `-12.50` as one number, how many stand after the point, whether it is negative.

    After the point -1 is returned where this is not plainly a number.
    """
    end = at + length
    is_negative = length > 0 and byte_at(text, at) == 0x2D
    if is_negative or (length > 0 and byte_at(text, at) == 0x2B):
        at += 1
    digits, n, point = 0, 0, -1
    while at < end:
        byte = byte_at(text, at)
        if 0x30 <= byte <= 0x39:
            digits = digits * 10 + byte - 0x30
            n += 1
        elif byte == 0x2E and point < 0 and n > 0:
            point = n
        else:
            return 0, -1, False
        at += 1
    if n == 0 or n > _MOST_DIGITS + 1 or point == n or (point < 0 and n > _MOST_DIGITS):
        return 0, -1, False
    scale = 0 if point < 0 else n - point
    return (digits, scale, is_negative) if scale <= _MOST_DIGITS else (0, -1, False)
