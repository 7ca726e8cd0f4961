"""Sets of words, found by their bytes: the keys of a class, the codes of a list, the addresses of a town."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ningjulan.cleaning.kernel.compiling import Address, Bytes, Ints, compiled, int_at, load64
from ningjulan.cleaning.kernel.spans import PADDING

_ODD_1 = np.uint64(0x9E3779B97F4A7C15)
_ODD_2 = np.uint64(0xBF58476D1CE4E5B9)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Words(NamedTuple):
    """A set of words as compiled functions see it: the addresses of the arrays of a `WordSet`."""

    mask: int
    place: Address
    text: Address
    start: Address
    length: Address
    value: Address


@dataclass(frozen=True)
class WordSet:
    """Words, each with a number. `place` is the hash table: index of a word, -1 where empty."""

    place: Ints
    text: Bytes
    start: Ints
    length: Ints
    value: Ints

    @cached_property
    def view(self) -> Words:
        arrays = (self.place, self.text, self.start, self.length, self.value)
        return Words(len(self.place) - 1, *(array.ctypes.data for array in arrays))


def words_of(numbered: Mapping[bytes, int]) -> WordSet:
    """Return the set of words, each with its number."""
    return index(b"".join(numbered), [len(word) for word in numbered], numbered.values())


def index(text: bytes, lengths: Iterable[int], values: Iterable[int]) -> WordSet:
    """Return the set of words that stand one behind the other in `text`. No word twice."""
    length = np.fromiter(lengths, dtype=np.int64)
    value = np.fromiter(values, dtype=np.int64)
    start = np.cumsum(length) - length
    padded = np.frombuffer(text + bytes(PADDING), dtype=np.uint8).copy()
    place = np.full(2 ** (2 * len(length) + 1).bit_length(), -1, dtype=np.int64)
    _fill(place, padded.ctypes.data, start, length)
    return WordSet(place, padded, start, length, value)


@compiled
def _fill(place: Ints, text: Address, start: Ints, length: Ints) -> None:
    mask = len(place) - 1
    for word in range(len(length)):
        at = np.int64(hashed(text, start[word], length[word])) & mask
        while place[at] >= 0:
            at = (at + 1) & mask
        place[at] = word


@compiled
def hashed(text: Address, start: int, length: int) -> np.uint64:
    mixed = _ODD_1 ^ (np.uint64(length) * _ODD_2)
    done = 0
    while done < length:
        word = load64(text, start + done)
        if length - done < 8:
            word &= _ALL >> np.uint64(64 - 8 * (length - done))
        mixed = (mixed ^ word) * _ODD_2
        mixed ^= mixed >> np.uint64(29)
        done += 8
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _ODD_1
    return mixed ^ (mixed >> np.uint64(31))


@compiled
def is_same(text: Address, start: int, other: Address, other_start: int, length: int) -> bool:
    """Are the two texts of one length the same?"""
    done = 0
    while done < length:
        differs = load64(text, start + done) ^ load64(other, other_start + done)
        if length - done < 8:
            differs &= _ALL >> np.uint64(64 - 8 * (length - done))
        if differs != np.uint64(0):
            return False
        done += 8
    return True


@compiled
def find(words: Words, text: Address, start: int, length: int) -> int:
    """Return the index of the word that stands in `text`, or -1."""
    at = int(np.int64(hashed(text, start, length)) & words.mask)
    word = int_at(words.place, at)
    while word >= 0:
        is_as_long = int_at(words.length, word) == length
        if is_as_long and is_same(text, start, words.text, int_at(words.start, word), length):
            return word
        at = (at + 1) & words.mask
        word = int_at(words.place, at)
    return -1
