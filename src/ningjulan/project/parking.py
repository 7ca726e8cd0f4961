"""`ningjulan parked`: batches that failed by themselves, and sending them in again once that is mended.

A batch sent in again goes the way of every record, under a new number and its old name: the worker takes it
in order, the history gets it once, and the balance sheet moves it from parked to what it has become.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ningjulan.foundation.bus import connect
from ningjulan.foundation.errors import NotFound, TemporarilyDown
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import ParkedRow
from ningjulan.project import settings
from ningjulan.sources.stream import publish

LOOK_EVERY_S = 0.2
QUIET_LIMIT_S = 60.0


class NotParked(NotFound):
    code = "not_parked"
    message_zh = "没有搁置的批次 {batch_id}，请用 ningjulan parked list 查看"
    message_en = "No batch {batch_id} is parked; see `ningjulan parked list`"


class NotTakenYet(TemporarilyDown):
    code = "not_taken_yet"
    message_zh = "批次已重新送入，但处理进程 {seconds} 秒没有进展，请用 ningjulan status 查看"
    message_en = (
        "The batches were sent in again, but no worker has moved for {seconds} s; see `ningjulan status`"
    )


@dataclass(frozen=True)
class Retried:
    """What became of batches sent in again."""

    taken: list[str]
    parked_again: list[str]


def list_parked() -> list[ParkedRow]:
    return observations.list_parked()


def retry(batch_ids: Sequence[str], progress: Callable[[int, int], None]) -> Retried:
    """Send parked batches in again, all where none is named, and wait for what becomes of them.

    Args:
        batch_ids: Which; empty for all.
        progress: Told how many have an outcome, of how many.

    Raises:
        NotParked: One that was named is not parked. Nothing was sent.
        NotTakenYet: Sent, but nobody processes them at the moment.
    """
    parked = [row.batch_id for row in observations.list_parked()]
    for batch_id in batch_ids:
        if batch_id not in parked:
            raise NotParked(batch_id=batch_id[:200])
    sent = asyncio.run(_send(list(batch_ids) or parked))
    return _wait(sent, progress)


async def _send(batch_ids: Sequence[str]) -> dict[str, int]:
    """Publish each batch and return its new number. Named by the old one: two clerks send it once."""
    client = await connect(settings.NATS_URL, name="parked")
    try:
        numbers = {}
        for batch_id in batch_ids:
            batch = await asyncio.to_thread(observations.parked_batch, batch_id)
            numbers[batch_id] = await publish(client.jetstream(), batch, again=f"after-{batch.seq}")
        return numbers
    finally:
        await client.close()


def _wait(sent: dict[str, int], progress: Callable[[int, int], None]) -> Retried:
    done, moved_at = -1, time.monotonic()
    while True:
        outcomes = {
            batch_id: is_parked
            for batch_id, (seq, is_parked) in observations.outcomes_of(list(sent)).items()
            if seq >= sent[batch_id]
        }
        progress(len(outcomes), len(sent))
        if len(outcomes) == len(sent):
            again = [batch_id for batch_id, is_parked in outcomes.items() if is_parked]
            return Retried([batch_id for batch_id in sent if batch_id not in again], again)
        if len(outcomes) > done:
            done, moved_at = len(outcomes), time.monotonic()
        if time.monotonic() - moved_at > QUIET_LIMIT_S:
            raise NotTakenYet(seconds=int(QUIET_LIMIT_S))
        time.sleep(LOOK_EVERY_S)
