"""Two hosts share one stream, one database, one history. One dies in the middle: the other does its work.

The hosts are two process trees with folders of their own. Each prefers another shard.
"""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from ningjulan.foundation.servers.child import recorded
from ningjulan.observations.models import Batch, Position
from tests.runners import shared
from tests.runners.dirty_input import RIGHT, sendings

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
COMMAND = str(Path(sys.executable).with_name("ningjulan"))


@pytest.fixture
def host(nats_url, tmp_path):
    """Start a host that prefers a shard; whatever still runs is stopped after the test."""
    running = []

    def start(shard):
        common = {
            "NINGJULAN_HISTORY_URL": str(tmp_path / "shared" / "history"),
            "NINGJULAN_ARCHIVE_FOLDER": str(tmp_path / "shared" / "archive"),
        }
        process = subprocess.Popen(
            [COMMAND, "run", "--workers-only", "--shards", str(shard)],
            env=shared.environment(nats_url, tmp_path / f"host-{shard}") | common,
            stdout=subprocess.DEVNULL,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.send_signal(signal.SIGINT)
    for process in running:
        process.wait(60)


def pull_the_plug(host):
    """`kill -9` of everything that runs there, at once."""
    family = psutil.Process(host.pid).children(recursive=True)
    for process in [psutil.Process(host.pid), *family]:
        process.suspend()
    for process in [psutil.Process(host.pid), *family]:
        process.kill()


def n_processed():
    return Batch.objects.count()


def test_host_that_dies_is_replaced_and_nothing_is_lost_or_doubled(nats_url, host, tmp_path):
    with shared.divided(nats_url, 2):
        everything = sendings(datetime.now(UTC), ["D1"])
        half = len(everything) // 2
        first, second = (host(shard) for shard in (0, 1))
        for shard in (0, 1):
            at_home = tmp_path / f"host-{shard}" / "run" / ("worker.json" if shard == 0 else "worker-1.json")
            shared.wait_for(lambda path=at_home: recorded(path), seconds=90)

        shared.send(nats_url, everything[:half])
        shared.wait_for(lambda: n_processed() > half // 3, seconds=90)
        pull_the_plug(first)  # what it has committed and not yet written is delivered to its successor
        shared.send(nats_url, everything[half:])

        batch_ids = {one.batch.batch_id for one in everything}
        shared.wait_for(lambda: n_processed() == len(batch_ids) + 2, seconds=120)  # and two strays
        second.send_signal(signal.SIGINT)
        assert second.wait(90) == 0

    rows = shared.rows_of(tmp_path / "shared" / "history")
    assert {class_id: len(frame) for class_id, frame in rows.items()} == RIGHT
    for frame in rows.values():
        assert not frame.select("source", "record_key").is_duplicated().any()
    n_lines = sum({one.batch.batch_id: one.batch.n_lines for one in everything}.values()) + 2 * 2
    counted = shared.balances()
    assert sum(one["received"] for one in counted.values()) == n_lines
    assert {class_id: one["stored"] for class_id, one in counted.items()} == RIGHT
    assert Position.objects.filter(history_seq__gt=0).count() == 2
