"""Sends rejected lines in again that clerks have mended or released, and notes what they come to."""

import asyncio
import logging
from datetime import UTC, datetime

from django.db import close_old_connections
from nats.js import JetStreamContext

from ningjulan.observations import adding_up, mending
from ningjulan.project.processes.waiting import sleep_or
from ningjulan.sources.stream import RawBatch, RecordTooLarge, publish

log = logging.getLogger(__name__)

AT_ONCE = 200  # a release of a hundred thousand must not crowd out what the doors bring
LOOK_EVERY_S = 1.0
ADD_UP_EVERY_S = 60.0


async def send_fixes(js: JetStreamContext, stop: asyncio.Event) -> None:
    """Send and settle until told to stop. What cannot be sent waits; what is sent twice is taken once."""
    while not stop.is_set():
        try:
            await send_some(js)
            await asyncio.to_thread(_settle)
        except Exception:
            log.exception("mended records could not be sent or settled; they wait")
        await sleep_or(stop, LOOK_EVERY_S)


async def send_some(js: JetStreamContext) -> None:
    """Send the oldest that wait.

    Raises:
        StreamDown: Those before are sent, this and the rest wait.
    """
    sent: list[str] = []
    try:
        for batch in await asyncio.to_thread(_unsent):
            try:
                await publish(js, batch)
            except (
                RecordTooLarge
            ):  # it came through this stream: only a smaller limit of the server does this
                log.error("mended record %s is larger than the server takes; it waits", batch.batch_id)
                continue
            sent.append(batch.batch_id)
    finally:
        if sent:
            await asyncio.to_thread(_mark_sent, sent)


async def add_up_hours(stop: asyncio.Event) -> None:
    """Add up balances each minute. Without it every figure stays right; they only take longer to read."""
    while not stop.is_set():
        try:
            await asyncio.to_thread(_add_up)
        except Exception:
            log.exception("balances could not be added up; again in a minute")
        await sleep_or(stop, ADD_UP_EVERY_S)


def _unsent() -> list[RawBatch]:
    close_old_connections()
    return mending.unsent_fixes(AT_ONCE)


def _mark_sent(batch_ids: list[str]) -> None:
    close_old_connections()
    mending.mark_fixes_sent(batch_ids, datetime.now(UTC))


def _settle() -> None:
    close_old_connections()
    while mending.settle_fixes(datetime.now(UTC)) == mending.SETTLED_AT_ONCE:
        pass


def _add_up() -> None:
    close_old_connections()
    adding_up.add_up(datetime.now(UTC))
