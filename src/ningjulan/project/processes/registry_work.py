"""The registry's standing work, a part of the relay: imports, records from doors, keys, tasks."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.db import close_old_connections
from django.utils.timezone import localdate

from ningjulan.project.processes.waiting import sleep_or
from ningjulan.registry import facade as registry
from ningjulan.registry.collecting.services import make_tasks
from ningjulan.registry.importing import jobs
from ningjulan.registry.resolution import keys, staging

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
TASKS_EVERY = timedelta(hours=1)


async def work_on_registry(stop: asyncio.Event) -> None:
    """Import what was uploaded, resolve what came in, keep the keys up to date, until told to stop.

    What is interrupted goes on where its last transaction ended, in this process or the next.
    """
    tasks_at = datetime.now(UTC)
    while not stop.is_set():
        found = await asyncio.to_thread(_one_round, stop)
        if datetime.now(UTC) >= tasks_at:
            await asyncio.to_thread(_quietly, _make_tasks)
            tasks_at = datetime.now(UTC) + TASKS_EVERY
        if not found:
            await sleep_or(stop, LOOK_EVERY_S)


def _one_round(stop: asyncio.Event) -> bool:
    """Do one thing of each kind; return whether there was anything."""
    return any([_quietly(lambda: _import(stop)), _quietly(_resolve), _quietly(_refresh)])


def _import(stop: asyncio.Event) -> int:
    job_id = jobs.next_job()
    if job_id is None:
        return 0
    jobs.carry_out(job_id, now=lambda: datetime.now(UTC), goes_on=lambda: not stop.is_set())
    return 1


def _resolve() -> int:
    now = datetime.now(UTC)
    return staging.resolve_waiting(now, localdate(now))


def _refresh() -> int:
    return keys.refresh(localdate(datetime.now(UTC)))


def _make_tasks() -> int:
    now = datetime.now(UTC)
    return sum(make_tasks(tenant.code, now=now, today=localdate(now)) for tenant in registry.tenants())


def _quietly(work: Callable[[], int]) -> bool:
    """Do some work; what fails is logged and tried again at the next round."""
    close_old_connections()
    try:
        return work() > 0
    except Exception:
        log.exception("the registry's standing work has failed; again shortly")
        return False
