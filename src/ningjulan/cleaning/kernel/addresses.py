"""Addresses as they are compared, see `addresses.match_key`; odd characters are left to that."""

import numpy as np
import polars as pl
import pyarrow as pa

from ningjulan.cleaning.kernel import utf8
from ningjulan.cleaning.kernel.compiling import Address, Flags, Ints, compiled

_MOST = 200  # characters
_NONE, _LEFT_OUT = -1, -2
_PROVINCE, _CITY, _DISTRICT, _COMMUNITY, _STREET_1, _STREET_2 = (ord(han) for han in "省市区社街道")
_BUILDING, _BUILDING_2, _BUILDING_3, _NUMBER, _HOUSE = (ord(han) for han in "幢栋座号楼")
_ROOM = ord("室")
_MOST_DIGITS = 5  # of a room


def match_keys(address: pl.Series) -> tuple[pl.Series, Ints]:
    """Return the key of each address, null where there is none, and the rows whose key is not certain."""
    given = address.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, offsets, data = given.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[given.offset : given.offset + len(given) + 1].copy()
    text = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, dtype=np.uint8)
    keys = np.empty(len(text) + 8, dtype=np.uint8)
    ends, certain = np.zeros(len(given) + 1, dtype=np.int64), np.zeros(len(given), dtype=np.bool_)
    _write_keys(text.ctypes.data, starts, keys.ctypes.data, ends, certain)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(keys)]
    found = pl.Series(address.name, pa.Array.from_buffers(pa.large_string(), len(given), buffers))
    return found.set(address.is_null(), None), np.flatnonzero(~certain)


@compiled
def _write_keys(text: Address, starts: Ints, keys: Address, ends: Ints, certain: Flags) -> None:
    """Write the keys one behind the other, `ends` says where."""
    characters = np.zeros(_MOST + 2, dtype=np.int64)
    filled = 0
    for row in range(len(certain)):
        n = _compared(text, starts[row], starts[row + 1], characters)
        certain[row] = n >= 0
        start = _prefix(characters, n)
        for i in range(start, _house_end(characters, start, n)):
            if characters[i] != _LEFT_OUT:
                filled = utf8.write(keys, filled, characters[i])
        ends[row + 1] = filled


@compiled
def _compared(text: Address, at: int, end: int, out: Ints) -> int:
    """Write the characters at half width, small, without blanks; -1 if any is odd."""
    n = 0
    while at < end and n < _MOST:
        character = utf8.character(text, at)
        at += utf8.width(text, at)
        if 0xFF01 <= character <= 0xFF5E:
            character -= 0xFEE0
        if 0x41 <= character <= 0x5A:
            character += 0x20
        if character in (0x20, 0xA0, 0x3000):
            continue
        if not 0x20 < character < 0x7F and not 0x4E00 <= character < 0x9FF0:
            return -1
        out[n] = character
        n += 1
    return n if at == end else -1


@compiled
def _prefix(characters: Ints, n: int) -> int:
    """Return where the address begins behind province, city, district and street."""
    at = _behind(characters, n, 0, 3, 2, _PROVINCE, _NONE)
    at = _behind(characters, n, at, 3, 2, _CITY, _NONE)
    at = _behind(characters, n, at, 3, 1, _DISTRICT, _NONE)
    return _behind(characters, n, at, 4, 2, _STREET_1, _STREET_2)


@compiled
def _behind(characters: Ints, n: int, at: int, most: int, least: int, last: int, then: int) -> int:
    """Return the place behind so many Han, `last` and `then`: the more the better. `at` if it is not so."""
    for length in range(most, least - 1, -1):
        end = at + length
        if end >= n or characters[end] != last or not _are_han(characters, at, end):
            continue
        if last == _DISTRICT and characters[end - 1] == _COMMUNITY:  # 社区 is no district
            continue
        if then == _NONE:
            return end + 1
        if end + 1 < n and characters[end + 1] == then:
            return end + 2
    return at


@compiled
def _house_end(characters: Ints, start: int, n: int) -> int:
    """Write one word for building; return where the address ends: behind its first numbered building, else
    behind the number of a village house."""
    has_building = False
    for i in range(start, n):
        if characters[i] == _NUMBER and i + 1 < n and characters[i + 1] == _HOUSE:
            characters[i], characters[i + 1] = _BUILDING, _LEFT_OUT
        elif characters[i] in (_BUILDING_2, _BUILDING_3):
            characters[i] = _BUILDING
        if characters[i] == _BUILDING:
            has_building = True
            if i > start and _is_number(characters[i - 1]):
                return i + 1
    return n if has_building else _village_end(characters, start, n)


@compiled
def _village_end(characters: Ints, start: int, n: int) -> int:
    """Return the place behind 121号 of 121号101室; `n` where it is not so."""
    end = n - 1 if n > start and characters[n - 1] == _ROOM else n
    room = end
    while end > start and room - end < _MOST_DIGITS and 0x30 <= characters[end - 1] <= 0x39:
        end -= 1
    if end == room or end - 2 < start or characters[end - 1] != _NUMBER:
        return n
    return end if 0x30 <= characters[end - 2] <= 0x39 else n


@compiled
def _is_number(character: int) -> bool:
    return 0x30 <= character <= 0x39 or 0x61 <= character <= 0x7A


@compiled
def _are_han(characters: Ints, start: int, end: int) -> bool:
    for i in range(start, end):
        if characters[i] < 0x4E00:
            return False
    return True
