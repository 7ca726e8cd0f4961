"""Streams on small disks."""

import asyncio
import shutil
from types import SimpleNamespace

import pytest
from nats.js.errors import ServerError

from ningjulan.foundation import bus
from ningjulan.foundation.bus import EVENTS, connect, ensure_streams
from ningjulan.foundation.servers.child import Child
from ningjulan.foundation.servers.nats import Nats

pytestmark = [pytest.mark.enable_socket, pytest.mark.slow]


@pytest.fixture
def small_nats(open_folder, monkeypatch):
    """A server on a disk of 3 GiB: the streams may have the half."""
    disk = SimpleNamespace(total=3 * 2**30, free=2 * 2**30)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: disk)
    server = Nats(open_folder)
    server.prepare()
    child = Child(server.program(), open_folder)
    server.wait_ready(child)
    yield server.url
    child.stop()


def test_stream_takes_what_the_disk_has_and_keeps_it(small_nats):
    async def run():
        await ensure_streams(small_nats, EVENTS)
        await ensure_streams(small_nats, EVENTS)
        client = await connect(small_nats, name="test")
        info = await client.jetstream().stream_info(EVENTS.name)
        await client.close()
        return info.config.max_bytes

    assert asyncio.run(run()) == EVENTS.max_bytes // 2


def test_disk_without_any_room_is_an_error(small_nats, monkeypatch):
    monkeypatch.setattr(bus, "LEAST_BYTES", EVENTS.max_bytes)

    with pytest.raises(ServerError, match="insufficient storage"):
        asyncio.run(ensure_streams(small_nats, EVENTS))
