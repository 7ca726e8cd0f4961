"""`GET /live`: what happens, as it happens, to every screen (server-sent events).

One subscription to the EVENTS stream feeds all connections of this process. Event ids are the stream's
sequence numbers, so a screen that was away says where it stopped and gets what it missed.
"""

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import nats.errors
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.bus import EVENTS
from ningjulan.sources.door.app import Receive, Scope, Send, reply

log = logging.getLogger(__name__)

KEEP = 5_000
REMEMBER = timedelta(hours=1)
QUEUE = 1_000
PING_S = 10.0
LOOK_WHO_S = 30.0  # how long who is signed out, or looks after other areas now, may go on watching
LOOK_AGAIN_S = 10.0


@dataclass(frozen=True)
class LiveEvent:
    seq: int
    kind: str
    area_code: str
    data: str

    def sse(self) -> bytes:
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {self.data}\n\n".encode()


class Missed(Exception):
    """An event was sent to us and lost with a connection."""


@dataclass
class Hub:
    """The last events of the stream, and the screens that wait for the next.

    Args:
        kinds: Event name → SSE event name.
    """

    kinds: Mapping[str, str]
    recent: deque[LiveEvent] = field(default_factory=deque)
    screens: set["asyncio.Queue[LiveEvent | None]"] = field(default_factory=set)
    complete_after: int = 0
    """Every event with a higher number that there has been is in `recent`."""
    caught_up: bool = True

    @property
    def last(self) -> int:
        return self.recent[-1].seq if self.recent else self.complete_after

    async def follow(self, js: JetStreamContext) -> None:
        """Read the stream from an hour ago, or from where we stopped, and go on for ever.

        Raises:
            nats.errors.Error, Missed: The connection broke or came back changed: call again, nothing is
                skipped.
        """
        if (await js.stream_info(EVENTS.name or "")).state.last_seq < self.last:
            self._begin_anew()  # lost, or from an older backup: its numbers mean other events now
        subjects = [f"events.{name}" for name in sorted(self.kinds)]
        start: dict[str, Any] = (
            {"deliver_policy": DeliverPolicy.BY_START_SEQUENCE, "opt_start_seq": self.recent[-1].seq + 1}
            if self.recent
            else {
                "deliver_policy": DeliverPolicy.BY_START_TIME,
                "opt_start_time": datetime.now(UTC) - REMEMBER,
            }
        )
        info = await js.add_consumer(
            EVENTS.name or "",
            ConsumerConfig(
                ack_policy=AckPolicy.NONE, filter_subjects=subjects, inactive_threshold=300, **start
            ),
        )
        subscription = await js.pull_subscribe_bind(info.name, stream=EVENTS.name)
        if not self.recent:
            self.complete_after = info.delivered.stream_seq if info.delivered else 0
        self.caught_up = not info.num_pending
        expected = 1
        quiet_since = time.monotonic()
        while True:
            try:
                messages = await subscription.fetch(200, timeout=5)
            except (TimeoutError, nats.errors.TimeoutError):
                if time.monotonic() - quiet_since > LOOK_AGAIN_S:
                    await subscription.consumer_info()  # raises when a restart has lost our consumer
                    quiet_since = time.monotonic()
                continue
            for message in messages:
                if message.metadata.sequence.consumer != expected:
                    raise Missed
                expected += 1
                name = message.subject.removeprefix("events.")
                self.tell(message.metadata.sequence.stream, name, json.loads(message.data))
                self.caught_up = self.caught_up or not message.metadata.num_pending

    def _begin_anew(self) -> None:
        self.recent.clear()
        self.complete_after = 0
        for queue in list(self.screens):
            self._send_back(queue)

    def tell(self, seq: int, name: str, payload: dict[str, Any]) -> None:
        """Hand one event to all screens. A screen that cannot follow is sent back to fetch afresh."""
        case = payload.get("case", payload)
        event = LiveEvent(
            seq=seq,
            kind=self.kinds[name],
            area_code=case.get("area_code") or case.get("tenant_code", ""),
            data=json.dumps(payload, ensure_ascii=False),
        )
        self.recent.append(event)
        if len(self.recent) > KEEP:
            self.complete_after = self.recent.popleft().seq
        for queue in list(self.screens):
            if queue.full():
                self._send_back(queue)
            else:
                queue.put_nowait(event)

    def _send_back(self, queue: "asyncio.Queue[LiveEvent | None]") -> None:
        self.screens.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)

    async def events(self, after: int | None) -> AsyncIterator[LiveEvent | None]:
        """Yield what came after `after`, then what comes. `None`: something is missing here, fetch afresh."""
        queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(QUEUE)
        self.screens.add(queue)
        try:
            if after is not None and self._lacks_what_follows(after):
                after = None
                yield None
            for event in [e for e in self.recent if after is not None and e.seq > after]:
                yield event
                after = event.seq
            while True:
                event_or_reset = await queue.get()
                if event_or_reset is None:
                    after = None
                    self.screens.add(queue)
                if event_or_reset is None or after is None or event_or_reset.seq > after:
                    yield event_or_reset
        finally:
            self.screens.discard(queue)

    def _lacks_what_follows(self, after: int) -> bool:
        """Is `after` older than we remember, or a number of a stream that is no more?"""
        return after < self.complete_after or (self.caught_up and after > self.last)


@dataclass
class Live:
    """The ASGI application.

    Args:
        actor_of: Returns the actor of a session id, or None. Blocks; called in a thread.
    """

    hub: Hub
    actor_of: Callable[[str], Actor | None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        query = parse_qs(scope["query_string"].decode())
        cookie = SimpleCookie(headers.get("cookie", "")).get("sessionid")
        session = cookie.value if cookie else ""
        actor = await asyncio.to_thread(self.actor_of, session)
        if actor is None:
            return await reply(send, 401, {"code": "not_signed_in", "message": "请先登录"})
        tenant = query.get("tenant", [""])[0]
        if not tenant or not actor.covers(tenant):
            return await reply(send, 403, {"code": "not_allowed", "message": "不在您的管辖范围内"})
        after = _number(headers.get("last-event-id")) or _number(query.get("after", [""])[0])
        await self._stream(session, actor, (tenant, after), receive, send)
        return None

    async def _stream(
        self, session: str, actor: Actor, asked: tuple[str, int | None], receive: Receive, send: Send
    ) -> None:
        tenant, after = asked
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        tasks = {
            asyncio.create_task(self._write(tenant, actor, after, send)),
            asyncio.create_task(_disconnected(receive)),
            asyncio.create_task(self._signed_out(session, actor)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _signed_out(self, session: str, actor: Actor) -> None:
        """Return when the session has ended, or its person may see other things than when it began."""
        while True:
            await asyncio.sleep(LOOK_WHO_S)
            try:
                now = await asyncio.to_thread(self.actor_of, session)
            except Exception:
                log.warning("a session cannot be looked up; its screen goes on", exc_info=True)
                continue
            if now != actor:
                return

    async def _write(self, tenant: str, actor: Actor, after: int | None, send: Send) -> None:
        hello = (
            f"retry: 2000\nid: {after if after is not None else self.hub.last}\nevent: hello\ndata: {{}}\n\n"
        )
        await _body(send, hello.encode())
        events = self.hub.events(after)
        while True:
            step = asyncio.ensure_future(anext(events))
            while not (await asyncio.wait({step}, timeout=PING_S))[0]:
                await _body(send, b"event: ping\ndata: {}\n\n")
            event = step.result()
            if event is None:
                await _body(send, f"id: {self.hub.last}\nevent: reset\ndata: {{}}\n\n".encode())
            elif event.area_code.startswith(tenant) and actor.covers(event.area_code):
                await _body(send, event.sse())


async def _body(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _number(text: str | None) -> int | None:
    return int(text) if text and len(text) < 19 and text.isascii() and text.isdigit() else None
