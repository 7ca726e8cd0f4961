"""Sends a canary for every live source each minute, into the stream where the doors write."""

import asyncio
import logging
from datetime import UTC, datetime

from nats.js import JetStreamContext

from ningjulan.project.processes.waiting import sleep_or
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import StreamDown, publish

log = logging.getLogger(__name__)

EVERY_S = 60.0


async def send_canaries(js: JetStreamContext, stop: asyncio.Event) -> None:
    """Send until told to stop. One that cannot be sent is left out: the next minute has the next."""
    while not stop.is_set():
        now = datetime.now(UTC)
        for source in sources.list_sources():
            if source.intake == "live":
                try:
                    await publish(js, sources.canary_of(source, now))
                except StreamDown:
                    log.warning("the canary of %s could not be sent", source.name, exc_info=True)
        await sleep_or(stop, EVERY_S)
