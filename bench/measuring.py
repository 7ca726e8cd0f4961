"""Time, processor seconds and memory of a stretch of work, children included."""

import json
import os
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType

import psutil

EVERY_S = 0.1


@dataclass
class Measured:
    """What one run took. `cold_start_s` is filled by whoever started the process."""

    seconds: float
    cpu_s: float
    peak_mb: int
    extra: dict[str, float] = field(default_factory=dict)

    def print(self) -> None:
        """Hand the figures to the process that waits for them."""
        os.write(1, (json.dumps(asdict(self)) + "\n").encode())


class Watch:
    """Measures the block it is entered for: this process and everything below it.

    Memory is the sum of the resident sets, sampled ten times a second; pages that processes share are counted
    for each of them, so that PostgreSQL looks larger than it is.
    """

    def __init__(self) -> None:
        self.peak_bytes = 0
        self._me = psutil.Process()
        self._over = threading.Event()
        self._cpu: dict[int, float] = {}
        self._commands: dict[int, str] = {}
        self._peaks: dict[int, int] = {}

    def __enter__(self) -> "Watch":
        self._before = self._sample()
        self._cpu_before = dict(self._cpu)
        self._sampler = threading.Thread(target=self._keep_sampling, daemon=True)
        self._sampler.start()
        self._began = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seconds = time.perf_counter() - self._began
        self._over.set()
        self._sampler.join()
        self._after = self._sample()

    def cpu_s_of(self, *words: str) -> float:
        """Return the processor seconds of the processes whose command line has one of the words."""
        return sum(
            seconds - self._cpu_before.get(pid, 0.0)
            for pid, seconds in self._cpu.items()
            if any(word in self._commands[pid] for word in words)
        )

    def peak_mb_of(self, word: str) -> int:
        """Return the largest resident set of one process whose command line has the word."""
        return (
            max((peak for pid, peak in self._peaks.items() if word in self._commands[pid]), default=0) >> 20
        )

    def measured(self, seconds: float | None = None, **extra: float) -> Measured:
        """Return the figures; `seconds` where the end was noted by somebody else."""
        return Measured(
            seconds=self._seconds if seconds is None else seconds,
            cpu_s=self._after - self._before,
            peak_mb=self.peak_bytes >> 20,
            extra=extra,
        )

    def _keep_sampling(self) -> None:
        while not self._over.wait(EVERY_S):
            self._sample()

    def _sample(self) -> float:
        """Note memory now; return the processor seconds so far, those of ended children included."""
        resident = 0
        for process in [self._me, *self._me.children(recursive=True)]:
            try:
                times = process.cpu_times()
                own = process.memory_info().rss
                resident += own
                self._peaks[process.pid] = max(own, self._peaks.get(process.pid, 0))
                if process.pid not in self._commands:
                    self._commands[process.pid] = " ".join(process.cmdline())
            except psutil.Error:
                continue
            self._cpu[process.pid] = max(times.user + times.system, self._cpu.get(process.pid, 0.0))
        self.peak_bytes = max(self.peak_bytes, resident)
        return sum(self._cpu.values())


def to_disk(*paths: Path) -> None:
    """Have the system write these files, and the folder's list of them, to the disk."""
    for path in {*paths, *(path.parent for path in paths)}:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
