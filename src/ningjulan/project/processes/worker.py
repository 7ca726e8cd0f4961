"""The worker: pulls one shard of RAW in order, commits, writes the history, acknowledges.

Our own position decides where a run starts, not the server's: after a crash everything behind the history
is pulled again and recognised. One worker per shard, kept by an advisory lock; a second one, on this host or
another, waits as a stand-by. A batch that fails by itself is parked, so that nobody waits behind it.
"""

import argparse
import asyncio
import logging
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import aclosing, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial

import nats.errors
from django.db import InterfaceError, OperationalError, close_old_connections
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from ningjulan.foundation.bus import connect, patiently
from ningjulan.foundation.errors import Conflict, InputRefused, TemporarilyDown
from ningjulan.observations import facade as observations
from ningjulan.observations import replays
from ningjulan.project import pipeline, settings
from ningjulan.project.processes.forgetting import keep_forgetting
from ningjulan.project.processes.pulling import ahead, together
from ningjulan.project.processes.replaying import (
    STAND_STILL_WITHIN_S,
    Replayer,
    StandsNotStill,
    forget_if_replaying,
    until_it_works,
)
from ningjulan.project.processes.shard import ShardLock
from ningjulan.project.processes.standing_by import become_the_one, must_make_way, others_standing_still
from ningjulan.project.processes.tidying import TIDYING_SHARD, keep_tidy
from ningjulan.project.processes.waiting import sleep_or
from ningjulan.scenarios import facade as scenarios
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import (
    RAW,
    RawBatch,
    get_division,
    make_room,
    subject_of,
)

log = logging.getLogger(__name__)

FLUSH_ROWS = 200_000  # so many rows are appended to the history before their time
TIMER_EVERY_S = 0.5
RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
WEATHER = (OperationalError, InterfaceError, TemporarilyDown, OSError, MemoryError)
TRIES_TOGETHER, TRIES = 2, 3
SUSPICIOUS = 10  # so many parked in a row: it is not they that are broken. Park slowly, a few minutes each
TRIES_WHEN_ALL_FAIL = 12
WAITING_LIMIT = 600_000  # rows in memory for the history


class StreamOlder(TemporarilyDown):
    code = "stream_older"
    message_zh = (
        "数据流编号 {last} 低于已处理位置 {position}：它是从更早的备份恢复的，请执行 ningjulan migrate"
    )
    message_en = (
        "The stream ends at {last}, before our position {position}: it comes from an older backup; "
        "run `ningjulan migrate`"
    )


class DividedOtherwise(Conflict):
    code = "divided_otherwise"
    message_zh = "数据流只分 {n_shards} 片，没有第 {shard} 片：分片数已改，请重新启动本机的平台"
    message_en = "The stream has {n_shards} shards and no shard {shard}: start this host's platform anew"


class NoBatch(InputRefused):
    code = "no_batch"
    message_zh = "数据流中的这条消息不是由本平台的入口写入的"
    message_en = "This message of the stream was not written by any of our doors"


class _Stopping(Exception):
    """Told to stop while waiting for a server."""


class Worker:
    """Processes one shard until `stop` is set.

    Args:
        shard: Of those into which RAW is divided.
        patience_s: So long the shard must have been nobody's before we take it.
    """

    def __init__(self, shard: int = 0, patience_s: float = 0.0) -> None:
        self.shard = shard
        self.patience_s = patience_s
        self.n_shards = 1
        self.stop = asyncio.Event()
        self.history = observations.History(settings.HISTORY_URL, shard)
        self.lock = ShardLock(shard)
        self._done = 0  # the last message that is processed …
        self._written = 0  # … and in the history
        self._last: Msg | None = None
        self._parked_in_a_row = 0
        self._history_is_due = asyncio.Event()
        self._processing = threading.Lock()
        self.replayer = Replayer(self.history, self._standing_still, goes_on=lambda: not self.stop.is_set())

    async def run(self) -> None:
        if not await become_the_one(self.lock, patience_s=self.patience_s, stop=self.stop):
            return
        client = await connect(settings.NATS_URL, name=f"worker-{self.shard}")
        js = client.jetstream()
        self.n_shards = (await patiently(lambda: get_division(js), what="asking for the division")).n_shards
        if self.shard >= self.n_shards:
            raise DividedOtherwise(shard=self.shard, n_shards=self.n_shards)
        self.seen = await patiently(lambda: asyncio.to_thread(self._open_seen), what="opening the seen keys")
        try:
            if self.shard == TIDYING_SHARD:
                await self.replayer.finish(js)
            pulling = asyncio.create_task(self._pull(client))
            await asyncio.gather(
                pulling,
                self._write_history(js, pulling),
                self._fire_timers(),
                self._keep_tidy(js),
                keep_forgetting(lambda: self.seen, self._processing, self.stop),
            )
        finally:
            await client.close()
            self.seen.close()
            self.lock.release()

    def _open_seen(self) -> observations.SeenKeys:
        belonging = observations.Belonging(
            self.shard, self.n_shards, settings.HISTORY_URL, last_replay=replays.last_applied()
        )
        forget_if_replaying(settings.SEEN_FOLDER, self.shard)
        return observations.open_seen(settings.SEEN_FOLDER, belonging, observations.position_of(self.shard))

    async def _pull(self, client: Client) -> None:
        js = client.jetstream()
        while not (self.stop.is_set() or client.is_closed):  # which the library hides a cancellation behind
            subscription = await patiently(lambda: self._subscribe(js), what="subscribing to RAW")
            try:
                await self._take_from(subscription)
            except _Stopping:
                log.info("told to stop before the servers were back; the rest stays in the stream")
            except (nats.errors.Error, OSError):
                log.warning("the stream does not answer; subscribing anew", exc_info=True)
                await sleep_or(self.stop, 1)
            with suppress(nats.errors.Error, OSError):
                await subscription.unsubscribe()

    async def _take_from(self, subscription: JetStreamContext.PullSubscription) -> None:
        """Process what comes. Returns when told to stop, and when a message is missing: pull anew then."""
        expected = 1
        async with aclosing(ahead(subscription)) as coming:
            async for messages in coming:
                if self.stop.is_set():
                    return
                delivered = [message.metadata.sequence.consumer for message in messages]
                if delivered != list(range(expected, expected + len(messages))):
                    # Sent, and lost with a connection. To acknowledge what follows would acknowledge it too.
                    log.warning("message %d of this run is missing; pulling from %d", expected, self._done)
                    return
                expected += len(messages)
                for some in together(messages):
                    await self._until_done([batch for _, batch in some])
                    self._last, self._done = some[-1][0], some[-1][1].seq
                    if self.history.n_waiting > FLUSH_ROWS:
                        self._history_is_due.set()
                while self.history.n_waiting > WAITING_LIMIT and not self.stop.is_set():
                    await sleep_or(self.stop, 0.05)  # the history is away: what we have not pulled is safe

    async def _subscribe(self, js: JetStreamContext) -> JetStreamContext.PullSubscription:
        """Start behind our own position, with a consumer that knows nothing of earlier runs."""
        durable = f"worker-{self.shard}"
        self._last = None
        start = max(self._done, await asyncio.to_thread(observations.position_of, self.shard))
        state = (await js.stream_info(RAW.name or "")).state
        if state.last_seq < start:
            raise StreamOlder(last=state.last_seq, position=start)
        if 0 < start < state.first_seq - 1:
            whose = (
                "have expired unprocessed" if self.n_shards == 1 else "have gone; ours, if any, unprocessed"
            )
            log.error("messages %d to %d %s", start + 1, state.first_seq - 1, whose)
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
            filter_subject=subject_of(self.shard, self.n_shards),
        )
        return await js.pull_subscribe(
            subject_of(self.shard, self.n_shards),
            durable=durable,
            stream=RAW.name,
            config=config,
            pending_bytes_limit=512 * 2**20,
        )

    async def _until_done(self, batches: list[RawBatch]) -> None:
        """Commit in order. What fails together is tried one by one; what fails by itself is parked."""
        if await self._failing(batches, TRIES_TOGETHER) is None:
            self._parked_in_a_row = 0
            return
        for batch in batches:
            enough = TRIES if self._parked_in_a_row < SUSPICIOUS else TRIES_WHEN_ALL_FAIL
            error = await self._failing([batch], enough)
            if error is None:
                self._parked_in_a_row = 0
                continue
            log.error("batch %s, message %d, is parked: see `ningjulan parked`", batch.batch_id, batch.seq)
            park = partial(asyncio.to_thread, _park, batch, f"{type(error).__name__}: {error}")
            await patiently(park, what="parking a batch")
            self.history.skip_to(batch.seq)
            self._parked_in_a_row += 1

    async def _failing(self, batches: list[RawBatch], enough: int) -> Exception | None:
        """Process `batches`; return why not, once they have failed `enough` times for a reason of their own.

        Weather, such as PostgreSQL being away, is waited out and counts for nothing.
        """
        failures = attempt = 0
        while True:
            try:
                await asyncio.to_thread(self._process, batches)
            except Exception as error:
                failures += not isinstance(error, WEATHER)
                if failures >= enough:
                    return error
                wait = RETRY_S[min(attempt, len(RETRY_S) - 1)]
                attempt += 1
                log.exception("batches %d..%d failed; again in %.1f s", batches[0].seq, batches[-1].seq, wait)
                await sleep_or(self.stop, wait)
                if self.stop.is_set():
                    raise _Stopping from None
            else:
                return None

    def _process(self, batches: list[RawBatch]) -> None:
        close_old_connections()
        if any(not batch.source for batch in batches):
            raise NoBatch
        with self._processing:
            self._commit(batches)

    def _commit(self, batches: list[RawBatch]) -> None:
        committed = pipeline.commit(pipeline.clean_batches(batches), datetime.now(UTC), self.seen)
        # All or none: a second attempt would give the history the first ones twice.
        rows = [(one.of.class_id, pipeline.for_history(one)) for one in committed]
        self.history.add_all(rows, batches[-1].seq)

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        """Process nothing, with everything in the history; then learn the seen keys anew from there.

        Raises:
            StandsNotStill: The history cannot be written.
        """
        with self._processing:
            deadline = time.monotonic() + STAND_STILL_WITHIN_S
            while self.history.n_waiting or self._written < self._done:
                if time.monotonic() > deadline or self.stop.is_set():
                    raise StandsNotStill
                time.sleep(0.05)
            with others_standing_still(self.n_shards, STAND_STILL_WITHIN_S):
                try:
                    yield
                finally:
                    self.seen.close()
                    self.seen = until_it_works(self._open_seen)  # without it nothing may be processed

    async def _write_history(self, js: JetStreamContext, pulling: asyncio.Task[None]) -> None:
        """Append to the history every few seconds, then move our position, then acknowledge.

        Ends with a last append once nothing more is pulled: what has been processed is not left in memory.
        """
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due_or_last(pulling), timeout=observations.FLUSH_EVERY_S)
            self._history_is_due.clear()
            is_last = pulling.done()
            done, message = self._done, self._last
            if done > self._written:
                try:
                    seq = await asyncio.to_thread(self.history.flush)
                    await asyncio.to_thread(_move_position, self.shard, seq)
                    await asyncio.to_thread(self.seen.save, seq)
                    if message is not None:
                        await message.ack()
                except Exception:
                    log.exception("the history could not be written; it stays in memory and in the stream")
                else:
                    self._written = done
                    with suppress(nats.errors.Error, OSError):
                        archived = observations.archived_up_to(settings.ARCHIVE_FOLDER)
                        await make_room(js, subject_of(self.shard, self.n_shards), min(seq, archived))
            if is_last:
                return

    async def _due_or_last(self, pulling: asyncio.Task[None]) -> None:
        due = asyncio.create_task(self._history_is_due.wait())
        try:
            await asyncio.wait({pulling, due}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            due.cancel()

    async def _fire_timers(self) -> None:
        """Fire what is due; also notice when a restart of PostgreSQL has given our shard to a stand-by."""
        while not self.stop.is_set():
            try:
                if not await asyncio.to_thread(self.lock.held):
                    log.warning("shard %d has passed to another worker; stopping", self.shard)
                    self.stop.set()
                if await asyncio.to_thread(must_make_way, self.shard):
                    log.info("making way for a replay")
                    self.stop.set()
                await asyncio.to_thread(_fire_due)
            except Exception:
                log.exception("timers could not be fired; again shortly")
            await sleep_or(self.stop, TIMER_EVERY_S)

    async def _keep_tidy(self, js: JetStreamContext) -> None:
        """Tidy, archive and replay when due: only one worker does, as all shards have the same tables."""
        if self.shard == TIDYING_SHARD:
            await keep_tidy(self.history, self.stop, also=partial(self.replayer.look, js))


def _park(batch: RawBatch, error: str) -> None:
    if sources.is_canary(batch):  # nobody waits for it, and that it does not arrive is told elsewhere
        return
    close_old_connections()
    source = sources.find_source(batch.source)
    tenant_code = source.tenant_code if source else ""
    observations.park_batch(batch, tenant_code=tenant_code, error=error, now=datetime.now(UTC))


def _move_position(shard: int, seq: int) -> None:
    close_old_connections()
    observations.move_position(shard, seq, datetime.now(UTC))


def _fire_due() -> None:
    close_old_connections()
    scenarios.fire_due(datetime.now(UTC))


async def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("shard", type=int, nargs="?", default=0)
    parser.add_argument("--patience", type=float, default=0.0)
    asked = parser.parse_args(sys.argv[2:])  # behind the name of the process
    worker = Worker(asked.shard, asked.patience)
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, worker.stop.set)
    await worker.run()


def main() -> None:
    """Run until told to stop. Started through `python -m ningjulan.project.processes`."""
    asyncio.run(_main())
