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
LOOK_AGAIN_S = 10.0


@dataclass(frozen=True)
class LiveEvent:
    seq: int
    kind: str
    area_code: str
    data: str

    def sse(self) -> bytes:
        return f"id: {self.seq}\nevent: {self.kind}\ndata: {self.data}\n\n".encode()


@dataclass
class Hub:
    """The last events of the stream, and the screens that wait for the next.

    Args:
        kinds: Event name → SSE event name.
    """

    kinds: Mapping[str, str]
    recent: deque[LiveEvent] = field(default_factory=lambda: deque(maxlen=KEEP))
    screens: set["asyncio.Queue[LiveEvent | None]"] = field(default_factory=set)

    async def follow(self, js: JetStreamContext) -> None:
        """Read the stream from an hour ago, or from where we stopped, and go on for ever.

        Raises:
            nats.errors.Error: The connection broke or came back changed: call again, nothing is skipped.
        """
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
                name = message.subject.removeprefix("events.")
                self.tell(message.metadata.sequence.stream, name, json.loads(message.data))

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
        for queue in list(self.screens):
            if queue.full():
                self.screens.discard(queue)
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    async def events(self, after: int | None) -> AsyncIterator[LiveEvent | None]:
        """Yield what came after `after`, then what comes. `None`: something was missed, fetch afresh."""
        queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue(QUEUE)
        self.screens.add(queue)
        try:
            if after is not None:
                if self.recent and after < self.recent[0].seq - 1 and len(self.recent) == KEEP:
                    yield None
                for event in [e for e in self.recent if e.seq > after]:
                    yield event
                    after = event.seq
            while True:
                event_or_reset = await queue.get()
                if event_or_reset is None or after is None or event_or_reset.seq > after:
                    yield event_or_reset
        finally:
            self.screens.discard(queue)


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
        actor = await asyncio.to_thread(self.actor_of, cookie.value if cookie else "")
        if actor is None:
            return await reply(send, 401, {"code": "not_signed_in", "message": "请先登录"})
        tenant = query.get("tenant", [""])[0]
        if not tenant or not actor.covers(tenant):
            return await reply(send, 403, {"code": "not_allowed", "message": "不在您的管辖范围内"})
        after = _number(headers.get("last-event-id")) or _number(query.get("after", [""])[0])
        await self._stream(tenant, actor, after, receive, send)
        return None

    async def _stream(
        self, tenant: str, actor: Actor, after: int | None, receive: Receive, send: Send
    ) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        writer = asyncio.create_task(self._write(tenant, actor, after, send))
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({writer, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (writer, gone):
                task.cancel()
            await asyncio.gather(writer, gone, return_exceptions=True)

    async def _write(self, tenant: str, actor: Actor, after: int | None, send: Send) -> None:
        last = self.hub.recent[-1].seq if self.hub.recent else 0
        hello = f"retry: 2000\nid: {after if after is not None else last}\nevent: hello\ndata: {{}}\n\n"
        await _body(send, hello.encode())
        events = self.hub.events(after)
        while True:
            step = asyncio.ensure_future(anext(events))
            while not (await asyncio.wait({step}, timeout=PING_S))[0]:
                await _body(send, b"event: ping\ndata: {}\n\n")
            event = step.result()
            if event is None:
                await _body(send, b"event: reset\ndata: {}\n\n")
            elif event.area_code.startswith(tenant) and actor.covers(event.area_code):
                await _body(send, event.sse())


async def _body(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
