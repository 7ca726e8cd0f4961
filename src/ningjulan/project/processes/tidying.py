"""When the history is tidied, and by whom: always by the one who holds shard 0.

The worker holds it as long as it runs and looks every few seconds whether a run is due or wished for. A
command asks for a run and waits; where no worker is, it takes the shard itself.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial

from django.db import close_old_connections

from ningjulan.foundation.errors import TemporarilyDown
from ningjulan.observations import facade as observations
from ningjulan.observations.contracts import TidyingReport
from ningjulan.project import settings
from ningjulan.project.processes.shard import ShardLock
from ningjulan.project.processes.waiting import sleep_or

log = logging.getLogger(__name__)

TIDYING_SHARD = 0
LOOK_EVERY_S = 5.0
COMPACT_EVERY_S = 600.0
WAIT_LIMIT_S = 900.0


class TidyingGoesOn(TemporarilyDown):
    code = "tidying_goes_on"
    message_zh = "整理已登记（编号 {tidying_id}），处理进程尚未完成；稍后用 ningjulan history report 查看"
    message_en = "The run is noted as {tidying_id} but not done yet; see `ningjulan history report` later"


async def keep_tidy(
    history: observations.History, stop: asyncio.Event, also: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Carry out every run that is due until told to stop; compact what is busy in between.

    Args:
        history: Its appends and the upkeep take turns.
        stop: Ends it.
        also: What else is done in turn with the upkeep, at each look.
    """
    compact_at = time.monotonic() + COMPACT_EVERY_S
    while not stop.is_set():
        try:
            await asyncio.to_thread(tidy_if_due, history)
            if time.monotonic() >= compact_at:
                compact_at = time.monotonic() + COMPACT_EVERY_S
                compact = partial(observations.compact_busy, history.root, writing=history.writing)
                await asyncio.to_thread(compact)
        except Exception:
            log.exception("the history could not be tidied; again shortly")
        if also is not None:
            try:
                await also()
            except Exception:
                log.exception("archiving or replaying has failed; again shortly")
        await sleep_or(stop, LOOK_EVERY_S)


def tidy_if_due(history: observations.History) -> None:
    """Carry out the next run if there is one. Appends of `history` wait for a table that is being tidied."""
    close_old_connections()
    wanted = observations.next_tidying(datetime.now(UTC))
    if wanted is None:
        return
    report = observations.carry_out(
        wanted, root=history.root, writing=history.writing, now=datetime.now(UTC), archive=archive()
    )
    n_failed = len(report.failures)
    log.info(
        "history tidied: %d deletions, %d days compacted, %d classes failed",
        len(report.purged),
        report.n_compacted,
        n_failed,
    )


def archive() -> observations.Archive:
    """Return where the raw archive is, and how large it may become."""
    return observations.Archive(settings.ARCHIVE_FOLDER, settings.ARCHIVE_BYTES)


def tidy_now(*, by: str, on_waiting: Callable[[], None], limit_s: float = WAIT_LIMIT_S) -> TidyingReport:
    """Have the history tidied and return the report, by the worker if there is one, else by ourselves.

    Raises:
        TidyingGoesOn: The worker has not come to it.
    """
    wanted = observations.ask_for_tidying(by=by, now=datetime.now(UTC))
    lock = ShardLock(TIDYING_SHARD)
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        report = observations.report_of(wanted)
        if report.ended_at is not None:
            return report
        if lock.held():
            try:
                return observations.carry_out(
                    wanted,
                    root=settings.HISTORY_URL,
                    writing=nullcontext(),
                    now=datetime.now(UTC),
                    archive=archive(),
                )
            finally:
                lock.release()
        on_waiting()
        time.sleep(0.5)
    raise TidyingGoesOn(tidying_id=wanted)
