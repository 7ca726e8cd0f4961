"""What retention has deleted is forgotten; what the history still has is known."""

import threading
from datetime import UTC, date, datetime

import polars as pl
import pytest

from ningjulan.observations import upkeep
from ningjulan.observations.facade import Belonging, History, SeenKeys
from ningjulan.observations.seen import hashes, owners
from ningjulan.project import settings
from ningjulan.project.processes.forgetting import forget_deleted

DAYS = [datetime(2026, 11, day, 4, tzinfo=UTC) for day in (1, 2)]


@pytest.fixture
def seen(tmp_path, monkeypatch):
    """Four keys of each of two days, in the index and in the history; a sealed run has four."""
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path / "history"))
    seen = SeenKeys(tmp_path / "seen", Belonging(0, 1, settings.HISTORY_URL), recent_keys=4)
    history = History(settings.HISTORY_URL, shard=0)
    for number, day in enumerate(DAYS):
        for seq in (2 * number + 1, 2 * number + 2):
            keys = [f"{seq}/{n}" for n in range(2)]
            assert claim(seen, keys, seq).all()
            frame = pl.DataFrame({"record_key": keys, "occurred_at": [day, day]})
            history.add("IOT06", frame.cast({"occurred_at": pl.Datetime("us", "UTC")}), seq)
            history.flush()
            seen.save(seq)
            seen.settle()
    claim(seen, ["9/0"], 9)
    seen.save(9)
    seen.settle()
    yield seen
    seen.close()


def claim(seen, keys, seq):
    hashed = hashes(pl.Series(keys), source="lab", class_id="IOT06")
    return seen.claim(
        hashed, owners([f"batch-{seq}"])[0], pl.Series(range(len(keys))).cast(pl.UInt32).to_numpy(), seq=seq
    )


def test_keys_of_a_deleted_day_are_forgotten_and_no_others(seen):
    upkeep.delete_days(settings.HISTORY_URL, "IOT06", [date(2026, 11, 1)])

    n = forget_deleted(lambda: seen, threading.Lock())

    assert n == 4
    assert claim(seen, ["1/0"], 10).all()
    assert not claim(seen, ["3/0", "4/1", "9/0"], 11).any()


def test_nothing_is_forgotten_while_the_history_has_it_all(seen):
    assert forget_deleted(lambda: seen, threading.Lock()) == 0
