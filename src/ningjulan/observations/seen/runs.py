"""Sealed keys: a file in order of the hash, with a filter that answers nearly every look-up of a new key."""

import mmap
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ningjulan.observations.seen import kernels
from ningjulan.observations.seen.contracts import SeenUnusable
from ningjulan.observations.seen.recent import sync_folder

FAN_IN = 4  # neighbours of one level become one of the next; the kernel takes exactly so many
_PER_BLOCK = 32  # entries that share 512 bits of the filter: it errs for one key in about a thousand
_STRETCH = 1 << 20  # entries merged in one go; what is written is let go of after each


@dataclass(frozen=True)
class Run:
    """An immutable file. `level`: how often its entries have been merged; `upto`: its highest number."""

    path: Path
    n: int
    level: int
    upto: int
    checksum: int
    mapped: mmap.mmap
    entries: np.ndarray
    blocks: np.ndarray
    starts: np.ndarray

    def look_up(self, hashes: np.ndarray, tags: np.ndarray, found: np.ndarray) -> None:
        kernels.look_up_run(hashes, tags, self.entries, self.blocks, self.starts, found)

    def let_go(self) -> None:
        """Give the pages back to the system; they come again when touched."""
        self.mapped.madvise(mmap.MADV_DONTNEED)

    def as_dict(self) -> dict[str, int | str]:
        return {
            "name": self.path.name,
            "n": self.n,
            "level": self.level,
            "upto": self.upto,
            "checksum": self.checksum,
        }


def sealed(path: Path, entries: np.ndarray, upto: int) -> Run:
    """Write the entries of a table as a run, durably."""

    def fill(out: np.ndarray) -> Iterator[int]:
        order = np.argsort(entries[:, 0])
        for start in range(0, len(entries), _STRETCH):
            some = order[start : start + _STRETCH]
            np.take(entries, some, axis=0, out=out[start : start + len(some)])
            yield len(some)

    return _written(path, len(entries), 0, upto, fill)


class Stopped(Exception):
    """Told to stop while merging; what was to be merged is as it was."""


def merged(path: Path, runs: Sequence[Run], is_stopped: Callable[[], bool]) -> Run:
    """Write four runs as one, durably.

    Raises:
        Stopped: `is_stopped` said so meanwhile.
    """

    def fill(out: np.ndarray) -> Iterator[int]:
        cursors = np.zeros(FAN_IN, np.int64)
        for start in range(0, len(out), _STRETCH):
            if is_stopped():
                raise Stopped
            stretch = out[start : start + _STRETCH]
            kernels.merge(*(run.entries for run in runs), cursors, stretch)
            yield len(stretch)
            for run in runs:
                run.let_go()

    n = sum(run.n for run in runs)
    return _written(path, n, runs[0].level + 1, max(run.upto for run in runs), fill)


def opened(folder: Path, said: dict[str, int | str]) -> Run:
    """Open a run as the index describes it, and read all of it once to see that it is whole.

    Raises:
        SeenUnusable: It is not as it was written.
    """
    path, n = folder / str(said["name"]), int(said["n"])
    if not path.is_file() or path.stat().st_size != _size(n):
        raise SeenUnusable(why=f"{path.name} is missing or cut")
    run = _mapped(path, n, int(said["level"]), int(said["upto"]), int(said["checksum"]))
    if _checksum(run.mapped) != run.checksum:
        raise SeenUnusable(why=f"{path.name} is damaged")
    return run


def _written(path: Path, n: int, level: int, upto: int, fill: Callable[[np.ndarray], Iterator[int]]) -> Run:
    with path.open("w+b") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, _size(n))  # a full disk is an error here, a signal below
            total = _fill(mmap.mmap(file.fileno(), _size(n)), n, fill)
            os.fsync(file.fileno())
        except BaseException:
            path.unlink()
            raise
    sync_folder(path.parent)
    return _mapped(path, n, level, upto, total)


def _fill(mapped: mmap.mmap, n: int, fill: Callable[[np.ndarray], Iterator[int]]) -> int:
    """Write entries, filter and where the blocks of the filter begin; return the checksum."""
    entries, blocks, starts = _parts(mapped, n)
    done = 0
    for some in fill(entries):
        kernels.note_in_filter(entries, done, done + some, blocks, starts)
        _to_disk(mapped, 24 * done, 24 * (done + some))
        done += some
    kernels.add_up(starts)
    mapped.flush()
    return _checksum(mapped)


def _to_disk(mapped: mmap.mmap, start: int, end: int) -> None:
    """Write a part and let go of its whole pages."""
    page = mmap.PAGESIZE
    start, end = start // page * page, end // page * page
    if end > start:
        mapped.flush(start, end - start)
        mapped.madvise(mmap.MADV_DONTNEED, start, end - start)


def _mapped(path: Path, n: int, level: int, upto: int, total: int) -> Run:
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    mapped.madvise(mmap.MADV_RANDOM)
    entries, blocks, starts = _parts(mapped, n)
    return Run(path, n, level, upto, total, mapped, entries, blocks, starts)


def _words(n: int) -> tuple[int, int, int]:
    """Return how many words entries, filter and the beginnings of its blocks take."""
    n_blocks = n // _PER_BLOCK + 1
    return 3 * n, kernels.WORDS * n_blocks, n_blocks + 1


def _size(n: int) -> int:
    return 8 * sum(_words(n))


def _parts(mapped: mmap.mmap, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    words = np.frombuffer(mapped, "<u8")
    n_entries, n_blocks, _ = _words(n)
    return (
        words[:n_entries].reshape(n, 3),
        words[n_entries : n_entries + n_blocks].reshape(-1, kernels.WORDS),
        words[n_entries + n_blocks :],
    )


def _checksum(mapped: mmap.mmap) -> int:
    words, total = np.frombuffer(mapped, "<u8"), 0
    for start in range(0, len(words), 3 * _STRETCH):
        total = kernels.checksum(words[start : start + 3 * _STRETCH], total)
        mapped.madvise(mmap.MADV_DONTNEED)
    return total
