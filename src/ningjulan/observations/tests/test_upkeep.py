import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from deltalake import DeltaTable

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.samples import TENANT
from ningjulan.cleaning.contracts import Intake, Refs, SourceRef
from ningjulan.cleaning.facade import clean
from ningjulan.observations import upkeep
from ningjulan.observations.domain.retention import (
    FILES_OF_TODAY,
    TARGET_BYTES,
    Day,
    Hold,
    Retention,
    is_in_pieces,
    latest_due,
    plan,
)
from ningjulan.observations.history import History, read_history

TODAY = date(2026, 11, 25)
FIRE = Retention("IOT12", timedelta(days=10))
PICTURES = Retention("IOT03", timedelta(days=10), {"snapshot": timedelta(days=3)})
WITH_SHORT_ITEMS_OR_ENDS = [
    c for c in catalog.list_classes() if c.keep_from or upkeep.retention_of(c).keep_items
]


def day(ago, *, n_files=1, n_bytes=1000, counts_from="itself", filled=None):
    the_day = TODAY - timedelta(days=ago)
    start = the_day if counts_from == "itself" else counts_from
    return Day(the_day, 5, n_bytes, n_files, start, filled or {})


def ago(days):
    return [(TODAY - d.day).days for d in days]


def hold(from_ago, to_ago, class_id="IOT12"):
    return Hold(class_id, TODAY - timedelta(days=from_ago), TODAY - timedelta(days=to_ago))


def test_day_is_deleted_once_it_has_been_kept_for_all_of_keep():
    planned = plan(FIRE, [day(n) for n in (12, 11, 10, 0)], holds=[], today=TODAY)

    assert ago(planned.delete) == [12, 11]


def test_day_under_a_hold_stays_and_is_named():
    days = [day(n) for n in (14, 13, 12, 11)]

    planned = plan(FIRE, days, holds=[hold(13, 12), hold(99, 0, "IOT03")], today=TODAY)

    assert ago(planned.delete) == [14, 11]
    assert ago(planned.held) == [13, 12]


@pytest.mark.parametrize(
    ("counts_from", "is_due"),
    [
        pytest.param(None, False, id="a matter of that day is open"),
        pytest.param(TODAY - timedelta(days=10), False, id="ended ten days ago"),
        pytest.param(TODAY - timedelta(days=11), True, id="ended eleven days ago"),
    ],
)
def test_retention_counts_from_the_end_of_the_matter(counts_from, is_due):
    planned = plan(FIRE, [day(90, counts_from=counts_from)], holds=[], today=TODAY)

    assert bool(planned.delete) is is_due


def test_item_is_blanked_earlier_than_its_record_goes():
    days = [
        day(11, filled={"snapshot": 2}),
        day(4, filled={"snapshot": 2}),
        day(5),
        day(3, filled={"snapshot": 1}),
    ]

    planned = plan(PICTURES, days, holds=[], today=TODAY)

    assert ago(planned.delete) == [11]
    assert {item: ago(of_item) for item, of_item in planned.blank.items()} == {"snapshot": [4]}


def test_hold_keeps_the_item_too():
    planned = plan(PICTURES, [day(4, filled={"snapshot": 2})], holds=[hold(5, 4, "IOT03")], today=TODAY)

    assert (planned.blank, ago(planned.held)) == ({}, [4])


@pytest.mark.parametrize(
    ("the_day", "expected"),
    [
        pytest.param(day(1), False, id="one file"),
        pytest.param(day(1, n_files=2), True, id="two small files"),
        pytest.param(day(1, n_files=3, n_bytes=3 * TARGET_BYTES), False, id="three full files"),
        pytest.param(day(0, n_files=FILES_OF_TODAY + 1), False, id="today still grows"),
        pytest.param(day(0, n_files=FILES_OF_TODAY + 2), True, id="today in very many"),
    ],
)
def test_day_in_more_files_than_it_needs_is_compacted(the_day, expected):
    assert is_in_pieces(the_day, TODAY) is expected


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param("2026-11-25T03:30:00+08:00", "2026-11-24T19:30:00+00:00", id="on the minute"),
        pytest.param("2026-11-25T03:29:59+08:00", "2026-11-23T19:30:00+00:00", id="a second before"),
        pytest.param("2026-11-24T22:00:00+00:00", "2026-11-24T19:30:00+00:00", id="in UTC, a day behind"),
    ],
)
def test_upkeep_is_due_at_half_past_three_of_the_street(now, due):
    assert latest_due(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def write(root, class_id, seq, *, on, **columns):
    """One append of two rows on one day."""
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    frame = pl.DataFrame({"record_key": [f"{seq}a", f"{seq}b"], "occurred_at": [at, at], **columns})
    history = History(str(root), shard=0)
    history.add(class_id, frame.with_columns(pl.col("occurred_at").cast(pl.Datetime("us", "UTC"))), seq)
    history.flush()


def stored(root, class_id="IOT12"):
    return read_history(str(root), class_id).collect().sort("record_key")


def test_survey_tells_each_day_s_rows_and_files(tmp_path):
    write(tmp_path, "IOT12", 1, on=TODAY)
    write(tmp_path, "IOT12", 2, on=TODAY)
    write(tmp_path, "IOT12", 3, on=TODAY - timedelta(days=2))

    days = upkeep.survey(str(tmp_path), catalog.get_class("IOT12"))

    assert [(d.day, d.n_rows, d.n_files) for d in days] == [(TODAY - timedelta(days=2), 2, 1), (TODAY, 4, 2)]
    assert all(d.n_bytes > 0 and d.counts_from == d.day for d in days)


def test_deleted_days_are_off_the_disk_and_the_others_whole(tmp_path):
    old = [TODAY - timedelta(days=n) for n in (9, 8)]
    for seq, on in enumerate([*old, TODAY], start=1):
        write(tmp_path, "IOT12", seq, on=on)

    upkeep.delete_days(str(tmp_path), "IOT12", old)

    assert stored(tmp_path)["record_key"].to_list() == ["3a", "3b"]
    assert upkeep.days_left(str(tmp_path), "IOT12", [*old, TODAY]) == {TODAY}
    assert [p.parent.name for p in tmp_path.glob("IOT12/day=*/*.parquet")] == [f"day={TODAY}"]


def test_blanked_item_is_empty_and_its_record_stays(tmp_path):
    old = TODAY - timedelta(days=9)
    write(tmp_path, "IOT03", 1, on=old, snapshot=["p1", None])
    write(tmp_path, "IOT03", 2, on=TODAY, snapshot=["p2", "p3"])

    upkeep.blank_item(str(tmp_path), "IOT03", "snapshot", [old])

    assert stored(tmp_path, "IOT03")["snapshot"].to_list() == [None, None, "p2", "p3"]
    assert not any(b"p1" in path.read_bytes() for path in tmp_path.glob("IOT03/day=*/*.parquet"))
    days = upkeep.survey(str(tmp_path), catalog.get_class("IOT03"))
    assert [d.filled["snapshot"] for d in days] == [0, 2]


def test_compaction_changes_files_and_no_row(tmp_path):
    for seq in (1, 2, 3):
        write(tmp_path, "IOT12", seq, on=TODAY)
    before = stored(tmp_path)

    upkeep.compact(str(tmp_path), "IOT12", [TODAY])

    assert stored(tmp_path).equals(before)
    assert [d.n_files for d in upkeep.survey(str(tmp_path), catalog.get_class("IOT12"))] == [1]


def test_upkeep_leaves_the_mark_that_keeps_rows_from_being_written_twice(tmp_path):
    write(tmp_path, "IOT12", 1, on=TODAY - timedelta(days=9))
    write(tmp_path, "IOT12", 2, on=TODAY)

    upkeep.delete_days(str(tmp_path), "IOT12", [TODAY - timedelta(days=9)])
    upkeep.compact(str(tmp_path), "IOT12", [TODAY])
    upkeep.trim(str(tmp_path), "IOT12")

    write(tmp_path, "IOT12", 1, on=TODAY - timedelta(days=9))
    write(tmp_path, "IOT12", 3, on=TODAY)
    assert stored(tmp_path)["record_key"].to_list() == ["2a", "2b", "3a", "3b"]
    said = DeltaTable(str(tmp_path / "IOT12")).metadata().configuration
    assert said.items() >= upkeep.LOG_RETENTION.items()


def test_day_with_an_open_matter_has_nothing_to_count_from(tmp_path):
    rental = replace(catalog.get_class("IOT12"), keep_from="end_date")
    on = TODAY - timedelta(days=9)
    write(tmp_path, "IOT12", 1, on=on, end_date=[TODAY, on])
    write(tmp_path, "IOT12", 2, on=TODAY, end_date=[TODAY, None])

    days = upkeep.survey(str(tmp_path), rental)

    assert [d.counts_from for d in days] == [TODAY, None]


@pytest.mark.parametrize("data_class", WITH_SHORT_ITEMS_OR_ENDS, ids=lambda data_class: data_class.id)
def test_upkeep_understands_the_columns_of_every_class(tmp_path, data_class):
    now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    lines = [json.dumps(record).encode() for record in catalog.clean_samples(data_class.id, 3, now=now)]
    nobody = SourceRef("nobody", TENANT, intake=Intake.HISTORY)
    rows = clean(data_class.id, lines, received_at=now, source=nobody, refs=Refs(TENANT)).accepted
    assert not rows.is_empty()
    history = History(str(tmp_path), shard=0)
    history.add(data_class.id, rows, 1)
    history.flush()

    days = upkeep.survey(str(tmp_path), data_class)

    assert sum(d.n_rows for d in days) == len(rows)
    for item in upkeep.retention_of(data_class).keep_items:
        assert sum(d.filled[item] for d in days) == rows[item].count() > 0
        upkeep.blank_item(str(tmp_path), data_class.id, item, [d.day for d in days])
        assert stored(tmp_path, data_class.id)[item].count() == 0
    if data_class.keep_from and rows[data_class.keep_from].null_count() == 0:
        assert all(d.counts_from >= d.day for d in days)
    assert len(stored(tmp_path, data_class.id)) == len(rows)
