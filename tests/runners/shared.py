"""What the tests of runners share: the stream, what is counted, and the environment of processes."""

import asyncio
import os
import time
from contextlib import contextmanager

from django.db import connection
from django.db.models import Count, Sum

from ningjulan.foundation.bus import connect
from ningjulan.observations import facade as observations
from ningjulan.observations.models import Batch
from ningjulan.project.runners.outcomes import history_schema
from ningjulan.sources.stream import RAW, open_division, publish, subject_of
from tests.runners.dirty_input import CLASSES

COUNTED = ("received", "stored", "rejected", "duplicate", "parked")


def with_stream(nats_url, action):
    async def run():
        client = await connect(nats_url, name="test")
        try:
            return await action(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


@contextmanager
def divided(nats_url, n_shards):
    """Have RAW empty and divided for the block, and as other tests expect it afterwards."""
    with_stream(nats_url, lambda js: js.purge_stream(RAW.name))
    with_stream(nats_url, lambda js: open_division(js, n_shards))
    try:
        yield
    finally:
        with_stream(nats_url, lambda js: js.purge_stream(RAW.name))
        with_stream(nats_url, lambda js: open_division(js, 1))


def send(nats_url, sent):
    """Send in order, then a message that is no batch."""

    async def send_all(js):
        for one in sent:
            await publish(js, one.batch, again=one.again)
        n_shards = len((await js.stream_info(RAW.name)).config.subjects)
        await js.publish(subject_of(0, n_shards).replace("*", "IOT12"), b"no batch\nat all")

    with_stream(nats_url, send_all)


def environment(nats_url, var):
    """Return the environment of a process that works on the test's database, with a folder of its own."""
    var.mkdir(parents=True, exist_ok=True)
    address = os.environ["NINGJULAN_DATABASE_URL"]
    database = address.replace("/ningjulan", f"/{connection.settings_dict['NAME']}", 1)
    mine = {"NINGJULAN_DATABASE_URL": database, "NINGJULAN_NATS_URL": nats_url, "NINGJULAN_VAR": str(var)}
    return os.environ | mine


def forget_what_was_processed():
    """Empty all tables but the registry's."""
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        emptied = [
            n for n in names if n.startswith(("observations_", "scenarios_", "cases_")) or "outbox" in n
        ]
        cursor.execute(f"truncate {', '.join(emptied)} restart identity")


def balances():
    """Return class → what the database counts."""
    sums = {name: Sum(f"n_{name}") for name in COUNTED} | {"n_batches": Count("pk")}
    return {one.pop("class_id"): one for one in Batch.objects.values("class_id").annotate(**sums)}


def rows_of(root):
    """Return class → its rows as the history keeps them, in stream order."""
    return {
        class_id: observations.read_history(str(root), class_id)
        .select(*history_schema(class_id))
        .sort("seq", "row_no")
        .collect()
        for class_id in CLASSES
    }


def wait_for(condition, *, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.1)
