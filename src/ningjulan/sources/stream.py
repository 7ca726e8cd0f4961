"""The RAW stream: what sources sent, as they sent it, on disk before anybody is told that it arrived.

Subject `raw.<class>.<shard>`; the payload is a batch of NDJSON lines of one class from one source. The
batch id is also the message id, so sending it twice stores it once.

Into how many shards RAW is divided is said by the subjects it takes: whoever still divides otherwise is
refused by the server, asks, and sends again.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import zstandard
from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, PubAck, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NoStreamResponseError
from numpy.typing import NDArray

from ningjulan.foundation.errors import InputRefused, TemporarilyDown

RAW = StreamConfig(
    name="RAW",
    description="what sources sent, as they sent it",
    subjects=["raw.*.0"],  # one shard; more: `subjects_of`
    retention=RetentionPolicy.LIMITS,
    storage=StorageType.FILE,
    discard=DiscardPolicy.NEW,  # a full stream refuses, and the source tries again: nothing old is lost
    max_age=timedelta(days=7).total_seconds(),
    max_bytes=20 * 2**30,
    duplicate_window=timedelta(minutes=10).total_seconds(),
    allow_direct=True,
)
BATCH_RECORDS = 4000
BATCH_BYTES = 900 * 2**10  # a server as it comes takes messages of 1 MiB, headers included
PUBLISH_TIMEOUT_S = 10.0
NEARLY_FULL = 0.7
PACKED_FROM = 512  # bytes; less is not worth it
LARGEST_PAYLOAD = 64 * 2**20  # a single line, as long as a whole body may be
_LONGEST = {"Nj-Batch": 200, "Nj-Receipt": 150, "Nj-Source": 64, "Nj-Class": 8}
"""Of each name, as the tables keep it: a batch that is named otherwise could not even be parked."""
_CLOSED = "raw.closed."  # instead of its shards, while their number changes; what follows is the old one


class StreamDown(TemporarilyDown):
    code = "stream_down"
    message_zh = "数据流暂时无法写入，请稍后原样重发；已写入的部分会被识别，不会重复"
    message_en = (
        "The stream cannot be written now; send it again unchanged, what was already stored is recognised"
    )


class RecordTooLarge(InputRefused):
    code = "record_too_large"
    message_zh = "单条记录过大，数据流无法保存，请拆分或压缩其内容后重发"
    message_en = "One record is larger than the stream can keep; split it or shrink what it holds"
    http_status = 413


@dataclass(frozen=True)
class RawBatch:
    """A batch of records on its way into, or out of, the RAW stream.

    `first_row` counts from 1 in the body or file it came from; `payload` is one line per record, without a
    line break at the end; `seq` is 0 until the stream has given one.
    """

    batch_id: str
    receipt_id: str
    source: str
    class_id: str
    first_row: int
    received_at: datetime
    payload: bytes
    seq: int = 0

    @cached_property
    def n_lines(self) -> int:
        return 1 + len(_breaks(self.payload))

    @property
    def lines(self) -> list[bytes]:
        """The records one by one; made anew each time, as most of our way never needs them."""
        return self.payload.split(b"\n")

    def subject(self, n_shards: int = 1) -> str:
        return f"raw.{self.class_id}.{_token(shard_of(self.source, n_shards), n_shards)}"

    def headers(self, again: str = "") -> dict[str, str]:
        headers = {"Nj-Packed": str(len(self.payload))} if len(self.payload) >= PACKED_FROM else {}
        return headers | {
            "Nats-Msg-Id": f"{self.batch_id}:{again}" if again else self.batch_id,
            "Nj-Batch": self.batch_id,
            "Nj-Receipt": self.receipt_id,
            "Nj-Source": self.source,
            "Nj-Class": self.class_id,
            "Nj-First-Row": str(self.first_row),
            "Nj-Received": self.received_at.isoformat(),
        }


def shard_of(source: str, n_shards: int) -> int:
    """Return the shard that all batches of a source go through, so that they stay in order."""
    return zlib.crc32(source.encode()) % n_shards


def subject_of(shard: int, n_shards: int) -> str:
    """Return the part of the stream that belongs to a shard."""
    return f"raw.*.{_token(shard, n_shards)}"


def _token(shard: int, n_shards: int) -> str:
    return str(shard) if n_shards == 1 else f"{shard}of{n_shards}"


def subjects_of(n_shards: int) -> list[str]:
    """Return what RAW takes while it is divided so."""
    return [subject_of(shard, n_shards) for shard in range(n_shards)]


@dataclass
class Division:
    """Into how many shards RAW is divided. `is_open`: it takes batches; not while that changes."""

    n_shards: int
    is_open: bool = True


def division_in(subjects: list[str]) -> Division:
    """Read the division off the subjects of RAW."""
    (first, *others) = subjects
    if first.startswith(_CLOSED):
        return Division(int(first.removeprefix(_CLOSED)), is_open=False)
    return Division(1 + len(others))


async def get_division(js: JetStreamContext) -> Division:
    return division_in((await js.stream_info(RAW.name or "")).config.subjects or [])


async def close_division(js: JetStreamContext) -> Division:
    """Take no more batches, and return how RAW is divided: what waits is then all there is."""
    division = await get_division(js)
    await _take(js, [f"{_CLOSED}{division.n_shards}"])
    return division


async def open_division(js: JetStreamContext, n_shards: int) -> None:
    await _take(js, subjects_of(n_shards))


async def _take(js: JetStreamContext, subjects: list[str]) -> None:
    config = (await js.stream_info(RAW.name or "")).config
    await js.update_stream(replace(config, subjects=subjects))


def packed(batch: RawBatch) -> bytes:
    """Return the payload as the stream stores it: compressed, which the header `Nj-Packed` says.

    Records of one class repeat each other: the stream writes, syncs, keeps and sends a tenth.
    """
    if len(batch.payload) < PACKED_FROM:
        return batch.payload
    return zstandard.ZstdCompressor(level=1).compress(batch.payload)


def read_batch(seq: int, headers: Mapping[str, str], data: bytes) -> RawBatch:
    """Turn a stored message back into the batch that was sent.

    Raises:
        KeyError, ValueError: Whoever wrote it into the stream is none of our doors.
    """
    payload = _unpacked(data, int(headers["Nj-Packed"])) if "Nj-Packed" in headers else data
    batch_id, receipt_id, source, class_id = (_name(headers[name], _LONGEST[name]) for name in _LONGEST)
    first_row = int(headers["Nj-First-Row"])
    if not 1 <= first_row < 2**31 - len(payload):
        raise ValueError("a row that no upload has")
    try:
        received_at = datetime.fromisoformat(headers["Nj-Received"]).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a moment out of all calendars") from error
    return RawBatch(batch_id, receipt_id, source, class_id, first_row, received_at, payload, seq)


def _name(text: str, longest: int) -> str:
    if len(text) > longest or not text.isprintable():
        raise ValueError("a name that no door gives")
    return text


def _unpacked(data: bytes, size: int) -> bytes:
    if size > LARGEST_PAYLOAD:
        raise ValueError("larger than any door takes")
    try:
        if zstandard.frame_content_size(data) != size:  # asked first: nothing larger is ever unpacked
            raise ValueError("packed otherwise than it says")
        return zstandard.ZstdDecompressor().decompress(data)
    except zstandard.ZstdError as error:
        raise ValueError("not packed by us") from error


def cut(payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Cut lines into batches of at most 4,000 records and 900 KiB; a longer line travels alone.

    Yields:
        Number of the batch's first line (from 1) and its lines.
    """
    ends = np.append(_breaks(payload), len(payload))
    start = line = 0
    while line < len(ends):
        fitting = int(np.searchsorted(ends, start + BATCH_BYTES, side="right"))
        after = max(line + 1, min(fitting, line + BATCH_RECORDS))
        yield line + 1, payload[start : ends[after - 1]]
        start, line = int(ends[after - 1]) + 1, after


def _breaks(payload: bytes) -> NDArray[np.intp]:
    """Return where the line breaks are; for lines as short as ours twice as fast as `bytes.count`."""
    return np.flatnonzero(np.frombuffer(payload, np.uint8) == ord("\n"))


def unreadable_batch(seq: int, subject: str, payload: bytes, now: datetime) -> RawBatch:
    """Give a message that is no batch of ours the form of one, so that it can be put aside whole."""
    return RawBatch(f"message:{seq}", "", "", subject.split(".")[1][:8], 1, now, payload, seq)


async def publish(js: JetStreamContext, batch: RawBatch, *, again: str = "") -> int:
    """Store one batch and return its sequence number, once JetStream has it on disk.

    Args:
        again: Names a deliberate repeat: the stream takes the same batch once per name.

    Raises:
        StreamDown: Not stored, or not known to be: send it again with the same batch id.
        RecordTooLarge: A single record is over what the server takes in one message.
    """
    try:
        try:
            ack = await _publish(js, batch, again)
        except NoStreamResponseError:  # divided otherwise than we last heard, or not there
            _heard.n_shards = (await get_division(js)).n_shards
            ack = await _publish(js, batch, again)
    except MaxPayloadError as error:
        raise RecordTooLarge from error
    except (NatsError, OSError) as error:
        raise StreamDown(reason=type(error).__name__) from error
    return ack.seq


_heard = Division(1)
"""What this process last heard: it need not be so, and the server knows."""


async def _publish(js: JetStreamContext, batch: RawBatch, again: str) -> PubAck:
    return await js.publish(
        batch.subject(_heard.n_shards),
        packed(batch),
        timeout=PUBLISH_TIMEOUT_S,
        stream=RAW.name,
        headers=batch.headers(again),
    )


async def number_after(js: JetStreamContext, seq: int) -> None:
    """Let the numbers of RAW go on after `seq`, the highest ever given.

    A stream that was lost, or brought back from an older backup, would give old numbers to new batches, and
    everything behind would take these for known. What such a backup holds has been processed.
    """
    if (await js.stream_info(RAW.name or "")).state.last_seq < seq:
        await js.purge_stream(RAW.name or "", seq=seq + 1)


async def make_room(js: JetStreamContext, subject: str, done: int) -> None:
    """Let go of the older half of what is processed, once the stream is nearly full.

    A full stream refuses, so that nothing waiting is lost; it must not fill with what nobody waits for.

    Args:
        subject: The shard's part of the stream.
        done: Up to which number it is processed, in the history and in the archive.
    """
    info = await js.stream_info(RAW.name or "")
    if info.config.max_bytes and info.state.bytes > NEARLY_FULL * info.config.max_bytes:
        middle = info.state.first_seq + (done + 1 - info.state.first_seq) // 2
        await js.purge_stream(RAW.name or "", seq=middle, subject=subject)
