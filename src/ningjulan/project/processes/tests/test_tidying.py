"""Whoever holds the shard tidies: the worker when there is one, else whoever asks."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from django.db import connection

from ningjulan.observations.facade import History, read_history
from ningjulan.project import settings
from ningjulan.project.processes import tidying as module
from ningjulan.project.processes.shard import ShardLock
from ningjulan.project.processes.tidying import TidyingGoesOn, keep_tidy, tidy_now

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def history(tmp_path, monkeypatch):
    """Plates of today and of 200 days ago; 90 days are kept."""
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path))
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.05)
    history = History(str(tmp_path), shard=0)
    now = datetime.now(UTC)
    frame = pl.DataFrame(
        {"record_key": ["new", "old"], "occurred_at": [now, now - timedelta(days=200)]},
        schema_overrides={"occurred_at": pl.Datetime("us", "UTC")},
    )
    history.add("IOT06", frame, 1)
    history.flush()
    return history


def kept(history):
    return read_history(history.root, "IOT06").collect()["record_key"].to_list()


def test_nobody_works_so_the_command_does_it(history):
    report = tidy_now(by="steward", on_waiting=lambda: None)

    assert (report.by, len(report.purged), kept(history)) == ("steward", 1, ["new"])
    lock = ShardLock(0)
    assert lock.held()
    lock.release()


def test_worker_does_it_for_the_command(history):
    lock = ShardLock(0)
    assert lock.held()
    stop = asyncio.Event()
    waited = []

    def work():
        asyncio.run(keep_tidy(history, stop))
        connection.close()

    worker = threading.Thread(target=work)

    def begin_to_work():
        if not waited:
            worker.start()
        waited.append(1)

    report = tidy_now(by="steward", on_waiting=begin_to_work)
    stop.set()
    worker.join(timeout=20)
    lock.release()

    assert waited
    assert (report.by, report.failures, kept(history)) == ("steward", {}, ["new"])


def test_command_does_not_touch_what_somebody_else_holds(history):
    lock = ShardLock(0)
    assert lock.held()

    with pytest.raises(TidyingGoesOn):
        tidy_now(by="steward", on_waiting=lambda: None, limit_s=0.1)
    lock.release()

    assert sorted(kept(history)) == ["new", "old"]
