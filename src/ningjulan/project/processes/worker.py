"""The worker: pulls one shard of RAW in order, commits, writes the history, acknowledges.

Our own position decides where a run starts, not the server's: after a crash everything behind the history
is pulled again and recognised. One worker per shard, kept by an advisory lock; a second one waits as a
stand-by.
"""

import asyncio
import logging
import signal
from datetime import UTC, datetime

import nats.errors
import psycopg
from django.db import close_old_connections
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import APIError, NotFoundError

from ningjulan.foundation.bus import connect, patiently
from ningjulan.foundation.database import own_connection
from ningjulan.observations import facade as observations
from ningjulan.project import pipeline, settings
from ningjulan.scenarios import facade as scenarios
from ningjulan.sources.stream import RAW, RawBatch, read_batch

log = logging.getLogger(__name__)

FETCH = 64  # messages, that is up to 64,000 records, in one transaction
FETCH_WAIT_S = 0.25
TIMER_EVERY_S = 0.5
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)
LOCK_SPACE = 0x4E4A  # "NJ": our advisory locks do not meet other people's


class Worker:
    """Processes one shard until `stop` is set."""

    def __init__(self, shard: int = 0) -> None:
        self.shard = shard
        self.stop = asyncio.Event()
        self.history = observations.History(settings.HISTORY_URL, shard)
        self.lock = ShardLock(shard)
        self._unacknowledged: Msg | None = None

    async def run(self) -> None:
        await self._become_the_one()
        client = await connect(settings.NATS_URL, name=f"worker-{self.shard}")
        try:
            await asyncio.gather(self._pull(client.jetstream()), self._write_history(), self._fire_timers())
        finally:
            await client.close()

    async def _become_the_one(self) -> None:
        """Wait until no other worker holds this shard."""
        while not await patiently(lambda: asyncio.to_thread(self.lock.held), what="taking the shard"):
            log.info("shard %d is held by another worker; standing by", self.shard)
            await asyncio.sleep(2)

    async def _pull(self, js: JetStreamContext) -> None:
        subscription = await patiently(lambda: self._subscribe(js), what="subscribing to RAW")
        while not self.stop.is_set():
            try:
                messages = await subscription.fetch(FETCH, timeout=FETCH_WAIT_S)
            except (TimeoutError, nats.errors.TimeoutError):
                continue
            except (nats.errors.Error, APIError):
                log.warning("the stream does not answer; trying again", exc_info=True)
                await asyncio.sleep(1)
                continue
            if not messages:  # the server may answer with none
                continue
            batches = [read_batch(m.metadata.sequence.stream, m.headers or {}, m.data) for m in messages]
            await self._until_done(batches)
            self._unacknowledged = messages[-1]

    async def _subscribe(self, js: JetStreamContext) -> JetStreamContext.PullSubscription:
        """Start behind our own position, with a consumer that knows nothing of earlier runs."""
        durable = f"worker-{self.shard}"
        start = await asyncio.to_thread(observations.position_of, self.shard)
        try:
            await js.delete_consumer(RAW.name or "", durable)
        except NotFoundError:
            log.info("first run of %s", durable)
        config = ConsumerConfig(
            ack_policy=AckPolicy.ALL,
            ack_wait=3600,
            max_ack_pending=20_000,
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=start + 1,
            filter_subject=f"raw.*.{self.shard}",
        )
        return await js.pull_subscribe(
            f"raw.*.{self.shard}",
            durable=durable,
            stream=RAW.name,
            config=config,
            pending_bytes_limit=512 * 2**20,
        )

    async def _until_done(self, batches: list[RawBatch]) -> None:
        """Commit in order: what fails is tried again, for ever, before anything behind it is touched."""
        attempt = 0
        while True:
            try:
                await asyncio.to_thread(self._process, batches)
            except Exception:
                wait = RETRY_S[min(attempt, len(RETRY_S) - 1)]
                log.exception("batches %d..%d failed; again in %.1f s", batches[0].seq, batches[-1].seq, wait)
                attempt += 1
                await asyncio.sleep(wait)
            else:
                return

    def _process(self, batches: list[RawBatch]) -> None:
        close_old_connections()
        for committed in pipeline.commit(pipeline.clean_batches(batches), datetime.now(UTC)):
            raw = committed.batch.raw
            self.history.add(raw.class_id, pipeline.for_history(committed), raw.seq)
        last = batches[-1]
        self.history.skip_to(last.seq)

    async def _write_history(self) -> None:
        """Append to the history every few seconds, then move our position, then acknowledge."""
        while True:
            await _sleep_or(self.stop, observations.FLUSH_EVERY_S)
            message = self._unacknowledged
            if message is not None:
                try:
                    seq = await asyncio.to_thread(self.history.flush)
                    await asyncio.to_thread(_move_position, self.shard, seq)
                    await message.ack()
                except Exception:
                    log.exception("the history could not be written; it stays in memory and in the stream")
                else:
                    if message is self._unacknowledged:
                        self._unacknowledged = None
            if self.stop.is_set():
                return

    async def _fire_timers(self) -> None:
        """Fire what is due; also notice when a restart of PostgreSQL has given our shard to a stand-by."""
        while not self.stop.is_set():
            try:
                if not await asyncio.to_thread(self.lock.held):
                    log.warning("shard %d has passed to another worker; stopping", self.shard)
                    self.stop.set()
                await asyncio.to_thread(_fire_due)
            except Exception:
                log.exception("timers could not be fired; again shortly")
            await _sleep_or(self.stop, TIMER_EVERY_S)


class ShardLock:
    """The right to process a shard: an advisory lock on a connection of its own."""

    def __init__(self, shard: int) -> None:
        self.shard = shard
        self._connection: psycopg.Connection[tuple[bool]] | None = None

    def held(self) -> bool:
        """Do we hold the shard? Takes it when it is free, again after a restart of PostgreSQL."""
        if self._connection is not None:
            try:
                self._connection.execute("select true")
            except psycopg.OperationalError:
                self._connection = None
            else:
                return True
        mine = psycopg.connect(**own_connection(), autocommit=True)
        row = mine.execute("select pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, self.shard]).fetchone()
        if row and row[0]:
            self._connection = mine
            return True
        mine.close()
        return False


def _move_position(shard: int, seq: int) -> None:
    close_old_connections()
    observations.move_position(shard, seq, datetime.now(UTC))


def _fire_due() -> None:
    close_old_connections()
    scenarios.fire_due(datetime.now(UTC))


async def _sleep_or(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), timeout=seconds)
    except TimeoutError:
        return


async def _main() -> None:
    worker = Worker()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, worker.stop.set)
    await worker.run()


def main() -> None:
    """Run until told to stop. Started through `python -m ningjulan.project.processes`."""
    asyncio.run(_main())
