import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from ningjulan.observations import tidying, upkeep
from ningjulan.observations.domain import retention
from ningjulan.observations.history import History, read_history
from ningjulan.observations.holds import HoldRefused, UnknownHold, hold_days, lift_hold, list_holds
from ningjulan.observations.models import HistoryPurge, HistoryTidying

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # noon of the street
PLATES = "IOT06"  # kept for 90 days, its pictures for 30

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path):
    """Plates of today and of 40, 91 and 92 days ago, two records a day."""
    history = History(str(tmp_path), shard=0)
    for seq, ago in enumerate((92, 91, 40, 0), start=1):
        history.add(PLATES, plates(seq, ago), seq)
    history.flush()
    return str(tmp_path)


def plates(seq, ago):
    return pl.DataFrame(
        {
            "record_key": [f"{ago}a", f"{ago}b"],
            "occurred_at": [NOW - timedelta(days=ago)] * 2,
            "image": [f"picture-{seq}", None],
        },
        schema_overrides={"occurred_at": pl.Datetime("us", "UTC")},
    )


def stored(root):
    frame = read_history(root, PLATES).select("record_key", "image").collect()
    return dict(sorted(frame.iter_rows()))


def tidy(root, *, now=NOW):
    return tidying.carry_out(
        tidying.ask_for_tidying(by="steward", now=now), root=root, writing=nullcontext(), now=now
    )


def told(report):
    return [((NOW.date() - p.day).days, p.item, p.n_rows, p.keep_days) for p in report.purged]


def test_what_is_over_goes_and_the_report_tells_it(root):
    report = tidy(root)

    assert stored(root) == {"0a": "picture-4", "0b": None, "40a": None, "40b": None}
    assert told(report) == [(92, "", 2, 90), (91, "", 2, 90), (40, "image", 1, 30)]
    assert all(p.proven_at == NOW for p in report.purged)
    assert [p.n_bytes > 0 for p in report.purged] == [True, True, False]
    assert (report.by, report.ended_at, report.failures) == ("steward", NOW, {})


def test_second_run_finds_nothing_to_do(root):
    tidy(root)

    assert told(tidy(root)) == []
    assert tidying.plan_tidying(root, NOW) == []


def test_plan_changes_nothing(root):
    (planned,) = tidying.plan_tidying(root, NOW)

    assert (planned.class_id, len(planned.delete), list(planned.blank)) == (PLATES, 2, ["image"])
    assert len(stored(root)) == 8
    assert HistoryTidying.objects.count() == 0


def test_held_day_stays_until_the_hold_is_lifted(root):
    day = NOW.date() - timedelta(days=91)
    held = hold_days(class_id=PLATES, from_day=day, to_day=day, reason="调查取证", by="officer", now=NOW)

    first = tidy(root)
    assert told(first) == [(92, "", 2, 90), (40, "image", 1, 30)]
    assert "91a" in stored(root)

    lift_hold(held, by="officer", now=NOW)
    assert told(tidy(root)) == [(91, "", 2, 90)]
    assert list_holds() == []
    with pytest.raises(UnknownHold):
        lift_hold(held, by="officer", now=NOW)


@pytest.mark.parametrize(("reason", "length"), [(" ", 1), ("调查", -1)])
def test_hold_without_reason_or_days_is_refused(reason, length):
    day = NOW.date()

    with pytest.raises(HoldRefused):
        hold_days(
            class_id=PLATES, from_day=day, to_day=day + timedelta(days=length), reason=reason, by="x", now=NOW
        )


def test_report_that_was_changed_afterwards_is_not_authentic(root):
    report = tidy(root)
    assert report.is_authentic

    HistoryPurge.objects.filter(item="").update(n_rows=1)

    assert not tidying.report_of(report.id).is_authentic


@pytest.mark.parametrize("dies_in", ["delete_days", "days_left"])
def test_run_that_died_is_carried_out_again_and_reports_each_deletion_once(root, monkeypatch, dies_in):
    class PowerCut(BaseException):
        pass

    def die(*_):
        raise PowerCut

    wanted = tidying.ask_for_tidying(by="steward", now=NOW)
    with monkeypatch.context() as broken, pytest.raises(PowerCut):
        broken.setattr(upkeep, dies_in, die)
        tidying.carry_out(wanted, root=root, writing=nullcontext(), now=NOW)

    report = tidying.carry_out(wanted, root=root, writing=nullcontext(), now=NOW)

    assert told(report) == [(92, "", 2, 90), (91, "", 2, 90), (40, "image", 1, 30)]
    assert all(p.proven_at for p in report.purged)
    assert report.is_authentic


def test_class_that_fails_does_not_stop_the_others(root, monkeypatch):
    history = History(root, shard=0)
    history.add("IOT09", plates(9, 200), 9)
    history.flush()
    whole = upkeep.delete_days

    def fail_for_plates(root, class_id, days):
        if class_id == PLATES:
            raise OSError("disk")
        whole(root, class_id, days)

    monkeypatch.setattr(upkeep, "delete_days", fail_for_plates)
    report = tidy(root)

    assert report.failures == {PLATES: "OSError: disk"}
    assert {p.class_id for p in report.purged if p.proven_at} == {"IOT09"}


def test_appends_wait_while_a_table_is_tidied(root, monkeypatch):
    history = History(root, shard=0)
    history.add(PLATES, plates(5, 0), 5)
    appended = threading.Thread(target=history.flush)
    whole = upkeep.delete_days

    def append_meanwhile(root, class_id, days):
        appended.start()
        whole(root, class_id, days)
        assert history.writing.locked()
        assert appended.is_alive()

    monkeypatch.setattr(upkeep, "delete_days", append_meanwhile)
    wanted = tidying.ask_for_tidying(by="steward", now=NOW)
    report = tidying.carry_out(wanted, root=root, writing=history.writing, now=NOW)
    appended.join(timeout=30)

    assert report.failures == {}
    assert read_history(root, PLATES).collect().height == 6


def test_day_in_very_many_pieces_is_compacted_before_the_night(root, monkeypatch):
    monkeypatch.setattr(retention, "FILES_OF_TODAY", 2)
    history = History(root, shard=0)
    for seq in (5, 6, 7):
        history.add(PLATES, plates(seq, 0), seq)
        history.flush()
    before = sorted(read_history(root, PLATES).collect()["image"].drop_nulls())

    assert tidying.compact_busy(root, writing=history.writing) == 1

    assert [d.n_files for d in upkeep.files_of(root, PLATES)] == [1, 1, 1, 1]
    assert sorted(read_history(root, PLATES).collect()["image"].drop_nulls()) == before
    assert tidying.compact_busy(root, writing=history.writing) == 0


def test_night_is_due_once_and_a_missed_one_is_made_up():
    first = tidying.next_tidying(NOW)
    assert tidying.next_tidying(NOW + timedelta(minutes=1)) == first
    HistoryTidying.objects.filter(pk=first).update(ended_at=NOW)

    assert tidying.next_tidying(NOW + timedelta(hours=1)) is None
    assert tidying.next_tidying(NOW + timedelta(days=5)) not in (None, first)


def test_wish_is_taken_up():
    HistoryTidying.objects.filter(pk=tidying.next_tidying(NOW)).update(ended_at=NOW)

    wanted = tidying.ask_for_tidying(by="steward", now=NOW)

    assert tidying.next_tidying(NOW) == wanted
