"""Both servers for the duration of a block: what tests and single commands run on."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ningjulan.foundation.servers.addresses import Addresses
from ningjulan.foundation.servers.child import Child
from ningjulan.foundation.servers.nats import Nats
from ningjulan.foundation.servers.postgres import Postgres


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
