"""Both servers for the duration of a block: what tests and single commands run on."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ningjulan.foundation.servers.child import Child
from ningjulan.foundation.servers.nats import Nats
from ningjulan.foundation.servers.postgres import Postgres


@dataclass(frozen=True)
class Addresses:
    """Where the servers are; `web_url` when the whole platform runs."""

    database_url: str
    nats_url: str
    web_url: str | None = None

    def as_environment(self) -> dict[str, str]:
        urls = {Postgres.variable: self.database_url, Nats.variable: self.nats_url}
        return urls | ({"NINGJULAN_WEB_URL": self.web_url} if self.web_url else {})


@contextmanager
def servers(var: Path) -> Iterator[Addresses]:
    """Start what no address is given for, in order; stop it, in reverse, at the end."""
    with ExitStack() as stack:
        urls = [
            os.environ.get(server.variable) or stack.enter_context(_running(server, var))
            for server in (Postgres(var), Nats(var))
        ]
        yield Addresses(*urls)


@contextmanager
def _running(server: Postgres | Nats, var: Path) -> Iterator[str]:
    server.prepare()
    child = Child(server.program(), var)
    try:
        server.wait_ready(child)
        yield server.url
    finally:
        child.stop()
