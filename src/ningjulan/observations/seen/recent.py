"""The keys of the last while: a table in memory, and beside it the log that brings it back."""

import os
from collections import deque
from pathlib import Path

import numpy as np

from ningjulan.observations.seen import kernels
from ningjulan.observations.seen.contracts import SeenUnusable

_MAGIC = 0x4E4A5345454E0001
_HEADER = 5  # words: magic, position, entries ever before, entries here, checksum
_ENTRY = 3


class Recent:
    """Entries in the order in which they were claimed, found through slots by open addressing.

    The log holds the first `n_saved` of them. Claims come from one thread, saving may come from another: what
    is saved only ever lies before what is claimed. Whoever owns the table sees to it that they take turns,
    but for `write`, which waits for the disk.

    Args:
        capacity: Room for so many; it grows when they are more.
        n_earlier: How many entries came before its first, ever: each record of the log says it, so that a
            missing one is noticed.
        upto: The highest sequence number that any entry was claimed under.
    """

    def __init__(self, log: Path, capacity: int, *, n_earlier: int = 0, upto: int = 0) -> None:
        self.log = log
        self.n_earlier = n_earlier
        self.upto = upto
        self.n = 0
        self.n_saved = 0
        self._entries = np.empty((0, _ENTRY), np.uint64)
        self._slots = np.zeros(0, np.int32)
        self._marks: deque[tuple[int, int]] = deque()  # (sequence number, entries up to it), not saved yet
        self._log_bytes = 0
        self._make_room(capacity)

    @property
    def entries(self) -> np.ndarray:
        return self._entries[: self.n]

    @property
    def is_saved(self) -> bool:
        return self.n_saved == self.n

    def look_up(self, hashes: np.ndarray, tags: np.ndarray, found: np.ndarray) -> None:
        kernels.look_up_recent(hashes, tags, self._entries, self._slots, found)

    def claim(self, hashes: np.ndarray, tags: np.ndarray, found: np.ndarray) -> None:
        self._make_room(self.n + len(hashes))
        self.n = int(kernels.claim_recent(hashes, tags, self._entries, self.n, self._slots, found))

    def keep(self, seq: int) -> None:
        """Say that all entries so far belong to what came up to number `seq`."""
        self.upto = max(self.upto, seq)
        if not self._marks or self._marks[-1][1] < self.n:
            self._marks.append((self.upto, self.n))

    def take_back(self, n: int) -> None:
        """Forget all but the first `n` entries."""
        kernels.take_back(self._entries, self.n, self._slots, n)
        self.n = n

    def n_upto(self, position: int) -> int:
        """Return how many of the first entries belong to what came up to `position`."""
        n = self.n_saved
        for seq, n_entries in self._marks:
            if seq > position:
                break
            n = n_entries
        return n

    def write(self, n: int, position: int) -> None:
        """Append the entries up to the `n`th to the log, with a position, and wait for the disk."""
        entries = self._entries[self.n_saved : n].reshape(-1)
        head = np.array([_MAGIC, position, self.n_earlier + self.n_saved, n - self.n_saved, 0], np.uint64)
        head[-1] = _checksum(head, entries)
        is_new = not self.log.exists()
        with self.log.open("wb" if is_new else "r+b") as log:
            log.truncate(self._log_bytes)  # an earlier attempt may have left something behind
            log.seek(self._log_bytes)
            log.write(head.tobytes() + entries.tobytes())
            log.flush()
            os.fsync(log.fileno())
            self._log_bytes = log.tell()
        if is_new:
            sync_folder(self.log.parent)

    def note_written(self, n: int) -> None:
        self.n_saved = n
        while self._marks and self._marks[0][1] <= n:
            self._marks.popleft()

    def read(self, *, is_last: bool) -> int:
        """Take in what the log holds; return the position that it is complete up to, 0 for none.

        Args:
            is_last: Writing to it may have been cut short; what came before that is good. It may be missing:
                nothing has been saved since the log before.

        Raises:
            SeenUnusable: It is damaged in a way that no crash explains.
        """
        if not is_last and not self.log.exists():
            raise SeenUnusable(why=f"{self.log.name} is missing")
        content = self.log.read_bytes() if self.log.exists() else b""
        words = np.frombuffer(content[: len(content) // 8 * 8], np.uint64)
        records, n, position, at = [_NONE], 0, 0, 0
        while (record := _record(words[at:], self.n_earlier + n)) is not None:
            position = max(position, int(words[at + 1]))
            records.append(record)
            n += len(record) // _ENTRY
            at += _HEADER + len(record)
        if at * 8 < len(content) and not is_last:
            raise SeenUnusable(why=f"{self.log.name} is damaged")
        entries = np.concatenate(records).reshape(-1, _ENTRY)
        self._make_room(len(entries))
        self._entries[: len(entries)] = entries
        self.n = self.n_saved = len(entries)
        self.upto = max(self.upto, position)
        self._log_bytes = at * 8
        kernels.enter_again(self._entries, self.n, self._slots)
        return position

    def _make_room(self, n: int) -> None:
        if n <= len(self._entries):
            return
        entries = np.empty((max(n, 2 * len(self._entries)), _ENTRY), np.uint64)
        entries[: self.n] = self.entries
        self._entries = entries
        self._slots = np.zeros(1 << (2 * len(entries)).bit_length(), np.int32)
        kernels.enter_again(self._entries, self.n, self._slots)


_NONE = np.empty(0, np.uint64)


def _record(words: np.ndarray, n_earlier: int) -> np.ndarray | None:
    """Return the entries of the record that `words` begin with, None unless it is whole and the next one."""
    if len(words) < _HEADER or words[0] != _MAGIC or words[2] != n_earlier:
        return None
    end = _HEADER + _ENTRY * int(words[3])
    if end > len(words) or words[4] != _checksum(words[:_HEADER], words[_HEADER:end]):
        return None
    return words[_HEADER:end]


def _checksum(head: np.ndarray, entries: np.ndarray) -> int:
    return kernels.checksum(entries, kernels.checksum(head[:-1]))


def frozen(array: np.ndarray) -> np.ndarray:
    """Return a view that cannot be written to: kernels are compiled once, for those."""
    view = array.view()
    view.flags.writeable = False
    return view


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
