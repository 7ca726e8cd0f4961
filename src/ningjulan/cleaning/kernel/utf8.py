"""Characters as they stand in bytes."""

from ningjulan.cleaning.kernel.compiling import Address, byte_at, compiled, put


@compiled
def width(text: Address, at: int) -> int:
    """Return how many bytes the character has, 0 where there is none (RFC 3629, strictly)."""
    first, second = byte_at(text, at), byte_at(text, at + 1)
    if first < 0x80:
        return 1
    if first < 0xC2 or first > 0xF4 or second & 0xC0 != 0x80:
        return 0
    if first < 0xE0:
        return 2
    if (
        byte_at(text, at + 2) & 0xC0 != 0x80
        or (first == 0xE0 and second < 0xA0)
        or (first == 0xED and second > 0x9F)
    ):
        return 0  # too long for what it says, or half a surrogate
    if first < 0xF0:
        return 3
    if (
        byte_at(text, at + 3) & 0xC0 != 0x80
        or (first == 0xF0 and second < 0x90)
        or (first == 0xF4 and second > 0x8F)
    ):
        return 0
    return 4


@compiled
def character(text: Address, at: int) -> int:
    """Return the code point of the character that begins here."""
    first = byte_at(text, at)
    if first < 0x80:
        return first
    second = byte_at(text, at + 1) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second
    third = byte_at(text, at + 2) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third
    return (first & 0x07) << 18 | second << 12 | third << 6 | byte_at(text, at + 3) & 0x3F


@compiled
def write(text: Address, at: int, character: int) -> int:
    """Write a code point; return where the next one goes."""
    if character < 0x80:
        put(text, at, character)
        return at + 1
    if character < 0x800:
        put(text, at, 0xC0 | character >> 6)
        put(text, at + 1, 0x80 | character & 0x3F)
        return at + 2
    if character < 0x10000:
        put(text, at, 0xE0 | character >> 12)
        put(text, at + 1, 0x80 | character >> 6 & 0x3F)
        put(text, at + 2, 0x80 | character & 0x3F)
        return at + 3
    put(text, at, 0xF0 | character >> 18)
    put(text, at + 1, 0x80 | character >> 12 & 0x3F)
    put(text, at + 2, 0x80 | character >> 6 & 0x3F)
    put(text, at + 3, 0x80 | character & 0x3F)
    return at + 4


@compiled
def n_characters(text: Address, start: int, length: int) -> int:
    n = 0
    for at in range(start, start + length):
        n += byte_at(text, at) & 0xC0 != 0x80
    return n
