"""The connection to NATS and the streams kept there. Embedded or a cluster: the same path."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError, ServerError

log = logging.getLogger(__name__)
Result = TypeVar("Result")

NO_ROOM = 10047  # NATS: insufficient storage resources available
LEAST_BYTES = 64 * 2**20

EVENTS = StreamConfig(
    name="EVENTS",
    description="what happened, from the outbox, in order",
    subjects=["events.>"],
    retention=RetentionPolicy.LIMITS,
    storage=StorageType.FILE,
    discard=DiscardPolicy.OLD,
    max_age=timedelta(days=7).total_seconds(),
    max_bytes=2 * 2**30,
    duplicate_window=timedelta(minutes=10).total_seconds(),
    allow_direct=True,
)


async def connect(url: str, *, name: str) -> Client:
    """Connect, and keep reconnecting for ever: a restart of the server is weather, not an error.

    Args:
        url: One address, or several separated by commas (a cluster).
        name: Shown in the server's connection list.
    """
    return await nats.connect(
        url.split(","),
        name=name,
        allow_reconnect=True,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
        ping_interval=10,
        pending_size=64 * 2**20,
        error_cb=_ignore,
    )


async def _ignore(error: Exception) -> None:
    """Reconnection reports itself to the callers that wait; the library's own report is noise."""


async def ensure_stream(js: JetStreamContext, config: StreamConfig) -> None:
    """Create the stream, or bring an existing one to `config`; smaller where the disk is small."""
    assert config.name is not None
    while True:
        try:
            await _ensure(js, config)
        except ServerError as error:
            if error.err_code != NO_ROOM or (config.max_bytes or 0) < 2 * LEAST_BYTES:
                raise
            config = replace(config, max_bytes=(config.max_bytes or 0) // 2)
            log.warning(
                "the disk has no room for stream %s; asking for %d bytes", config.name, config.max_bytes
            )
        else:
            return


async def _ensure(js: JetStreamContext, config: StreamConfig) -> None:
    try:
        await js.stream_info(config.name or "")
    except NotFoundError:
        await js.add_stream(config)
    else:
        await js.update_stream(config)


async def ensure_streams(url: str, *configs: StreamConfig) -> None:
    client = await connect(url, name="setup")
    try:
        for config in sorted(
            configs, key=lambda config: config.max_bytes or 0
        ):  # the largest takes what is left
            await ensure_stream(client.jetstream(), config)
    finally:
        await client.close()


async def patiently(action: Callable[[], Awaitable[Result]], *, what: str) -> Result:
    """Return what `action` returns, however long it takes: for start-up steps while a server restarts.

    Args:
        what: For the log, so that somebody who waits can see what for.
    """
    while True:
        try:
            return await action()
        except Exception as error:
            log.warning("%s: %s; trying again", what, error or type(error).__name__)
            await asyncio.sleep(1)
