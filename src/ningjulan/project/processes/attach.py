"""For single commands: the running platform, else the servers for as long as the command takes."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from ningjulan.foundation.servers import places
from ningjulan.foundation.servers.addresses import DATABASE_VARIABLE, NATS_VARIABLE, WEB_VARIABLE, Addresses
from ningjulan.foundation.servers.child import Child
from ningjulan.project.bootstrap import set_up_django
from ningjulan.project.processes.ownership import (
    AlreadyRuns,
    Busy,
    Platform,
    find_platform,
    note_platform,
    owning,
    visiting,
    wait_for_visitors,
)
from ningjulan.project.processes.table import Wanted, facts_for, program_of, row_of

WAIT_S = 120.0


@contextmanager
def attached(var: Path, *, processes: tuple[str, ...] = ()) -> Iterator[Addresses]:
    """Have PostgreSQL and NATS up to date and Django set up for the block.

    Args:
        var: The data folder.
        processes: Rows of the process table that the command needs as well when the platform does not run.

    Raises:
        NingjulanError: The servers cannot run, or another command holds the folder and does not let go.
    """
    var = var.resolve()
    with ExitStack() as stack:
        addresses = stack.enter_context(_servers(var, processes))
        _set_up_django(var, addresses)
        yield addresses


@contextmanager
def _servers(var: Path, processes: tuple[str, ...]) -> Iterator[Addresses]:
    database_url, nats_url = os.environ.get(DATABASE_VARIABLE), os.environ.get(NATS_VARIABLE)
    if database_url and nats_url:
        yield Addresses(database_url, nats_url, os.environ.get(WEB_VARIABLE))
        return
    places.make_folders(var)
    with ExitStack() as stack:
        platform = _visited_or_owned(var, stack)
        if platform is not None:
            yield platform.addresses
        else:
            yield from _own_servers(var, processes)


def _visited_or_owned(var: Path, stack: ExitStack) -> Platform | None:
    """Return the running platform, which then waits for us; None when `var` is ours until `stack` ends."""
    deadline = time.monotonic() + WAIT_S
    while True:
        platform = find_platform(var)
        if platform is not None and platform.has_servers:
            stack.enter_context(visiting(var))
            return platform
        try:
            stack.enter_context(owning(var))
        except (AlreadyRuns, Busy):  # it is starting or stopping
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return None


def _own_servers(var: Path, processes: tuple[str, ...]) -> Iterator[Addresses]:
    from ningjulan.foundation.servers.embedded import servers  # slow to import, and mostly not needed
    from ningjulan.project.processes.asking import shards_at

    with servers(var) as addresses, ExitStack() as stack:
        _set_up_django(var, addresses)
        _bring_up_to_date()
        shards = range(shards_at(addresses.nats_url)) if processes else range(0)
        for row in map(row_of, processes):
            for shard in shards if row.per_shard else range(1):
                program = program_of(row, facts_for(Wanted(var), 0, shard), dict(os.environ))
                stack.callback(Child(program, var).stop)
        note_platform(var, addresses, has_servers=True)
        yield addresses
        wait_for_visitors(var)


def _set_up_django(var: Path, addresses: Addresses) -> None:
    os.environ.update(addresses.as_environment())
    os.environ["NINGJULAN_VAR"] = str(var)
    os.environ.setdefault("NINGJULAN_TOWN_FOLDER", str(var / "town"))
    set_up_django()


def _bring_up_to_date() -> None:
    """Tables and streams: the first two steps of a start-up."""
    from ningjulan.project.processes.prepare import Options, prepare

    prepare(Options(seed=0, scale=0, demo=False), Console(quiet=True), steps=2)
