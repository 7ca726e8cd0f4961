from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from deltalake import DeltaTable

from ningjulan.observations import history as module
from ningjulan.observations.history import History, read_history

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def rows(*keys, at=NOON):
    return pl.DataFrame(
        {"record_key": keys, "occurred_at": [at] * len(keys)},
        schema={"record_key": pl.String, "occurred_at": pl.Datetime("us", "UTC")},
    )


def kept(root, class_id="IOT12"):
    return sorted(read_history(str(root), class_id).collect()["record_key"])


def test_rows_are_readable_after_the_flush_and_not_before(tmp_path):
    history = History(str(tmp_path), shard=0)
    history.add("IOT12", rows("A"), 4)
    history.add("IOT03", rows("B"), 5)

    assert not list(tmp_path.iterdir())
    assert history.flush() == 5
    assert (kept(tmp_path), kept(tmp_path, "IOT03")) == (["A"], ["B"])


def test_rows_written_before_a_crash_are_not_written_twice(tmp_path):
    before = History(str(tmp_path), shard=0)
    before.add("IOT12", rows("A", "B"), 4)
    before.flush()

    after = History(str(tmp_path), shard=0)
    after.add("IOT12", rows("A", "B"), 4)
    after.add("IOT12", rows("C"), 5)
    after.flush()

    assert kept(tmp_path) == ["A", "B", "C"]


def test_shards_do_not_hide_each_other(tmp_path):
    for shard, key in ((0, "A"), (1, "B")):
        history = History(str(tmp_path), shard)
        history.add("IOT12", rows(key), 4)
        history.flush()

    assert kept(tmp_path) == ["A", "B"]


def test_flush_sees_all_classes_of_a_commit_or_none(tmp_path):
    """Were `5` said to be written with the first class alone, the second would be taken for known."""
    history = History(str(tmp_path), shard=0)
    history.add("IOT03", rows("A"), 4)
    at_each = []

    def coming():
        for class_id, key in (("IOT12", "B"), ("IOT03", "C")):
            at_each.append(history.flush())
            yield class_id, rows(key)

    history.add_all(coming(), 5)

    assert (at_each, history.flush()) == ([4, 4], 5)
    assert (kept(tmp_path, "IOT12"), kept(tmp_path, "IOT03")) == (["B"], ["A", "C"])


def test_failed_flush_keeps_the_rows_for_the_next(tmp_path, monkeypatch):
    history = History(str(tmp_path), shard=0)
    history.add("IOT12", rows("A"), 4)
    with monkeypatch.context() as broken:
        broken.setattr(module.appending, "append", lambda *a, **k: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            history.flush()

    history.add("IOT12", rows("B"), 5)

    assert history.flush() == 5
    assert kept(tmp_path) == ["A", "B"]


def test_day_is_the_street_s_day_not_utc(tmp_path):
    history = History(str(tmp_path), shard=0)
    history.add("IOT12", rows("A", at=datetime(2026, 11, 24, 17, 0, tzinfo=UTC)), 4)
    history.flush()

    assert read_history(str(tmp_path), "IOT12").collect()["day"][0].isoformat() == "2026-11-25"


def test_files_of_a_wide_class_say_which_numbers_they_hold(tmp_path):
    history = History(str(tmp_path), shard=0)
    for seq in (4, 5):
        history.add("IOT12", rows("A").with_columns(pl.lit(seq).alias(f"item_{n}") for n in range(50)), seq)
        history.flush()

    told = DeltaTable(str(tmp_path / "IOT12")).get_add_actions(flatten=True)
    assert sorted(zip(told["min.seq"].to_pylist(), told["max.seq"].to_pylist(), strict=True)) == [
        (4, 4),
        (5, 5),
    ]


def test_skipped_sequence_numbers_move_the_position(tmp_path):
    history = History(str(tmp_path), shard=0)
    history.add("IOT12", rows("A"), 4)
    history.skip_to(9)

    assert history.flush() == 9


def test_new_column_joins_the_table(tmp_path):
    history = History(str(tmp_path), shard=0)
    history.add("IOT12", rows("A"), 1)
    history.flush()
    history.add("IOT12", rows("B", at=NOON + timedelta(days=1)).with_columns(level=pl.lit("2")), 2)
    history.flush()

    frame = read_history(str(tmp_path), "IOT12").collect().sort("record_key")
    assert frame["level"].to_list() == [None, "2"]


def test_history_is_closed_to_other_accounts_and_knows_how_far_it_is(tmp_path):
    root = tmp_path / "history"
    history = History(str(root), shard=0)
    nothing = history.written(["IOT12", "IOT03"])
    history.add("IOT12", rows("A"), 4)
    history.flush()

    assert (nothing, history.written(["IOT12", "IOT03"])) == (0, 4)
    assert [path.name for path in root.iterdir()] == ["IOT12"]
    assert root.stat().st_mode & 0o077 == 0
