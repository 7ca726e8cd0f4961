"""Matching uploaded files of addresses in the background: a part of the relay."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections

from ningjulan.project.processes.waiting import sleep_or
from ningjulan.registry.addresses import bases, jobs

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
KEEP_FILES = timedelta(days=30)
FORGET_EVERY = timedelta(hours=1)


async def match_files(stop: asyncio.Event) -> None:
    """Carry out the jobs that wait, one after the other, until told to stop.

    A job that is interrupted goes on where its last stretch ended, in this process or the next.
    """
    forget_at = datetime.now(UTC)
    had_one = False
    while not stop.is_set():
        found = await asyncio.to_thread(_one, stop)
        if had_one and not found:
            bases.forget()  # the relay has other work than keeping 122,000 addresses at hand
        had_one = found
        if datetime.now(UTC) >= forget_at:
            await asyncio.to_thread(_forget)
            forget_at = datetime.now(UTC) + FORGET_EVERY
        if not found:
            await sleep_or(stop, LOOK_EVERY_S)


def _one(stop: asyncio.Event) -> bool:
    close_old_connections()
    try:
        job_id = jobs.next_job()
        if job_id is not None:
            jobs.carry_out(job_id, now=lambda: datetime.now(UTC), goes_on=lambda: not stop.is_set())
    except Exception:
        log.exception("a file of addresses could not be matched; again shortly")
        return False
    return job_id is not None


def _forget() -> None:
    close_old_connections()
    try:
        jobs.forget(datetime.now(UTC) - KEEP_FILES)
    except Exception:
        log.exception("old files of addresses could not be removed")
