"""The relay: takes events from the outbox to NATS, and from NATS to the modules that listen.

Out: in order, at least once; the outbox id is the message id, so a repeated send is stored once. In: each
listener has a durable consumer and gets what has come in a row at once; where that fails, one by one. An
event that fails for a passing reason comes again, one that fails for good is parked. Beside that it sends
the canaries (not the worker, whose standing still they must tell) and the rejected lines that clerks send in
again, adds up the balances, seals the audit trail and matches uploaded files of addresses.
"""

import asyncio
import json
import logging
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import groupby

import nats.errors
import psycopg
from django.db import close_old_connections
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy, Header, PubAck
from nats.js.errors import APIError

from ningjulan.foundation import outbox
from ningjulan.foundation.bus import EVENTS, connect, patiently
from ningjulan.foundation.database import own_connection
from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.events import Happened
from ningjulan.foundation.models import OutboxEvent, ParkedEvent
from ningjulan.project import settings
from ningjulan.project.processes.addresses import match_files
from ningjulan.project.processes.canaries import send_canaries
from ningjulan.project.processes.fixes import add_up_hours, send_fixes
from ningjulan.project.processes.registry_work import work_on_registry
from ningjulan.project.processes.trail import seal_trail
from ningjulan.project.wiring import LISTENERS, Handler, Listener

log = logging.getLogger(__name__)

SEND_AT_ONCE = 200
TAKE_AT_ONCE = 100
FETCH_S = 2.0  # how long we wait for an event before we ask again
HEADERS = 1024  # bytes left for the headers of a message
LOOK_EVERY_S = 1.0  # when no NOTIFY comes; also how soon a lost one is made good
KEEP_SENT = timedelta(days=2)
MAX_DELIVER = 8
RETRY_S = (0.5, 1, 2, 5, 10, 30, 60)


class Outgoing:
    """Outbox → EVENTS.

    Args:
        largest: Bytes of the largest event the server takes. A larger one is parked: it would block the rest.
    """

    def __init__(self, js: JetStreamContext, stop: asyncio.Event, *, largest: int) -> None:
        self.js = js
        self.stop = stop
        self.largest = largest
        self.wake = asyncio.Event()
        self._last: int | None = None  # number of the last event in the stream, where we know it

    async def run(self) -> None:
        ears = asyncio.create_task(self._listen())
        tidy_at = datetime.now(UTC)
        while not self.stop.is_set():
            self.wake.clear()
            try:
                while await self._send_some():
                    pass
                if datetime.now(UTC) >= tidy_at:
                    await asyncio.to_thread(_forget_old)
                    tidy_at = datetime.now(UTC) + timedelta(hours=1)
            except Exception:
                log.exception("events could not be sent; they wait in the outbox")
            try:
                await asyncio.wait_for(self.wake.wait(), timeout=LOOK_EVERY_S)
            except TimeoutError:
                continue
        ears.cancel()

    async def _send_some(self) -> int:
        events = await asyncio.to_thread(_unsent)
        sending = []
        for event in events:
            data = json.dumps(event.payload, ensure_ascii=False).encode()
            if len(data) > self.largest:
                await asyncio.to_thread(_park_unsendable, event, len(data), self.largest)
                continue
            sending.append((event, data))
        if sending and not await self._sent_at_once(sending):
            for event, data in sending:  # what is there already is recognised
                await self._publish(event, data)
        if events:
            await asyncio.to_thread(outbox.mark_sent, [event.id for event in events], datetime.now(UTC))
        return len(events)

    async def _sent_at_once(self, sending: Sequence[tuple[outbox.Unsent, bytes]]) -> bool:
        """Send without waiting for one before the next. Each says which number it follows.

        So none can overtake one that a broken connection has lost: the server refuses it. Returns whether all
        are there; which are not is unknown.
        """
        if self._last is None:
            self._last = (await self.js.stream_info(EVENTS.name or "")).state.last_seq
        acks = await asyncio.gather(
            *(self._publish(event, data, self._last + n) for n, (event, data) in enumerate(sending)),
            return_exceptions=True,
        )
        numbers = [ack.seq for ack in acks if isinstance(ack, PubAck) and not ack.duplicate]
        is_whole = len(numbers) == len(sending)
        self._last = numbers[-1] if is_whole else None
        return is_whole

    async def _publish(self, event: outbox.Unsent, data: bytes, after: int | None = None) -> PubAck:
        headers = {"Nats-Msg-Id": f"outbox-{event.id}"}
        if after is not None:
            headers[Header.EXPECTED_LAST_SEQUENCE.value] = str(after)
        return await self.js.publish(
            f"events.{event.name}", data, stream=EVENTS.name, timeout=10, headers=headers
        )

    async def _listen(self) -> None:
        """Turn NOTIFY into a wake-up. Without it the outbox is still looked at every second."""
        while True:
            try:
                ears = await psycopg.AsyncConnection.connect(**own_connection(), autocommit=True)
                async with ears:
                    await ears.execute(f"listen {outbox.CHANNEL}")
                    async for _ in ears.notifies():
                        self.wake.set()
            except psycopg.Error:
                await asyncio.sleep(2)


class Incoming:
    """EVENTS → one listener, in order."""

    def __init__(self, js: JetStreamContext, listener: Listener, stop: asyncio.Event) -> None:
        self.js = js
        self.listener = listener
        self.stop = stop

    async def run(self) -> None:
        subscription = await patiently(self._subscribe, what=f"subscribing {self.listener.name}")
        while not self.stop.is_set():
            try:
                messages = await self._fetched(subscription)
            except (nats.errors.Error, APIError):
                log.warning("events cannot be fetched; trying again", exc_info=True)
                await asyncio.sleep(1)
                continue
            for _, row in groupby(messages, key=lambda message: id(self._handler(message))):
                await self._take(list(row))
        with suppress(nats.errors.Error):
            await subscription.unsubscribe()

    async def _fetched(self, subscription: JetStreamContext.PullSubscription) -> list[Msg]:
        """Return what has come, [] if nothing comes or we are to stop."""
        fetching = asyncio.create_task(subscription.fetch(TAKE_AT_ONCE, timeout=FETCH_S))
        stopping = asyncio.create_task(self.stop.wait())
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        fetching.cancel()  # has no effect on what is done
        with suppress(TimeoutError, nats.errors.TimeoutError, asyncio.CancelledError):
            return await fetching
        return []

    async def _subscribe(self) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            durable_name=self.listener.name,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=120,
            max_deliver=-1,  # we count ourselves, so that nothing is dropped silently
            max_ack_pending=TAKE_AT_ONCE,
            deliver_policy=DeliverPolicy.ALL,
            filter_subjects=self.listener.subjects(),
        )
        await self.js.add_consumer(EVENTS.name or "", config)
        return await self.js.pull_subscribe_bind(durable=self.listener.name, stream=EVENTS.name)

    def _handler(self, message: Msg) -> Handler:
        return self.listener.handlers[_name_of(message)]

    async def _take(self, messages: list[Msg]) -> None:
        """Hand over at once what one handler takes; where that fails, one by one."""
        if len(messages) > 1:
            try:
                await asyncio.to_thread(self._call, messages)
            except Exception:
                log.info("%s fails on %d events in a row", self.listener.name, len(messages), exc_info=True)
            else:
                for message in messages:
                    await message.ack()
                return
        for message in messages:
            await self._handle(message)

    async def _handle(self, message: Msg) -> None:
        name = _name_of(message)
        tries = message.metadata.num_delivered or 1
        try:
            await asyncio.to_thread(self._call, [message])
        except Exception as error:
            passing = not isinstance(error, NingjulanError) or error.retryable
            if passing and tries < MAX_DELIVER:
                log.warning("%s failed on %s (try %d): %s", self.listener.name, name, tries, error)
                await message.nak(delay=RETRY_S[min(tries - 1, len(RETRY_S) - 1)])
                return
            log.exception("%s parks %s, seq %d", self.listener.name, name, message.metadata.sequence.stream)
            reason = str(error)
            await patiently(
                lambda: asyncio.to_thread(self._park, name, message, reason), what="parking an event"
            )
        await message.ack()

    def _call(self, messages: list[Msg]) -> None:
        close_old_connections()
        happened = [Happened(_name_of(message), json.loads(message.data)) for message in messages]
        self._handler(messages[0])(happened, datetime.now(UTC))

    def _park(self, name: str, message: Msg, error: str) -> None:
        close_old_connections()
        ParkedEvent.objects.get_or_create(
            listener=self.listener.name,
            stream_seq=message.metadata.sequence.stream,
            defaults={
                "name": name,
                "payload": json.loads(message.data),
                "error": error[:2000],
                "parked_at": datetime.now(UTC),
            },
        )


def _name_of(message: Msg) -> str:
    return message.subject.removeprefix("events.")


def _unsent() -> list[outbox.Unsent]:
    close_old_connections()
    return outbox.unsent(SEND_AT_ONCE)


def _park_unsendable(event: outbox.Unsent, size: int, largest: int) -> None:
    close_old_connections()
    log.error("event %d, %s, has %d bytes, the server takes %d: parked", event.id, event.name, size, largest)
    ParkedEvent.objects.get_or_create(
        listener="relay",
        stream_seq=event.id,
        defaults={
            "name": event.name,
            "payload": event.payload,
            "error": f"{size} bytes, the server takes {largest}",
            "parked_at": datetime.now(UTC),
        },
    )


def _forget_old() -> None:
    """Delete events sent long ago; the EVENTS stream has kept them longer than any screen looks back."""
    close_old_connections()
    OutboxEvent.objects.filter(sent_at__lt=datetime.now(UTC) - KEEP_SENT).delete()


async def _main() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop.set)
    client = await connect(settings.NATS_URL, name="relay")
    js = client.jetstream()
    try:
        await asyncio.gather(
            Outgoing(js, stop, largest=client.max_payload - HEADERS).run(),
            send_canaries(js, stop),
            send_fixes(js, stop),
            add_up_hours(stop),
            seal_trail(stop),
            match_files(stop),
            work_on_registry(stop),
            *(Incoming(js, listener, stop).run() for listener in LISTENERS),
        )
    finally:
        await client.close()


def main() -> None:
    """Run until told to stop. Started through `python -m ningjulan.project.processes`."""
    asyncio.run(_main())
