"""The worker: nothing is lost, nothing comes twice, and nobody waits behind what cannot be processed."""

import asyncio
import json
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from deltalake.exceptions import TableNotFoundError
from django.db import connection

from ningjulan.foundation.bus import connect
from ningjulan.observations.facade import balance_of_receipt, list_parked, read_history
from ningjulan.project import parking, settings
from ningjulan.project.processes import worker as module
from ningjulan.project.processes.worker import Worker
from ningjulan.sources import stream as raw_stream
from ningjulan.sources.stream import RAW, RawBatch, number_after, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _stream(nats_url, monkeypatch, tmp_path):
    """An empty RAW, a history of our own, quick retries."""
    monkeypatch.setattr(module, "RETRY_S", (0.01,))
    monkeypatch.setattr(module.observations, "FLUSH_EVERY_S", 0.2)
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path / "history"))
    monkeypatch.setattr(settings, "SEEN_FOLDER", tmp_path / "seen")
    monkeypatch.setattr(settings, "NATS_URL", nats_url)
    asyncio.run(_with_stream(nats_url, lambda js: js.purge_stream(RAW.name)))


async def _with_stream(nats_url, action):
    client = await connect(nats_url, name="test")
    try:
        return await action(client.jetstream())
    finally:
        await client.close()


def alarm(receipt, number, source="town_iot"):
    record = {"msg_id": f"{receipt}-{number}", "facility_id": "D1", "alarm_kind": "NORMAL"}
    line = json.dumps(record | {"event_time": datetime.now(UTC).isoformat()}).encode()
    return RawBatch(f"{receipt}:{number}", receipt, source, "IOT12", 1, datetime.now(UTC), line)


def send(nats_url, *batches):
    async def publish_all(js):
        for batch in batches:
            await publish(js, batch)

    asyncio.run(_with_stream(nats_url, publish_all))


def work_until(condition, worker=None):
    worker = worker or Worker()

    async def run():
        working = asyncio.create_task(worker.run())
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition):
                await asyncio.sleep(0.05)
        worker.stop.set()
        await working

    asyncio.run(run())


def sheet(receipt):
    return [(b.received, b.stored, b.parked) for b in balance_of_receipt(receipt, since=datetime.now(UTC))]


def counted(receipt):
    return sum(received for received, _, _ in sheet(receipt))


def kept(receipt):
    with suppress(FileNotFoundError, TableNotFoundError):  # not written yet
        keys = read_history(settings.HISTORY_URL, "IOT12").collect()["record_key"]
        return sorted(key for key in keys if key.startswith(receipt))
    return []


@pytest.fixture
def receipt():
    return uuid4().hex[:12]


def test_batch_that_fails_by_itself_is_parked_and_nobody_waits_behind_it(nats_url, receipt):
    poison = alarm(receipt, 2, source="source_that_has_gone")
    send(nats_url, alarm(receipt, 1), poison, alarm(receipt, 3))

    work_until(lambda: counted(receipt) == 3 and len(kept(receipt)) == 2)

    assert sorted(sheet(receipt)) == [(1, 0, 1), (2, 2, 0)]
    assert [(p.batch_id, p.source, p.n) for p in list_parked()] == [(poison.batch_id, poison.source, 1)]
    assert "UnknownSource" in list_parked()[0].error


def test_parked_batch_sent_in_again_is_taken_once_what_stood_in_its_way_is_mended(nats_url, receipt):
    bad_day = f"check (batch_id not like '{receipt}:1%' or n_parked > 0) not valid"
    with connection.cursor() as cursor:
        cursor.execute(f"alter table observations_batch add constraint bad_day {bad_day}")
    try:
        send(nats_url, alarm(receipt, 1))
        work_until(lambda: counted(receipt) == 1)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("alter table observations_batch drop constraint bad_day")
    assert sheet(receipt) == [(1, 0, 1)]

    batch = parking.observations.parked_batch(f"{receipt}:1")
    send_again = lambda js: publish(js, batch, again=f"after-{batch.seq}")  # noqa: E731
    asyncio.run(_with_stream(nats_url, send_again))
    asyncio.run(_with_stream(nats_url, send_again))  # two clerks at once
    work_until(lambda: len(kept(receipt)) == 1)

    assert (sheet(receipt), list_parked()) == ([(1, 1, 0)], [])
    assert len(kept(receipt)) == 1


def test_message_that_is_no_batch_is_parked_too(nats_url, receipt):
    stray = asyncio.run(_with_stream(nats_url, lambda js: js.publish("raw.IOT12.0", b"hello\nworld")))
    send(nats_url, alarm(receipt, 1))

    work_until(lambda: counted(receipt) == 1)

    assert [(p.batch_id, p.class_id, p.n) for p in list_parked()] == [(f"message:{stray.seq}", "IOT12", 2)]


def test_message_lost_with_a_connection_is_pulled_again_in_its_place(nats_url, receipt):
    class Unlucky(Worker):
        n_subscribed = 0

        async def _subscribe(self, js):
            subscription = await super()._subscribe(js)
            self.n_subscribed += 1
            if self.n_subscribed == 1:  # the server has sent the first message; it never arrives
                other = await js.pull_subscribe_bind(durable="worker-0", stream=RAW.name)
                await other.fetch(1, timeout=5)
            return subscription

    send(nats_url, alarm(receipt, 1), alarm(receipt, 2), alarm(receipt, 3))

    work_until(lambda: len(kept(receipt)) == 3, Unlucky())

    assert sheet(receipt) == [(3, 3, 0)]
    assert len(set(kept(receipt))) == 3


def test_new_stream_goes_on_where_the_lost_one_ended(nats_url, receipt):
    send(nats_url, alarm(receipt, 1))
    last = asyncio.run(_with_stream(nats_url, lambda js: js.stream_info(RAW.name))).state.last_seq

    asyncio.run(_with_stream(nats_url, lambda js: number_after(js, last + 1000)))
    ack = asyncio.run(_with_stream(nats_url, lambda js: publish(js, alarm(receipt, 2))))
    asyncio.run(_with_stream(nats_url, lambda js: number_after(js, last)))  # nothing to do: nothing is lost

    assert ack == last + 1001
    work_until(lambda: counted(receipt) == 1)
    assert sheet(receipt) == [(1, 1, 0)]


def test_stream_that_is_nearly_full_lets_go_of_what_is_processed_and_of_nothing_else(
    nats_url, receipt, monkeypatch
):
    monkeypatch.setattr(raw_stream, "NEARLY_FULL", 0.0)
    send(nats_url, *(alarm(receipt, number) for number in range(1, 9)))
    first = asyncio.run(_with_stream(nats_url, lambda js: js.stream_info(RAW.name))).state.first_seq

    def room(done):
        return _with_stream(nats_url, lambda js: raw_stream.make_room(js, "raw.*.0", done))

    kept_seqs = []
    for done in (first - 1, first + 3):
        asyncio.run(room(done))
        state = asyncio.run(_with_stream(nats_url, lambda js: js.stream_info(RAW.name))).state
        kept_seqs.append((state.first_seq - first, state.messages))

    assert kept_seqs == [(0, 8), (2, 6)]


def test_worker_told_to_stop_while_it_writes_leaves_nothing_in_memory(nats_url, receipt, monkeypatch):
    worker = Worker()
    flush, begun, sent = worker.history.flush, threading.Event(), threading.Event()

    def slow_flush():
        seq = flush()
        begun.set()
        while not worker.stop.is_set():
            time.sleep(0.01)
        return seq

    def more_has_come_meanwhile():
        if begun.is_set() and not sent.is_set():
            sent.set()
            send(nats_url, alarm(receipt, 2))
        return counted(receipt) == 2

    monkeypatch.setattr(worker.history, "flush", slow_flush)
    send(nats_url, alarm(receipt, 1))

    work_until(more_has_come_meanwhile, worker)

    assert kept(receipt) == [f"{receipt}-1", f"{receipt}-2"]
