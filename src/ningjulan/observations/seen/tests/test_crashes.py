import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from ningjulan.observations.seen.tests.world import World

KEYS = st.lists(st.sampled_from([f"key-{n}" for n in range(40)]), max_size=6)


class Worker(RuleBasedStateMachine):
    """Whatever happens in whatever order: at the end everything is stored once, by who brought it first."""

    def __init__(self):
        super().__init__()
        self.world = World(self.make_folder())

    @rule(keys=KEYS, is_poisoned=st.booleans())
    def send(self, keys, is_poisoned):
        self.world.send(keys, is_poisoned=is_poisoned)

    @rule(data=st.data())
    def send_a_parked_one_again(self, data):
        parked = [batch for batch in self.world.stream[: self.world.done] if batch.is_poisoned]
        if parked:
            batch = data.draw(st.sampled_from(parked))
            if not any(b.batch_id == batch.batch_id and not b.is_poisoned for b in self.world.stream):
                self.world.send(batch.keys, batch_id=batch.batch_id)

    @rule(n=st.integers(1, 5))
    def process(self, n):
        for _ in range(n):
            self.world.process()

    @rule()
    def write(self):
        self.world.write()

    @rule()
    def move(self):
        self.world.move()

    @rule()
    def save(self):
        self.world.save()

    @rule()
    def settle(self):
        self.world.seen.settle()

    @rule()
    def crash(self):
        self.world.seen.settle()
        self.world.crash()

    @rule(data=st.data())
    def crash_and_lose_the_end_of_a_file(self, data):
        self.world.seen.settle()
        self.world.crash(but_first=lambda folder: _cut(data, folder))

    @rule(data=st.data())
    def crash_and_find_a_file_damaged(self, data):
        self.world.seen.settle()
        self.world.crash(but_first=lambda folder: _damage(data, folder))

    def teardown(self):
        self.world.finish()
        stored, n = sorted(self.world.history), self.world.seen.n
        self.world.seen.close()
        assert stored == self.world.expected()
        assert n == len(stored)


def _cut(data, folder):
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    os.truncate(path, data.draw(st.integers(0, path.stat().st_size)))


def _damage(data, folder):
    path = data.draw(st.sampled_from(sorted(folder.iterdir())))
    content = bytearray(path.read_bytes())
    if content:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
        path.write_bytes(content)


def test_everything_is_stored_once_whatever_happens(tmp_path_factory):
    class InFolder(Worker):
        def make_folder(self):
            return tmp_path_factory.mktemp("seen")

    run_state_machine_as_test(InFolder, settings=settings(max_examples=40, stateful_step_count=40))


class _PowerCut(BaseException):
    """Nothing of ours may catch it."""


@pytest.mark.parametrize("n_steps", range(60))
def test_power_cut_between_any_two_steps_on_disk(n_steps, tmp_path, monkeypatch):
    world = World(tmp_path)
    left = n_steps

    def dying(step):
        def one(*args, **kwargs):
            nonlocal left
            left -= 1
            if left < 0:
                raise _PowerCut
            return step(*args, **kwargs)

        return one

    with monkeypatch.context() as power:
        power.setattr(os, "fsync", dying(os.fsync))
        power.setattr(os, "posix_fallocate", dying(os.posix_fallocate))
        power.setattr(Path, "replace", dying(Path.replace))
        power.setattr(Path, "unlink", dying(Path.unlink))
        try:
            for n in range(24):
                world.send([f"key-{3 * n}", f"key-{3 * n + 1}", f"key-{2 * n}"])
                world.process()
                if n % 4 == 3:  # so that the last ones are in one table and those before in another
                    world.write()
                    world.move()
                    world.save()
                    world.seen.settle()
        except _PowerCut:
            pass
    world.crash()
    world.finish()

    assert sorted(world.history) == world.expected()
    assert world.seen.n == len(world.history)
    world.seen.close()


def _delete(path):
    path.unlink()


def _halve(path):
    os.truncate(path, path.stat().st_size // 2)


def _lose_last_record(path):
    os.truncate(path, max(0, path.stat().st_size - 64))  # five words and an entry of three


@pytest.mark.parametrize("spoil", [_delete, _halve, _lose_last_record])
@pytest.mark.parametrize("can_seal", [True, False])
@pytest.mark.parametrize("n_batches", [3, 4, 7, 9, 18, 21])
def test_any_file_may_be_gone_or_cut(spoil, can_seal, n_batches, tmp_path, monkeypatch):
    for place in range(7):
        world = World(tmp_path / str(place))
        with monkeypatch.context() as disk:
            if not can_seal:
                disk.setattr(os, "posix_fallocate", _is_full)
            for n in range(n_batches):
                world.send([f"key-{n}"])
                world.process()
                world.write()
                world.move()
                with suppress(OSError):
                    world.save()
                with suppress(OSError):
                    world.seen.settle()
        spoiled = []

        def spoil_one(folder, place=place, spoiled=spoiled):
            paths = sorted(folder.iterdir())
            spoiled.append(paths[place % len(paths)])
            spoil(spoiled[0])

        world.crash(but_first=spoil_one)
        world.send([f"key-{n}" for n in range(n_batches + 1)])
        world.finish()
        world.seen.close()

        assert sorted(world.history) == world.expected(), spoiled


def _is_full(*args):
    raise OSError("disk full")


@pytest.mark.parametrize("n_bytes", range(0, 400, 7))
def test_log_whose_end_did_not_reach_the_disk(n_bytes, tmp_path):
    world = World(tmp_path)
    for n in range(3):
        world.send([f"key-{n}"])
        world.process()
        world.write()
        world.move()
        world.save()

    def cut(folder):
        log = folder / "log-0"
        os.truncate(log, min(n_bytes, log.stat().st_size))

    world.crash(but_first=cut)
    world.send(["key-0", "key-1", "key-2", "key-3"])
    world.finish()

    assert sorted(world.history) == world.expected()
    world.seen.close()
