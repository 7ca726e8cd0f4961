"""When raw lines are archived and replays carried out, and by whom: as for tidying, who holds shard 0.

The worker looks every few seconds; a command that finds no worker takes the shard itself.
"""

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from deltalake.exceptions import CommitFailedError
from django.db import InterfaceError, OperationalError, close_old_connections
from nats.js import JetStreamContext

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.bus import connect
from ningjulan.foundation.errors import TemporarilyDown
from ningjulan.observations import applying, replays
from ningjulan.observations import facade as observations
from ningjulan.observations.archive import Archiver
from ningjulan.observations.domain.replays import AT_WORK, ReplayState, ReplayView
from ningjulan.observations.proposal import Proposal
from ningjulan.observations.replay_models import Replay
from ningjulan.project import replaying, settings
from ningjulan.project.processes.shard import ShardLock
from ningjulan.project.processes.standing_by import others_standing_still
from ningjulan.sources.stream import RAW, get_division

log = logging.getLogger(__name__)
Result = TypeVar("Result")

REPLAYING_SHARD = 0
LOOK_EVERY_S = 0.5
STAND_STILL_WITHIN_S = 60.0
WEATHER = (OperationalError, InterfaceError, TemporarilyDown, OSError, MemoryError, CommitFailedError)


class ReplayGoesOn(TemporarilyDown):
    code = "replay_goes_on"
    message_zh = "重放已登记（编号 {replay_id}），处理进程尚未完成；稍后用 ningjulan replay show 查看"
    message_en = "The replay is noted as {replay_id} but not done yet; see `ningjulan replay show` later"


class StandsNotStill(TemporarilyDown):
    code = "stands_not_still"
    message_zh = "历史库暂时写不进去，重放稍后继续"
    message_en = "The history cannot be written at the moment; the replay goes on later"


@dataclass
class Replayer:
    """Archives what the stream has and carries out replays.

    Args:
        history: Its appends and our writing take turns.
        standing_still: Gives a block in which nothing is processed, and after which the index of seen keys
            is what the history says.
        goes_on: False once we are told to stop: what is unfinished is taken up again by the next.
    """

    history: observations.History
    standing_still: Callable[[], AbstractContextManager[object]]
    goes_on: Callable[[], bool] = lambda: True

    def __post_init__(self) -> None:
        self._archiver = Archiver(settings.ARCHIVE_FOLDER)

    async def look(self, js: JetStreamContext) -> None:
        """Archive if that is due, and carry out the next replay if there is one."""
        await self._archiver.archive_if_due(js, datetime.now(UTC))
        wanted = await asyncio.to_thread(_next)
        if wanted is not None:
            await self.carry_out(wanted, js)

    async def finish(self, js: JetStreamContext) -> None:
        """Finish what was being applied when the last worker died, before anything else is processed."""
        try:
            while await asyncio.to_thread(replays.is_being_applied):
                await self.look(js)
        except Exception:
            log.exception("a replay could not be finished; again shortly")

    async def carry_out(self, replay_id: int, js: JetStreamContext) -> None:
        """Compare, or apply, whichever the replay waits for."""
        state = await asyncio.to_thread(_state_of, replay_id)
        if state in (ReplayState.WAITING, ReplayState.RUNNING):
            # What is compared is read from one place only.
            await self._archiver.archive(js, (await js.stream_info(RAW.name or "")).state.last_seq)
        await asyncio.to_thread(self._carry_out, replay_id, state)

    def _carry_out(self, replay_id: int, state: ReplayState) -> None:
        close_old_connections()
        started = time.monotonic()
        try:
            if state is ReplayState.APPLYING:
                self._apply(replay_id)
            else:
                replaying.propose(
                    replay_id,
                    root=self.history.root,
                    archive=settings.ARCHIVE_FOLDER,
                    proposal=_proposal(replay_id),
                    now=datetime.now(UTC),
                    goes_on=self.goes_on,
                )
        except WEATHER:
            raise
        except Exception as error:
            if state is ReplayState.APPLYING and not isinstance(error, replays.ReplayOutdated):
                raise  # days may be written already: it must be finished, not given up
            log.exception("replay %d has failed", replay_id)
            replays.fail(replay_id, error, now=datetime.now(UTC))
        else:
            log.info("replay %d: %s, %.1f s", replay_id, state.value, time.monotonic() - started)

    def _apply(self, replay_id: int) -> None:
        moves_keys = applying.changes_keys(Replay.objects.get(pk=replay_id))
        standing_still = self.standing_still() if moves_keys else nullcontext()
        applying.apply(
            replay_id,
            root=self.history.root,
            proposal=_proposal(replay_id),
            turns=applying.Turns(self.history.writing, standing_still, self.goes_on),
            now=datetime.now(UTC),
        )


def wait_for(
    replay_id: int, *, actor: Actor, on_waiting: Callable[[ReplayView], None], limit_s: float
) -> ReplayView:
    """Return the replay once nobody is at work on it; do the work ourselves if there is no worker.

    Raises:
        ReplayGoesOn: The worker has not come to it.
    """
    lock = ShardLock(REPLAYING_SHARD)
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        view = replays.replay_of(actor, replay_id)
        if view.state not in AT_WORK:
            return view
        if lock.held():
            try:
                asyncio.run(_alone(replay_id))
            finally:
                lock.release()
            continue
        on_waiting(view)
        time.sleep(LOOK_EVERY_S)
    raise ReplayGoesOn(replay_id=replay_id)


async def _alone(replay_id: int) -> None:
    history = observations.History(settings.HISTORY_URL, REPLAYING_SHARD)
    client = await connect(settings.NATS_URL, name="replay")
    try:
        js = client.jetstream()
        n_shards = (await get_division(js)).n_shards
        replayer = Replayer(history, partial(_without_worker, n_shards))
        await replayer.carry_out(replay_id, js)
    finally:
        await client.close()


@contextmanager
def _without_worker(n_shards: int) -> Iterator[None]:
    """Nothing is processed while we hold the shards; the next worker makes the index anew."""
    with others_standing_still(n_shards, STAND_STILL_WITHIN_S):
        try:
            yield
        finally:
            forget_seen(settings.SEEN_FOLDER, REPLAYING_SHARD)


def forget_seen(folder: Path, shard: int) -> None:
    """Remove the index of a shard that nobody has open: whoever opens it makes it anew from the history."""
    shutil.rmtree(folder / f"shard-{shard}", ignore_errors=True)


def forget_if_replaying(folder: Path, shard: int) -> None:
    """Remove the index of a shard that nobody has open, if a replay is changing what the history has."""
    if replays.is_being_applied():
        forget_seen(folder, shard)


def until_it_works(attempt: Callable[[], Result]) -> Result:
    """Return what `attempt` gives, however often the weather is against it."""
    while True:
        try:
            return attempt()
        except WEATHER:
            log.exception("that did not work; again shortly")
            time.sleep(1)


def _next() -> int | None:
    close_old_connections()
    replays.expire(datetime.now(UTC))
    _erase_decided()
    return replays.next_replay()


def _erase_decided() -> None:
    needed = replays.undecided()
    for folder in settings.REPLAY_FOLDER.glob("*"):
        if not folder.name.isdecimal() or int(folder.name) not in needed:
            shutil.rmtree(folder, ignore_errors=True)


def _state_of(replay_id: int) -> ReplayState:
    return ReplayState(Replay.objects.get(pk=replay_id).state)


def _proposal(replay_id: int) -> Proposal:
    return Proposal(settings.REPLAY_FOLDER / str(replay_id))
