"""Codes of a list by any word for them; yes or no."""

from ningjulan.cleaning.kernel.compiling import Address, Flags, Ints, byte_at, compiled, int_at, put
from ningjulan.cleaning.kernel.spans import (
    ABSENT,
    FALSE,
    INTEGER,
    STRING,
    TRUE,
    kind_of,
    length_of,
    start_of,
)
from ningjulan.cleaning.kernel.words import Words, find

_LONGEST = 120


@compiled
def look_up(
    text: Address, spans: Ints, doubt: Flags, words: Words, squeeze: bool, none: int, out: Ints, room: int
) -> None:
    """Find the number of each word as written, else in lower case; doubt words that are not in the set.

    Args:
        squeeze: Also without the blanks within.
        none: Number for records without a word.
        out: Filled.
        room: Where words may be rewritten.
    """
    for row in range(len(spans)):
        span = spans[row]
        out[row] = none
        if doubt[row] or span == ABSENT:
            continue
        start, length, kind = start_of(span), length_of(span), kind_of(span)
        if kind not in (STRING, INTEGER, TRUE, FALSE):
            doubt[row] = True
            continue
        word = find(words, text, start, length)
        if word < 0:
            length = _lower(text, start, length, squeeze, room)
            word = find(words, text, room, length) if length >= 0 else -1
        if word < 0:
            doubt[row] = True
        else:
            out[row] = int_at(words.value, word)


@compiled
def _lower(text: Address, start: int, length: int, squeeze: bool, room: int) -> int:
    """Write the text in lower case; return its length, -1 if it is long or has letters of other alphabets."""
    if length > _LONGEST:
        return -1
    n = 0
    for at in range(start, start + length):
        byte = byte_at(text, at)
        if byte == 0x20 or 0x09 <= byte <= 0x0D:
            if squeeze:
                continue
        elif 0x41 <= byte <= 0x5A:
            byte += 0x20
        elif byte >= 0xC0 and not 0xE4 <= byte <= 0xE9:  # not Han, which has no case
            return -1
        put(text, room + n, byte)
        n += 1
    return n
