"""The platform's own processes with PostgreSQL and NATS, as `make run` starts them, on an empty `var`.

Without demo data and simulator. One of them per process: Django is set up once.
"""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from bench.ours.cleaning import SOURCES
from ningjulan.foundation.servers import places
from ningjulan.foundation.servers.addresses import DATABASE_VARIABLE, NATS_VARIABLE, Addresses
from ningjulan.foundation.servers.child import Child
from ningjulan.foundation.servers.nats import Nats
from ningjulan.foundation.servers.postgres import Postgres

PROCESSES = ("worker", "relay", "web")
KILLED = (*PROCESSES, "nats")
WAIT_S = 600.0
PARTS = {  # of the platform → how its processes are known
    "worker": "processes worker",
    "door": "granian",
    "relay": "processes relay",
    "nats": "nats-server",
    "postgres": "postgres",
    "sender": "bench.ours.",
}


class TooSlow(Exception):
    """Something that should have come did not come in ten minutes."""


class Platform:
    """A running platform of its own.

    Args:
        var: Folder for its data, made anew.
        town: Folder of the demo town.
    """

    def __init__(self, var: Path, town: Path) -> None:
        self.var, self.town = var.resolve(), town.resolve()
        self.url = f"http://127.0.0.1:{places.random_free_port()}"
        self.tokens: dict[str, str] = {}
        self._children: dict[str, Child] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Platform":
        for name in (DATABASE_VARIABLE, NATS_VARIABLE):  # servers of our own, whatever else is running
            os.environ.pop(name, None)
        os.environ |= {"NINGJULAN_VAR": str(self.var), "NINGJULAN_TOWN_FOLDER": str(self.town)}
        with ExitStack() as stack:
            stack.callback(self._stop_all)
            self._postgres, self._nats = Postgres(self.var), Nats(self.var)
            self._start_server(self._postgres)
            self._start_server(self._nats)
            os.environ.update(Addresses(self._postgres.url, self._nats.url).as_environment())
            self.tokens = _prepare()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def start(self) -> None:
        """Start what processes records; return when the door answers."""
        from ningjulan.project.processes.table import Wanted, facts_for, program_of, row_of

        facts, env = facts_for(Wanted(self.var), int(self.url.rpartition(":")[2])), dict(os.environ)
        for name in PROCESSES:
            self._children[name] = Child(program_of(row_of(name), facts, env), self.var)
        until(self._is_up, every_s=0.2)

    def stop(self, name: str) -> None:
        """Stop one process in an orderly way."""
        self._children[name].stop()

    def kill(self) -> None:
        """Kill the worker, the relay, the door and NATS at once (SIGKILL), with all that they started."""
        roots = [psutil.Process(self._children[name].pid) for name in KILLED]
        for process in [one for root in roots for one in (root, *root.children(recursive=True))]:
            process.kill()
        for name in KILLED:
            self._children[name].stop()  # reaps what is dead already

    def start_again(self) -> None:
        """Start what was killed, in the order of `make run`."""
        child = Child(self._nats.program(), self.var)
        self._children["nats"] = child
        self._nats.wait_ready(child)
        self.start()

    def _start_server(self, server: Postgres | Nats) -> None:
        server.prepare()
        child = Child(server.program(), self.var)
        self._children[server.name] = child
        server.wait_ready(child)

    def _stop_all(self) -> None:
        for child in reversed(self._children.values()):
            child.stop()

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310  ours
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def _prepare() -> dict[str, str]:
    """Make tables and streams, load the town; return a token for each class."""
    from rich.console import Console

    from ningjulan.project import settings
    from ningjulan.project.bootstrap import set_up_django

    set_up_django()
    from ningjulan.project.processes import prepare
    from ningjulan.registry import facade as registry
    from ningjulan.sources import facade as sources

    now = datetime.now(UTC)
    prepare.prepare(prepare.Options(seed=0, scale=0, demo=False), Console(quiet=True), steps=2)
    registry.load_town(settings.TOWN_FOLDER, now)
    return {class_id: sources.make_token(source=name, now=now) for class_id, name in SOURCES.items()}


def until(is_so: Callable[[], bool], *, every_s: float) -> None:
    """Wait until it is so.

    Raises:
        TooSlow: It was not in ten minutes.
    """
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        if time.monotonic() > deadline:
            raise TooSlow
        time.sleep(every_s)


def batches() -> Any:
    """Return the batches that were sent to the door: the worker sends a canary of its own each minute."""
    from ningjulan.observations.models import Batch
    from ningjulan.sources.canary import RECEIPT

    return Batch.objects.exclude(receipt_id=RECEIPT)


def n_done() -> int:
    """Return how many records are committed: stored, rejected, duplicate or parked."""
    from django.db.models import Sum

    return batches().aggregate(n=Sum("n_received"))["n"] or 0


def written_at() -> float:
    """Return when the position moved behind the last message: its rows are in the history.

    Raises:
        TooSlow: It has not.
    """
    from ningjulan.observations.models import Position

    position = Position.objects.get(shard=0)
    last = batches().order_by("-stream_seq").values_list("stream_seq", flat=True).first()
    if position.history_seq < last:
        raise TooSlow
    return position.written_at.timestamp()
