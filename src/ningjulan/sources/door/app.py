"""The HTTP door, `POST /ingest/{class}`: authenticates, limits, batches; answers once it is on disk.

A plain ASGI application without Django in the path of a request: what it needs to know (tokens, classes)
it holds in memory and refreshes from PostgreSQL beside the traffic, so that a restart of PostgreSQL does
not close the door.
"""

import asyncio
import hashlib
import json
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nats.js import JetStreamContext
from uuid_utils.compat import uuid7

from ningjulan.catalog.contracts import UnknownClass
from ningjulan.foundation.errors import InputRefused, NingjulanError, NotAllowed, TemporarilyDown
from ningjulan.sources.door.body import MAX_BODY, BodyTooLarge, read_body, records_of
from ningjulan.sources.services import digest
from ningjulan.sources.stream import RawBatch, cut, publish

log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

MAX_IN_FLIGHT = 256 * 2**20
REFRESH_S = 5.0
_KEY = re.compile(r"[!-~]{0,64}")


class TokenRefused(NotAllowed):
    code = "token_refused"
    message_zh = "来源令牌缺失、错误或已作废，请向数据管理员申领"
    message_en = "The source token is missing, wrong or revoked; ask the data steward for one"
    http_status = 401


class ClassNotAllowed(NotAllowed):
    code = "class_not_allowed"
    message_zh = "来源 {source} 未登记发送 {class_id} 类数据，请联系数据管理员"
    message_en = "Source {source} is not registered to send class {class_id}; ask the data steward"


class MethodRefused(InputRefused):
    code = "method_refused"
    message_zh = "此地址只接受 POST"
    message_en = "This address takes POST only"
    http_status = 405


class DoorBusy(TemporarilyDown):
    code = "door_busy"
    message_zh = "接入量过大，本次未接收任何数据，请稍后原样重发"
    message_en = "Too much at once; nothing of this was taken, send it again unchanged in a moment"


class KeyRefused(InputRefused):
    code = "idempotency_key_refused"
    message_zh = "Idempotency-Key 应为 1–64 个可见 ASCII 字符"
    message_en = "Idempotency-Key must be 1–64 visible ASCII characters"


class LengthWrong(InputRefused):
    code = "length_wrong"
    message_zh = "Content-Length 不是有效数字"
    message_en = "Content-Length is not a number"
    http_status = 400


@dataclass
class Doorkeeper:
    """Who may bring what. The last known answer serves while PostgreSQL is away.

    Args:
        read_tokens: Returns SHA-256 of each live token → source. Blocks; called in a thread.
        classes_of: Returns the classes a source may send; empty for an unknown source.
        known_classes: Every class of the catalogue.
    """

    read_tokens: Callable[[], dict[str, str]]
    classes_of: Callable[[str], frozenset[str]]
    known_classes: frozenset[str]
    tokens: dict[str, str] = field(default_factory=dict)
    _fresh_at: float = -1e9
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _refreshing: asyncio.Task[None] | None = None

    async def source_of(self, authorization: str) -> str:
        """Return the source that the header proves, or raise `TokenRefused`.

        Only who is not known waits for PostgreSQL; who is known does not notice that it is away.
        """
        scheme, _, token = authorization.partition(" ")
        hashed = digest(token.strip())
        if hashed not in self.tokens:
            await self._refresh()
        elif asyncio.get_running_loop().time() - self._fresh_at > REFRESH_S and (
            self._refreshing is None or self._refreshing.done()
        ):
            self._refreshing = asyncio.create_task(self._refresh())
        if scheme.lower() != "bearer" or hashed not in self.tokens:
            raise TokenRefused
        return self.tokens[hashed]

    async def _refresh(self) -> None:
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if now - self._fresh_at < 1.0:
                return
            try:
                self.tokens = await asyncio.wait_for(asyncio.to_thread(self.read_tokens), timeout=5)
                self._fresh_at = now
            except Exception:
                log.warning("tokens could not be refreshed; the last known ones stay in force", exc_info=True)

    def check(self, source: str, class_id: str) -> None:
        if class_id not in self.known_classes:
            raise UnknownClass(class_id=class_id[:20])
        if class_id not in self.classes_of(source):
            raise ClassNotAllowed(source=source, class_id=class_id)


@dataclass
class Door:
    """The ASGI application. `stream` gives the JetStream context once NATS is connected."""

    keeper: Doorkeeper
    stream: Callable[[], JetStreamContext]
    in_flight: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        try:
            answer = await self._take(scope, headers, receive)
        except NingjulanError as error:
            language = headers.get("accept-language", "zh")[:2]
            problem = {"code": error.code, "message": error.message(language)}
            await reply(send, error.http_status, problem, retry_after=error.retryable)
        except Exception:
            log.exception("unanticipated error at the door")
            await reply(
                send, 500, {"code": "internal_error", "message": "系统内部错误，已记录，请联系管理员"}
            )
        else:
            await reply(send, 202, answer)

    async def _take(self, scope: Scope, headers: Mapping[str, str], receive: Receive) -> dict[str, object]:
        """Take one request: everything that can be refused is refused before anything is stored."""
        if scope["method"] != "POST":
            raise MethodRefused
        class_id = scope["path"].rpartition("/")[2]
        source = await self.keeper.source_of(headers.get("authorization", ""))
        self.keeper.check(source, class_id)
        key = headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise KeyRefused
        held = Held(self)
        held.check(_announced_length(headers))
        try:
            body = await read_body(_chunks(receive), headers.get("content-encoding", ""), hold=held.add)
            records = records_of(body, headers.get("content-type", ""))
            return await self._store(source, class_id, key, records)
        finally:
            held.release()

    async def _store(self, source: str, class_id: str, key: str, records: bytes) -> dict[str, object]:
        receipt = f"{source}:{key}" if key else str(uuid7())
        now = datetime.now(UTC)
        batches = [
            RawBatch(_batch_id(receipt, class_id, first, part), receipt, source, class_id, first, now, part)
            for first, part in cut(records)
        ]
        js = self.stream()
        await asyncio.gather(*(publish(js, batch) for batch in batches))
        return {
            "receipt": receipt,
            "received": sum(batch.n_lines for batch in batches),
            "batches": len(batches),
        }


@dataclass
class Held:
    """What one request holds in memory, unpacked: neither a packed body nor one without a length hides."""

    door: Door
    size: int = 0

    def check(self, size: int) -> None:
        if self.door.in_flight + size > MAX_IN_FLIGHT:
            raise DoorBusy

    def add(self, size: int) -> None:
        self.check(size)
        self.size += size
        self.door.in_flight += size

    def release(self) -> None:
        self.door.in_flight -= self.size


def _batch_id(receipt: str, class_id: str, first: int, payload: bytes) -> str:
    """Name a batch by its content too: a key used again for something else must not swallow it."""
    content = hashlib.sha256(payload).hexdigest()[:16]  # processors have instructions for it
    return f"{receipt}:{class_id}:{first}:{content}"


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise TemporarilyDown(reason="client went away")
        yield message.get("body", b"")
        more = message.get("more_body", False)


def _announced_length(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise LengthWrong
    if int(length) > MAX_BODY:
        raise BodyTooLarge(limit_mib=MAX_BODY // 2**20)
    return int(length)


async def reply(send: Send, status: int, body: Mapping[str, object], *, retry_after: bool = False) -> None:
    """Send a JSON answer."""
    headers = [(b"content-type", b"application/json; charset=utf-8")]
    if retry_after:
        headers.append((b"retry-after", b"2"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body, ensure_ascii=False).encode()})
