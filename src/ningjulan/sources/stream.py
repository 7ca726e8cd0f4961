"""The RAW stream: what sources sent, as they sent it, on disk before anybody is told that it arrived.

Subject `raw.<class>.<shard>`; the payload is a batch of NDJSON lines of one class from one source. The
batch id is also the message id, so sending it twice stores it once.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nats.errors import Error as NatsError
from nats.errors import MaxPayloadError
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from ningjulan.foundation.errors import InputRefused, TemporarilyDown

RAW = StreamConfig(
    name="RAW",
    description="what sources sent, as they sent it",
    subjects=["raw.>"],
    retention=RetentionPolicy.LIMITS,
    storage=StorageType.FILE,
    discard=DiscardPolicy.NEW,  # a full stream refuses, and the source tries again: nothing old is lost
    max_age=timedelta(days=7).total_seconds(),
    max_bytes=20 * 2**30,
    duplicate_window=timedelta(minutes=10).total_seconds(),
    allow_direct=True,
)
BATCH_RECORDS = 1000
BATCH_BYTES = 512 * 2**10
PUBLISH_TIMEOUT_S = 10.0
NEARLY_FULL = 0.7


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
    """A batch of lines on its way into, or out of, the RAW stream.

    `first_row` counts from 1 in the body or file it came from; `seq` is 0 until the stream has given one.
    """

    batch_id: str
    receipt_id: str
    source: str
    class_id: str
    first_row: int
    received_at: datetime
    lines: tuple[bytes, ...]
    seq: int = 0

    def subject(self, n_shards: int = 1) -> str:
        return f"raw.{self.class_id}.{zlib.crc32(self.source.encode()) % n_shards}"

    def headers(self, again: str = "") -> dict[str, str]:
        return {
            "Nats-Msg-Id": f"{self.batch_id}:{again}" if again else self.batch_id,
            "Nj-Batch": self.batch_id,
            "Nj-Receipt": self.receipt_id,
            "Nj-Source": self.source,
            "Nj-Class": self.class_id,
            "Nj-First-Row": str(self.first_row),
            "Nj-Received": self.received_at.isoformat(),
        }


def read_batch(seq: int, headers: Mapping[str, str], payload: bytes) -> RawBatch:
    """Turn a stored message back into the batch that was sent.

    Raises:
        KeyError, ValueError: Whoever wrote it into the stream is none of our doors.
    """
    return RawBatch(
        batch_id=headers["Nj-Batch"],
        receipt_id=headers["Nj-Receipt"],
        source=headers["Nj-Source"],
        class_id=headers["Nj-Class"],
        first_row=int(headers["Nj-First-Row"]),
        received_at=datetime.fromisoformat(headers["Nj-Received"]).astimezone(UTC),
        lines=tuple(payload.split(b"\n")),
        seq=seq,
    )


def cut(lines: Iterable[bytes]) -> Iterator[tuple[int, tuple[bytes, ...]]]:
    """Cut lines into batches of at most 1,000 records and 512 KiB; a longer line travels alone.

    Yields:
        Number of the batch's first line (from 1) and its lines.
    """
    batch: list[bytes] = []
    size, first = 0, 1
    for number, line in enumerate(lines, start=1):
        if batch and (len(batch) == BATCH_RECORDS or size + len(line) > BATCH_BYTES):
            yield first, tuple(batch)
            batch, size, first = [], 0, number
        batch.append(line)
        size += len(line) + 1
    if batch:
        yield first, tuple(batch)


def unreadable_batch(seq: int, subject: str, payload: bytes, now: datetime) -> RawBatch:
    """Give a message that is no batch of ours the form of one, so that it can be put aside whole."""
    lines = tuple(payload.split(b"\n"))
    return RawBatch(f"message:{seq}", "", "", subject.split(".")[1][:8], 1, now, lines, seq)


async def publish(js: JetStreamContext, batch: RawBatch, *, again: str = "") -> int:
    """Store one batch and return its sequence number, once JetStream has it on disk.

    Args:
        again: Names a deliberate repeat: the stream takes the same batch once per name.

    Raises:
        StreamDown: Not stored, or not known to be: send it again with the same batch id.
        RecordTooLarge: A single record is over what the server takes in one message.
    """
    try:
        ack = await js.publish(
            batch.subject(),
            b"\n".join(batch.lines),
            timeout=PUBLISH_TIMEOUT_S,
            stream=RAW.name,
            headers=batch.headers(again),
        )
    except MaxPayloadError as error:
        raise RecordTooLarge from error
    except (NatsError, OSError) as error:
        raise StreamDown(reason=type(error).__name__) from error
    return ack.seq


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
        done: Up to which number it is processed and in the history.
    """
    info = await js.stream_info(RAW.name or "")
    if info.config.max_bytes and info.state.bytes > NEARLY_FULL * info.config.max_bytes:
        middle = info.state.first_seq + (done + 1 - info.state.first_seq) // 2
        await js.purge_stream(RAW.name or "", seq=middle, subject=subject)
