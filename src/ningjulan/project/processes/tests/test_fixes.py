"""更正重报 all the way: rejected, mended, through the stream again, stored, resolved."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ningjulan.foundation.actors import SYSTEM
from ningjulan.foundation.bus import connect
from ningjulan.observations import mending
from ningjulan.observations.delivering import delivering
from ningjulan.observations.facade import read_history
from ningjulan.observations.models import Batch, Reject, RejectStep
from ningjulan.project import settings
from ningjulan.project.processes import worker as module
from ningjulan.project.processes.fixes import send_fixes, send_some
from ningjulan.project.processes.worker import Worker
from ningjulan.sources.stream import RAW, RawBatch, StreamDown, publish

pytestmark = pytest.mark.django_db(transaction=True)

AN_HOUR_AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _stream(nats_url, monkeypatch, tmp_path):
    monkeypatch.setattr(module.observations, "FLUSH_EVERY_S", 0.2)
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path / "history"))
    monkeypatch.setattr(settings, "SEEN_FOLDER", tmp_path / "seen")
    monkeypatch.setattr(settings, "NATS_URL", nats_url)
    with_stream(nats_url, lambda js: js.purge_stream(RAW.name))


def with_stream(nats_url, action):
    async def run():
        client = await connect(nats_url, name="test")
        try:
            return await action(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


def alarm(key, kind="NORMAL"):
    record = {"msg_id": key, "facility_id": "D1", "alarm_kind": kind}
    return json.dumps(record | {"event_time": AN_HOUR_AGO.isoformat()})


def work_until(nats_url, condition):
    """Run a worker and the relay's part in this until `condition` holds."""
    worker = Worker()

    async def run():
        client = await connect(nats_url, name="test")
        both = [
            asyncio.create_task(worker.run()),
            asyncio.create_task(send_fixes(client.jetstream(), worker.stop)),
        ]
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(condition):
                await asyncio.sleep(0.05)
        worker.stop.set()
        await asyncio.gather(*both)
        await client.close()

    asyncio.run(run())


def rejected(nats_url, *lines):
    """Send lines that are all bad, and return their rejects."""
    receipt = uuid4().hex
    payload = "\n".join(lines).encode()
    batch = RawBatch(f"{receipt}:1", receipt, "town_iot", "IOT12", 1, AN_HOUR_AGO, payload)
    with_stream(nats_url, lambda js: publish(js, batch))
    work_until(nats_url, lambda: Reject.objects.count() == len(lines))
    return list(Reject.objects.order_by("row_no"))


def resubmit(one, raw=None):
    mending.resubmit(one.id, version=one.version, raw=raw, actor=SYSTEM, now=datetime.now(UTC))


def are_settled(n):
    return lambda: RejectStep.objects.filter(settled_at__isnull=False).count() == n


def test_mended_line_is_stored_and_both_ways_are_counted(nats_url, tmp_path):
    (one,) = rejected(nats_url, alarm("m1", kind="不明"))

    resubmit(one, raw=alarm("m1"))
    work_until(nats_url, are_settled(1))

    one.refresh_from_db()
    assert one.state == "resolved"
    rows = read_history(str(tmp_path / "history"), "IOT12").collect().to_dicts()
    assert [(row["record_key"], row["batch_id"], row["received_at"]) for row in rows] == [
        ("m1", f"fix:{one.id}:1", AN_HOUR_AGO)
    ]
    (line,) = [row for row in delivering(SYSTEM, datetime.now(UTC)) if row.n_batches]
    assert (line.received, line.stored, line.rejected, line.n_mended, line.n_open) == (2, 1, 1, 1, 0)


def test_line_released_before_anything_was_mended_is_rejected_again_and_open(nats_url):
    (one,) = rejected(nats_url, alarm("m1", kind="不明"))

    resubmit(one)
    work_until(nats_url, are_settled(1))

    assert list(Reject.objects.order_by("id").values_list("state", flat=True)) == ["open", "superseded"]
    (line,) = [row for row in delivering(SYSTEM, datetime.now(UTC)) if row.n_batches]
    assert (line.received, line.rejected, line.n_mended, line.n_open) == (2, 2, 0, 1)


def test_record_that_is_stored_already_is_resolved_as_a_duplicate(nats_url):
    first, second = rejected(nats_url, alarm("m1", kind="不明"), alarm("m1", kind="不明"))

    resubmit(first, raw=alarm("m1"))
    resubmit(second, raw=alarm("m1"))
    work_until(nats_url, are_settled(2))

    outcomes = RejectStep.objects.order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["stored", "duplicate"]
    assert set(Reject.objects.values_list("state", flat=True)) == {"resolved"}


def test_release_mends_all_lines_of_a_reason_in_one_go(nats_url, monkeypatch):
    rejects = rejected(nats_url, *(alarm(f"m{n}", kind="新代码") for n in range(20)))
    mended = {"alarm_kind": {"新代码": "NORMAL"}}
    monkeypatch.setattr(module.pipeline.cleaning, "source_ref", _with_codes(mended))

    done = mending.release(
        source="town_iot", class_id="IOT12", reason="unknown_code", actor=SYSTEM, now=datetime.now(UTC)
    )
    work_until(nats_url, are_settled(20))

    assert (done.n, done.n_left) == (len(rejects), 0)
    assert set(Reject.objects.values_list("state", flat=True)) == {"resolved"}


def _with_codes(codes):
    from dataclasses import replace

    from ningjulan.cleaning.facade import source_ref

    return lambda source: replace(source_ref(source), codes=codes)


def test_what_was_sent_before_a_crash_is_taken_once(nats_url):
    (one,) = rejected(nats_url, alarm("m1", kind="不明"))
    resubmit(one, raw=alarm("m1"))
    with_stream(nats_url, send_some)
    RejectStep.objects.update(sent_at=None)  # the crash: sent, and not noted

    work_until(nats_url, are_settled(1))

    assert Batch.objects.filter(batch_id__startswith="fix:").count() == 1


def test_while_the_stream_is_away_mended_lines_wait(nats_url, monkeypatch):
    (one,) = rejected(nats_url, alarm("m1", kind="不明"))
    resubmit(one, raw=alarm("m1"))

    async def refuse(js, batch):
        raise StreamDown(reason="away")

    monkeypatch.setattr("ningjulan.project.processes.fixes.publish", refuse)
    with pytest.raises(StreamDown):
        with_stream(nats_url, send_some)

    assert len(mending.unsent_fixes(10)) == 1
