"""The relay: events leave in order and arrive at those who listen, also when something fails on the way."""

import asyncio
import json
from dataclasses import dataclass
from typing import ClassVar
from uuid import uuid4

import pytest
from django.db import transaction

from ningjulan.foundation import outbox
from ningjulan.foundation.bus import EVENTS, connect
from ningjulan.foundation.errors import InputRefused, TemporarilyDown
from ningjulan.foundation.events import Event
from ningjulan.foundation.models import ParkedEvent
from ningjulan.project.processes import relay
from ningjulan.project.processes.relay import Incoming, Outgoing
from ningjulan.project.wiring import Listener

pytestmark = pytest.mark.django_db(transaction=True)


LARGEST = 1000


@dataclass(frozen=True)
class LampLit(Event):
    name: ClassVar[str] = "registry.lamp.lit.v1"
    number: int


def publish(*numbers):
    with transaction.atomic():
        outbox.publish(*(LampLit(number) for number in numbers))


def run_until(nats_url, condition, *, handler=None):
    """Run the relay with one listener of lamps until `condition()` holds; return what the listener saw.

    With a `handler`, what comes in a row fails: only what is told alone counts.
    """
    seen = []

    def listen(happened, now):
        if handler is not None and len(happened) > 1:
            raise TemporarilyDown
        for one in happened:
            seen.append(one.payload["number"])
            if handler is not None:
                handler(one.payload["number"], seen)

    async def run():
        client = await connect(nats_url, name="test")
        js, stop = client.jetstream(), asyncio.Event()
        listener = Listener(f"test-{uuid4().hex}", {LampLit.name: listen})
        tasks = [asyncio.create_task(Outgoing(js, stop, largest=LARGEST).run())]
        tasks.append(asyncio.create_task(Incoming(js, listener, stop).run()))
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition, seen):
                await asyncio.sleep(0.02)
        stop.set()
        await asyncio.gather(*tasks)
        await js.delete_consumer(EVENTS.name, listener.name)
        await client.close()

    asyncio.run(run())
    return seen


@pytest.fixture(autouse=True)
def _clean_stream(nats_url, monkeypatch):
    monkeypatch.setattr(relay, "RETRY_S", (0.01,))

    async def purge():
        client = await connect(nats_url, name="test")
        await client.jetstream().purge_stream(EVENTS.name)
        await client.close()

    asyncio.run(purge())


def test_events_arrive_in_order_and_leave_the_outbox(nats_url):
    publish(1, 2, 3)

    seen = run_until(nats_url, lambda seen: len(seen) >= 3 and not outbox.unsent(1))

    assert seen == [1, 2, 3]


def test_event_published_later_wakes_the_relay(nats_url):
    publish(1)

    def condition(seen):
        if seen == [1]:
            publish(2)
        return len(seen) >= 2

    assert run_until(nats_url, condition)[:2] == [1, 2]


def test_passing_failure_is_tried_again(nats_url):
    def fail_once(number, seen):
        if seen.count(number) == 1:
            raise TemporarilyDown

    publish(7)

    assert run_until(nats_url, lambda seen: seen.count(7) >= 2, handler=fail_once) == [7, 7]
    assert ParkedEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        pytest.param(InputRefused, 1, id="refused for good"),
        pytest.param(ZeroDivisionError, relay.MAX_DELIVER, id="broken every time"),
    ],
)
def test_failure_for_good_is_parked_whole_and_holds_nobody_up(nats_url, error, tries):
    def refuse_seven(number, seen):
        if number == 7:
            raise error

    publish(7, 8)

    seen = run_until(nats_url, lambda seen: 8 in seen and ParkedEvent.objects.exists(), handler=refuse_seven)

    parked = ParkedEvent.objects.get()
    assert seen.count(7) == tries
    assert (parked.name, parked.payload) == (LampLit.name, {"number": 7})


def test_event_the_server_cannot_take_is_parked_and_holds_nobody_up(nats_url):
    publish(int("9" * LARGEST), 8)

    seen = run_until(nats_url, lambda seen: seen and not outbox.unsent(1))

    assert seen == [8]
    assert ParkedEvent.objects.get().listener == "relay"


def test_event_sent_twice_is_stored_once(nats_url):
    async def run():
        client = await connect(nats_url, name="test")
        js = client.jetstream()
        sender = Outgoing(js, asyncio.Event(), largest=LARGEST)
        await sender._send_some()
        await asyncio.to_thread(_unmark)
        await sender._send_some()
        state = (await js.stream_info(EVENTS.name)).state
        last = json.loads((await js.get_msg(EVENTS.name, state.last_seq)).data)
        await client.close()
        return state.messages, last

    publish(5)

    assert asyncio.run(run()) == (1, {"number": 5})


def test_events_in_a_row_are_handed_over_at_once_and_after_a_failure_one_by_one(nats_url):
    rows = []

    def listen(happened, now):
        rows.append([one.payload["number"] for one in happened])
        if len(happened) > 1:
            raise ZeroDivisionError

    async def run():
        client = await connect(nats_url, name="test")
        js, stop = client.jetstream(), asyncio.Event()
        await Outgoing(js, stop, largest=LARGEST)._send_some()
        listener = Listener(f"test-{uuid4().hex}", {LampLit.name: listen})
        listening = asyncio.create_task(Incoming(js, listener, stop).run())
        async with asyncio.timeout(20):
            while len(rows) < 4:
                await asyncio.sleep(0.02)
        stop.set()
        await listening
        info = await js.consumer_info(EVENTS.name, listener.name)
        await js.delete_consumer(EVENTS.name, listener.name)
        await client.close()
        return info

    publish(1, 2, 3)

    info = asyncio.run(run())

    assert rows == [[1, 2, 3], [1], [2], [3]]
    assert (info.num_ack_pending, info.num_pending) == (0, 0)
    assert ParkedEvent.objects.count() == 0


def test_no_event_overtakes_one_that_was_lost(nats_url, monkeypatch):
    async def run():
        client = await connect(nats_url, name="test")
        js = client.jetstream()
        sender, send = Outgoing(js, asyncio.Event(), largest=LARGEST), js.publish

        async def lose_the_first(subject, data, **options):
            if json.loads(data) == {"number": 1} and lost.pop():
                raise TimeoutError
            return await send(subject, data, **options)

        lost = [False, True]
        monkeypatch.setattr(js, "publish", lose_the_first)
        await sender._send_some()
        last = (await js.stream_info(EVENTS.name)).state.last_seq
        stored = [json.loads((await js.get_msg(EVENTS.name, last - n)).data)["number"] for n in (2, 1, 0)]
        await client.close()
        return stored

    publish(1, 2, 3)

    assert asyncio.run(run()) == [1, 2, 3]


def _unmark():
    from ningjulan.foundation.models import OutboxEvent

    OutboxEvent.objects.update(sent_at=None)
