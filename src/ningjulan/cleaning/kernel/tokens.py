"""Payload → where each value stands. Recognises plainly good lines; every other line is doubted, not judged.

A plainly good line is one flat JSON object in valid UTF-8 that has no key twice, no key with an escape, and
no number with an exponent or more digits than a double holds. A point may be an object of two numbers.
"""

import numpy as np

from ningjulan.cleaning.kernel import utf8
from ningjulan.cleaning.kernel.compiling import (
    Address,
    Flags,
    Hashes,
    Ints,
    byte_at,
    compiled,
    int_at,
    load64,
    put,
    trailing_zeros,
)
from ningjulan.cleaning.kernel.spans import (
    DECIMAL,
    FALSE,
    INTEGER,
    LONGEST,
    PADDING,
    POINT,
    STRING,
    TRUE,
    span_of,
)
from ningjulan.cleaning.kernel.words import Words, find, hashed, is_same

REFUSED_FIELD = -2  # of a key that must be looked at by others
_NO_FIELD = -1
_NO_HASH = np.uint64(0)

_QUOTE, _BACKSLASH, _LINE_END = 0x22, 0x5C, 0x0A
_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_QUOTES = np.uint64(0x2222222222222222)
_BACKSLASHES = np.uint64(0x5C5C5C5C5C5C5C5C)
_BLANKS = np.uint64(0x2020202020202020)
_LINE_ENDS = np.uint64(0x0A0A0A0A0A0A0A0A)
_FIVE_BYTES = np.uint64(0xFFFFFFFFFF)
_LON, _LAT = (np.uint64(int.from_bytes(f'"{key}"'.encode(), "little")) for key in ("lon", "lat"))
_MOST_KEYS = 62  # as many as there are bits to remember them by
_LONGEST_NUMBER = 17
_NULL, _BAD = -1, -2


@compiled
def tokenise(
    text: Address, end: int, keys: Words, spans: Ints, present: Flags, lines: Ints, doubt: Flags
) -> int:
    """Find the values of every line.

    Args:
        text: The payload, `end` bytes and a line end; then padding and room as large as the payload.
        keys: Names of fields; the number of each is its row in `spans`.
        spans: Fields x lines, all `ABSENT`; filled.
        present: For each field: has any line a value? Filled.
        lines: Where each line begins, and where one behind the last would. Filled.
        doubt: Lines that are not plainly good. Filled.

    Returns:
        Where the room that is still free begins.
    """
    guesses = np.full(_MOST_KEYS, -1, dtype=np.int64)
    strangers = np.zeros(_MOST_KEYS, dtype=np.uint64)
    room = end + PADDING
    at = 0
    for row in range(len(doubt)):
        lines[row] = at
        stop, room = _record(text, at, room, keys, guesses, strangers, spans, row, present)
        if stop < 0 or byte_at(text, stop) != _LINE_END or stop - at > LONGEST:
            doubt[row] = True
            stop = _line_end(text, at)
        at = stop + 1
    lines[len(doubt)] = at
    return room


@compiled
def _record(
    text: Address,
    at: int,
    room: int,
    keys: Words,
    guesses: Ints,
    strangers: Hashes,
    spans: Ints,
    row: int,
    present: Flags,
) -> tuple[int, int]:
    """Read one object; return where the line must end, or -1, and the free room.

    The keys of a record mostly come in the order of the record before: `guesses` holds that.
    """
    at = _blanks(text, at)
    if byte_at(text, at) != 0x7B:  # {
        return -1, room
    at = _blanks(text, at + 1)
    if byte_at(text, at) == 0x7D:  # }
        return _blanks(text, at + 1), room
    seen, n_strangers = 0, 0
    for nth in range(_MOST_KEYS):
        at, key, mixed = _key(text, at, keys, guesses, nth)
        field = int_at(keys.value, key) if key >= 0 else _NO_FIELD
        if at < 0 or field == REFUSED_FIELD:
            return -1, room
        if field >= 0:
            is_again = seen & 1 << field != 0
            seen |= 1 << field
        else:
            is_again = _is_among(strangers, n_strangers, mixed)
            strangers[n_strangers] = mixed
            n_strangers += 1
        at, kind, start, length, new_room = _value(text, at, room)
        if is_again or kind == _BAD:
            return -1, room
        if field >= 0 and kind != _NULL:
            room = new_room
            spans[field, row] = span_of(kind, start, length)
            present[field] = True
        at = _blanks(text, at)
        if byte_at(text, at) == 0x7D:
            return _blanks(text, at + 1), room
        if byte_at(text, at) != 0x2C:  # ,
            return -1, room
        at = _blanks(text, at + 1)
    return -1, room


@compiled
def _key(text: Address, at: int, keys: Words, guesses: Ints, nth: int) -> tuple[int, int, np.uint64]:
    """Read a key and its colon: where the value begins, or -1; which key; its hash if it is none of ours."""
    if byte_at(text, at) != _QUOTE:
        return -1, -1, _NO_HASH
    at += 1
    key, mixed = guesses[nth], _NO_HASH
    if key >= 0 and _stands_at(text, at, keys, key):
        at += int_at(keys.length, key) + 1
    else:
        close, has_escapes = _string_end(text, at)
        if close < 0 or has_escapes:
            return -1, -1, _NO_HASH
        key = find(keys, text, at, close - at)
        guesses[nth] = key
        if key < 0:
            mixed = hashed(text, at, close - at)
        at = close + 1
    at = _blanks(text, at)
    if byte_at(text, at) != 0x3A:  # :
        return -1, -1, _NO_HASH
    return _blanks(text, at + 1), key, mixed


@compiled
def _is_among(strangers: Hashes, n: int, mixed: np.uint64) -> bool:
    for other in range(n):
        if strangers[other] == mixed:
            return True
    return False


@compiled
def _stands_at(text: Address, at: int, keys: Words, key: int) -> bool:
    length = int_at(keys.length, key)
    return byte_at(text, at + length) == _QUOTE and is_same(
        text, at, keys.text, int_at(keys.start, key), length
    )


@compiled
def _blanks(text: Address, at: int) -> int:
    while byte_at(text, at) == 0x20 or byte_at(text, at) == 0x09 or byte_at(text, at) == 0x0D:
        at += 1
    return at


@compiled
def _line_end(text: Address, at: int) -> int:
    while True:
        other = load64(text, at) ^ _LINE_ENDS
        found = (other - _ONES) & ~other & _HIGH
        if found != np.uint64(0):
            return at + (trailing_zeros(found) >> 3)
        at += 8


@compiled
def _value(text: Address, at: int, room: int) -> tuple[int, int, int, int, int]:
    """Read one value: where it ends, its kind, its start and length, the free room."""
    first = byte_at(text, at)
    if first == _QUOTE:
        close, has_escapes = _string_end(text, at + 1)
        if close < 0:
            return at, _BAD, 0, 0, room
        if not has_escapes:
            return close + 1, STRING, at + 1, close - at - 1, room
        written = unescaped(text, at + 1, close, room)
        if written < 0:
            return at, _BAD, 0, 0, room
        return close + 1, STRING, room, written - room, written
    if first == 0x2D or 0x30 <= first <= 0x39:  # - or digit
        end, kind = number_end(text, at)
        return end, kind, at, end - at, room
    if first == 0x7B:  # {
        end, _, _ = point(text, at)
        return end, (_BAD if end < 0 else POINT), at, end - at, room
    if (
        first == 0x74
        and byte_at(text, at + 1) == 0x72
        and byte_at(text, at + 2) == 0x75
        and byte_at(text, at + 3) == 0x65
    ):
        return at + 4, TRUE, at, 4, room
    if (
        first == 0x6E
        and byte_at(text, at + 1) == 0x75
        and byte_at(text, at + 2) == 0x6C
        and byte_at(text, at + 3) == 0x6C
    ):
        return at + 4, _NULL, at, 4, room
    if (
        first == 0x66
        and byte_at(text, at + 1) == 0x61
        and byte_at(text, at + 2) == 0x6C
        and byte_at(text, at + 3) == 0x73
        and byte_at(text, at + 4) == 0x65
    ):
        return at + 5, FALSE, at, 5, room
    return at, _BAD, 0, 0, room


@compiled
def _string_end(text: Address, at: int) -> tuple[int, bool]:
    """Return where the closing quote is, or -1, and whether there are escapes before it."""
    has_escapes = False
    while True:
        word = load64(text, at)
        quotes, slashes = word ^ _QUOTES, word ^ _BACKSLASHES
        special = (
            ((quotes - _ONES) & ~quotes)
            | ((slashes - _ONES) & ~slashes)
            | ((word - _BLANKS) & ~word)  # control characters
            | word  # beyond ASCII
        ) & _HIGH
        if special == np.uint64(0):
            at += 8
            continue
        at += trailing_zeros(special) >> 3
        byte = byte_at(text, at)
        if byte == _QUOTE:
            return at, has_escapes
        if byte == _BACKSLASH:
            has_escapes = True
            if byte_at(text, at + 1) < 0x20 or byte_at(text, at + 1) >= 0x80:
                return -1, False
            at += 2
        elif byte < 0x20:
            return -1, False
        else:
            n_bytes = utf8.width(text, at)
            if n_bytes == 0:
                return -1, False
            at += n_bytes


@compiled
def unescaped(text: Address, at: int, end: int, room: int) -> int:
    """Write the string without its escapes into the room; return where it ends, -1 if an escape is odd."""
    while at < end:
        byte = byte_at(text, at)
        if byte != _BACKSLASH:
            put(text, room, byte)
            room += 1
            at += 1
            continue
        byte = byte_at(text, at + 1)
        at += 2
        if byte == 0x75:  # u
            character, at = _escaped(text, at)
            if character < 0:
                return -1
            room = utf8.write(text, room, character)
            continue
        plain = _short_escape(byte)
        if plain < 0:
            return -1
        put(text, room, plain)
        room += 1
    return room


@compiled
def _short_escape(byte: int) -> int:
    if byte in (0x22, 0x5C, 0x2F):
        return int(byte)
    if byte == 0x6E:  # n
        return 0x0A
    if byte == 0x74:  # t
        return 0x09
    if byte == 0x72:  # r
        return 0x0D
    if byte == 0x62:  # b
        return 0x08
    return 0x0C if byte == 0x66 else -1  # f


@compiled
def _escaped(text: Address, at: int) -> tuple[int, int]:
    """Return the character of a u escape, or -1, and where the text goes on."""
    high = _hex4(text, at)
    if high < 0xD800 or high > 0xDFFF:
        return high, at + 4
    if high > 0xDBFF or byte_at(text, at + 4) != _BACKSLASH or byte_at(text, at + 5) != 0x75:
        return -1, at
    low = _hex4(text, at + 6)
    if low < 0xDC00 or low > 0xDFFF:
        return -1, at
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00), at + 10


@compiled
def _hex4(text: Address, at: int) -> int:
    number = 0
    for i in range(at, at + 4):
        digit = byte_at(text, i)
        if 0x30 <= digit <= 0x39:
            number = number * 16 + digit - 0x30
        elif 0x61 <= digit | 0x20 <= 0x66:
            number = number * 16 + (digit | 0x20) - 0x57
        else:
            return -1
    return number


@compiled
def point(text: Address, at: int) -> tuple[int, int, int]:
    """Read `{"lon": 120.1, "lat": 30.2}`: where it ends, or -1, and where lon and lat begin."""
    lon, lat = -1, -1
    for nth in range(2):
        at = _blanks(text, at + 1)  # behind { or ,
        if load64(text, at) & _FIVE_BYTES == _LON:
            at = _blanks(text, at + 5)
            lon = _blanks(text, at + 1)
        elif load64(text, at) & _FIVE_BYTES == _LAT:
            at = _blanks(text, at + 5)
            lat = _blanks(text, at + 1)
        else:
            return -1, lon, lat
        if byte_at(text, at) != 0x3A:
            return -1, lon, lat
        at, kind = number_end(text, _blanks(text, at + 1))
        at = _blanks(text, at)
        if kind == _BAD or byte_at(text, at) != (0x2C if nth == 0 else 0x7D):
            return -1, lon, lat
    return (at + 1 if lon >= 0 and lat >= 0 else -1), lon, lat


@compiled
def number_end(text: Address, at: int) -> tuple[int, int]:
    """Return where a JSON number ends, and whether it is an `INTEGER`, a `DECIMAL` or not plainly either."""
    start, kind = at, INTEGER
    if byte_at(text, at) == 0x2D:
        at += 1
    if byte_at(text, at) == 0x30:  # nothing but a point may follow, and -0 may mean several things
        at += 1
        if 0x30 <= byte_at(text, at) <= 0x39 or (byte_at(text, start) == 0x2D and byte_at(text, at) != 0x2E):
            return at, _BAD
    else:
        first = at
        while 0x30 <= byte_at(text, at) <= 0x39:
            at += 1
        if at == first:
            return at, _BAD
    if byte_at(text, at) == 0x2E:
        kind = DECIMAL
        at += 1
        first = at
        while 0x30 <= byte_at(text, at) <= 0x39:
            at += 1
        if at == first:
            return at, _BAD
    if byte_at(text, at) | 0x20 == 0x65 or at - start > _LONGEST_NUMBER:  # an exponent
        return at, _BAD
    return at, kind
