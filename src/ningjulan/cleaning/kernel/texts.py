"""Repair and judge texts as `words.repaired` and `types.typed` do."""

import numpy as np

from ningjulan.cleaning.kernel import utf8
from ningjulan.cleaning.kernel.compiling import Address, Bytes, Flags, Ints, byte_at, compiled, load64, put64
from ningjulan.cleaning.kernel.spans import (
    ABSENT,
    INTEGER,
    STRING,
    kind_of,
    length_of,
    span_of,
    start_of,
)

_ONES = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_BLANKS = np.uint64(0x2020202020202020)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_LONGEST_INLINE = 12
_DELETES = np.uint64(0x7F7F7F7F7F7F7F7F)


@compiled
def tidy(text: Address, spans: Ints, doubt: Flags, fold_all: bool, room: int) -> int:
    """Repair the strings of a field; return the free room.

    Args:
        fold_all: Bring punctuation and blanks to half width too, not only letters and digits.
        room: Where repaired texts go.
    """
    for row in range(len(spans)):
        span = spans[row]
        if doubt[row] or kind_of(span) != STRING:
            continue
        start, length = start_of(span), length_of(span)
        if not _is_plain(text, start, length):
            end = _fold(text, start, start + length, fold_all, room)
            start, length = _stripped(text, room, end)
            room = end
            spans[row] = span_of(STRING, start, length)
        if length == 0:
            spans[row] = ABSENT
    return room


@compiled
def _is_plain(text: Address, start: int, length: int) -> bool:
    """Is this a text that no repair changes: printable ASCII and common Han, no blanks around it?"""
    end = start + length
    if length == 0 or byte_at(text, start) == 0x20 or byte_at(text, end - 1) == 0x20:
        return length == 0
    at = start
    while at < end:
        while end - at >= 8 and _are_8_plain(load64(text, at)):
            at += 8
        if at == end:
            break
        byte = byte_at(text, at)
        if 0x20 <= byte <= 0x7E:
            at += 1
        elif 0xE5 <= byte <= 0xE9 or (byte == 0xE4 and byte_at(text, at + 1) >= 0xB8):
            at += 3
        else:
            return False
    return True


@compiled
def _are_8_plain(word: np.uint64) -> bool:
    """Are these eight bytes printable ASCII?"""
    deletes = word ^ _DELETES
    odd = (word | (word - _BLANKS) & ~word | (deletes - _ONES) & ~deletes) & _HIGH
    return bool(odd == np.uint64(0))


@compiled
def _fold(text: Address, at: int, end: int, fold_all: bool, out: int) -> int:
    """Write the text without invisible characters, at half width; return where it ends."""
    while at < end:
        n_bytes = utf8.width(text, at)
        character = utf8.character(text, at)
        at += n_bytes
        if _is_invisible(character):
            continue
        if 0xFF01 <= character <= 0xFF5E:
            half = character - 0xFEE0
            if fold_all or _is_alphanumeric(half):
                character = half
        elif fold_all and character in (0x3000, 0xA0):
            character = 0x20
        out = utf8.write(text, out, character)
    return out


@compiled
def _is_invisible(character: int) -> bool:
    if character < 0x20 or character == 0x7F:
        return character not in (0x09, 0x0A, 0x0D)
    return (
        character == 0xAD
        or 0x200B <= character <= 0x200F
        or 0x202A <= character <= 0x202E
        or 0x2060 <= character <= 0x2064
        or character == 0xFEFF
    )


@compiled
def _is_alphanumeric(byte: int) -> bool:
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A


@compiled
def _stripped(text: Address, start: int, end: int) -> tuple[int, int]:
    """Return start and length of the text without the blanks around it."""
    while start < end and _is_blank(utf8.character(text, start)):
        start += utf8.width(text, start)
    while end > start:
        last = end - 1
        while byte_at(text, last) & 0xC0 == 0x80:
            last -= 1
        if not _is_blank(utf8.character(text, last)):
            break
        end = last
    return start, end - start


@compiled
def _is_blank(character: int) -> bool:
    return character in (0x20, 0x09, 0x0D, 0x0A, 0x3000, 0xA0, 0x2002, 0x2003, 0x2009)


@compiled
def judge_texts(text: Address, spans: Ints, doubt: Flags, longest: int) -> None:
    """Doubt what is no text, or longer than so many characters."""
    for row in range(len(spans)):
        span = spans[row]
        if doubt[row] or span == ABSENT:
            continue
        kind, length = kind_of(span), length_of(span)
        is_long = length > longest and utf8.n_characters(text, start_of(span), length) > longest
        if is_long or kind not in (STRING, INTEGER):
            doubt[row] = True


@compiled
def judge_areas(text: Address, spans: Ints, doubt: Flags, tenant: Bytes) -> None:
    """Doubt what is no area of the tenant: 6, 9, 12 or 15 digits that begin as its code."""
    for row in range(len(spans)):
        span = spans[row]
        if doubt[row] or span == ABSENT:
            continue
        start, length = start_of(span), length_of(span)
        right = length in (6, 9, 12, 15) and length >= len(tenant)
        for n in range(length if right else 0):
            digit = byte_at(text, start + n)
            if digit < 0x30 or digit > 0x39 or (n < len(tenant) and digit != tenant[n]):
                right = False
        if not right:
            doubt[row] = True


@compiled
def views_of(text: Address, spans: Ints, rows: Ints, views: Ints, valid: Bytes, copy: Address) -> int:
    """Write the texts of some rows as Arrow's string views; return how many bytes of `copy` they fill.

    Args:
        rows: Which records, in order.
        views: n x 2 numbers, filled: length and text if it has up to 12 bytes, else length, first four bytes
            and where in `copy` it stands.
        valid: n bits, all 0; set for the records that have a text.
        copy: Room for the long texts, and eight bytes more.
    """
    filled = 0
    for n in range(len(rows)):
        span = spans[rows[n]]
        if span == ABSENT:
            views[n, 0] = 0
            views[n, 1] = 0
            continue
        start, length = start_of(span), length_of(span)
        valid[n >> 3] |= np.uint8(1 << (n & 7))
        first = _first_bytes(load64(text, start), min(length, 4))
        views[n, 0] = np.int64(np.uint64(length) | first << np.uint64(32))
        if length <= _LONGEST_INLINE:
            views[n, 1] = np.int64(_first_bytes(load64(text, start + 4), max(length - 4, 0)))
            continue
        views[n, 1] = filled << 32  # in the first and only buffer
        for done in range(0, length, 8):
            put64(copy, filled + done, load64(text, start + done))
        filled += length
    return filled


@compiled
def _first_bytes(word: np.uint64, n: int) -> np.uint64:
    return word & (_ALL >> np.uint64(64 - 8 * n)) if n > 0 else np.uint64(0)


@compiled
def n_bytes_of(spans: Ints, rows: Ints) -> int:
    """Return how many bytes the texts of some rows have."""
    n = 0
    for row in rows:
        n += length_of(spans[row])
    return n
