"""Who runs the platform of one `var` folder, and where it can be reached.

The owner holds a lock that the kernel releases with its last breath, and writes `run/platform.json`. Others
(single commands) read it, and hold a shared lock while they work, for which a short-lived owner waits.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from ningjulan.foundation.errors import Conflict
from ningjulan.foundation.servers.addresses import Addresses


class AlreadyRuns(Conflict):
    code = "already_runs"
    message_zh = "平台已在运行（进程 {pid}）：{url}；停止请用 ningjulan stop"
    message_en = "The platform is running already (process {pid}): {url}; stop it with ningjulan stop"


class Busy(Conflict):
    code = "busy"
    message_zh = "数据目录 {folder} 正被另一条命令使用，请等它结束"
    message_en = "Another command is using {folder}; wait until it ends"


@dataclass(frozen=True)
class Platform:
    """A running platform. `ready`: everything is up; else only the servers are, or it is still starting."""

    pid: int
    created: float
    addresses: Addresses
    ready: bool = False
    has_servers: bool = False

    def is_alive(self) -> bool:
        try:
            return abs(psutil.Process(self.pid).create_time() - self.created) < 1.0
        except psutil.Error:
            return False


def _lock(path: Path, how: int) -> int | None:
    """Return a descriptor that holds the lock until it is closed; None when another holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


@contextmanager
def owning(var: Path) -> Iterator[None]:
    """Hold `var` alone for the block.

    Raises:
        AlreadyRuns, Busy: Somebody holds it.
    """
    descriptor = _lock(var / "run" / "owner.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    if descriptor is None:
        platform = find_platform(var)
        if platform is not None and platform.addresses.web_url:
            raise AlreadyRuns(pid=platform.pid, url=platform.addresses.web_url)
        raise Busy(folder=str(var))
    try:
        yield
    finally:
        _note_path(var).unlink(missing_ok=True)
        os.close(descriptor)


@contextmanager
def visiting(var: Path) -> Iterator[None]:
    """Tell a short-lived owner that its servers are in use."""
    descriptor = _lock(var / "run" / "visitors.lock", fcntl.LOCK_SH)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def wait_for_visitors(var: Path) -> None:
    descriptor = _lock(var / "run" / "visitors.lock", fcntl.LOCK_EX)
    if descriptor is not None:
        os.close(descriptor)


def _note_path(var: Path) -> Path:
    return var / "run" / "platform.json"


def note_platform(var: Path, addresses: Addresses, *, ready: bool = False, has_servers: bool = False) -> None:
    """Write down that this process runs the platform. Mode 0600: the addresses carry passwords."""
    me = psutil.Process()
    platform = Platform(me.pid, me.create_time(), addresses, ready, has_servers)
    path = _note_path(var)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(platform), file)
    beside.replace(path)


def find_platform(var: Path) -> Platform | None:
    """Return the platform that runs on `var`, or None."""
    try:
        noted = json.loads(_note_path(var).read_text())
        platform = Platform(**{**noted, "addresses": Addresses(**noted["addresses"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return platform if platform.is_alive() else None
