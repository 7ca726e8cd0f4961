"""The compiled loops of the index. They release the GIL, so that merging never holds claiming up.

An entry is three words: the two of the key's hash and the tag of who claimed it. Entries of a run are in
order of their first word; its filter has one block of 512 bits for some 32 entries that follow each other.
"""

from typing import Any

import numpy as np
from numba import njit, uint64

compiled: Any = njit(cache=True, nogil=True)
inlined: Any = njit(inline="always")

UNKNOWN, MINE, FOREIGN = 0, 1, 2
WORDS = 8  # of a block of the filter
_ODD = np.uint64(0x9E3779B97F4A7C15)


@compiled
def siphash_128(data: Any, offsets: Any, k0: Any, k1: Any, out: Any) -> None:
    """Write SipHash-2-4 with 128 bits of each text `data[offsets[i]:offsets[i + 1]]` into `out[i]`."""
    for i in range(len(out)):
        start, end = offsets[i], offsets[i + 1]
        v0, v1 = k0 ^ uint64(0x736F6D6570736575), k1 ^ uint64(0x646F72616E646F6D) ^ uint64(0xEE)
        v2, v3 = k0 ^ uint64(0x6C7967656E657261), k1 ^ uint64(0x7465646279746573)
        at = start
        while at + 8 <= end:
            word = uint64(0)
            for j in range(8):
                word |= uint64(data[at + j]) << uint64(8 * j)
            v3 ^= word
            v0, v1, v2, v3 = _rounds(v0, v1, v2, v3, 2)
            v0 ^= word
            at += 8
        word = uint64(end - start) << uint64(56)
        for j in range(end - at):
            word |= uint64(data[at + j]) << uint64(8 * j)
        v3 ^= word
        v0, v1, v2, v3 = _rounds(v0, v1, v2, v3, 2)
        v0 ^= word
        v0, v1, v2, v3 = _rounds(v0, v1, v2 ^ uint64(0xEE), v3, 4)
        out[i, 0] = v0 ^ v1 ^ v2 ^ v3
        v0, v1, v2, v3 = _rounds(v0, v1 ^ uint64(0xDD), v2, v3, 4)
        out[i, 1] = v0 ^ v1 ^ v2 ^ v3


@inlined
def _rotated(x: Any, n: Any) -> Any:
    return (x << uint64(n)) | (x >> uint64(64 - n))


@inlined
def _rounds(v0: Any, v1: Any, v2: Any, v3: Any, n: Any) -> Any:
    for _ in range(n):
        v0 += v1
        v2 += v3
        v1 = _rotated(v1, 13) ^ v0
        v3 = _rotated(v3, 16) ^ v2
        v0 = _rotated(v0, 32)
        v2 += v1
        v0 += v3
        v1 = _rotated(v1, 17) ^ v2
        v3 = _rotated(v3, 21) ^ v0
        v2 = _rotated(v2, 32)
    return v0, v1, v2, v3


@compiled
def look_up_recent(hashes: Any, tags: Any, entries: Any, slots: Any, found: Any) -> None:
    """Say in `found` of the keys that are still unknown whether this table has them, and whose they are."""
    mask = uint64(len(slots) - 1)
    for i in range(len(hashes)):
        if found[i] != UNKNOWN:
            continue
        slot = hashes[i, 0] & mask
        while slots[slot] != 0:
            entry = slots[slot] - 1
            if entries[entry, 0] == hashes[i, 0] and entries[entry, 1] == hashes[i, 1]:
                found[i] = MINE if entries[entry, 2] == tags[i] else FOREIGN
                break
            slot = (slot + uint64(1)) & mask


@compiled
def claim_recent(hashes: Any, tags: Any, entries: Any, n: int, slots: Any, found: Any) -> int:
    """Look up as above and enter what is not there, in order; return how many entries there are now."""
    mask = uint64(len(slots) - 1)
    for i in range(len(hashes)):
        if found[i] != UNKNOWN:
            continue
        slot = hashes[i, 0] & mask
        while slots[slot] != 0:
            entry = slots[slot] - 1
            if entries[entry, 0] == hashes[i, 0] and entries[entry, 1] == hashes[i, 1]:
                found[i] = MINE if entries[entry, 2] == tags[i] else FOREIGN
                break
            slot = (slot + uint64(1)) & mask
        else:
            entries[n, 0], entries[n, 1], entries[n, 2] = hashes[i, 0], hashes[i, 1], tags[i]
            n += 1
            slots[slot] = n
            found[i] = MINE
    return n


@compiled
def enter_again(entries: Any, n: int, slots: Any) -> None:
    """Fill empty slots with the entries there are."""
    mask = uint64(len(slots) - 1)
    for entry in range(n):
        slot = entries[entry, 0] & mask
        while slots[slot] != 0:
            slot = (slot + uint64(1)) & mask
        slots[slot] = entry + 1


@compiled
def take_back(entries: Any, n: int, slots: Any, n_before: int) -> None:
    """Empty the slots of the last entries. Backwards, that leaves every slot as it was before them."""
    mask = uint64(len(slots) - 1)
    for entry in range(n - 1, n_before - 1, -1):
        slot = entries[entry, 0] & mask
        while slots[slot] != entry + 1:
            slot = (slot + uint64(1)) & mask
        slots[slot] = 0


@inlined
def _block_of(hash_word: Any, n_blocks: Any) -> Any:
    return ((hash_word >> uint64(32)) * uint64(n_blocks)) >> uint64(32)


@compiled
def look_up_run(hashes: Any, tags: Any, entries: Any, blocks: Any, starts: Any, found: Any) -> None:
    """Say in `found` of the keys that are still unknown whether this run has them, and whose they are."""
    n_blocks = len(blocks)
    for i in range(len(hashes)):
        if found[i] != UNKNOWN:
            continue
        block, low = _block_of(hashes[i, 0], n_blocks), hashes[i, 1]
        maybe = uint64(1)
        for word in range(WORDS):  # all of them, without a branch: the next key's memory is fetched meanwhile
            maybe &= blocks[block, word] >> ((low >> uint64(6 * word)) & uint64(63))
        if not maybe:
            continue
        for entry in range(starts[block], starts[block + uint64(1)]):
            if entries[entry, 0] == hashes[i, 0] and entries[entry, 1] == low:
                found[i] = MINE if entries[entry, 2] == tags[i] else FOREIGN
                break


@compiled
def note_in_filter(entries: Any, start: int, end: int, blocks: Any, starts: Any) -> None:
    """Enter `entries[start:end]`, which are in order, in the filter and count them in `starts`, one ahead."""
    n_blocks = len(blocks)
    for entry in range(start, end):
        block, low = _block_of(entries[entry, 0], n_blocks), entries[entry, 1]
        for word in range(WORDS):
            blocks[block, word] |= uint64(1) << ((low >> uint64(6 * word)) & uint64(63))
        starts[block + uint64(1)] += uint64(1)


@compiled
def add_up(counts: Any) -> None:
    """Turn counts into where each begins."""
    for i in range(1, len(counts)):
        counts[i] += counts[i - 1]


@compiled
def merge(a: Any, b: Any, c: Any, d: Any, cursors: Any, out: Any) -> None:
    """Fill `out` with the smallest entries of four runs that `cursors` has not passed; move the cursors."""
    ia, ib, ic, id_ = cursors[0], cursors[1], cursors[2], cursors[3]
    for n in range(len(out)):
        which, least, is_any = 0, uint64(0), False
        if ia < len(a):
            which, least, is_any = 0, a[ia, 0], True
        if ib < len(b) and (not is_any or b[ib, 0] < least):
            which, least, is_any = 1, b[ib, 0], True
        if ic < len(c) and (not is_any or c[ic, 0] < least):
            which, least, is_any = 2, c[ic, 0], True
        if id_ < len(d) and (not is_any or d[id_, 0] < least):
            which, least, is_any = 3, d[id_, 0], True
        out[n, 0] = least
        if which == 0:
            out[n, 1], out[n, 2] = a[ia, 1], a[ia, 2]
            ia += 1
        elif which == 1:
            out[n, 1], out[n, 2] = b[ib, 1], b[ib, 2]
            ib += 1
        elif which == 2:
            out[n, 1], out[n, 2] = c[ic, 1], c[ic, 2]
            ic += 1
        else:
            out[n, 1], out[n, 2] = d[id_, 1], d[id_, 2]
            id_ += 1
    cursors[0], cursors[1], cursors[2], cursors[3] = ia, ib, ic, id_


def checksum(words: np.ndarray, begun: int = 0) -> int:
    """Return a checksum of 64-bit words that notices every change of one of them, continuing `begun`."""
    words = words.view()
    words.flags.writeable = False  # compiled once, for those
    return int(_checksum(words, np.uint64(begun)))


@compiled
def _checksum(words: Any, begun: Any) -> Any:
    # Four lanes, so that a run of gigabytes is read at the speed of memory.
    a, b, c, d = begun + _ODD, begun ^ _ODD, begun * _ODD, begun
    n = len(words) - len(words) % 4
    for i in range(0, n, 4):
        a = (a ^ words[i]) * _ODD
        b = (b ^ words[i + 1]) * _ODD
        c = (c ^ words[i + 2]) * _ODD
        d = (d ^ words[i + 3]) * _ODD
    for i in range(n, len(words)):
        a = (a ^ words[i]) * _ODD
    total = uint64(len(words))
    for lane in (a, b, c, d):
        total = (total ^ lane) * _ODD
        total ^= total >> uint64(29)
    return total
