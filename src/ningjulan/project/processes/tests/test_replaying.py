"""Replays beside the worker, and without one: nothing is stored twice, nothing taken for a repetition."""

import asyncio
import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from deltalake.exceptions import TableNotFoundError
from typer.testing import CliRunner

from ningjulan.catalog import facade as catalog
from ningjulan.catalog import loader
from ningjulan.foundation.actors import SYSTEM
from ningjulan.foundation.bus import connect
from ningjulan.observations import applying, replays
from ningjulan.observations.archive import archived_up_to
from ningjulan.observations.domain.retention import STREET
from ningjulan.observations.facade import balance_of_receipt, highest_seq, position_of, read_history
from ningjulan.observations.models import Reject
from ningjulan.observations.replay_models import Replay
from ningjulan.project import replaying, settings
from ningjulan.project.cli import app
from ningjulan.project.processes import replaying as module
from ningjulan.project.processes import tidying
from ningjulan.project.processes import worker as workers
from ningjulan.project.processes.prepare import make_streams
from ningjulan.project.processes.worker import Worker
from ningjulan.sources.stream import RAW, RawBatch, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _platform(nats_url, monkeypatch, tmp_path):
    """An empty RAW and folders of our own; everything is looked at often."""
    monkeypatch.setattr(workers.observations, "FLUSH_EVERY_S", 0.1)
    monkeypatch.setattr(tidying, "LOOK_EVERY_S", 0.1)
    monkeypatch.setattr(settings, "NATS_URL", nats_url)
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path / "history"))
    for name in ("seen", "archive", "replay"):
        monkeypatch.setattr(settings, f"{name.upper()}_FOLDER", tmp_path / name)
    asyncio.run(_with_stream(nats_url, lambda js: js.purge_stream(RAW.name)))


async def _with_stream(nats_url, action):
    client = await connect(nats_url, name="test")
    try:
        return await action(client.jetstream())
    finally:
        await client.close()


@contextmanager
def highest(bits):
    """A catalogue for the block in which `status_bits` above `bits` are out of range."""
    about = catalog.get_class("IOT12")
    items = tuple(replace(item, maximum=bits) if item.id == "status_bits" else item for item in about.items)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(loader.catalogue().classes, "IOT12", replace(about, items=items))
        yield


@pytest.fixture
def receipt():
    return uuid4().hex[:12]


def alarms(receipt, number, **bits_of):
    now = datetime.now(UTC)
    lines = [
        {"msg_id": f"{receipt}-{key}", "facility_id": "D1", "alarm_kind": "NORMAL", "status_bits": bits}
        | {"event_time": now.isoformat()}
        for key, bits in bits_of.items()
    ]
    payload = b"\n".join(json.dumps(line).encode() for line in lines)
    return RawBatch(f"{receipt}:{number}", receipt, "town_iot", "IOT12", 1, now, payload)


def send(nats_url, *batches):
    async def publish_all(js):
        for batch in batches:
            await publish(js, batch)

    asyncio.run(_with_stream(nats_url, publish_all))


class Working:
    """A worker, for as long as the block takes."""

    async def __aenter__(self):
        self.worker = Worker()
        self.task = asyncio.create_task(self.worker.run())
        return self

    async def __aexit__(self, *_):
        self.worker.stop.set()
        await self.task

    async def until(self, condition):
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(condition):
                assert not self.task.done(), self.task.exception()
                await asyncio.sleep(0.05)


def counted(receipt):
    return sum(b.received for b in balance_of_receipt(receipt, since=datetime.now(UTC)))


def sheet(receipt):
    (b,) = balance_of_receipt(receipt, since=datetime.now(UTC))
    return b.received, b.stored, b.rejected, b.duplicate


def kept(receipt):
    with suppress(FileNotFoundError, TableNotFoundError):  # not written yet
        keys = read_history(settings.HISTORY_URL, "IOT12").collect()["record_key"].to_list()
        return sorted(key.removeprefix(f"{receipt}-") for key in keys if key.startswith(receipt))
    return []


def ask():
    now = datetime.now(UTC)
    day = timedelta(days=1)
    return replays.ask_for_replay(
        SYSTEM, class_id="IOT12", source=None, since=now - day, until=now + day, now=now
    ).id


def decide(number):
    replays.ask_to_apply(SYSTEM, number, note="口径更正", now=datetime.now(UTC))


def state(number):
    return Replay.objects.get(pk=number).state


async def replay_and_apply(working):
    number = await asyncio.to_thread(ask)
    await working.until(lambda: state(number) == "ready")
    await asyncio.to_thread(decide, number)
    await working.until(lambda: state(number) == "applied")
    return number


def test_worker_takes_up_a_replay_and_knows_afterwards_what_has_come_in(nats_url, receipt):
    async def story():
        async with Working() as working:
            with highest(6):
                await asyncio.to_thread(send, nats_url, alarms(receipt, 1, a=0, b=7))
                await working.until(lambda: position_of(0) > 0)  # what is not in the history is not compared
            await replay_and_apply(working)
            await asyncio.to_thread(send, nats_url, alarms(receipt, 2, b=7, c=0))
            await working.until(lambda: counted(receipt) == 4 and "c" in kept(receipt))

    asyncio.run(story())

    assert (kept(receipt), sheet(receipt)) == (["a", "b", "c"], (4, 3, 0, 1))
    assert Reject.objects.count() == 0


def test_record_that_a_replay_took_out_can_be_sent_again(nats_url, receipt):
    async def story():
        async with Working() as working:
            await asyncio.to_thread(send, nats_url, alarms(receipt, 1, a=0, b=7))
            await working.until(lambda: position_of(0) > 0)
            with highest(6):
                await replay_and_apply(working)
                assert await asyncio.to_thread(kept, receipt) == ["a"]
                await asyncio.to_thread(send, nats_url, alarms(receipt, 2, b=3))
                await working.until(lambda: "b" in kept(receipt))

    asyncio.run(story())

    assert (kept(receipt), sheet(receipt)) == (["a", "b"], (3, 2, 1, 0))


def test_replay_that_died_while_applying_is_finished_before_anything_else_is_processed(
    nats_url, receipt, monkeypatch
):
    class PowerCut(BaseException):
        pass

    def die(*_):
        raise PowerCut

    with highest(6):
        send(nats_url, alarms(receipt, 1, a=0, b=7))
        work_off(nats_url, receipt, 2)
    number = ask()
    module.wait_for(number, actor=SYSTEM, on_waiting=lambda _: None, limit_s=30)
    decide(number)
    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(applying, "_finish", die)
        broken.setattr(module, "forget_seen", lambda *_: None)
        module.wait_for(number, actor=SYSTEM, on_waiting=lambda _: None, limit_s=30)
    assert (kept(receipt), state(number)) == (["a", "b"], "applying")
    send(nats_url, alarms(receipt, 2, b=7))

    work_off(nats_url, receipt, 3)

    assert (kept(receipt), sheet(receipt), state(number)) == (["a", "b"], (3, 2, 0, 1), "applied")


def test_stream_that_was_lost_goes_on_behind_what_is_archived(nats_url, receipt):
    send(nats_url, alarms(receipt, 1, a=0))
    state_of = lambda js: js.stream_info(RAW.name)  # noqa: E731
    last = asyncio.run(_with_stream(nats_url, state_of)).state.last_seq
    settings.ARCHIVE_FOLDER.mkdir()
    (settings.ARCHIVE_FOLDER / "archived_up_to").write_text(str(last + 500))

    make_streams(None, None)

    assert asyncio.run(_with_stream(nats_url, state_of)).state.last_seq == last + 500


def test_worker_archives_what_comes(nats_url, receipt):
    async def story():
        async with Working() as working:
            await asyncio.to_thread(send, nats_url, alarms(receipt, 1, a=0))
            await working.until(lambda: counted(receipt) == 1)
            working.worker.replayer._archiver._last_round = None
            await working.until(lambda: archived_up_to(settings.ARCHIVE_FOLDER) > 0)

    asyncio.run(story())


def work_off(nats_url, receipt, n):
    async def story():
        async with Working() as working:
            await working.until(lambda: counted(receipt) == n and position_of(0) >= highest_seq())

    asyncio.run(story())


def run(*words):
    result = CliRunner().invoke(app, ["replay", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_command_does_it_where_no_worker_is(nats_url, receipt):
    with highest(6):
        send(nats_url, alarms(receipt, 1, a=0, b=7))
        work_off(nats_url, receipt, 2)
    today = f"{datetime.now(STREET):%Y-%m-%d}"

    shown = json.loads(run("IOT12", "--from", today, "--to", today, "--json").stdout)
    assert (shown["state"], shown["diff"]["n_newly_accepted"]) == ("ready", 1)
    assert kept(receipt) == ["a"]
    printed = run("apply", str(shown["id"]), "--note", "口径更正").stdout

    assert "out_of_range 1" in printed
    assert (kept(receipt), sheet(receipt)) == (["a", "b"], (2, 2, 0, 0))
    assert json.loads(run("list", "--json").stdout)[0]["state"] == "applied"
    send(nats_url, alarms(receipt, 2, b=7))
    work_off(nats_url, receipt, 3)
    assert sheet(receipt) == (3, 2, 0, 1)


def test_comparison_that_fails_says_why_and_nobody_waits_for_it(nats_url, receipt, monkeypatch):
    send(nats_url, alarms(receipt, 1, a=0))
    work_off(nats_url, receipt, 1)

    def fail(*_, **__):
        raise ValueError("no such thing")

    monkeypatch.setattr(replaying.cleaning, "clean_parts", fail)
    number = ask()
    view = module.wait_for(number, actor=SYSTEM, on_waiting=lambda _: None, limit_s=30)

    assert (view.state, view.error) == ("failed", "ValueError: no such thing")
    assert replays.next_replay() is None


def test_what_nobody_decides_on_is_given_up_and_its_rows_are_erased(nats_url, receipt):
    send(nats_url, alarms(receipt, 1, a=0))
    work_off(nats_url, receipt, 1)
    number = ask()
    module.wait_for(number, actor=SYSTEM, on_waiting=lambda _: None, limit_s=30)
    folder = settings.REPLAY_FOLDER / str(number)
    assert folder.exists()
    module._next()
    assert folder.exists()

    Replay.objects.update(ready_at=datetime.now(UTC) - timedelta(days=8))
    module._next()

    assert (state(number), folder.exists()) == ("failed", False)
