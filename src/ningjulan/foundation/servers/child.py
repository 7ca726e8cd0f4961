"""One process that we own: it has a log file and a record, ends when we end, and stops in good order."""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ningjulan.foundation.servers.account import Account

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
ROTATE_BYTES = 20 << 20
_KEPT_LOGS = 3


@dataclass(frozen=True)
class Program:
    """How to start one process, and how to end it."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 15.0
    last_signal: signal.Signals = signal.SIGKILL  # when the grace is over


class Child:
    """A running `Program`. Start it from the main thread: it ends when its starter ends."""

    def __init__(self, program: Program, var: Path) -> None:
        self.program = program
        self.log = var / "log" / f"{program.name}.log"
        self._record = var / "run" / f"{program.name}.json"
        end_orphans(self._record, stop_signal=program.stop_signal, grace_s=program.grace_s)
        rotate(self.log)
        with self.log.open("ab") as log:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                program.argv,
                env={**os.environ, **program.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the terminal is for the supervisor, which drains in order
                # Two system calls and no lock: safe beside the few threads we have.
                preexec_fn=dies_with(os.getpid(), program.stop_signal),  # noqa: PLW1509
                **_as_account(program.account),  # type: ignore[call-overload]
            )
        self.started_at = time.monotonic()
        _write_record(self._record, self._process.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def is_alive(self) -> bool:
        return self.exit_code is None

    def ask_to_stop(self) -> None:
        if self.is_alive():
            self._process.send_signal(self.program.stop_signal)

    def stop(self) -> int:
        """Stop in an orderly way, by force when the grace is over. Return the exit code."""
        self.ask_to_stop()
        try:
            self._process.wait(self.program.grace_s)
        except subprocess.TimeoutExpired:
            self._process.send_signal(self.program.last_signal)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
        code = self._process.wait()
        self.end_stragglers()
        self._record.unlink(missing_ok=True)
        return code

    def end_stragglers(self) -> None:
        """End what a dead child left in its process group: workers of a killed web server keep its port."""
        if not self.is_alive():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def last_lines(self, n: int = 20) -> list[str]:
        return last_lines(self.log, n)


def dies_with(parent: int, with_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what a forked child runs so that the kernel sends it `with_signal` when `parent` dies."""
    if _libc is None:
        return None
    libc = _libc

    def in_child() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and prctl
            os._exit(1)

    return in_child


def _as_account(account: Account | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _write_record(path: Path, pid: int) -> None:
    try:
        created = psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return
    path.write_text(json.dumps({"pid": pid, "created": created}))


def recorded(path: Path) -> psutil.Process | None:
    """Return the living process noted in `path`; None when it has gone, even if its number was given anew."""
    try:
        noted = json.loads(path.read_text())
        process = psutil.Process(noted["pid"])
        is_same = abs(process.create_time() - noted["created"]) < 1.0
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return process if is_same and process.status() != psutil.STATUS_ZOMBIE else None


def end_orphans(record: Path, *, stop_signal: signal.Signals, grace_s: float) -> None:
    """End what a killed supervisor left behind, before its place is taken: the process and its workers."""
    orphan = recorded(record)
    if orphan is not None:
        _end([orphan], stop_signal, grace_s)
    _end(_stragglers(record), signal.SIGKILL, 5.0)


def _end(processes: list[psutil.Process], with_signal: signal.Signals, grace_s: float) -> None:
    for signum, wait_s in ((with_signal, grace_s), (signal.SIGKILL, 5.0)):
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signum)
        _, processes = psutil.wait_procs(processes, timeout=wait_s)


def _stragglers(record: Path) -> list[psutil.Process]:
    """Return the processes of the noted session whose leader has gone, as after two kills at once."""
    try:
        session = json.loads(record.read_text())["pid"]
    except (OSError, ValueError, KeyError):
        return []
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            # The number could be a stranger's session by now: ours run from our environment.
            if os.getsid(process.pid) == session and any(sys.prefix in part for part in process.cmdline()):
                found.append(process)
    return found


def rotate(log: Path, *, over_bytes: int = ROTATE_BYTES) -> None:
    """Keep `log` small: `x.log` → `x.log.1` … `.3`. The file is emptied in place: its writer appends on."""
    if not log.exists() or log.stat().st_size <= over_bytes:
        return
    for n in range(_KEPT_LOGS - 1, 0, -1):
        older = log.with_name(f"{log.name}.{n}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{n + 1}"))
    shutil.copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)


def last_lines(log: Path, n: int) -> list[str]:
    """Return the last `n` lines of `log`, [] when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 64_000))
            return file.read().decode("utf-8", "replace").splitlines()[-n:]
    except FileNotFoundError:
        return []
