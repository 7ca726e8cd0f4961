import threading

import numpy as np
import pytest

from ningjulan.observations.seen import Belonging, SeenBusy, SeenKeys, SeenUnusable, owners
from ningjulan.observations.seen.tests.world import WHOSE, hashed, rows

FIRST, SECOND = owners(["receipt-1:0", "receipt-2:0"])


@pytest.fixture
def seen(tmp_path):
    with_index = SeenKeys(tmp_path / "shard-0", WHOSE, recent_keys=8)
    yield with_index
    with_index.close()


def claim(seen, keys, owner=FIRST, seq=1):
    return seen.claim(hashed(keys), owner, rows(len(keys)), seq=seq).tolist()


def test_key_belongs_to_the_batch_that_brings_it_first(seen):
    assert claim(seen, ["A", "B"]) == [True, True]
    assert claim(seen, ["B", "C"], SECOND, seq=2) == [False, True]


def test_batch_that_comes_again_gets_what_it_had(seen):
    claim(seen, ["A", "B"])
    claim(seen, ["B", "C"], SECOND, seq=2)

    assert claim(seen, ["A", "B"], seq=3) == [True, True]
    assert claim(seen, ["B", "C"], SECOND, seq=4) == [False, True]


def test_of_equal_keys_in_one_call_the_earlier_wins_each_time(seen):
    assert claim(seen, ["A", "B", "A"]) == [True, True, False]
    assert claim(seen, ["A", "B", "A"]) == [True, True, False]


def test_one_call_may_hold_rows_of_several_batches(seen):
    first = seen.claim(hashed(["A", "B", "B"]), np.array([FIRST, FIRST, SECOND]), rows(3) % 2, seq=2)

    assert first.tolist() == [True, True, False]
    assert claim(seen, ["A", "B"]) == [True, True]


def test_claims_of_what_fails_are_taken_back(seen):
    claim(seen, ["A"])

    with pytest.raises(ZeroDivisionError), seen.claiming(2) as claims:
        claims.first(hashed(["A", "B", "C"]), SECOND, rows(3))
        raise ZeroDivisionError

    assert seen.n == 1
    assert claim(seen, ["A", "B"], seq=3) == [True, True]


def test_parked_batch_leaves_its_keys_to_others_until_it_is_sent_again(seen):
    with pytest.raises(ZeroDivisionError), seen.claiming(1) as claims:
        claims.first(hashed(["A", "B"]), FIRST, rows(2))
        raise ZeroDivisionError

    assert claim(seen, ["B"], SECOND, seq=2) == [True]
    assert claim(seen, ["A", "B"], FIRST, seq=3) == [True, False]
    assert claim(seen, ["A", "B"], FIRST, seq=3) == [True, False]


def test_claims_are_made_one_after_the_other(seen):
    with seen.claiming(1), pytest.raises(RuntimeError), seen.claiming(2):
        pass


def test_only_what_is_behind_the_position_reaches_the_disk(seen, tmp_path):
    claim(seen, ["A"], seq=1)
    claim(seen, ["B"], SECOND, seq=2)
    seen.save(1)
    seen.close()

    again = SeenKeys(tmp_path / "shard-0", WHOSE, recent_keys=8)

    assert (again.n, again.position) == (1, 1)
    again.close()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(Belonging(shard=1, n_shards=1, history="var/history"), id="another shard"),
        pytest.param(Belonging(shard=0, n_shards=2, history="var/history"), id="another number of shards"),
        pytest.param(Belonging(shard=0, n_shards=1, history="var/elsewhere"), id="another history"),
    ],
)
def test_foreign_index_is_refused(other, seen, tmp_path):
    claim(seen, ["A"])
    seen.save(1)
    seen.close()

    with pytest.raises(SeenUnusable):
        SeenKeys(tmp_path / "shard-0", other)


def test_second_process_is_kept_out(seen, tmp_path):
    with pytest.raises(SeenBusy):
        SeenKeys(tmp_path / "shard-0", WHOSE)


def test_position_never_goes_back(seen):
    seen.save(5)

    with pytest.raises(ValueError, match="5"):
        seen.save(4)


def test_failed_save_is_made_good_by_the_next(seen, tmp_path, monkeypatch):
    claim(seen, ["A"])
    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            seen.save(1)

    seen.save(1)
    seen.close()

    again = SeenKeys(tmp_path / "shard-0", WHOSE)
    assert claim(again, ["A"], SECOND, seq=2) == [False]
    again.close()


def test_full_disk_while_sealing_is_told_and_made_good(seen, tmp_path, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr("os.posix_fallocate", lambda *args: (_ for _ in ()).throw(OSError("disk full")))
        claim(seen, [f"key-{n}" for n in range(8)], seq=1)
        claim(seen, ["key-8"], seq=2)
        seen.save(2)
        with pytest.raises(OSError, match="disk full"):
            seen.settle()

    with pytest.raises(OSError, match="disk full"):
        seen.save(2)
    seen.settle()

    assert [path.name for path in (tmp_path / "shard-0").glob("run-*")] != []
    assert claim(seen, [f"key-{n}" for n in range(9)], SECOND, seq=3) == [False] * 9


def test_old_runs_can_be_forgotten_whole(seen):
    for n in range(12):
        claim(seen, [f"key-{10 * n + i}" for i in range(10)], seq=n + 1)
        seen.save(n + 1)
        seen.settle()
    n_before = seen.n

    n_gone = seen.forget(before=9)

    assert 0 < n_gone < n_before
    assert seen.n == n_before - n_gone
    assert claim(seen, ["key-0"], SECOND, seq=13) == [True]
    assert claim(seen, ["key-119"], SECOND, seq=14) == [False]


def test_a_million_keys_are_each_known_again(tmp_path):
    seen = SeenKeys(tmp_path / "shard-0", WHOSE, recent_keys=50_000)
    keys = np.random.default_rng(6).integers(0, 2**64, (1_000_000, 2), dtype=np.uint64)
    numbers = np.arange(20_000, dtype=np.uint32)

    for n, start in enumerate(range(0, len(keys), 20_000), start=1):
        assert seen.claim(keys[start : start + 20_000], FIRST, numbers, seq=n).all()
        seen.save(n)
    seen.settle()

    again = [
        seen.claim(keys[start : start + 20_000], SECOND, numbers, seq=99) for start in range(0, 10**6, 20_000)
    ]
    assert seen.n == 1_000_000
    assert not np.concatenate(again).any()
    seen.close()


def test_saving_and_claiming_do_not_disturb_each_other(seen):
    stop = threading.Event()
    failures = []

    def save_over_and_over():
        position = 0
        while not stop.is_set():
            try:
                position = max(position, seen.position)
                seen.save(max(position, done[0]))
            except Exception as error:
                failures.append(error)
                return

    done = [0]
    saver = threading.Thread(target=save_over_and_over)
    saver.start()
    for n in range(1, 400):
        claim(seen, [f"key-{3 * n + i}" for i in range(5)], seq=n)
        done[0] = n
    stop.set()
    saver.join()
    seen.save(399)
    seen.settle()

    assert failures == []
    assert claim(seen, [f"key-{n}" for n in range(3, 1202)], SECOND, seq=400) == [False] * 1199
