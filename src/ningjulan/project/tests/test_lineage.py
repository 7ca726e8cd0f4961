"""血缘: one record from the bytes that came to the case they led to."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import CaseNotFound
from ningjulan.foundation import outbox
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.bus import connect
from ningjulan.foundation.events import Happened
from ningjulan.foundation.models import User
from ningjulan.observations import mending
from ningjulan.observations.contracts import RejectsNotYours
from ningjulan.observations.facade import Belonging, History, SeenKeys
from ningjulan.observations.lineage import RecordNotFound, put_on_record
from ningjulan.observations.models import HistoryRead, Reject
from ningjulan.observations.showing import ClassClosed, ReasonTooShort
from ningjulan.project import pipeline
from ningjulan.project import settings as own_settings
from ningjulan.project.cli import app
from ningjulan.project.lineage import Asked, NothingAsked, OfPeople, lineage_of
from ningjulan.project.wiring import LISTENERS
from ningjulan.sources.stream import RAW, RawBatch, publish

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC).replace(microsecond=0)
STREET = frozenset({"330109013"})
STEWARD = Actor(1, "李数据", frozenset({Role.STEWARD}), STREET)
OFFICER = Actor(2, "值班长", frozenset({Role.DUTY_OFFICER}), STREET)
STRANGER = Actor(3, "外", frozenset({Role.STEWARD}), frozenset({"440310"}))


@pytest.fixture
def work(nats_url, monkeypatch, settings, tmp_path):
    """Take lines through the whole way: stream, cleaning, commit, history, alerts, cases."""
    settings.HISTORY_URL = str(tmp_path / "history")
    monkeypatch.setattr(own_settings, "NATS_URL", nats_url)
    seen = SeenKeys(tmp_path / "seen", Belonging(0, 1, "nowhere"))
    history = History(settings.HISTORY_URL, shard=0)

    def work(batch):
        seq = with_stream(nats_url, lambda js: publish(js, batch))
        taken = RawBatch(**{**vars_of(batch), "seq": seq})
        for done in pipeline.commit(pipeline.clean_batches([taken]), NOW, seen):
            history.add(done.of.class_id, pipeline.for_history(done), seq)
        history.flush()
        hear_events()
        return taken

    return work


def vars_of(batch):
    return {name: getattr(batch, name) for name in RawBatch.__dataclass_fields__}


def with_stream(nats_url, action):
    async def run():
        client = await connect(nats_url, name="test")
        try:
            return await action(client.jetstream())
        finally:
            await client.close()

    return asyncio.run(run())


def hear_events():
    for event in outbox.unsent(100):
        for listener in LISTENERS:
            if event.name in listener.handlers:
                listener.handlers[event.name]([Happened(event.name, event.payload)], NOW)
        outbox.mark_sent([event.id], NOW)


def batch(*lines, source="town_iot", class_id="IOT12"):
    receipt = uuid4().hex
    return RawBatch(
        f"{receipt}:1", receipt, source, class_id, 1, NOW - timedelta(seconds=2), "\n".join(lines).encode()
    )


def alarm(key, kind="FIRE"):
    record = {"msg_id": key, "facility_id": f"D-{key}", "alarm_kind": kind, "type_flag": 2}
    return json.dumps(record | {"event_time": (NOW - timedelta(seconds=5)).isoformat()}, ensure_ascii=False)


def report(event_no):
    return json.dumps(
        {
            "event_no": event_no, "title": "路灯不亮", "category_code": "C05", "source_channel": "04",
            "severity": "1", "report_time": NOW.isoformat(), "occur_time": NOW.isoformat(),
            "description": "巷口路灯不亮", "reporter_id": "R-000017", "status": "1",
        }
    )  # fmt: skip


def kinds(found):
    return [step.kind for step in found.steps if step.happened]


def of_key(key, actor=OFFICER, class_id="IOT12", **other):
    return lineage_of(Asked(class_id=class_id, record_key=key, **other), actor=actor, now=NOW)


def test_fire_alarm_is_followed_from_its_receipt_to_its_case(work):
    sent = work(batch(alarm("m1", "NORMAL"), alarm("m2")))

    found = of_key("m2")

    way = kinds(found)
    assert way[:5] == ["received", "streamed", "cleaned", "stored", "alert"]
    assert set(way[5:]) == {"case"}
    received, streamed = found.steps[:2]
    assert (received.receipt_id, received.row_no) == (sent.receipt_id, 2)
    assert (streamed.stream_seq, found.raw_state, found.raw) == (sent.seq, "held", None)
    assert {"msg_id": "m2", "alarm_kind": "FIRE"}.items() <= {i.id: i.value for i in found.record}.items()


def test_case_leads_back_to_the_record_it_began_with(work):
    work(batch(alarm("m1", "NORMAL"), alarm("m2")))
    case_id = of_key("m2").steps[-1].case_id

    found = lineage_of(Asked(case_id=case_id), actor=OFFICER, now=NOW)

    assert (found.record_key, kinds(found)[0]) == ("m2", "received")


def test_record_without_consequences_says_so(work):
    work(batch(alarm("m1", "NORMAL")))

    found = of_key("m1", source="town_iot", day=NOW.astimezone().date())

    assert kinds(found) == ["received", "streamed", "cleaned", "stored"]
    assert [(step.kind, step.what_zh) for step in found.steps if not step.happened] == [
        ("alert", "未触发预警"),
        ("case", "未形成案件"),
    ]


def test_report_is_followed_to_the_case_it_opened_and_back(work):
    work(batch(report("E-1"), source="resident_reports", class_id="BIZ16"))

    found = lineage_of(
        Asked(class_id="BIZ16", record_key="E-1", source="resident_reports"), actor=STEWARD, now=NOW
    )

    case_id = found.steps[-1].case_id
    assert isinstance(case_id, UUID)
    assert cases.event_no_of(case_id, actor=STEWARD) == "E-1"
    back = lineage_of(Asked(case_id=case_id), actor=STEWARD, now=NOW)
    assert back.record_key == "E-1"


def test_personal_items_are_masked_whoever_looks(work):
    work(batch(report("E-1"), source="resident_reports", class_id="BIZ16"))

    found = of_key("E-1", STEWARD, "BIZ16")

    shown = {item.id: item.value for item in found.record}
    assert "R-000017" not in json.dumps(shown, ensure_ascii=False)
    assert next(item for item in found.record if item.id == "reporter_id").is_masked


def test_rejected_line_tells_of_its_mending(work):
    sent = work(batch(alarm("m1", "NORMAL"), alarm("m2", "不明")))
    one = Reject.objects.get()
    assert kinds(lineage_of(Asked(reject_id=one.id), actor=STEWARD, now=NOW)) == [
        *("received", "streamed", "rejected")
    ]
    mending.resubmit(one.id, version=one.version, raw=alarm("m2", "NORMAL"), actor=STEWARD, now=NOW)
    (fix,) = mending.unsent_fixes(1)

    work(fix)

    by_reject = lineage_of(Asked(reject_id=one.id), actor=STEWARD, now=NOW)
    assert kinds(by_reject) == ["received", "streamed", "rejected", "mended", "cleaned", "stored"]
    by_batch = lineage_of(Asked(batch_id=sent.batch_id, row_no=2), actor=STEWARD, now=NOW)
    assert kinds(by_batch) == kinds(by_reject)
    by_key = of_key("m2", STEWARD)
    assert kinds(by_key) == ["received", "mended", "streamed", "cleaned", "stored"]
    assert by_key.steps[0].receipt_id == sent.receipt_id


def test_raw_line_is_read_for_a_reason_and_that_is_on_record(work):
    work(batch(alarm("m1", "NORMAL"), alarm("m2", "NORMAL")))

    found = of_key("m2", STEWARD, reason="核对设备编号")

    assert found.raw == alarm("m2", "NORMAL")
    (trace,) = HistoryRead.objects.all()
    assert (trace.by, trace.reason, trace.columns, trace.n_rows) == (
        "李数据",
        "核对设备编号",
        ["IOT12.raw"],
        1,
    )


def test_raw_line_that_has_expired_is_told_so(work, nats_url):
    work(batch(alarm("m1", "NORMAL")))
    with_stream(nats_url, lambda js: js.purge_stream(RAW.name))

    assert of_key("m1").raw_state == "expired"
    found = of_key("m1", STEWARD, reason="核对设备编号")
    assert (found.raw, found.raw_state) == (None, "expired")


def test_without_the_stream_the_rest_is_still_told(work, monkeypatch):
    work(batch(alarm("m1", "NORMAL")))

    async def away(url, *, name):
        raise OSError

    monkeypatch.setattr("ningjulan.project.lineage_raw.connect", away)

    found = of_key("m1")

    assert (found.raw_state, kinds(found)[-1]) == ("unknown", "stored")


def test_raw_line_is_for_stewards_with_a_reason(work):
    work(batch(alarm("m1", "NORMAL")))

    with pytest.raises(RejectsNotYours):
        of_key("m1", OFFICER, reason="核对设备编号")
    with pytest.raises(ReasonTooShort):
        of_key("m1", STEWARD, reason="看")
    assert not HistoryRead.objects.exists()


@pytest.mark.parametrize(
    ("asked", "actor", "error"),
    [
        (Asked(), OFFICER, NothingAsked),
        (Asked(class_id="IOT12"), OFFICER, NothingAsked),
        (Asked(class_id="IOT12", record_key="nobody"), OFFICER, RecordNotFound),
        (Asked(class_id="IOT12", record_key="m1"), STRANGER, RecordNotFound),
        (Asked(class_id="BIZ01", record_key="m1"), OFFICER, OfPeople),
        (Asked(batch_id="nobody:1"), OFFICER, RecordNotFound),
        (Asked(reject_id=10**9), STEWARD, RecordNotFound),
        (Asked(reject_id=10**9), OFFICER, RejectsNotYours),
        (Asked(case_id=uuid4()), OFFICER, CaseNotFound),
    ],
)
def test_what_cannot_be_found_or_shown_is_refused(work, asked, actor, error):
    work(batch(alarm("m1", "NORMAL")))

    with pytest.raises(error):
        lineage_of(asked, actor=actor, now=NOW)


def test_raw_line_of_sensitive_classes_is_closed_to_everybody(work):
    with pytest.raises(ClassClosed):
        put_on_record("BIZ09", "x", reason="核对设备编号", actor=STEWARD, now=NOW)


def test_lineage_over_http(work, client):
    work(batch(alarm("m1", "NORMAL")))
    client.force_login(User.objects.create(username="one", roles=["duty_officer"], area_codes=["330109013"]))

    found = client.get("/api/sources/lineage?class_id=IOT12&record_key=m1").json()
    closed = client.get("/api/sources/lineage?class_id=IOT12&record_key=m1&reason=核对设备编号")

    assert (found["title_zh"], found["has_raw"], found["raw"]) == ("消防物联平台", True, None)
    assert [step["kind"] for step in found["steps"]][:2] == ["received", "streamed"]
    assert (closed.status_code, closed.json()["code"]) == (403, "rejects_not_yours")


def test_lineage_on_the_command_line(work):
    sent = work(batch(alarm("m1", "NORMAL")))
    words = ["history", "lineage", "iot12", "m1", "--source", "town_iot"]

    told = CliRunner().invoke(app, words).stdout
    as_json = json.loads(CliRunner().invoke(app, [*words, "--reason", "核对设备编号", "--json"]).stdout)

    assert sent.receipt_id in told.replace("\n", "")
    assert "alarm_kind" in told
    assert (as_json["raw"], as_json["steps"][1]["stream_seq"]) == (alarm("m1", "NORMAL"), sent.seq)
    assert HistoryRead.objects.count() == 1
