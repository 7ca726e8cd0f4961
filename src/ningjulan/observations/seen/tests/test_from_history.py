from datetime import UTC, datetime

import polars as pl
import pytest

from ningjulan.observations.history import History
from ningjulan.observations.seen import Belonging, hashes, oldest_in_history, open_seen, owners
from ningjulan.observations.seen.tests.world import rows

NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


def stored(root, seq, keys, *, source="lab", class_id="IOT12", shard=0):
    """Append rows as the worker does and return the batch they came with."""
    history = History(str(root), shard)
    frame = pl.DataFrame(
        {
            "record_key": keys,
            "row_no": range(len(keys)),
            "source": source,
            "batch_id": f"{source}-{seq}",
            "occurred_at": NOON,
        },
        schema_overrides={"row_no": pl.UInt32, "occurred_at": pl.Datetime("us", "UTC")},
    )
    history.add(class_id, frame, seq)
    history.flush()


def claim(seen, keys, batch_id, *, source="lab", class_id="IOT12", seq=99):
    hashed = hashes(pl.Series(keys), source=source, class_id=class_id)
    return seen.claim(hashed, owners([batch_id])[0], rows(len(keys)), seq=seq).tolist()


@pytest.fixture
def place(tmp_path):
    """History and index of a shard of one."""
    return tmp_path / "history", tmp_path / "seen", Belonging(0, 1, str(tmp_path / "history"))


def test_missing_index_is_made_from_the_history(place):
    root, folder, belonging = place
    stored(root, 3, ["A", "B"])
    stored(root, 4, ["A"], class_id="IOT03")

    seen = open_seen(folder, belonging, position=4)

    assert (seen.n, seen.position) == (3, 4)
    assert claim(seen, ["A", "B", "C"], "lab-5") == [False, False, True]
    assert claim(seen, ["A", "B"], "lab-3") == [True, True]
    seen.close()


def test_oldest_number_of_all_classes_is_known_from_the_logs(place):
    root, _, _ = place
    assert oldest_in_history(str(root)) is None

    stored(root, 7, ["A"])
    stored(root, 9, ["B"])
    stored(root, 5, ["C"], class_id="IOT03", shard=1)

    assert oldest_in_history(str(root)) == 5


def test_nothing_stored_yet(place):
    _, folder, belonging = place

    seen = open_seen(folder, belonging, position=0)

    assert (seen.n, seen.position) == (0, 0)
    seen.close()


def test_index_behind_the_position_takes_what_it_lacks(place):
    root, folder, belonging = place
    stored(root, 3, ["A"])
    open_seen(folder, belonging, position=3).close()
    stored(root, 4, ["B"])

    seen = open_seen(folder, belonging, position=4)

    assert (seen.n, seen.position) == (2, 4)
    assert claim(seen, ["A", "B"], "lab-5") == [False, False]
    seen.close()


def test_rows_written_just_before_the_position_was_to_move_are_their_batchs_own(place):
    root, folder, belonging = place
    stored(root, 3, ["A"])
    stored(root, 4, ["B"])

    seen = open_seen(folder, belonging, position=3)

    assert claim(seen, ["B"], "lab-4", seq=4) == [True]
    assert claim(seen, ["B"], "lab-5", seq=5) == [False]
    seen.close()


def test_index_ahead_of_a_position_from_a_backup_is_made_anew(place):
    root, folder, belonging = place
    stored(root, 3, ["A"])
    seen = open_seen(folder, belonging, position=3)
    claim(seen, ["B"], "lab-4", seq=4)
    seen.save(4)
    seen.close()

    seen = open_seen(folder, belonging, position=3)

    assert (seen.n, seen.position) == (1, 3)
    assert claim(seen, ["B"], "lab-9") == [True]
    seen.close()


def test_damaged_index_is_made_anew(place):
    root, folder, belonging = place
    stored(root, 3, ["A"])
    open_seen(folder, belonging, position=3).close()
    (folder / "shard-0" / "index.json").write_text("{}")

    seen = open_seen(folder, belonging, position=3)

    assert claim(seen, ["A"], "lab-5") == [False]
    seen.close()


def test_shard_takes_only_its_own_sources(place):
    root, folder, _ = place
    for seq, source in enumerate(("lab", "harbour", "market", "school"), start=3):
        stored(root, seq, [f"{source}-A"], source=source)

    shards = [open_seen(folder, Belonging(shard, 2, str(root)), position=6) for shard in (0, 1)]

    assert sorted(seen.n for seen in shards) == [2, 2]
    for seen in shards:
        seen.close()


def test_shard_may_be_told_its_sources(place):
    root, folder, belonging = place
    stored(root, 3, ["A"])
    stored(root, 4, ["B"], source="harbour")

    seen = open_seen(folder, belonging, position=4, is_ours=lambda source: source == "harbour")

    assert seen.n == 1
    seen.close()


def test_changed_number_of_shards_makes_the_index_anew(place):
    root, folder, belonging = place
    stored(root, 3, ["A"], source="market")
    open_seen(folder, Belonging(0, 2, str(root)), position=3).close()
    stored(root, 4, ["B"])

    seen = open_seen(folder, belonging, position=4)

    assert claim(seen, ["A"], "market-5", source="market") == [False]
    assert claim(seen, ["B"], "lab-5") == [False]
    seen.close()
