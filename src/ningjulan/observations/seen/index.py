"""The keys that a shard has seen, and who brought each first."""

import fcntl
import json
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from ningjulan.observations.seen import kernels, runs
from ningjulan.observations.seen.contracts import Belonging, SeenBusy, SeenUnusable
from ningjulan.observations.seen.hashing import tags
from ningjulan.observations.seen.recent import Recent, frozen, sync_folder
from ningjulan.observations.seen.runs import FAN_IN, Run

FORMAT = 1
RECENT_KEYS = 1 << 21
_INDEX = "index.json"
Part = tuple[np.ndarray, np.ndarray | np.uint64, np.ndarray, int]


class Claims:
    """Claims that hold once the block they are made in ends well."""

    def __init__(self, seen: "SeenKeys") -> None:
        self._seen = seen

    def first(self, hashes: np.ndarray, owners: np.ndarray | np.uint64, rows: np.ndarray) -> np.ndarray:
        """Claim keys; return which of them nobody else brought before, shape (n,), bool.

        Of equal keys in one call the earlier wins. A row that claims again what it had gets it again.

        Args:
            hashes: Of `hashing.hashes`, shape (n, 2).
            owners: Of `hashing.owners`: the batch, or the batch of each row, shape (n,).
            rows: The row in its batch, shape (n,).
        """
        return self._seen._claimed(hashes, owners, rows)


class SeenKeys:
    """The index of one shard, in a folder of its own. Read it with `open_seen`, which knows how to make it.

    On disk is never more than the history has, and after `open_seen` never less than what it has up to
    `position`. What lies ahead of the position is delivered and claimed again after a crash.

    One thread claims; another may save meanwhile; two of our own seal and merge.

    Args:
        folder: Made if it is missing.
        belonging: Another index is refused.
        recent_keys: So many are kept in memory before they are sealed.

    Raises:
        SeenUnusable: The folder holds an index that is damaged or another's.
        SeenBusy: Another process has it open.
    """

    def __init__(self, folder: Path, belonging: Belonging, *, recent_keys: int = RECENT_KEYS) -> None:
        self.folder, self.belonging = folder, belonging
        self.position = 0
        self._recent_keys = recent_keys
        self._room = 2 * recent_keys - 1  # the last claims before it is sealed do not make a table grow
        self._lock = threading.Lock()  # for what the threads share: which tables and runs there are
        self._saving = threading.Lock()
        self._changing = threading.Lock()  # of runs, and of the index that lists them
        self._is_claiming = False
        self._is_closing = False
        self._recent = Recent(_log(folder, 0), 0)
        self._sealing: Recent | None = None  # full; claims go to `_recent` already
        self._runs: list[Run] = []  # oldest first
        self._n_runs_ever = 0
        self._tidiers = ThreadPoolExecutor(2, thread_name_prefix="seen")  # sealing does not wait for merging
        self._jobs: dict[str, Future[None]] = {}
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._held = _hold(folder)
        try:
            self._read()
        except BaseException:
            self.close()
            raise

    @property
    def n(self) -> int:
        """How many keys there are."""
        with self._lock:
            return sum(run.n for run in self._runs) + sum(table.n for table in self._tables())

    @contextmanager
    def claiming(self, seq: int) -> Iterator[Claims]:
        """Claim keys of what came up to sequence number `seq`; an exception takes the claims back."""
        if self._is_claiming:
            raise RuntimeError("claims of a shard are made one after the other")
        with self._lock:
            self._seal_if_full()
        n_before = self._recent.n
        self._is_claiming = True
        try:
            yield Claims(self)
        except BaseException:
            with self._lock:
                self._recent.take_back(n_before)
            raise
        else:
            with self._lock:
                self._recent.keep(seq)
        finally:
            self._is_claiming = False

    def claim(
        self, hashes: np.ndarray, owners: np.ndarray | np.uint64, rows: np.ndarray, *, seq: int
    ) -> np.ndarray:
        """Claim as one block would: see `Claims.first`."""
        with self.claiming(seq) as claims:
            return claims.first(hashes, owners, rows)

    def save(self, position: int) -> None:
        """Make durable what was claimed up to `position`. Call it once the history has that and says so.

        Raises:
            OSError: The disk does not take it, now or when last it was tidied up. Try again later.
        """
        with self._saving:
            with self._lock:
                upto = {table: table.n_upto(position) for table in self._tables()}
                for run in self._runs:
                    run.let_go()
            self._save(upto, position)
            self._keep_tidy()

    def fill(self, parts: Iterable[Part], position: int) -> None:
        """Take what the history has; afterwards the index is complete up to `position`. Repeatable.

        Args:
            parts: Hashes, owners, rows as for `Claims.first`, and the highest sequence number among them.
        """
        for hashes, owners, rows, seq in parts:
            self.claim(hashes, owners, rows, seq=seq)
            if self._recent.n >= self._recent_keys:
                self._save_all(self.position)
                if self._seal.__name__ in self._jobs:  # or memory would fill up faster than the disk
                    self._jobs[self._seal.__name__].result()
        self._save_all(max(position, self.position))

    def forget(self, before: int) -> int:
        """Drop sealed runs that hold nothing of number `before` or later; return how many keys that were."""
        with self._saving:
            self.settle()
            with self._changing:
                with self._lock:
                    gone = [run for run in self._runs if run.upto < before]
                    self._runs = [run for run in self._runs if run.upto >= before]
                self._write_index()
        for run in gone:
            run.path.unlink()
        return sum(run.n for run in gone)

    def settle(self) -> None:
        """Wait until what is due has been sealed and merged."""
        for job in list(self._jobs.values()):
            job.result()

    def close(self) -> None:
        """Stop tidying up. What is not saved is lost, and will be claimed again."""
        self._is_closing = True
        self._tidiers.shutdown(wait=True)
        self._held.close()

    def _claimed(self, hashes: np.ndarray, owners: np.ndarray | np.uint64, rows: np.ndarray) -> np.ndarray:
        wanted, tagged = frozen(np.ascontiguousarray(hashes)), frozen(tags(owners, rows))
        found = np.full(len(wanted), kernels.UNKNOWN, np.int8)
        with self._lock:
            for run in self._runs:
                run.look_up(wanted, tagged, found)
            if self._sealing is not None:
                self._sealing.look_up(wanted, tagged, found)
            self._recent.claim(wanted, tagged, found)
        return np.asarray(found == kernels.MINE)

    def _tables(self) -> list[Recent]:
        return [self._recent] if self._sealing is None else [self._sealing, self._recent]

    def _seal_if_full(self) -> None:
        if self._sealing is None and self._recent.n >= self._recent_keys:
            full = self._sealing = self._recent
            log, n = _log(self.folder, _number(full.log) + 1), full.n_earlier + full.n
            self._recent = Recent(log, self._room, n_earlier=n, upto=full.upto)

    def _save(self, upto: dict[Recent, int], position: int) -> None:
        """Append to the logs. Only the last record says the new position: the others may be all there is."""
        if position < self.position:
            raise ValueError(f"the position is {self.position} already, not {position}")
        due = [table for table, n in upto.items() if n > table.n_saved]
        if not due and position > self.position:
            due = [next((table for table in upto if not table.is_saved), list(upto)[-1])]
        for table in due:
            table.write(upto[table], position if table is due[-1] else self.position)
            with self._lock:
                table.note_written(upto[table])
        self.position = position

    def _save_all(self, position: int) -> None:
        """Save also what is ahead of the position: the history has it."""
        with self._saving:
            self._save({table: table.n for table in self._tables()}, position)
            with self._lock:
                self._seal_if_full()
            self._keep_tidy()

    def _keep_tidy(self) -> None:
        """Have the background seal and merge what is due; raise what went wrong there the last time."""
        errors = []
        for job, is_due in ((self._seal, self._full() is not None), (self._merge, bool(self._neighbours()))):
            last = self._jobs.get(job.__name__)
            if last is not None and not last.done():
                continue
            if last is not None:
                errors.append(self._jobs.pop(job.__name__).exception())
            if is_due:
                self._jobs[job.__name__] = self._tidiers.submit(job)
        for error in errors:
            if error is not None:
                raise error

    def _full(self) -> Recent | None:
        """Return the table that can be sealed, if there is one."""
        with self._lock:
            return self._sealing if self._sealing is not None and self._sealing.is_saved else None

    def _neighbours(self) -> list[Run]:
        """Return runs that are due to become one: as many of one level, side by side."""
        with self._lock:
            for start in range(len(self._runs) - FAN_IN + 1):
                some = self._runs[start : start + FAN_IN]
                if len({run.level for run in some}) == 1:
                    return some
        return []

    def _seal(self) -> None:
        if (full := self._full()) is not None:
            self._replace([], runs.sealed(self._next_path(), full.entries, full.upto))
            full.log.unlink()

    def _merge(self) -> None:
        while not self._is_closing and (some := self._neighbours()):
            try:
                made = runs.merged(self._next_path(), some, lambda: self._is_closing)
            except runs.Stopped:
                return
            self._replace(some, made)
            for run in some:
                run.path.unlink()

    def _next_path(self) -> Path:
        with self._lock:
            self._n_runs_ever += 1
            return self.folder / f"run-{self._n_runs_ever}"

    def _replace(self, old: list[Run], new: Run) -> None:
        """Put a run in the place of what it was made of: of those runs, or of the full table."""
        with self._changing:
            with self._lock:
                place = self._runs.index(old[0]) if old else len(self._runs)
                self._runs[place : place + len(old)] = [new]
                if not old:
                    self._sealing = None
            self._write_index()

    def _write_index(self) -> None:
        with self._lock:
            first = self._tables()[0]
            index = {
                "format": FORMAT,
                "of": self.belonging.as_dict(),
                "position": self.position,
                "first_log": _number(first.log),
                "n_earlier": first.n_earlier,
                "n_saved": self._n_ever_saved(),
                "runs": [run.as_dict() for run in self._runs],
            }
        text = json.dumps(index)
        new = self.folder / f"{_INDEX}.new"
        with new.open("w") as file:
            json.dump({"index": text, "checksum": _text_checksum(text)}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / _INDEX)
        sync_folder(self.folder)

    def _n_ever_saved(self) -> int:
        last = next((table for table in self._tables() if not table.is_saved), self._recent)
        return last.n_earlier + last.n_saved

    def _read(self) -> None:
        if not any(self.folder.iterdir()):
            self._recent = Recent(_log(self.folder, 0), self._room)
            self._write_index()
            return
        index = _index_of(self.folder, self.belonging)
        self._runs = [runs.opened(self.folder, said) for said in index["runs"]]
        self._n_runs_ever = max((_number(run.path) for run in self._runs), default=0)
        self.position = index["position"]
        self._recent = Recent(
            _log(self.folder, index["first_log"]),
            self._room,
            n_earlier=index["n_earlier"],
            upto=self.position,
        )
        self._read_logs()
        if self._n_ever_saved() < index["n_saved"]:
            raise SeenUnusable(why="the log lacks what it had")
        self._remove_all_but(
            {_INDEX, *(table.log.name for table in self._tables()), *(run.path.name for run in self._runs)}
        )

    def _read_logs(self) -> None:
        """Read the log, and the one after it that a table being sealed leaves to the next."""
        second = _log(self.folder, _number(self._recent.log) + 1)
        if second.exists():
            full = self._sealing = self._recent
            self.position = max(self.position, full.read(is_last=False))
            n = full.n_earlier + full.n
            self._recent = Recent(second, self._room, n_earlier=n, upto=full.upto)
        self.position = max(self.position, self._recent.read(is_last=True))

    def _remove_all_but(self, names: set[str]) -> None:
        """Remove what a crash between two steps has left behind."""
        for path in self.folder.iterdir():
            if path.name not in names:
                path.unlink()


def _index_of(folder: Path, belonging: Belonging) -> dict[str, Any]:
    try:
        outer = json.loads((folder / _INDEX).read_text())
        text, checksum = outer["index"], outer["checksum"]
        is_whole = checksum == _text_checksum(text)
    except (OSError, ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise SeenUnusable(why=f"{_INDEX} is missing or damaged")
    index: dict[str, Any] = json.loads(text)
    if index["format"] != FORMAT or index["of"] != belonging.as_dict():
        raise SeenUnusable(why="it belongs to another shard, history or version", of=index["of"])
    return index


def _text_checksum(text: str) -> int:
    letters = text.encode()
    words = np.frombuffer(letters + bytes(-len(letters) % 8), "<u8")
    return kernels.checksum(words, len(letters))


def _hold(folder: Path) -> IO[bytes]:
    """Keep other processes out until the file is closed, or we have died.

    The lock of the shard is not enough: who lost it with its connection may still be at work.
    """
    file = folder.with_name(f"{folder.name}.lock").open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise SeenBusy(folder=folder.name) from None
    return file


def _log(folder: Path, number: int) -> Path:
    return folder / f"log-{number}"


def _number(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
