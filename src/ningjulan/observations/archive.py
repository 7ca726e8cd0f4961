"""The raw archive (原始归档): what the RAW stream lets go, kept as it was sent, so that it can be replayed.

    <folder>/<class>/day=<day of receipt>/<first>-<last>.parquet    zstd; one row a batch, in stream order
    <folder>/archived_up_to                                         the last number that is in there

Exactly once: a round copies the numbers after the mark, its files carry the range it covered, and the mark
moves when all of them are on the disk. What a round that died has left lies beyond the mark: nobody reads it
and the next round removes it.
"""

import asyncio
import logging
import os
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import nats.errors
import polars as pl
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from ningjulan.cleaning.contracts import INSTANT
from ningjulan.foundation.errors import TemporarilyDown
from ningjulan.observations.domain.retention import STREET, Day
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RAW, RawBatch, read_batch

log = logging.getLogger(__name__)

ARCHIVE_EVERY = timedelta(hours=1)  # more often only makes more files: the stream still has it all
DUE_BYTES = 256 * 2**20  # so much, packed, is archived before its time …
DUE_SHARE = 20  # … and no more than this part of what the stream may hold
ROUND_BYTES = 32 * 2**20  # of lines, in memory at once
FETCH = 64
FETCH_WAIT_S = 2.0
MARK = "archived_up_to"
SCHEMA = {
    "seq": pl.Int64(),
    "batch_id": pl.String(),
    "receipt_id": pl.String(),
    "source": pl.String(),
    "class_id": pl.String(),
    "first_row": pl.Int32(),
    "n_lines": pl.Int32(),
    "received_at": INSTANT,
    "payload": pl.Binary(),
}


class StreamDidNotAnswer(TemporarilyDown):
    code = "stream_did_not_answer"
    message_zh = "数据流没有给出全部消息，请稍后重试"
    message_en = "The stream has not given all messages; try again"


def archived_up_to(folder: Path) -> int:
    """Return the last number of the stream whose message, if it is a batch of records, is in the archive."""
    try:
        return int((folder / MARK).read_text())
    except FileNotFoundError:
        return 0


@dataclass
class Archiver:
    """Copies RAW into the archive. One at a time: whoever holds shard 0."""

    folder: Path
    _last_round: datetime | None = field(default=None, init=False)

    async def archive_if_due(self, js: JetStreamContext, now: datetime) -> int:
        """Archive if enough has come or enough time has passed; return how many batches that were."""
        info = await js.stream_info(RAW.name or "")
        done = archived_up_to(self.folder)
        n_new = info.state.last_seq - max(done, info.state.first_seq - 1)
        n_bytes = info.state.bytes * n_new // max(1, info.state.messages)
        most = min(DUE_BYTES, (info.config.max_bytes or DUE_BYTES * DUE_SHARE) // DUE_SHARE)
        is_time = self._last_round is None or now - self._last_round >= ARCHIVE_EVERY
        if n_new <= 0 or not (is_time or n_bytes >= most):
            return 0
        if 0 < done < info.state.first_seq - 1:
            log.error("messages %d to %d left the stream unarchived", done + 1, info.state.first_seq - 1)
        n = await self.archive(js, info.state.last_seq)
        self._last_round = now
        return n

    async def archive(self, js: JetStreamContext, last: int) -> int:
        """Archive everything up to number `last`, in rounds; return how many batches that were.

        Raises:
            StreamDidNotAnswer: What has been archived until then stays so.
            OSError: The disk does not take it.
        """
        await asyncio.to_thread(self._remove_leftovers)
        n, waiting, n_bytes = 0, list[RawBatch](), 0
        async for message in messages_between(js, archived_up_to(self.folder), last):
            if (batch := _batch_of(message)) is None:
                continue
            waiting.append(batch)
            n_bytes += len(batch.payload)
            if n_bytes >= ROUND_BYTES:
                await asyncio.to_thread(self._write_round, waiting, waiting[-1].seq)
                n, waiting, n_bytes = n + len(waiting), [], 0
        await asyncio.to_thread(self._write_round, waiting, last)
        return n + len(waiting)

    def _write_round(self, batches: Sequence[RawBatch], last: int) -> None:
        """Write the files of a round that ends with number `last`, then move the mark there."""
        first = archived_up_to(self.folder) + 1
        if last < first:
            return
        by_place: dict[tuple[str, date], list[RawBatch]] = defaultdict(list)
        for batch in batches:
            by_place[batch.class_id, batch.received_at.astimezone(STREET).date()].append(batch)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # names and numbers, as they were sent
        for (class_id, day), some in by_place.items():
            place = self.folder / class_id / f"day={day.isoformat()}"
            place.mkdir(parents=True, exist_ok=True)
            _write_whole(place / f"{first}-{last}.parquet", _frame(some))
        _write_mark(self.folder, last)

    def _remove_leftovers(self) -> None:
        done = archived_up_to(self.folder)
        for path in self.folder.glob("*/day=*/*"):
            if path.suffix != ".parquet" or _range(path)[1] > done:
                path.unlink()


async def messages_between(
    js: JetStreamContext, after: int, last: int, subject: str = "raw.>"
) -> AsyncIterator[Msg]:
    """Yield the messages of RAW with `after` < number ≤ `last`, in order, none left out.

    Raises:
        StreamDidNotAnswer: Some are missing: sent, and lost with a connection.
    """
    if last <= after:
        return
    config = ConsumerConfig(
        ack_policy=AckPolicy.NONE,
        deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
        opt_start_seq=after + 1,
        filter_subject=subject,
        inactive_threshold=60.0,
    )
    subscription = await js.pull_subscribe(subject, stream=RAW.name, config=config)
    try:
        expected = 1
        while messages := await _next(subscription):
            for message in messages:
                if message.metadata.sequence.consumer != expected:
                    raise StreamDidNotAnswer(expected=expected)
                expected += 1
                if message.metadata.sequence.stream > last:
                    return
                yield message
    finally:
        with suppress(nats.errors.Error, OSError):
            await subscription.unsubscribe()


async def _next(subscription: JetStreamContext.PullSubscription) -> list[Msg]:
    """Return the next messages, none if there are no more."""
    try:
        if (await subscription.consumer_info()).num_pending == 0:
            return []
        return await subscription.fetch(FETCH, timeout=FETCH_WAIT_S)
    except (TimeoutError, nats.errors.Error, OSError) as error:
        raise StreamDidNotAnswer(reason=type(error).__name__) from error


def archived(
    folder: Path, class_id: str, *, since: datetime, until: datetime, source: str | None = None
) -> Iterator[RawBatch]:
    """Yield the archived batches of a class with `since` ≤ received < `until`, day by day in stream order."""
    done = archived_up_to(folder)
    first, last = (at.astimezone(STREET).date() for at in (since, until))
    is_wanted = pl.col("received_at").is_between(since, until, closed="left")
    if source is not None:
        is_wanted &= pl.col("source") == source
    for day in days_of(folder, class_id):
        if not first <= day <= last:
            continue
        paths = (path for path in _files(folder, class_id, day) if _range(path)[1] <= done)
        for path in sorted(paths, key=_range):
            for row in pl.scan_parquet(path).filter(is_wanted).collect().iter_rows(named=True):
                del row["n_lines"]
                yield RawBatch(**row)


def archived_batch(folder: Path, class_id: str, *, received_at: datetime, seq: int) -> RawBatch | None:
    """Return one archived batch by its number, `None` if the archive does not have it, or no longer."""
    if seq > archived_up_to(folder):
        return None
    for path in _files(folder, class_id, received_at.astimezone(STREET).date()):
        first, last = _range(path)
        if first <= seq <= last:
            for row in pl.scan_parquet(path).filter(seq=seq).collect().iter_rows(named=True):
                del row["n_lines"]
                return RawBatch(**row)
    return None


def days_of(folder: Path, class_id: str) -> list[date]:
    """Return the days of receipt that the archive has of a class, oldest first."""
    return sorted(date.fromisoformat(path.name[4:]) for path in (folder / class_id).glob("day=*"))


def survey(folder: Path, class_id: str) -> list[Day]:
    """Return the days of a class, oldest first: `n_rows` are raw lines."""
    return [_surveyed(folder, class_id, day) for day in days_of(folder, class_id)]


def classes_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*") if path.is_dir())


def delete_days(folder: Path, class_id: str, days: Iterable[date]) -> None:
    """Take days off the disk. Repeatable."""
    for day in days:
        shutil.rmtree(folder / class_id / f"day={day.isoformat()}", ignore_errors=True)


def _surveyed(folder: Path, class_id: str, day: date) -> Day:
    paths = _files(folder, class_id, day)
    n_lines = sum(pl.scan_parquet(path).select(pl.col("n_lines").sum()).collect().item() for path in paths)
    return Day(day, n_lines, sum(path.stat().st_size for path in paths), len(paths), day)


def _files(folder: Path, class_id: str, day: date) -> list[Path]:
    return list((folder / class_id / f"day={day.isoformat()}").glob("*.parquet"))


def _range(path: Path) -> tuple[int, int]:
    first, _, last = path.stem.partition("-")
    return int(first), int(last)


def _batch_of(message: Msg) -> RawBatch | None:
    """Return the batch, None for a canary, and for what no door of ours has written: that is parked whole."""
    try:
        batch = read_batch(message.metadata.sequence.stream, message.headers or {}, message.data)
    except (KeyError, ValueError):
        return None
    return batch if batch.class_id.isalnum() and not sources.is_canary(batch) else None


def _frame(batches: Sequence[RawBatch]) -> pl.DataFrame:
    names = [name for name in SCHEMA if name != "n_lines"]
    rows = [{name: getattr(batch, name) for name in names} | {"n_lines": batch.n_lines} for batch in batches]
    return pl.DataFrame(rows, schema=SCHEMA)


def _write_whole(path: Path, frame: pl.DataFrame) -> None:
    """Write a file that is there whole or not at all."""
    new = path.with_suffix(".part")
    frame.write_parquet(new, compression="zstd", compression_level=3)
    _put(new, path)


def _write_mark(folder: Path, seq: int) -> None:
    new = folder / f"{MARK}.new"
    new.write_text(str(seq))
    _put(new, folder / MARK)


def _put(new: Path, path: Path) -> None:
    """Put a file in its place once its bytes are on the disk; then its name is there too."""
    _sync(new)
    new.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
