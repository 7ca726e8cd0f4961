"""`ningjulan import`: a file goes the way every record goes, and comes back as a balance sheet.

The receipt is made from the file's content, so an import that was broken off is simply started again:
what had arrived is recognised, the rest follows.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections

from ningjulan.foundation.bus import connect
from ningjulan.foundation.errors import InputRefused, TemporarilyDown
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import Balance
from ningjulan.project import settings
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RawBatch, StreamDown, cut, publish

SEND_AT_ONCE = 8
RETRY_EVERY_S = 1.0
QUIET_LIMIT_S = 120.0

Result = TypeVar("Result")
Progress = Callable[[str, int, int | None], None]
"""Called with a stage (`sent`, `committed`), how many rows, and of how many (None: not known yet)."""


class FileMissing(InputRefused):
    code = "file_missing"
    message_zh = "找不到文件 {path}，请核对路径"
    message_en = "There is no file {path}; check the path"


class NobodyWorks(TemporarilyDown):
    code = "nobody_works"
    message_zh = (
        "数据已安全写入数据流，但处理进程 {seconds} 秒没有进展，"
        "请用 ningjulan status 查看；稍后重新执行本命令即可得到收支表"
    )
    message_en = (
        "All rows are safe in the stream, but no worker has moved for {seconds} s; see `ningjulan status`, "
        "then run this command again for the balance sheet"
    )


@dataclass(frozen=True)
class ImportResult:
    """What became of a file.

    read:    Records over all classes; a row may be several records.
    lines:   The balance of each class.
    dropped: Columns the platform has no field for (faces, ethnicity …): left out before anything was stored.
    """

    receipt_id: str
    read: int
    lines: list[Balance]
    dropped: tuple[str, ...]

    @property
    def accepted(self) -> int:
        return sum(line.stored for line in self.lines)

    @property
    def rejected(self) -> int:
        return sum(line.rejected for line in self.lines)

    @property
    def duplicate(self) -> int:
        return sum(line.duplicate for line in self.lines)

    @property
    def parked(self) -> int:
        return sum(line.parked for line in self.lines)

    @property
    def balances(self) -> bool:
        return self.read == self.accepted + self.rejected + self.duplicate + self.parked


def import_file(path: Path, source_name: str, progress: Progress) -> ImportResult:
    """Send a file of a known source through the platform and wait for its balance sheet.

    Raises:
        FileMissing, UnknownSource: Nothing was sent.
        NobodyWorks: Everything is stored, but nobody processes it at the moment.
    """
    if not path.is_file():
        raise FileMissing(path=str(path))
    source = sources.get_source(source_name)
    areas, units = sources.areas_in(path, source), sources.units_in(path, source)
    _patiently(lambda: registry.register_areas(areas, source=source.name))
    _patiently(lambda: registry.register_units(units, source=source.name))
    receipt = f"{source_name}:{_fingerprint(path)}"
    read = asyncio.run(_send(_batches(source, path, receipt), progress))
    lines = _wait(receipt, read, progress)
    return ImportResult(receipt, read, lines, sources.look_at(path, source).dropped)


def _batches(source: sources.Source, path: Path, receipt: str) -> Iterator[RawBatch]:
    for chunk in sources.read_file(path, source):
        for first, payload in cut(b"\n".join(chunk.lines)):
            row = chunk.row_first + first - 1
            yield RawBatch(
                batch_id=f"{receipt}:{chunk.class_id}:{row}",
                receipt_id=receipt,
                source=source.name,
                class_id=chunk.class_id,
                first_row=row,
                received_at=datetime.now(UTC),
                payload=payload,
            )


async def _send(batches: Iterator[RawBatch], progress: Progress) -> int:
    """Publish all batches, a few at a time; a stream that is away is waited for."""
    client = await connect(settings.NATS_URL, name="import")
    js = client.jetstream()
    sent = 0
    waiting: set[asyncio.Task[int]] = set()

    async def send(batch: RawBatch) -> int:
        while True:
            try:
                await publish(js, batch)
            except StreamDown:
                await asyncio.sleep(RETRY_EVERY_S)
            else:
                return batch.n_lines

    try:
        for batch in batches:
            waiting.add(asyncio.create_task(send(batch)))
            if len(waiting) >= SEND_AT_ONCE:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                sent += sum(task.result() for task in done)
                progress("sent", sent, None)
        sent += sum(await asyncio.gather(*waiting))
        progress("sent", sent, sent)
    finally:
        await client.close()
    return sent


def _wait(receipt: str, read: int, progress: Progress) -> list[Balance]:
    """Wait until every record of the receipt has been committed; only standing still ends the wait."""
    done, moved_at = -1, time.monotonic()
    while True:
        since = datetime.now(UTC) - timedelta(days=1)
        lines = _patiently(partial(observations.balance_of_receipt, receipt, since=since))
        received = sum(line.received for line in lines)
        progress("committed", received, read)
        if received >= read:
            return lines
        if received > done:
            done, moved_at = received, time.monotonic()
        if time.monotonic() - moved_at > QUIET_LIMIT_S:
            raise NobodyWorks(seconds=int(QUIET_LIMIT_S))
        time.sleep(0.2)


def _patiently(action: Callable[[], Result]) -> Result:
    """Return what `action` returns. While PostgreSQL restarts it is tried again; it must be repeatable."""
    since = time.monotonic()
    while True:
        try:
            close_old_connections()
            return action()
        except (OperationalError, InterfaceError):
            if time.monotonic() - since > QUIET_LIMIT_S:
                raise
            time.sleep(RETRY_EVERY_S)


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
