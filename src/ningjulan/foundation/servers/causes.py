"""What a server's last words mean, as one of our errors."""

import errno
from pathlib import Path

from ningjulan.foundation.servers import places
from ningjulan.foundation.servers.contracts import NoPermission, PortInUse, ServerDied, ServerRefused

_PERMISSION = ("ermission denied", "wrong ownership", "invalid permissions", "read-only file system")


def of_log(lines: list[str], *, server: str, folder: Path, port: int, log: Path) -> ServerRefused:
    """Return the error that the last lines of a server's log describe."""
    text = "\n".join(lines)
    if "ddress already in use" in text:
        return PortInUse(port=port)
    if "o space left on device" in text:
        return places.disk_full(folder.parent)
    if any(words in text for words in _PERMISSION):
        return NoPermission(path=str(folder))
    telling = [line for line in lines if "FATAL" in line or "[FTL]" in line or "error:" in line]
    return ServerDied(name=server, reason=(telling or lines or ["—"])[-1].strip(), log=str(log))


def of_error(error: OSError, *, server: str, folder: Path) -> ServerRefused:
    """Return the error that the operating system's refusal describes."""
    if error.errno == errno.ENOSPC:
        return places.disk_full(folder)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NoPermission(path=error.filename or str(folder))
    return ServerDied(name=server, reason=str(error), log=str(folder / "log"))
