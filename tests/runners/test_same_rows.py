"""One input, three runners, the same rows: in one process, in two by shard, and on a small Spark cluster."""

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ningjulan.foundation.bus import connect
from ningjulan.observations import facade as observations
from ningjulan.observations.models import Batch, Position
from ningjulan.project import pipeline
from ningjulan.project.runners.ranges import extent_of, read_range
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources
from tests.runners import shared
from tests.runners.dirty_input import CLASSES, RIGHT, sendings

pyspark = pytest.importorskip(
    "pyspark", reason="the extra `spark` is not installed; `make setup-dev` installs it"
)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
N_SHARDS = 2
COMMAND = str(Path(sys.executable).with_name("ningjulan"))
LITTLE_COMPILING = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # a short run spends most of its time on it
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
    sent = sendings(now, registry.refs("330109013").devices["device_id"].head(50).to_list())
    with shared.divided(nats_url, N_SHARDS):
        shared.send(nats_url, sent)
        yield nats_url


def hashes_of(rows):
    return {class_id: sorted(frame.hash_rows().to_list()) for class_id, frame in rows.items()}


def spark_home(folder):
    """Return a home of Spark's where its small cluster leaves its files, and not beside the package."""
    folder.mkdir()
    for path in Path(pyspark.__file__).parent.iterdir():
        (folder / path.name).symlink_to(path)
    return folder


def clean_on_spark(stream, out):
    command = [COMMAND, "spark", "clean", "--out", str(out), "--json", "--master", "local-cluster[2,1,1024]"]
    command += ["--together", "30"]  # so that a key comes again in another batch of Spark
    command += [part for class_id in CLASSES for part in ("--class", class_id)]
    command += [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]
    home = spark_home(out.parent / "spark-home")
    ours = {"JAVA_TOOL_OPTIONS": LITTLE_COMPILING, "SPARK_HOME": str(home)}
    environment = shared.environment(stream, out.parent / "var") | ours
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return {one.pop("class_id"): one for one in json.loads(done.stdout)}


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
    return shared.balances()


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


def clean_in_two_processes(stream, root, var):
    """Let a worker process each half of the stream; return class → its balance."""
    shared.forget_what_was_processed()
    expected = asyncio.run(_all(stream))
    environment = shared.environment(stream, var) | {"NINGJULAN_HISTORY_URL": str(root)}
    command = [sys.executable, "-m", "ningjulan.project.processes", "worker"]
    working = [subprocess.Popen([*command, str(n)], env=environment) for n in range(N_SHARDS)]
    try:
        shared.wait_for(lambda: Batch.objects.count() == len({b.batch_id for b in expected}), seconds=150)
    finally:
        for process in working:
            process.terminate()  # what has been processed is written before it ends
        codes = [process.wait(60) for process in working]
    assert codes == [0, 0]
    assert {shard for shard, seq in Position.objects.values_list("shard", "history_seq") if seq} == {0, 1}
    return shared.balances()


def test_the_same_input_gives_the_same_rows_with_every_runner(stream, tmp_path):
    balance = clean_embedded(stream, tmp_path / "embedded", tmp_path / "seen")
    balance_of_two = clean_in_two_processes(stream, tmp_path / "two", tmp_path / "var")
    balance_on_spark = clean_on_spark(stream, tmp_path / "spark")

    embedded, two, spark = (shared.rows_of(tmp_path / name) for name in ("embedded", "two", "spark"))
    assert {class_id: len(rows) for class_id, rows in embedded.items()} == RIGHT
    assert hashes_of(two) == hashes_of(embedded)
    assert hashes_of(spark) == hashes_of(embedded)
    assert balance_of_two == balance
    assert balance_on_spark == balance
