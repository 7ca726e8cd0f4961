"""Where the servers keep their things under `var`, and the checks before anything is written there."""

import os
import secrets
import shutil
import socket
from pathlib import Path

from ningjulan.foundation.servers.contracts import DiskFull, NoPermission, PortInUse

MIN_FREE_BYTES = 1 << 30
PORTS = range(20_000, 32_000)  # Linux gives outgoing connections those from 32768


def make_folders(var: Path) -> None:
    """Make `var` with its `run`, `log` and `secrets` folders.

    Raises:
        NoPermission: A folder cannot be made or written to.
    """
    try:
        for name, mode in (("run", 0o755), ("log", 0o700), ("secrets", 0o700)):
            (var / name).mkdir(parents=True, exist_ok=True, mode=mode)
    except OSError:
        raise NoPermission(path=str(var)) from None
    for folder in (var, var / "run", var / "log", var / "secrets"):
        if not os.access(folder, os.W_OK | os.X_OK):
            raise NoPermission(path=str(folder))


def check_disk(folder: Path, *, needed_bytes: int = MIN_FREE_BYTES) -> None:
    """Raise `DiskFull` when fewer than `needed_bytes` are left where `folder` lies."""
    if shutil.disk_usage(folder).free < needed_bytes:
        raise disk_full(folder, needed_bytes=needed_bytes)


def disk_full(folder: Path, *, needed_bytes: int = MIN_FREE_BYTES) -> DiskFull:
    free = shutil.disk_usage(folder).free
    return DiskFull(folder=str(folder), free_mb=free >> 20, needed_mb=needed_bytes >> 20)


def secret(path: Path) -> str:
    """Return the password kept in `path` (mode 0600), made on first use."""
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    except PermissionError:
        raise NoPermission(path=str(path)) from None
    value = secrets.token_urlsafe(24)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)
    return value


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Could a server listen on `port` now?"""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port whose old connections linger in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def kept_port(path: Path) -> int:
    """Return the loopback port noted in `path`, so that addresses survive a restart; else a new one."""
    try:
        port = int(path.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    if not (port and is_free(port)):
        port = random_free_port()
        path.write_text(str(port))
    return port


def random_free_port() -> int:
    """Return a free loopback port that the system does not give to outgoing connections.

    One that it does give is not safe for a server that may be restarted: a client that tries again and again
    meanwhile can be given that very port, connect to itself, and keep it.
    """
    while not is_free(port := secrets.choice(PORTS)):
        continue
    return port


def first_free_port(wanted: int, host: str = "127.0.0.1", *, tries: int = 50) -> int:
    """Return `wanted` or the next free port above it; raise `PortInUse` when none of `tries` is free."""
    for port in range(wanted, wanted + tries):
        if is_free(port, host):
            return port
    raise PortInUse(port=f"{wanted}–{wanted + tries - 1}")
