"""Reading RAW by sequence range, from a real stream."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from ningjulan.foundation.bus import connect
from ningjulan.project.runners import ranges
from ningjulan.project.runners.ranges import Extent, extent_of, read_range
from ningjulan.sources.stream import RAW, RawBatch, publish

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
PAYLOAD = b"\n".join(json.dumps({"msg_id": f"M{n}"}).encode() for n in range(100))  # long enough to be packed


@pytest.fixture
def ask(nats_url):
    def ask(action):
        async def run():
            client = await connect(nats_url, name="test")
            try:
                return await action(client)
            finally:
                await client.close()

        return asyncio.run(run())

    return ask


@pytest.fixture
def first(ask):
    """Five batches of two classes in an otherwise empty stream, and a stray; the number of the first."""

    async def fill(client):
        js = client.jetstream()
        await js.purge_stream(RAW.name)
        name = datetime.now(UTC).isoformat()
        classes = ["IOT12", "IOT03", "IOT12", "IOT03", "IOT12"]
        sent = [RawBatch(f"{name}:{n}", "R", "town_iot", c, 1, NOW, PAYLOAD) for n, c in enumerate(classes)]
        numbers = [await publish(js, batch) for batch in sent]
        await js.publish("raw.IOT12.0", b"stray")
        return numbers[0]

    yield ask(fill)
    ask(lambda client: client.jetstream().purge_stream(RAW.name))


def numbers_in(ask, subject, first, last):
    async def read(client):
        return [one.seq async for some in read_range(client, subject, first, last) for one in some]

    return ask(read)


@pytest.mark.parametrize("together", [1, 2, 64])
def test_range_gives_what_it_has_of_a_class_in_order(ask, first, monkeypatch, together):
    monkeypatch.setattr(ranges, "TOGETHER", together)

    assert numbers_in(ask, "raw.IOT12.*", first, first + 5) == [first, first + 2, first + 4, first + 5]
    assert numbers_in(ask, "raw.IOT12.*", first + 1, first + 4) == [first + 2, first + 4]
    assert numbers_in(ask, "raw.IOT03.*", first + 4, first + 5) == []
    assert numbers_in(ask, "raw.>", first, first + 900) == list(range(first, first + 6))


def test_batches_come_out_as_they_were_sent_and_a_stray_as_what_it_is(ask, first):
    async def read(client):
        return [one async for some in read_range(client, "raw.*.*", first, first + 9) for one in some]

    *batches, stray = ask(read)

    assert {(b.source, b.received_at, b.payload, b.n_lines) for b in batches} == {
        ("town_iot", NOW, PAYLOAD, 100)
    }
    assert (stray.source, stray.class_id, stray.payload) == ("", "IOT12", b"stray")


def test_replica_that_is_behind_does_not_end_a_range(ask, first, monkeypatch):
    answered, n_asked = ranges._answered, []

    async def behind(answers):
        batches = await answered(answers)
        n_asked.append(len(batches))
        return [] if len(n_asked) == 1 else batches  # the first one asked has not heard of them yet

    monkeypatch.setattr(ranges, "_answered", behind)

    assert numbers_in(ask, "raw.IOT12.*", first, first + 4) == [first, first + 2, first + 4]


def test_extent_is_what_the_stream_has(ask, first):
    assert ask(extent_of) == Extent(first, first + 5)
