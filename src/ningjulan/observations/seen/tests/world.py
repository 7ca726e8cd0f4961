"""A stream, a history and a position as the worker has them, around an index that can die at any time."""

import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from ningjulan.observations.seen import Belonging, SeenKeys, hashes, owners
from ningjulan.observations.seen.from_history import open_index

RECENT_KEYS = 4  # so few that a handful of batches seals and merges
WHOSE = Belonging(shard=0, n_shards=1, history="var/history")


def hashed(keys):
    return hashes(pl.Series(keys, dtype=pl.String), source="lab", class_id="IOT12")


def rows(n):
    return np.arange(n, dtype=np.uint32)


@dataclass(frozen=True)
class Batch:
    seq: int
    batch_id: str
    keys: tuple[str, ...]
    is_poisoned: bool  # fails whenever it is processed, and is parked


@dataclass
class World:
    """What survives a crash: stream, history and position. What does not: `done` and `waiting`."""

    root: Path
    stream: list[Batch] = field(default_factory=list)
    history: list[tuple[int, str, int, str]] = field(default_factory=list)  # seq, batch, row, key
    written: int = 0
    position: int = 0
    done: int = 0
    waiting: list[tuple[int, str, int, str]] = field(default_factory=list)
    n_lives: int = 0

    def __post_init__(self):
        self.seen = self._opened()

    @property
    def folder(self):
        return self.root / str(self.n_lives)

    def send(self, keys, *, batch_id=None, is_poisoned=False):
        seq = len(self.stream) + 1
        self.stream.append(Batch(seq, batch_id or f"batch-{seq}", tuple(keys), is_poisoned))

    def process(self):
        """Take the next batch of the stream, if there is one."""
        if self.done == len(self.stream):
            return
        batch = self.stream[self.done]
        try:
            with self.seen.claiming(batch.seq) as claims:
                first = claims.first(hashed(batch.keys), owners([batch.batch_id])[0], rows(len(batch.keys)))
                if batch.is_poisoned:
                    raise ValueError
        except ValueError:
            pass
        else:
            self.waiting += [
                (batch.seq, batch.batch_id, row, batch.keys[row]) for row in np.flatnonzero(first).tolist()
            ]
        self.done = batch.seq

    def write(self):
        """Append to the history; what it has from before a crash it leaves out."""
        self.history += [row for row in self.waiting if row[0] > self.written]
        self.written, self.waiting = max(self.written, self.done), []

    def move(self):
        if not self.waiting:
            self.position = max(self.position, min(self.written, self.done))

    def save(self):
        self.seen.save(self.position)

    def crash(self, *, but_first=lambda folder: None):
        """Go on with what the disk has: `but_first` may spoil that."""
        before, self.n_lives = self.folder, self.n_lives + 1
        self.folder.mkdir()
        for path in before.iterdir():
            with suppress(FileNotFoundError):  # the background tidies up meanwhile
                shutil.copy(path, self.folder)
        self.seen.close()
        but_first(self.folder)
        self.done, self.waiting = self.position, []
        self.seen = self._opened()

    def finish(self):
        while self.done < len(self.stream):
            self.process()
        self.write()
        self.move()
        self.save()
        self.seen.settle()

    def expected(self):
        """What one pass over the stream, without any crash, would store."""
        first = {}
        for batch in self.stream:
            for row, key in enumerate(batch.keys):
                if not batch.is_poisoned:
                    first.setdefault(key, (batch.seq, batch.batch_id, row, key))
        return sorted(first.values())

    def _opened(self) -> SeenKeys:
        return open_index(self.folder, WHOSE, self.position, self._claims_after, recent_keys=RECENT_KEYS)

    def _claims_after(self, seq):
        for at, batch_id, row, key in self.history:
            if at > seq:
                yield hashed([key]), owners([batch_id]), np.array([row], np.uint32), at
