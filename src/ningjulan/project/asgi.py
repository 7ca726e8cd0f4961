"""The front: the ingest door and the live stream as plain ASGI, everything else is Django on threads.

Django stays a synchronous WSGI application; a2wsgi runs it on a pool of threads. In a large installation
the two can be served apart behind one proxy: `/ingest/` and `/live` here, the rest by any WSGI server.
"""

import asyncio
import logging
import os
from typing import Any

import django
from a2wsgi import WSGIMiddleware

django.setup()

from django.contrib.auth import get_user  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import close_old_connections  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from nats.aio.client import Client  # noqa: E402
from nats.js import JetStreamContext  # noqa: E402

from ningjulan.catalog import facade as catalog  # noqa: E402
from ningjulan.foundation.actors import Actor  # noqa: E402
from ningjulan.foundation.bus import connect  # noqa: E402
from ningjulan.foundation.models import User  # noqa: E402
from ningjulan.project import settings  # noqa: E402
from ningjulan.project.live import Hub, Live  # noqa: E402
from ningjulan.project.wiring import LIVE_EVENTS  # noqa: E402
from ningjulan.sources import facade as sources  # noqa: E402
from ningjulan.sources.door.app import Door, Doorkeeper, Receive, Scope, Send  # noqa: E402

log = logging.getLogger(__name__)
THREADS = int(os.environ.get("NINGJULAN_WEB_THREADS", "12"))


def _read_tokens() -> dict[str, str]:
    close_old_connections()
    return sources.live_tokens()


def _classes_of(source: str) -> frozenset[str]:
    found = sources.find_source(source)
    return frozenset(found.classes) if found else frozenset()


def _actor_of(session_id: str) -> Actor | None:
    """Return the actor of a Django session, as Django's own middleware would see it.

    Django's own check: a session from before the password was changed counts for nothing.
    """
    close_old_connections()
    request = HttpRequest()
    request.session = SessionStore(session_id or None)
    user = get_user(request)
    return user.as_actor() if isinstance(user, User) and user.is_active else None


class Front:
    """Routes a request to the door, the live stream or Django; holds the one connection to NATS."""

    def __init__(self) -> None:
        self._client: Client | None = None
        self._following: asyncio.Task[None] | None = None
        known = frozenset(c.id for c in catalog.list_classes())
        self.hub = Hub(LIVE_EVENTS)
        self.door = Door(Doorkeeper(_read_tokens, _classes_of, known), self._stream)
        self.live = Live(self.hub, _actor_of)
        self.django = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._lifespan(receive, send)
        if scope["type"] != "http":
            return None
        path: str = scope["path"]
        if path.startswith("/ingest/"):
            return await self.door(scope, receive, send)
        if path == "/live":
            return await self.live(scope, receive, send)

        async def receive_body() -> Any:
            return await receive()  # a2wsgi wants a coroutine; Granian gives a future

        return await self.django(scope, receive_body, send)  # type: ignore[arg-type]  # a2wsgi's own types

    def _stream(self) -> JetStreamContext:
        assert self._client is not None, "the server starts with the lifespan"
        return self._client.jetstream()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message: dict[str, Any] = await receive()
            if message["type"] == "lifespan.startup":
                self._client = await connect(settings.NATS_URL, name="front")
                self._following = asyncio.create_task(self._follow())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._following:
                    self._following.cancel()
                    await asyncio.gather(self._following, return_exceptions=True)
                if self._client:
                    await self._client.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _follow(self) -> None:
        while True:
            try:
                await self.hub.follow(self._stream())
            except Exception:
                log.exception("the live stream broke off; following again")
            await asyncio.sleep(1)


application = Front()
