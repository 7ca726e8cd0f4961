"""Points as `coordinates.parsed` reads them, before they are brought to our system."""

import numpy as np

from ningjulan.cleaning.kernel import tokens
from ningjulan.cleaning.kernel.compiling import Address, Flags, Ints, byte_at, compiled
from ningjulan.cleaning.kernel.numbers import Floats, decimal
from ningjulan.cleaning.kernel.spans import (
    ABSENT,
    DECIMAL,
    INTEGER,
    POINT,
    STRING,
    kind_of,
    length_of,
    span_of,
    start_of,
)

_MIN_LON, _MAX_LON = 73.0, 136.0
_MIN_LAT, _MAX_LAT = 3.0, 54.0
_LONGEST_HINT = 40


@compiled
def pairs(text: Address, lon_spans: Ints, lat_spans: Ints, doubt: Flags, lon: Floats, lat: Floats) -> None:
    """Read points given as two fields; NaN where there is none. Doubt all that is not plainly in China."""
    for row in range(len(lon_spans)):
        first, second = lon_spans[row], lat_spans[row]
        lon[row] = lat[row] = np.nan
        if doubt[row] or (first == ABSENT and second == ABSENT):
            continue
        if ABSENT in (first, second):
            given = first | second
            if not _is_short_number(given):
                doubt[row] = True
            continue
        x, is_x = decimal(text, first)
        y, is_y = decimal(text, second)
        _place(x, y, is_x and is_y, row, doubt, lon, lat)


@compiled
def points(text: Address, spans: Ints, doubt: Flags, lon: Floats, lat: Floats) -> None:
    """Read points given as `120.1,30.2` or as an object of lon and lat; NaN where there is none."""
    for row in range(len(spans)):
        span = spans[row]
        lon[row] = lat[row] = np.nan
        if doubt[row] or span == ABSENT:
            continue
        start, length = start_of(span), length_of(span)
        if kind_of(span) == POINT:
            _, at_lon, at_lat = tokens.point(text, start)
            first, second = _number_at(text, at_lon), _number_at(text, at_lat)
        elif kind_of(span) == STRING:
            comma = start
            while comma < start + length and byte_at(text, comma) != 0x2C:
                comma += 1
            first = span_of(STRING, start, comma - start)
            second = span_of(STRING, comma + 1, max(start + length - comma - 1, 0))
        else:
            doubt[row] = True
            continue
        x, is_x = decimal(text, first)
        y, is_y = decimal(text, second)
        _place(x, y, is_x and is_y, row, doubt, lon, lat)


@compiled
def _number_at(text: Address, at: int) -> int:
    end, kind = tokens.number_end(text, at)
    return span_of(kind, at, end - at)


@compiled
def _is_short_number(span: int) -> bool:
    kind = kind_of(span)
    return kind in (INTEGER, DECIMAL, STRING) and length_of(span) <= _LONGEST_HINT


@compiled
def _place(x: float, y: float, is_certain: bool, row: int, doubt: Flags, lon: Floats, lat: Floats) -> None:
    """Take the point in the order in which it lies in China; 0,0 is none."""
    if is_certain and x == 0 and y == 0:
        return
    if _MIN_LAT <= x <= _MAX_LAT and _MIN_LON <= y <= _MAX_LON:
        x, y = y, x
    if not is_certain or not (_MIN_LON <= x <= _MAX_LON and _MIN_LAT <= y <= _MAX_LAT):
        doubt[row] = True
        return
    lon[row], lat[row] = x, y
