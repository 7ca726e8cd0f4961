"""Times in the spellings of `times.parsed` that leave no question → microseconds since 1970, UTC."""

import numpy as np
import numpy.typing as npt

from ningjulan.cleaning.kernel.compiling import Address, Flags, Ints, byte_at, compiled
from ningjulan.cleaning.kernel.spans import (
    ABSENT,
    INTEGER,
    STRING,
    kind_of,
    length_of,
    start_of,
)

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
OFFSET = 8 * HOUR  # of Asia/Shanghai, but for the years before 1950 and the summers from 1986 to 1991

_DAYS_BEFORE = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365])
_DAY_1950, _DAY_1986, _DAY_1992 = -7305, 5844, 8035
_LATEST_EPOCH_MS = 9_000_000_000_000  # beyond, doubles lose microseconds

_YEAR, _MONTH, _DAY, _HOUR, _O_CLOCK, _MINUTE, _SECOND = (
    int.from_bytes(word.encode(), "big") for word in "年月日时点分秒"
)


@compiled
def instants(text: Address, spans: Ints, doubt: Flags, out: Ints, day_only: Flags) -> None:
    """Read instants; doubt what is not plainly one."""
    for row in range(len(spans)):
        span = spans[row]
        out[row] = 0
        if doubt[row] or span == ABSENT:
            continue
        wall, offset, is_day, is_certain = read(text, start_of(span), start_of(span) + length_of(span))
        is_known = kind_of(span) in (STRING, INTEGER)
        if offset == _LOCAL:
            offset = OFFSET
            is_known = is_known and _is_8_hours_ahead(wall)
        if not is_certain or not is_known:
            doubt[row] = True
            continue
        out[row] = wall - offset
        day_only[row] = is_day


@compiled
def dates(text: Address, spans: Ints, doubt: Flags, as_instants: bool, out: npt.NDArray[np.int32]) -> None:
    """Read local dates, as days since 1970.

    Args:
        as_instants: Doubt dates whose first moment is not known for certain.
    """
    for row in range(len(spans)):
        span = spans[row]
        out[row] = 0
        if doubt[row] or span == ABSENT:
            continue
        wall, offset, is_day, is_certain = read(text, start_of(span), start_of(span) + length_of(span))
        is_known = kind_of(span) in (STRING, INTEGER)
        if offset != _LOCAL:
            wall += OFFSET - offset
        is_plain_date = is_day and not as_instants and wall >= _DAY_1950 * DAY  # clocks change by day
        if not is_certain or not is_known or not (is_plain_date or _is_8_hours_ahead(wall)):
            doubt[row] = True
            continue
        out[row] = wall // DAY


@compiled
def judge_bounds(
    at: Ints, spans: Ints, doubt: Flags, received: Ints, early_by: int, late_by: int, earliest: int
) -> None:
    """Doubt what is later than received + early_by, or earlier than received - late_by or than `earliest`.

    Args:
        received: Of each record, microseconds since 1970.
        late_by: Negative where only `earliest` counts.
    """
    for row in range(len(at)):
        if doubt[row] or spans[row] == ABSENT:
            continue
        first = received[row] - late_by if late_by >= 0 else earliest
        if at[row] > received[row] + early_by or at[row] < first:
            doubt[row] = True


_LOCAL = -(10**15)  # stands for the offset of a time that names none


@compiled
def _is_8_hours_ahead(wall: int) -> bool:
    day = wall // DAY
    return _DAY_1950 < day < _DAY_1986 - 1 or day > _DAY_1992


@compiled
def read(text: Address, at: int, end: int) -> tuple[int, int, bool, bool]:
    """Read one time: what the clock on the wall shows, its offset, is only the day said, is it certain?"""
    nothing = (0, 0, False, False)
    n_digits = _n_digits(text, at, end)
    if n_digits == end - at and n_digits != 8:
        return _digits_only(text, at, n_digits)
    if n_digits == 8 and end - at == 8:
        wall = days_since_1970(_number(text, at, 4), _number(text, at + 4, 2), _number(text, at + 6, 2)) * DAY
        return wall, _LOCAL, True, wall > NO_DAY * DAY
    if n_digits != 4:
        return nothing
    year = _number(text, at, 4)
    at = _separator(text, at + 4, end, _YEAR)
    n_month = _n_digits(text, at, end)
    if at < 0 or n_month < 1 or n_month > 2:
        return nothing
    month = _number(text, at, n_month)
    at = _separator(text, at + n_month, end, _MONTH)
    n_day = _n_digits(text, at, end)
    if at < 0 or n_day < 1 or n_day > 2:
        return nothing
    days = days_since_1970(year, month, _number(text, at, n_day))
    if days == NO_DAY:
        return nothing
    at += n_day
    is_apart = _han(text, at, end) == _DAY
    if is_apart:
        at += 3
    if at == end:
        return days * DAY, _LOCAL, True, True
    while _byte(text, at, end) in (0x20, 0x54):  # T
        at += 1
        is_apart = True
    if at >= end or not is_apart:
        return nothing
    clock, at = _clock(text, at, end)
    if clock < 0:
        return nothing
    offset, is_certain = _zone(text, at, end)
    return days * DAY + clock, offset, False, is_certain


@compiled
def _digits_only(text: Address, at: int, n: int) -> tuple[int, int, bool, bool]:
    """Read seconds (10 digits), milliseconds (13) or `20180208123000`."""
    if n == 10:
        return _number(text, at, 10) * SECOND, 0, False, True
    if n == 13:
        number = _number(text, at, 13)
        return number * 1000, 0, False, number < _LATEST_EPOCH_MS
    if n != 14:
        return 0, 0, False, False
    days = days_since_1970(_number(text, at, 4), _number(text, at + 4, 2), _number(text, at + 6, 2))
    hour, minute, second = _number(text, at + 8, 2), _number(text, at + 10, 2), _number(text, at + 12, 2)
    is_certain = days > NO_DAY and hour < 24 and minute < 60 and second < 60
    return days * DAY + ((hour * 60 + minute) * 60 + second) * SECOND, _LOCAL, False, is_certain


@compiled
def _clock(text: Address, at: int, end: int) -> tuple[int, int]:
    """Read `12:30`, `12:30:05.25`, `12时30分`, `12时30分5秒`: microseconds, or -1, and where it ends."""
    n_hour = _n_digits(text, at, end)
    hour = _number(text, at, min(n_hour, 2))
    at += n_hour
    mark = _han(text, at, end)
    if n_hour < 1 or n_hour > 2 or hour > 23:
        return -1, at
    if mark in (_HOUR, _O_CLOCK):
        at += 3
        if at == end:
            return hour * HOUR, at
    elif _byte(text, at, end) == 0x3A:
        at += 1
    else:
        return -1, at
    n_minute = _n_digits(text, at, end)
    minute = _number(text, at, min(n_minute, 2))
    at += n_minute
    if n_minute < 1 or n_minute > 2 or minute > 59:
        return -1, at
    clock = (hour * 60 + minute) * 60 * SECOND
    if _han(text, at, end) == _MINUTE:
        at += 3
        has_seconds = 0x30 <= _byte(text, at, end) <= 0x39
    else:
        has_seconds = _byte(text, at, end) == 0x3A
        at += 1 if has_seconds else 0
    if not has_seconds:
        return clock, at
    seconds, at = _seconds(text, at, end)
    return (clock + seconds if seconds >= 0 else -1), at


@compiled
def _seconds(text: Address, at: int, end: int) -> tuple[int, int]:
    """Read `5`, `05.25`, `5秒`: microseconds, or -1, and where it ends."""
    n_second = _n_digits(text, at, end)
    second = _number(text, at, min(n_second, 2))
    at += n_second
    if n_second < 1 or n_second > 2 or second > 59:
        return -1, at
    micro = 0
    if _byte(text, at, end) == 0x2E:
        n_fraction = _n_digits(text, at + 1, end)
        if n_fraction < 1 or n_fraction > 9:
            return -1, at
        micro = _number(text, at + 1, min(n_fraction, 6))
        for _ in range(n_fraction, 6):
            micro *= 10
        at += 1 + n_fraction
    if _han(text, at, end) == _SECOND:
        at += 3
    return second * SECOND + micro, at


@compiled
def _zone(text: Address, at: int, end: int) -> tuple[int, bool]:
    """Read `Z`, `+08:00`, `+0800` or nothing at all: the offset, and whether it certainly is one."""
    if at == end:
        return _LOCAL, True
    if byte_at(text, at) == 0x5A and at + 1 == end:
        return 0, True
    sign = byte_at(text, at)
    hours_end = at + 3
    minutes = hours_end + 1 if byte_at(text, hours_end) == 0x3A else hours_end
    if sign not in (0x2B, 0x2D) or minutes + 2 != end:
        return 0, False
    if _n_digits(text, at + 1, hours_end) != 2 or _n_digits(text, minutes, end) != 2:
        return 0, False
    hour, minute = _number(text, at + 1, 2), _number(text, minutes, 2)
    offset = (hour * 60 + minute) * 60 * SECOND
    return (offset if sign == 0x2B else -offset), hour < 15 and minute < 60


NO_DAY = -(10**6)


@compiled
def days_since_1970(year: int, month: int, day: int) -> int:
    """Return the days since 1970 of a date from 1900 to 2199, `NO_DAY` if there is no such date."""
    if year < 1900 or year > 2199 or month < 1 or month > 12 or day < 1:
        return NO_DAY
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    last = _DAYS_BEFORE[month + 1] - _DAYS_BEFORE[month] + (1 if is_leap and month == 2 else 0)
    if day > last:
        return NO_DAY
    past = year - 1
    leap_days = past // 4 - past // 100 + past // 400 - 477  # since 1970
    before = _DAYS_BEFORE[month] + (1 if is_leap and month > 2 else 0)
    return int((year - 1970) * 365 + leap_days + before + day - 1)


@compiled
def _separator(text: Address, at: int, end: int, han: int) -> int:
    """Return where the text goes on after `-`, `/`, `.` or the Han, -1 if none of them stands here."""
    byte = _byte(text, at, end)
    if byte in (0x2D, 0x2E, 0x2F):
        return at + 1
    return at + 3 if _han(text, at, end) == han else -1


@compiled
def _byte(text: Address, at: int, end: int) -> int:
    return byte_at(text, at) if at < end else 0


@compiled
def _han(text: Address, at: int, end: int) -> int:
    return (
        byte_at(text, at) << 16 | byte_at(text, at + 1) << 8 | byte_at(text, at + 2) if at + 3 <= end else 0
    )


@compiled
def _n_digits(text: Address, at: int, end: int) -> int:
    if at < 0:
        return 0
    first = at
    while at < end and 0x30 <= byte_at(text, at) <= 0x39:
        at += 1
    return at - first


@compiled
def _number(text: Address, at: int, n: int) -> int:
    number = 0
    for i in range(at, at + n):
        number = number * 10 + byte_at(text, i) - 0x30
    return number
