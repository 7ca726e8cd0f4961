"""The raw archive: nothing that the stream lets go is missing from it, nothing is in it twice."""

import asyncio
import stat
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta

import pytest

from ningjulan.foundation.bus import connect
from ningjulan.observations import archive as module
from ningjulan.observations import tidying
from ningjulan.observations.archive import Archiver, archived, archived_up_to, classes_in, days_of
from ningjulan.observations.archive_upkeep import RAW_LINES, raw_keep
from ningjulan.observations.holds import hold_days
from ningjulan.sources.stream import RAW, RawBatch, publish

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # noon of the street
EVER = {"since": NOW - timedelta(days=400), "until": NOW + timedelta(days=1)}


class PowerCut(BaseException):
    pass


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "archive"


@pytest.fixture
def stream(nats_url):
    """Runs something with an empty RAW and its context."""

    async def with_stream(action):
        client = await connect(nats_url, name="test")
        try:
            return await action(client.jetstream())
        finally:
            await client.close()

    def run(action):
        return asyncio.run(with_stream(action))

    run(lambda js: js.purge_stream(RAW.name))
    return run


def raw(number, *, class_id="IOT12", at=NOW, receipt="r", source="town_iot"):
    payload = b"\n".join(b'{"msg_id": "%d-%d"}' % (number, line) for line in range(3))
    name = f"{receipt}:{number}:{datetime.now(UTC).timestamp()}"
    return RawBatch(name, receipt, source, class_id, 1, at, payload)


def send(stream, *batches):
    async def publish_all(js):
        return [await publish(js, batch) for batch in batches]

    return stream(publish_all)


def archive_all(stream, folder):
    async def run(js):
        last = (await js.stream_info(RAW.name)).state.last_seq
        return await Archiver(folder).archive(js, last)

    return stream(run)


def kept(folder, class_id="IOT12", **limits):
    return [batch.seq for batch in archived(folder, class_id, **EVER | limits)]


def test_archived_batch_reads_back_as_it_was_sent(stream, folder):
    sent = raw(1)
    (seq,) = send(stream, sent)

    archive_all(stream, folder)

    (back,) = archived(folder, "IOT12", **EVER)
    assert (back.seq, back.batch_id, back.received_at, back.payload) == (
        seq, sent.batch_id, sent.received_at, sent.payload,
    )  # fmt: skip
    assert archived_up_to(folder) == seq
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_classes_and_days_lie_apart_and_a_range_or_source_is_found(stream, folder):
    yesterday = NOW - timedelta(days=1)
    seqs = send(
        stream,
        raw(1, at=yesterday),
        raw(2, class_id="IOT06"),
        raw(3),
        raw(4, source="other"),
        raw(5, at=yesterday),
    )

    archive_all(stream, folder)

    assert classes_in(folder) == ["IOT06", "IOT12"]
    assert days_of(folder, "IOT12") == [date(2026, 11, 24), date(2026, 11, 25)]
    assert kept(folder) == [seqs[0], seqs[4], seqs[2], seqs[3]]
    assert kept(folder, until=NOW) == [seqs[0], seqs[4]]
    assert kept(folder, since=NOW, source="other") == [seqs[3]]


def test_canaries_and_strangers_are_passed(stream, folder):
    send(stream, raw(1, receipt="canary"))
    stranger = stream(lambda js: js.publish("raw.IOT12.0", b"hello"))

    assert archive_all(stream, folder) == 0

    assert (classes_in(folder), archived_up_to(folder)) == ([], stranger.seq)


def test_second_run_copies_only_what_is_new(stream, folder):
    first = send(stream, raw(1), raw(2))
    archive_all(stream, folder)
    later = send(stream, raw(3))

    assert archive_all(stream, folder) == 1
    assert archive_all(stream, folder) == 0

    assert kept(folder) == [*first, *later]


@pytest.mark.parametrize("dies_before", ["first.parquet", "second.parquet", "mark"])
def test_run_that_died_anywhere_leaves_nothing_twice_and_nothing_out(
    stream, folder, monkeypatch, dies_before
):
    seqs = send(stream, raw(1), raw(2, class_id="IOT06"))
    whole = module._put
    n_put = {"first.parquet": 0, "second.parquet": 1, "mark": 2}[dies_before]

    def put_some(new, path):
        nonlocal n_put
        if n_put == 0:
            raise PowerCut
        n_put -= 1
        whole(new, path)

    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(module, "_put", put_some)
        archive_all(stream, folder)
    assert kept(folder) == []
    more = send(stream, raw(3))  # the next round has another range

    archive_all(stream, folder)

    assert kept(folder) == [seqs[0], *more]
    assert kept(folder, "IOT06") == [seqs[1]]
    assert not list(folder.glob("**/*.part"))


def test_rounds_are_small_whatever_has_come(stream, folder, monkeypatch):
    monkeypatch.setattr(module, "ROUND_BYTES", 100)
    seqs = send(stream, *(raw(n) for n in range(7)))

    assert archive_all(stream, folder) == 7

    assert len(list(folder.glob("IOT12/day=*/*.parquet"))) == 4
    assert kept(folder) == seqs


def test_message_that_got_lost_on_the_way_is_not_passed(stream, folder, monkeypatch):
    seqs = send(stream, *(raw(n) for n in range(4)))
    whole = module._next
    lost = []

    async def lose_one(subscription):
        messages = await whole(subscription)
        if messages and not lost:
            lost.append(messages.pop(1))
        return messages

    monkeypatch.setattr(module, "_next", lose_one)
    with pytest.raises(module.StreamDidNotAnswer):
        archive_all(stream, folder)
    archive_all(stream, folder)

    assert kept(folder) == seqs


def test_it_is_due_by_time_or_by_size(stream, folder, monkeypatch):
    archiver = Archiver(folder)

    def look(minutes):
        return stream(lambda js: archiver.archive_if_due(js, NOW + timedelta(minutes=minutes)))

    send(stream, raw(1))
    assert look(0) == 1
    send(stream, raw(2))
    assert (look(1), look(61)) == (0, 1)
    send(stream, raw(3))
    monkeypatch.setattr(module, "DUE_BYTES", 1)
    assert look(62) == 1


# Upkeep


@pytest.fixture
def old(stream, folder):
    """Raw plates of 0, 29, 31 and 91 days ago; their pictures are kept for 30 days."""
    send(stream, *(raw(ago, class_id="IOT06", at=NOW - timedelta(days=ago)) for ago in (0, 29, 31, 91)))
    archive_all(stream, folder)
    return folder


def tidy(folder, tmp_path, *, limit_bytes=10**9):
    return tidying.carry_out(
        tidying.ask_for_tidying(by="steward", now=NOW),
        root=str(tmp_path / "history"),
        writing=nullcontext(),
        now=NOW,
        archive=tidying.Archive(folder, limit_bytes),
    )


def ago(days):
    return [(NOW.date() - day).days for day in days]


@pytest.mark.parametrize(
    ("class_id", "days"),
    [
        pytest.param("IOT06", 30, id="as long as its pictures"),
        pytest.param("BIZ16", 90, id="kept for years, but not raw"),
        pytest.param("GONE", 0, id="no longer in the catalogue"),
    ],
)
def test_raw_lines_live_as_long_as_the_shortest_of_what_they_hold(class_id, days):
    assert raw_keep(class_id) == timedelta(days=days)


@pytest.mark.django_db
def test_raw_lines_that_are_over_go_with_a_signed_report(old, tmp_path):
    report = tidy(old, tmp_path)

    assert ago(days_of(old, "IOT06")) == [29, 0]
    told = [((NOW.date() - p.day).days, p.item, p.n_rows, p.keep_days) for p in report.purged]
    assert told == [(91, RAW_LINES, 3, 30), (31, RAW_LINES, 3, 30)]
    assert all(p.proven_at == NOW and p.n_bytes > 0 for p in report.purged)
    assert report.is_authentic
    assert tidy(old, tmp_path).purged == []


@pytest.mark.django_db
def test_plan_names_raw_lines_and_changes_nothing(old, tmp_path):
    (planned,) = tidying.plan_tidying(str(tmp_path / "history"), NOW, tidying.Archive(old, 10**9))

    assert (planned.class_id, ago(d.day for d in planned.blank[RAW_LINES])) == ("IOT06", [91, 31])
    assert len(days_of(old, "IOT06")) == 4


@pytest.mark.django_db
def test_held_day_keeps_its_raw_lines_and_those_that_came_late(old, tmp_path):
    day = NOW.date() - timedelta(days=31)
    hold_days(class_id="IOT06", from_day=day, to_day=day, reason="调查取证", by="officer", now=NOW)

    tidy(old, tmp_path)

    assert ago(days_of(old, "IOT06")) == [31, 29, 0]


@pytest.mark.django_db
def test_archive_over_its_limit_lets_go_of_the_oldest_days_but_never_of_today(old, tmp_path):
    report = tidy(old, tmp_path, limit_bytes=1)

    assert ago(days_of(old, "IOT06")) == [0]
    assert [(NOW.date() - p.day).days for p in report.purged] == [91, 31, 29]


@pytest.mark.django_db
def test_run_that_died_while_deleting_reports_each_day_once(old, tmp_path, monkeypatch):
    def die(*_):
        raise PowerCut

    wanted = tidying.ask_for_tidying(by="steward", now=NOW)
    carry_out = {"root": str(tmp_path / "history"), "writing": nullcontext(), "now": NOW}
    carry_out["archive"] = tidying.Archive(old, 10**9)
    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(module, "delete_days", die)
        tidying.carry_out(wanted, **carry_out)

    report = tidying.carry_out(wanted, **carry_out)

    assert [(NOW.date() - p.day).days for p in report.purged] == [91, 31]
    assert all(p.proven_at for p in report.purged)
