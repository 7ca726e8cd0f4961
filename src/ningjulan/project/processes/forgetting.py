"""Keys of records that retention has deleted are forgotten: nobody asks for them, and they take room.

An index made anew from the history would not have them either.
"""

import asyncio
import logging
import threading
from collections.abc import Callable

from ningjulan.observations import facade as observations
from ningjulan.project import settings
from ningjulan.project.processes.waiting import sleep_or

log = logging.getLogger(__name__)

FORGET_EVERY_S = 6 * 3600.0


async def keep_forgetting(
    seen: Callable[[], observations.SeenKeys], processing: threading.Lock, stop: asyncio.Event
) -> None:
    """Forget every few hours, until told to stop.

    Args:
        seen: The index now: a replay exchanges it.
        processing: Held while it is exchanged, and while we forget.
        stop: Ends it.
    """
    while not stop.is_set():
        await sleep_or(stop, FORGET_EVERY_S)
        if stop.is_set():
            return
        try:
            await asyncio.to_thread(forget_deleted, seen, processing)
        except Exception:
            log.exception("keys of deleted records could not be forgotten; again in some hours")


def forget_deleted(seen: Callable[[], observations.SeenKeys], processing: threading.Lock) -> int:
    """Forget the keys that came before everything the history still has; return how many those were."""
    before = observations.oldest_in_history(settings.HISTORY_URL)
    if before is None:
        return 0
    seen().settle()  # may take a while; nobody waits for it
    with processing:
        n = seen().forget(before)
    if n:
        log.info("%d keys of deleted records forgotten", n)
    return n
