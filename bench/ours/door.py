"""A source as a program: posts NDJSON over a few connections that stay open, and waits for each answer.

Plain sockets, because what the sender uses of the processors is missing on the other side.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

AGAIN_S = 0.2


class DoorRefused(Exception):
    """The door answered otherwise than 202."""


@dataclass(frozen=True)
class Post:
    """One request: the lines of one class, and the token of the source that may send it."""

    class_id: str
    token: str
    body: bytes
    key: str = ""  # what the sender calls the request: sent again under it, it is recognised

    @property
    def n_lines(self) -> int:
        return self.body.count(b"\n")

    def request(self, host: str) -> bytes:
        named = f"Idempotency-Key: {self.key}\r\n" if self.key else ""
        head = (
            f"POST /ingest/{self.class_id} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {self.token}\r\n"
            f"{named}Content-Type: application/x-ndjson\r\nContent-Length: {len(self.body)}\r\n\r\n"
        )
        return head.encode() + self.body


async def post_all(base_url: str, posts: list[Post], *, connections: int = 4) -> None:
    """Send every post once; return when all are acknowledged.

    Raises:
        DoorRefused: One was not taken.
    """
    waiting = iter(posts)
    await asyncio.gather(*(_send(base_url, waiting) for _ in range(connections)))


async def post_surely(base_url: str, posts: list[Post], *, connections: int = 4) -> None:
    """Send every post until it is acknowledged, unchanged, whatever happens to the other side meanwhile."""
    waiting = iter(posts)
    await asyncio.gather(*(_send_surely(base_url, waiting) for _ in range(connections)))


async def _send_surely(base_url: str, waiting: Iterator[Post]) -> None:
    for post in waiting:
        while True:
            try:
                await _send(base_url, iter([post]))
                break
            except (OSError, asyncio.IncompleteReadError, DoorRefused):
                await asyncio.sleep(AGAIN_S)


async def _send(base_url: str, waiting: Iterator[Post]) -> None:
    async with connection(base_url) as send:
        for post in waiting:
            await send(post)


@asynccontextmanager
async def connection(base_url: str) -> AsyncIterator[Callable[[Post], Awaitable[None]]]:
    """Open a connection to the door; what it yields sends one post and waits for its acknowledgement."""
    address = urlsplit(base_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=1 << 20)

    async def send(post: Post) -> None:
        writer.write(post.request(address.netloc))
        await writer.drain()
        await _answer(reader)

    try:
        yield send
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    length = next((int(line.split(":")[1]) for line in head if line.startswith("content-length:")), None)
    if length is None:
        raise DoorRefused(f"an answer without a length: {head[0]}")
    body = await reader.readexactly(length)
    if " 202 " not in head[0]:
        raise DoorRefused(f"{head[0]}: {body.decode()}")
