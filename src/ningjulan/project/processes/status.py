"""What runs, where, and how far behind: for `ningjulan status`."""

import asyncio
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import nats
from nats.errors import Error as NatsError

from ningjulan.foundation.servers.child import recorded
from ningjulan.project.processes.ownership import find_platform
from ningjulan.project.processes.table import ROWS

NAMES = ("postgres", "nats", *(row.name for row in ROWS))


@dataclass(frozen=True)
class Process:
    name: str
    pid: int | None  # None: does not run here
    running_s: int | None = None
    memory_mb: int | None = None


@dataclass(frozen=True)
class Reader:
    """A consumer of a stream: `waiting` messages are not delivered yet, `unacknowledged` are in work."""

    stream: str
    name: str
    waiting: int
    unacknowledged: int


@dataclass(frozen=True)
class Status:
    state: str  # stopped | starting | ready
    url: str | None
    processes: list[Process]
    readers: list[Reader]
    free_disk_mb: int | None


def status_of(var: Path) -> Status:
    """Look at the platform of `var` from outside; nothing is started."""
    platform = find_platform(var)
    state = "stopped" if platform is None else "ready" if platform.ready else "starting"
    return Status(
        state=state,
        url=platform.addresses.web_url if platform else None,
        processes=[_process(var, name) for name in (*NAMES, *_of_further_shards(var))],
        readers=asyncio.run(_readers(platform.addresses.nats_url)) if platform else [],
        free_disk_mb=shutil.disk_usage(var).free >> 20 if var.exists() else None,
    )


def _of_further_shards(var: Path) -> list[str]:
    """Return the names of processes that a row has for the shards behind the first."""
    names = {path.stem for row in ROWS if row.per_shard for path in (var / "run").glob(f"{row.name}-*.json")}
    return sorted(name for name in names if recorded(var / "run" / f"{name}.json"))


def _process(var: Path, name: str) -> Process:
    process = recorded(var / "run" / f"{name}.json")
    if process is None:
        return Process(name, None)
    family = [process, *process.children(recursive=True)]
    memory = sum(member.memory_info().rss for member in family if member.is_running())
    return Process(name, process.pid, round(time.time() - process.create_time()), memory >> 20)


async def _readers(url: str) -> list[Reader]:
    """Return every durable consumer of every stream; [] when NATS does not answer."""
    try:
        client = await nats.connect(url.split(","), connect_timeout=2, allow_reconnect=False)
    except (NatsError, OSError, TimeoutError):
        return []
    try:
        js = client.jetstream()
        return [
            Reader(stream.config.name or "", c.name, c.num_pending or 0, c.num_ack_pending or 0)
            for stream in await js.streams_info()
            for c in await js.consumers_info(stream.config.name or "")
            if c.config.durable_name  # the others are live screens, each with its own
        ]
    finally:
        await client.close()
