"""One input, several runners, the same rows: in one process, and on a small Spark cluster."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count, Sum

from ningjulan.foundation.bus import connect
from ningjulan.observations import facade as observations
from ningjulan.observations.models import Batch
from ningjulan.project import pipeline
from ningjulan.project.runners.outcomes import history_schema
from ningjulan.project.runners.ranges import extent_of, read_range
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RAW, publish
from tests.runners.dirty_input import CLASSES, RIGHT, sendings

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
N_SHARDS = 2
COMMAND = str(Path(sys.executable).with_name("ningjulan"))
SMALL = {
    "spark.driver.memory": "512m",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


@pytest.fixture
def stream(nats_url, open_folder):
    """RAW with the dirty input of this minute, and a registry that knows a town; how much was sent."""
    now = datetime.now(UTC)
    registry.build_town(open_folder / "town", seed=7, scale=0.05)
    registry.load_town(open_folder / "town", now)
    devices = registry.refs("330109013").devices["device_id"].head(50).to_list()
    sent = sendings(now, devices)
    asyncio.run(_send(nats_url, sent))
    return nats_url


async def _send(nats_url, sent):
    client = await connect(nats_url, name="test")
    js = client.jetstream()
    await js.purge_stream(RAW.name)
    for one in sent:
        await publish(js, one.batch, again=one.again)
    await js.publish("raw.IOT12.0", b"no batch\nat all")
    await client.close()


def rows_of(root):
    """Return class → its rows as the history keeps them, in stream order."""
    return {
        class_id: observations.read_history(str(root), class_id)
        .select(*history_schema(class_id))
        .sort("seq", "row_no")
        .collect()
        for class_id in CLASSES
    }


def hashes_of(rows):
    return {class_id: sorted(frame.hash_rows().to_list()) for class_id, frame in rows.items()}


def clean_on_spark(stream, out):
    command = [COMMAND, "spark", "clean", "--out", str(out), "--json", "--master", "local-cluster[2,1,1024]"]
    command += ["--together", "30"]  # so that a key comes again in another batch of Spark
    command += [part for class_id in CLASSES for part in ("--class", class_id)]
    command += [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]
    environment = os.environ | database() | {"NINGJULAN_NATS_URL": stream}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {one.pop("class_id"): one for one in json.loads(done.stdout)}


def database():
    """Return the address of the database that the test runs in."""
    address = os.environ["NINGJULAN_DATABASE_URL"]
    return {
        "NINGJULAN_DATABASE_URL": address.replace("/ningjulan", f"/{connection.settings_dict['NAME']}", 1)
    }


def clean_embedded(stream, root, seen):
    """Run the pipeline in this process; return class → its balance."""
    batches = asyncio.run(_all(stream))
    history = observations.History(str(root), shard=0)
    belonging = observations.Belonging(0, n_shards=1, history=str(root))
    keys = observations.open_seen(seen, belonging, 0)
    for some in (batches[at : at + 7] for at in range(0, len(batches), 7)):
        _commit(some, history, keys)
    history.flush()
    keys.close()
    return balances()


async def _all(url):
    client = await connect(url, name="test")
    extent = await extent_of(client)
    found = [batch async for some in read_range(client, "raw.>", extent.first, extent.last) for batch in some]
    await client.close()
    return found


def _commit(batches, history, keys):
    """Commit batches together; those that cannot be cleaned are parked, as the worker does."""
    good = []
    for batch in batches:
        if sources.find_source(batch.source):
            good.append(batch)
        else:
            observations.park_batch(batch, tenant_code="", error="no source", now=batch.received_at)
    for one in pipeline.commit(pipeline.clean_batches(good), datetime.now(UTC), keys):
        history.add(one.of.class_id, pipeline.for_history(one), batches[-1].seq)


def balances():
    """Return class → what the database counts."""
    names = ("received", "stored", "rejected", "duplicate", "parked")
    sums = {name: Sum(f"n_{name}") for name in names} | {"n_batches": Count("pk")}
    return {one.pop("class_id"): one for one in Batch.objects.values("class_id").annotate(**sums)}


def test_the_same_input_gives_the_same_rows_with_every_runner(stream, tmp_path):
    balance_embedded = clean_embedded(stream, tmp_path / "embedded", tmp_path / "seen")
    balance_spark = clean_on_spark(stream, tmp_path / "spark")

    embedded, spark = rows_of(tmp_path / "embedded"), rows_of(tmp_path / "spark")
    assert {class_id: len(frame) for class_id, frame in embedded.items()} == RIGHT
    assert hashes_of(spark) == hashes_of(embedded)
    assert balance_spark == balance_embedded
