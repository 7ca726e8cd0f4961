"""Canaries from the relay's hand to the worker's, through the stream."""

import asyncio
from datetime import UTC, datetime

import pytest

from ningjulan.foundation.bus import connect
from ningjulan.observations.canaries import sights
from ningjulan.observations.facade import highest_seq, position_of
from ningjulan.observations.models import Batch
from ningjulan.project import settings
from ningjulan.project.processes import worker as module
from ningjulan.project.processes.canaries import send_canaries
from ningjulan.project.processes.worker import Worker
from ningjulan.sources import facade as sources
from ningjulan.sources.stream import RAW

pytestmark = pytest.mark.django_db(transaction=True)

LIVE = {source.name for source in sources.list_sources() if source.intake == "live"}


def test_every_live_source_has_its_canary_and_only_that(nats_url, monkeypatch, tmp_path):
    monkeypatch.setattr(module.observations, "FLUSH_EVERY_S", 0.1)
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path / "history"))
    monkeypatch.setattr(settings, "SEEN_FOLDER", tmp_path / "seen")
    monkeypatch.setattr(settings, "NATS_URL", nats_url)
    worker = Worker()

    async def send_and_work():
        client = await connect(nats_url, name="test")
        js = client.jetstream()
        await js.purge_stream(RAW.name)
        before = (await js.stream_info(RAW.name)).state.last_seq
        both = [asyncio.create_task(worker.run()), asyncio.create_task(send_canaries(js, worker.stop))]
        async with asyncio.timeout(20):
            while await asyncio.to_thread(position_of, 0) < before + len(LIVE):
                await asyncio.sleep(0.05)
        worker.stop.set()
        await asyncio.gather(*both)
        await client.close()
        return before + len(LIVE)

    last = asyncio.run(send_and_work())

    seen = sights(datetime.now(UTC))
    assert {name for name, sight in seen.items() if sight.n_seen == 1} == LIVE
    assert Batch.objects.count() == 0
    assert not (tmp_path / "history").exists()
    assert highest_seq() == last  # or a stream that was lost would give these numbers again
