"""PostgreSQL refuses to run as root. When we are root, it runs as an account that owns only its data."""

import logging
import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ningjulan.foundation.servers.contracts import NoPermission

log = logging.getLogger(__name__)

NAME = "pgserver"


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """Return the account that must run the server whose data lie in `folder`; None when it is our own.

    Data that exist keep their owner: a folder made by an ordinary user can also be used by root.
    """
    if os.geteuid() != 0:
        return None
    if folder.exists() and (owner := folder.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    return _own_account()


def _own_account() -> Account:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _made_account()
    return Account(entry.pw_uid, entry.pw_gid)


def _made_account() -> pwd.struct_passwd:
    try:
        command = ["useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", NAME]
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return pwd.getpwnam("nobody")
    return pwd.getpwnam(NAME)


def give(folder: Path, account: Account | None) -> None:
    """Make `folder` the property of `account`, and let it be reached by that account."""
    if account is not None:
        os.chown(folder, account.uid, account.gid)
        open_way(folder, account)


def open_way(path: Path, account: Account) -> None:
    """Let `account` pass through the folders above `path`: execute only, so nothing becomes listable.

    Raises:
        NoPermission: A folder above cannot be changed, as on a read-only file system.
    """
    opened = []
    for folder in path.resolve().parents:
        status = folder.stat()
        if status.st_mode & stat.S_IXOTH or status.st_uid == account.uid:
            continue
        try:
            folder.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
        except OSError:
            raise NoPermission(path=str(folder)) from None
        opened.append(str(folder))
    if opened:
        log.warning("PostgreSQL may not run as root; its account may now pass (o+x) %s", ", ".join(opened))


def open_programs(folder: Path, account: Account) -> None:
    """Let `account` read and execute what lies in `folder`, where a strict umask has closed it."""
    open_way(folder, account)
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)
