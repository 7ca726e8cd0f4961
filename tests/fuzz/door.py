"""Fuzzing the HTTP door: whatever request comes, one answer, and in the stream exactly what it counts.

Input: choices of the request's headers and of how the body arrives, then the body. JetStream is a list here:
what it does with a batch is tested where it is real (`sources/tests/test_door.py`).
"""

import asyncio
import gzip
import json
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import zstandard

from ningjulan.sources.door.app import Door, Doorkeeper
from ningjulan.sources.services import digest
from ningjulan.sources.stream import read_batch
from tests.fuzz.target import Choices, Target

TOKEN = "nj_town_iot_test"
METHODS = ("POST", "POST", "POST", "GET")
CLASSES = ("IOT12", "IOT12", "IOT03", "IOT99")
AUTHORIZATIONS = (f"Bearer {TOKEN}", f"Bearer {TOKEN}", f"bearer  {TOKEN} ", "Bearer x", TOKEN, "")
ENCODINGS = ("", "gzip", "zstd", "x-gzip", "identity", "br", " GZIP ")
TYPES = ("application/x-ndjson", "application/json", "application/JSON; charset=utf-8", "", "text/plain")
KEYS = ("", "upload-7", "k" * 64, "k" * 65, "a b", "\xe9")
LENGTHS = (None, "right", "0", "-1", "many", "9" * 20, "\u0661", "")
BLANKS = b"\r \t"


@dataclass
class Stream:
    """Keeps what is published, as JetStream would."""

    kept: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def publish(self, subject: str, payload: bytes, *, headers: dict[str, str], **options: Any) -> Any:
        self.kept.append((headers, payload))
        return type("PubAck", (), {"seq": len(self.kept)})


def one(data: bytes) -> None:
    choices = Choices(data)
    method, class_id, authorization, encoding, content_type, key, length = (
        choices.one_of(options)
        for options in (METHODS, CLASSES, AUTHORIZATIONS, ENCODINGS, TYPES, KEYS, LENGTHS)
    )
    size = 1 + choices.number() ** 2
    body = choices.rest()
    headers = {
        "authorization": authorization,
        "content-encoding": encoding,
        "content-type": content_type,
        "idempotency-key": key,
    }
    if length is not None:
        headers["content-length"] = str(len(body)) if length == "right" else length
    status, answer, stream, door = asyncio.run(_post(method, class_id, headers, body, size))

    assert door.in_flight == 0
    assert status in {202, 400, 401, 403, 404, 405, 413, 415, 422}, answer
    if status != 202:
        assert (set(answer), stream.kept) == ({"code", "message"}, [])
        return
    kept = [read_batch(seq, *one) for seq, one in enumerate(stream.kept)]
    lines = [line for batch in sorted(kept, key=lambda b: b.first_row) for line in batch.lines]
    assert lines == (expected(body, encoding, content_type) or lines)
    assert (answer["received"], answer["batches"]) == (len(lines), len(kept))
    assert len({batch.batch_id for batch in kept}) == len(kept)


async def _post(
    method: str, class_id: str, headers: dict[str, str], body: bytes, size: int
) -> tuple[int, dict[str, Any], Stream, Door]:
    """Send a request whose body arrives in pieces of `size` bytes."""
    keeper = Doorkeeper(
        read_tokens=dict,
        classes_of=lambda source: frozenset({"IOT12"}),
        known_classes=frozenset({"IOT12", "IOT03"}),
        tokens={digest(TOKEN): "town_iot"},
    )
    keeper._fresh_at = asyncio.get_running_loop().time()
    stream = Stream()
    door = Door(keeper, lambda: stream)
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    arriving = iter(
        {"type": "http.request", "body": piece, "more_body": n + 1 < len(pieces)}
        for n, piece in enumerate(pieces)
    )
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return next(arriving)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    encoded = [(name.encode(), value.encode("utf-8")) for name, value in headers.items()]
    await door({"method": method, "path": f"/ingest/{class_id}", "headers": encoded}, receive, send)
    start, content = sent
    return start["status"], json.loads(content["body"]), stream, door


def expected(body: bytes, encoding: str, content_type: str) -> list[bytes] | None:
    """Return the records of a body that was taken, read in another way than the door does.

    `None` where zstd finds damage in the whole that it does not see piece by piece: only a checksum, which
    is the sender's choice, would tell.
    """
    encoding = encoding.strip().lower()
    if encoding in ("gzip", "x-gzip") and body:
        body = gzip.decompress(body)
    elif encoding == "zstd" and body:
        try:
            body = zstandard.ZstdDecompressor().stream_reader(body, read_across_frames=True).read()
        except zstandard.ZstdError:
            return None
    if content_type.lower().startswith("application/json"):
        return [body.replace(b"\r", b" ").replace(b"\n", b" ").strip(BLANKS)]
    return [line.strip(BLANKS) for line in body.split(b"\n") if line.strip(BLANKS)]


def seeds() -> Iterator[tuple[str, bytes]]:
    lines = b'{"msg_id":"M1"}\n\n {"msg_id":"M2"}\r\n{"msg_id":"M3"'
    again = b'{"msg_id":"M4"}\n'
    yield "plain", request(lines)
    yield "pretty", request(b'{\n "msg_id": "M1"\n}\n', content_type=1)
    yield "gzip", request(gzip.compress(lines, mtime=0), encoding=1)
    members = gzip.compress(lines + b"\n", mtime=0) + gzip.compress(again, mtime=0)
    yield "gzip of two members", request(members, encoding=1)
    yield "gzip cut off", request(gzip.compress(lines * 9, mtime=0)[:-9], encoding=1)
    yield "gzip and more", request(gzip.compress(lines, mtime=0) + b"more", encoding=1)
    yield "zstd", request(zstandard.compress(lines), encoding=2)
    frames = zstandard.compress(lines + b"\n") + zstandard.compress(again)
    yield "zstd of two frames", request(frames, encoding=2)
    yield "zstd and more", request(zstandard.compress(lines) + b"more", encoding=2)
    yield "zstd in small pieces", request(frames, encoding=2, size=2)
    yield "deflate of nothing", request(zlib.compress(b""), encoding=1)
    yield "many lines", request(b"1\n" * 9000)
    for number, options in enumerate((AUTHORIZATIONS, KEYS, LENGTHS)):
        place = (2, 5, 6)[number]
        for choice in range(1, len(options)):
            head = bytearray(8)
            head[place], head[7] = choice, 255
            yield f"header {place} {choice}", bytes(head) + lines


def request(body: bytes, *, encoding: int = 0, content_type: int = 0, size: int = 255) -> bytes:
    return bytes([0, 0, 0, encoding, content_type, 0, 1, size]) + body


def mutated(data: bytes, largest: int, seed: int) -> bytes:
    """Pack the content again, so that what is behind the packing is reached; sometimes in two pieces."""
    dice = random.Random(seed)
    head, body = bytearray(data[:8].ljust(8, b"\0")), data[8:]
    encoding = dice.choice((1, 2))
    pack = (lambda part: gzip.compress(part, mtime=0)) if encoding == 1 else zstandard.compress
    head[:4] = 0, 0, 0, encoding
    middle = dice.randrange(len(body) + 1)
    rest = pack(body[middle:]) if dice.random() < 0.5 else b""
    return (bytes(head) + pack(body[:middle]) + rest)[:largest]


TARGET = Target(one, seeds, lambda: iter((b"{", b"}\n", b"\r\n", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")), mutated)
