"""The day before: a newcomer opens the map on a street that has lived a day, not on an empty one.

Nothing is made up behind the platform's back. Traffic goes into RAW, is cleaned and committed, alerts
open cases, and demo clerks work on them, all through the services that the live platform uses; only the
clock is handed in.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import numpy as np
from django.db import transaction
from uuid_utils.compat import uuid7

from ningjulan.cases import facade as cases
from ningjulan.cases import services as desk
from ningjulan.cases.contracts import CaseSummary
from ningjulan.cases.domain.workflow import Result, State
from ningjulan.foundation import outbox
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.bus import connect
from ningjulan.foundation.events import Happened
from ningjulan.observations import facade as observations
from ningjulan.observations.facade import Belonging, SeenKeys
from ningjulan.project import pipeline, settings
from ningjulan.project.simulator import TENANT, Later, bodies, scenery
from ningjulan.project.traffic import Record, Street
from ningjulan.project.wiring import LISTENERS
from ningjulan.scenarios import facade as scenarios
from ningjulan.sources.stream import RawBatch, publish

SLICE = timedelta(minutes=10)
DAY = timedelta(hours=24)
ROUTINE_RATE = 0.02  # routine messages a second: enough for figures, few enough for a quick start
CLERK = Actor(None, "派遣员（演示）", frozenset({Role.CLERK, Role.DUTY_OFFICER}), frozenset({TENANT}))
HANDLERS = {name: handler for listener in LISTENERS for name, handler in listener.handlers.items()}


def play(now: datetime, seed: int, progress: Callable[[str, float], None]) -> int:
    """Play the 24 hours before `now` on a street without history; return how many records there were.

    Does nothing on a street that already has records.
    """
    if observations.records_since(TENANT, datetime.min.replace(tzinfo=UTC)):
        return 0
    with TemporaryDirectory() as folder:  # the worker will meet all of it again, and keep its own
        seen = SeenKeys(Path(folder), Belonging(shard=0, n_shards=1, history=""))
        return _played(now, seed, progress, seen)


def _played(now: datetime, seed: int, progress: Callable[[str, float], None], seen: SeenKeys) -> int:
    street, later, clerks = Street(scenery(), seed), Later(), Clerks(np.random.default_rng(seed))
    teller = Teller()
    at, total = now - DAY, 0
    while at < now:
        end = min(at + SLICE, now)
        later.put(street.slice(at, (end - at).total_seconds(), ROUTINE_RATE))
        total += _arrive(later.due(end), end, seen)
        scenarios.fire_due(end)
        teller.tell(end)
        clerks.work(end)
        at = end
        progress("day", 1 - (now - at) / DAY)
    return total


def _arrive(records: list[Record], now: datetime, seen: SeenKeys) -> int:
    """Put records into RAW as a source would have, and commit them as the worker would have, at `now`."""
    batches = [
        RawBatch(f"day:{uuid7()}", "day", source, class_id, 1, now, body)
        for (source, class_id), parts in bodies(records).items()
        for body in parts
    ]
    if batches:
        pipeline.commit(pipeline.clean_batches(asyncio.run(_store(batches))), now, seen)
    return len(records)


async def _store(batches: list[RawBatch]) -> list[RawBatch]:
    client = await connect(settings.NATS_URL, name="demo-day")
    try:
        js = client.jetstream()
        return [replace(batch, seq=await publish(js, batch)) for batch in batches]
    finally:
        await client.close()


@dataclass
class Teller:
    """Tells listeners of events at once, as the relay will again later; they know the second telling."""

    last_id: int = 0

    def tell(self, now: datetime) -> None:
        for event in outbox.unsent(10_000):
            if event.id > self.last_id and event.name in HANDLERS:
                HANDLERS[event.name]([Happened(event.name, event.payload)], now)
            self.last_id = max(self.last_id, event.id)


@dataclass
class Clerks:
    """Register, dispatch and close as people do: after some minutes, and now and then too late."""

    random: np.random.Generator
    _next: dict[UUID, datetime] = field(default_factory=dict)

    @transaction.atomic
    def work(self, now: datetime) -> None:
        for case in cases.list_open_cases(TENANT, now=now):
            start = case.dispatched_at or case.registered_at or case.reported_at
            due = self._next.setdefault(case.id, start + self._delay(case.state))
            if due <= now:
                del self._next[case.id]
                self._step(case, max(due, start))

    def _delay(self, state: str) -> timedelta:
        median_minutes = 2.5 if state != State.DISPATCHED else 38
        return timedelta(minutes=float(self.random.lognormal(math.log(median_minutes), 0.7)))

    def _step(self, case: CaseSummary, at: datetime) -> None:
        who: dict[str, Any] = {"case_id": case.id, "version": case.version, "actor": CLERK, "now": at}
        if case.state == State.REPORTED:
            desk.register_case(**who)
        elif case.state == State.REGISTERED:
            suggested = cases.get_case(case.id, actor=CLERK, now=at).suggested_unit_code
            if suggested:
                desk.dispatch_case(**who, unit_code=suggested)
        else:
            false_alarm = case.scenario_id is not None and self.random.random() < 0.3
            result = Result.FALSE_ALARM if false_alarm else Result.SOLVED
            opinion = "现场核实为误报，已复位" if false_alarm else "已到场处置完毕"
            desk.close_case(**who, result=result, opinion=opinion)
