"""Sealing the audit trail, a head a second: a part of the relay."""

import asyncio
import logging
from datetime import UTC, datetime

from django.db import close_old_connections

from ningjulan.foundation.audit.heads import AT_ONCE, seal_waiting
from ningjulan.project.processes.waiting import sleep_or

log = logging.getLogger(__name__)

EVERY_S = 1.0


async def seal_trail(stop: asyncio.Event) -> None:
    """Put a head on what was appended, until told to stop; then once more."""
    while not stop.is_set():
        await asyncio.to_thread(_seal)
        await sleep_or(stop, EVERY_S)
    await asyncio.to_thread(_seal)


def _seal() -> None:
    close_old_connections()
    try:
        while (head := seal_waiting(datetime.now(UTC))) and len(head.entry_ids) == AT_ONCE:
            pass
    except Exception:
        log.exception("the trail could not be sealed; what waits is sealed next time")
