"""The number of shards changes only while nothing waits and nobody works; doors follow by themselves."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ningjulan.foundation.bus import connect
from ningjulan.observations import facade as observations
from ningjulan.project.processes.division import BatchesWait, WorkersRun, as_divided, divide
from ningjulan.project.processes.shard import ShardLock
from ningjulan.sources.canary import RECEIPT
from ningjulan.sources.stream import (
    RAW,
    Division,
    RawBatch,
    StreamDown,
    close_division,
    get_division,
    open_division,
    publish,
    shard_of,
)

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)


@pytest.fixture
def ask(nats_url):
    """Ask something of the stream, which is empty at first and divided in one again at the end."""

    def ask(action):
        async def run():
            client = await connect(nats_url, name="test")
            try:
                return await action(client.jetstream())
            finally:
                await client.close()

        return asyncio.run(run())

    ask(lambda js: js.purge_stream(RAW.name))
    yield ask
    ask(lambda js: js.purge_stream(RAW.name))
    ask(lambda js: open_division(js, 1))


def batch(number, source="town_video"):
    return RawBatch(f"division:{NOW}:{datetime.now(UTC)}:{number}", "R", source, "IOT03", 1, NOW, b"{}")


async def subject_at(js, seq):
    return (await js.get_msg(RAW.name, seq=seq)).subject


def test_changing_the_number_lets_every_shard_begin_behind_what_is_done(ask):
    last = ask(lambda js: publish(js, batch(1)))
    observations.move_position(0, last, NOW)

    assert ask(lambda js: divide(js, 3)) == 3

    assert ask(get_division) == Division(3)
    assert [observations.position_of(shard) for shard in range(3)] == [last, last, last]


def test_door_that_divides_as_before_is_refused_and_learns(ask):
    ask(lambda js: divide(js, 4))  # this process has heard of one shard only
    seq = ask(lambda js: publish(js, batch(1)))
    assert ask(lambda js: subject_at(js, seq)) == f"raw.IOT03.{shard_of('town_video', 4)}of4"
    observations.move_position(shard_of("town_video", 4), seq, NOW)

    ask(lambda js: divide(js, 1))
    seq = ask(lambda js: publish(js, batch(2)))

    assert ask(lambda js: subject_at(js, seq)) == "raw.IOT03.0"


def test_number_stays_while_a_batch_waits(ask):
    ask(lambda js: publish(js, batch(1)))

    with pytest.raises(BatchesWait) as refused:
        ask(lambda js: divide(js, 2))

    assert refused.value.facts == {"now": 1, "shard": 0, "wanted": 2}
    assert ask(get_division) == Division(1)


def test_canary_does_not_count_as_waiting(ask):
    ask(lambda js: publish(js, replace(batch(1), receipt_id=RECEIPT)))

    assert ask(lambda js: divide(js, 2)) == 2


def test_number_stays_while_somebody_works(ask):
    lock = ShardLock(1)
    assert lock.held()

    with pytest.raises(WorkersRun):
        ask(lambda js: divide(js, 2))

    lock.release()
    assert ask(get_division) == Division(1)


def test_change_that_died_half_way_is_made_good_by_the_next_start(ask):
    ask(lambda js: divide(js, 2))
    ask(close_division)
    with pytest.raises(StreamDown):  # nothing is taken that nobody would read
        ask(lambda js: publish(js, batch(1)))
    assert ask(as_divided).subjects == ["raw.closed.2"]

    assert ask(lambda js: divide(js, None)) == 2

    assert ask(get_division) == Division(2)
    assert ask(lambda js: publish(js, batch(1))) > 0


def test_stream_stays_divided_when_it_is_brought_up_to_date(ask):
    ask(lambda js: divide(js, 2))

    assert ask(as_divided).subjects == ["raw.*.0of2", "raw.*.1of2"]
    assert ask(lambda js: divide(js, None)) == 2
