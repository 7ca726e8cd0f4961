"""Reading a request body into lines: decompressed as it arrives, never larger than allowed."""

import zlib
from collections.abc import AsyncIterator, Callable
from typing import Protocol

import numpy as np
import zstandard
from numpy.typing import NDArray

from ningjulan.foundation.errors import InputRefused

MAX_BODY = 64 * 2**20
MAX_RECORDS = 100_000  # of one body: each is an object of its own here, and a row somewhere in the end
MAX_MEMBERS = 4096  # of one packed body; bgzip makes one of each 64 KiB
STEP = 512  # bytes of zstd unpacked at once: a bomb grows by some 20 MB before it is seen
_BLANK = b"\r\n \t"
_IS_BLANK = np.isin(np.arange(256), list(_BLANK))


class BodyTooLarge(InputRefused):
    code = "body_too_large"
    message_zh = "请求体超过 {limit_mib} MiB（解压后），请分批发送；本次未接收任何数据"
    message_en = "The body is over {limit_mib} MiB when unpacked; send it in parts. Nothing was taken"
    http_status = 413


class TooManyRecords(InputRefused):
    code = "too_many_records"
    message_zh = "一次最多 {limit} 条记录，请分批发送；本次未接收任何数据"
    message_en = "At most {limit} records at once; send them in parts. Nothing was taken"
    http_status = 413


class BodyDamaged(InputRefused):
    code = "body_damaged"
    message_zh = "压缩数据不完整或已损坏（{encoding}），本次未接收任何数据，请重新发送"
    message_en = "The compressed body is cut off or damaged ({encoding}); nothing was taken, send it again"
    http_status = 400


class EncodingUnknown(InputRefused):
    code = "encoding_unknown"
    message_zh = "不支持的压缩方式 {encoding}，可用 gzip、zstd 或不压缩"
    message_en = "Unknown content encoding {encoding}; use gzip, zstd or none"
    http_status = 415


class BodyEmpty(InputRefused):
    code = "body_empty"
    message_zh = "请求体为空，每行应为一条 JSON 记录"
    message_en = "The body is empty; send one JSON record per line"


class Unpacker(Protocol):
    def decompress(self, data: bytes, limit: int) -> bytes: ...
    def finished(self) -> bool: ...


class _Plain:
    def decompress(self, data: bytes, limit: int) -> bytes:
        return data

    def finished(self) -> bool:
        return True


class _Gzip:
    """Gzip, also of several members, one bounded step at a time: a bomb stops at the limit."""

    def __init__(self) -> None:
        self._step = zlib.decompressobj(wbits=31)
        self._started = False
        self._members = 1

    def decompress(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        while data and len(out) <= limit:
            self._started = True
            out += self._step.decompress(data, limit + 1 - len(out))
            data = self._step.unconsumed_tail
            if self._step.eof:
                data = self._step.unused_data
                if data:
                    self._members += 1
                    if self._members > MAX_MEMBERS:
                        raise zlib.error("too many members")
                    self._step = zlib.decompressobj(wbits=31)
        return bytes(out)

    def finished(self) -> bool:
        return self._step.eof or not self._started


class _Zstd:
    """Zstandard with a bounded window, also of several frames; output is read in chunks, so a bomb stops at
    the limit."""

    def __init__(self) -> None:
        self._unpacking = zstandard.ZstdDecompressor(max_window_size=2**27)
        self._step = self._unpacking.decompressobj()
        self._started = False
        self._members = 1

    def decompress(self, data: bytes, limit: int) -> bytes:
        out = bytearray()
        view = memoryview(data)
        for start in range(0, len(view), STEP):
            self._started = True
            self._unpack(bytes(view[start : start + STEP]), out)
            if len(out) > limit:
                break
        return bytes(out)

    def _unpack(self, data: bytes, out: bytearray) -> None:
        while data:
            if self._step.eof:  # what follows a frame is another one, or the body is damaged
                self._members += 1
                if self._members > MAX_MEMBERS:
                    raise zstandard.ZstdError("too many frames")
                self._step = self._unpacking.decompressobj()
            out += self._step.decompress(data)
            data = self._step.unused_data

    def finished(self) -> bool:
        return self._step.eof or not self._started


UNPACKERS: dict[str, Callable[[], Unpacker]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "zstd": _Zstd,
}


async def read_body(
    chunks: AsyncIterator[bytes],
    encoding: str,
    *,
    limit: int = MAX_BODY,
    hold: Callable[[int], None] = lambda size: None,
) -> bytes:
    """Return the whole unpacked body.

    Args:
        chunks: The body as it arrives.
        encoding: `Content-Encoding`: gzip, zstd, identity or empty.
        limit: Largest allowed size in bytes, as it arrives and after unpacking.
        hold: Told of each piece's size before it is kept; may raise to refuse the body.

    Raises:
        BodyTooLarge, BodyDamaged, EncodingUnknown: Nothing of the body was taken.
    """
    name = encoding.strip().lower()
    try:
        unpacker = UNPACKERS[name]()
    except KeyError:
        raise EncodingUnknown(encoding=name) from None
    pieces: list[bytes] = []
    arrived = size = 0
    try:
        async for chunk in chunks:
            arrived += len(chunk)  # packed emptiness would otherwise have no end
            piece = unpacker.decompress(chunk, limit - size)
            hold(len(piece))
            pieces.append(piece)
            size += len(piece)
            if max(arrived, size) > limit:
                raise BodyTooLarge(limit_mib=limit // 2**20)
    except (zlib.error, zstandard.ZstdError):
        raise BodyDamaged(encoding=name) from None
    if not unpacker.finished():
        raise BodyDamaged(encoding=name)
    return b"".join(pieces)


def records_of(body: bytes, content_type: str) -> bytes:
    """Return the records of a body, one line each, without a line break at the end.

    `application/json` is one record, however it is broken into lines: a line break inside a JSON string
    is always escaped, so a bare one is white space. Anything else is NDJSON; blank lines are nothing.

    Raises:
        BodyEmpty: There is no record.
        TooManyRecords: More than a body may bring.
    """
    if content_type.split(";", maxsplit=1)[0].strip().lower() == "application/json":
        body = body.replace(b"\r", b" ").replace(b"\n", b" ")
    text = np.frombuffer(body, np.uint8)
    ends = np.flatnonzero(text == ord("\n"))
    if len(ends) > MAX_RECORDS:  # before they are taken apart; blank lines count
        raise TooManyRecords(limit=MAX_RECORDS)
    is_tidy = _is_tidy(text, ends)
    body = body.strip(_BLANK)
    if not is_tidy:
        body = b"\n".join(stripped for line in body.split(b"\n") if (stripped := line.strip(_BLANK)))
    if not body:
        raise BodyEmpty
    return body


def _is_tidy(text: NDArray[np.uint8], ends: NDArray[np.intp]) -> bool:
    """Has no line a blank at either end, and is none empty? What is beside a line break says so."""
    before, after = text[ends[ends > 0] - 1], text[ends[ends < len(text) - 1] + 1]
    return not (_IS_BLANK[before].any() or _IS_BLANK[after].any())
