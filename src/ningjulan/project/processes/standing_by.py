"""Who processes a shard: the first to take its lock. The others wait, and make way for replays."""

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import close_old_connections

from ningjulan.foundation.bus import patiently
from ningjulan.foundation.errors import TemporarilyDown
from ningjulan.observations import replays
from ningjulan.project.processes.shard import ShardLock
from ningjulan.project.processes.waiting import sleep_or

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
FIRST_SHARD = 0  # whoever holds it also tidies and replays


class OthersAtWork(TemporarilyDown):
    code = "others_at_work"
    message_zh = "其他分片的处理进程尚未让出，重放稍后继续"
    message_en = "Workers of other shards have not made way yet; the replay goes on later"


async def become_the_one(lock: ShardLock, *, patience_s: float, stop: asyncio.Event) -> bool:
    """Wait until nobody else holds the shard and take it; False when told to stop meanwhile.

    Args:
        lock: Of the shard.
        patience_s: So long the shard must have been nobody's before we take it: it is another host's, which
            may only be starting its worker anew.
        stop: Ends the waiting.
    """
    left_s = patience_s
    is_told = False
    while left_s > 0 or not await _take(lock):
        if not is_told:
            log.info("standing by for shard %d", lock.shard)
            is_told = True
        await sleep_or(stop, LOOK_EVERY_S)
        if stop.is_set():
            return False
        left_s = left_s - LOOK_EVERY_S if left_s > 0 and await _is_free(lock) else patience_s
    return True


async def _take(lock: ShardLock) -> bool:
    if await patiently(lambda: asyncio.to_thread(must_make_way, lock.shard), what="looking for replays"):
        return False
    return await patiently(lambda: asyncio.to_thread(lock.held), what="taking the shard")


async def _is_free(lock: ShardLock) -> bool:
    return await patiently(lambda: asyncio.to_thread(lock.is_free), what="looking at the shard")


def must_make_way(shard: int) -> bool:
    """Is a replay being written, for which all shards but that of its writer must be nobody's?"""
    if shard == FIRST_SHARD:
        return False
    close_old_connections()
    return replays.is_being_applied()


@contextmanager
def others_standing_still(n_shards: int, within_s: float) -> Iterator[None]:
    """Hold all shards but the first for the block: records come into the history behind their backs.

    Raises:
        OthersAtWork: Some worker has not made way in time.
    """
    deadline = time.monotonic() + within_s
    with ExitStack() as stack:
        for shard in range(FIRST_SHARD + 1, n_shards):
            lock = ShardLock(shard)
            stack.callback(lock.release)
            while not lock.held():
                if time.monotonic() > deadline:
                    raise OthersAtWork(shard=shard)
                time.sleep(0.1)
        yield
