from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.observations.history import History
from ningjulan.observations.models import HistoryRead
from ningjulan.observations.querying import (
    ClassClosed,
    OnlySelect,
    QueryRefused,
    QueryTooLarge,
    QueryTooLong,
    Reader,
    ReasonNeeded,
    ReasonTooShort,
    personal_columns,
    query,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
WHY = Reader("steward", "核查漏报的车辆")


@pytest.fixture
def root(tmp_path, settings):
    settings.HISTORY_URL = str(tmp_path)
    return str(tmp_path)


def store(root, class_id, *records):
    frame = pl.DataFrame(
        [{"occurred_at": NOW, "source": "town_iot", "tenant_code": "330109013", **one} for one in records],
        schema_overrides={"occurred_at": pl.Datetime("us", "UTC")},
        infer_schema_length=None,
    )
    history = History(root, shard=0)
    history.add(class_id, frame, 1)
    history.flush()


@pytest.fixture
def plates(root):
    store(
        root,
        "IOT06",
        {"record_key": "a", "plate_no": "浙A00001", "device_id": "d1"},
        {
            "record_key": "b",
            "plate_no": "浙A00002",
            "device_id": "d2",
            "occurred_at": NOW - timedelta(days=1),
        },
    )


def ask(root, sql, **options):
    return query(sql, **{"root": root, "limit": 100, "now": NOW, **options})


@pytest.mark.usefixtures("plates")
def test_class_is_a_view_under_its_id(root):
    answer = ask(root, "select day, count(*) as n from iot06 group by day order by day")

    assert answer.columns == ["day", "n"]
    assert answer.rows == [(date(2026, 11, 24), 1), (date(2026, 11, 25), 1)]


def test_class_without_records_is_empty_and_has_its_columns(root):
    assert ask(root, "select msg_id, alarm_kind, occurred_at, day from IOT12").rows == []


@pytest.mark.usefixtures("plates")
def test_limit_says_that_there_was_more(root):
    answer = ask(root, "select device_id from IOT06 order by device_id", limit=1)

    assert (answer.rows, answer.is_cut) == ([("d1",)], True)
    assert not ask(root, "select device_id from IOT06", limit=2).is_cut


@pytest.mark.usefixtures("plates")
def test_personal_items_are_left_out_without_a_reason(root):
    assert "plate_no" not in ask(root, "select * from IOT06").columns
    with pytest.raises(ReasonNeeded) as refused:
        ask(root, "select plate_no from IOT06")

    assert refused.value.facts == {"columns": "plate_no"}


@pytest.mark.django_db
@pytest.mark.usefixtures("plates")
def test_reading_with_a_reason_leaves_a_trace(root):
    sql = "select plate_no from IOT06 where device_id = 'd1'"

    assert ask(root, sql, reader=WHY).rows == [("浙A00001",)]

    trace = HistoryRead.objects.get()
    assert (trace.at, trace.by, trace.reason, trace.sql, trace.n_rows) == (NOW, "steward", WHY.reason, sql, 1)
    assert "IOT06.plate_no" in trace.columns


@pytest.mark.django_db
@pytest.mark.usefixtures("plates")
def test_reading_that_fails_leaves_a_trace_too(root):
    with pytest.raises(QueryRefused):
        ask(root, "select nothing_like_it from IOT06", reader=WHY)

    assert HistoryRead.objects.get().n_rows is None


@pytest.mark.usefixtures("plates")
def test_reason_must_say_something(root):
    with pytest.raises(ReasonTooShort):
        ask(root, "select plate_no from IOT06", reader=Reader("steward", " 查 "))


@pytest.mark.parametrize(
    "data_class", [c for c in catalog.list_classes() if c.sensitivity == "L4"], ids=lambda c: c.id
)
def test_sensitive_class_has_no_query_whatever_the_reason(root, data_class):
    for reader in (None, WHY):
        with pytest.raises(ClassClosed):
            ask(root, f"select count(*) from {data_class.id}", reader=reader)


@pytest.mark.django_db
def test_sensitive_item_is_not_there_even_with_a_reason(root):
    store(root, "IOT10", {"record_key": "v1", "id_no": "11010519491231002X", "visit_reason": "x"})

    assert "id_no" not in ask(root, "select * from IOT10", reader=WHY).columns


@pytest.mark.parametrize("data_class", catalog.list_classes(), ids=lambda c: c.id)
def test_no_class_shows_a_personal_or_masked_item_without_a_reason(root, data_class):
    if data_class.sensitivity == "L4":
        return
    shown = set(ask(root, f"select * from {data_class.id}").columns)

    assert not shown & {item.id for item in data_class.items if item.pi or item.mask}
    assert not shown & personal_columns(data_class)
    assert {"occurred_at", "day", "source"} <= shown


@pytest.mark.parametrize(
    "sql",
    [
        "delete from IOT06",
        "drop view IOT06",
        "copy (select 1) to '/tmp/x.csv'",
        "attach '/tmp/x.db'",
        "set memory_limit='9GB'",
        "install httpfs",
        "pragma version",
        "select 1; select 2",
        "",
    ],
)
def test_only_one_select_is_taken(root, sql):
    with pytest.raises(OnlySelect):
        ask(root, sql)


@pytest.mark.usefixtures("plates")
@pytest.mark.parametrize(
    "sql",
    [
        pytest.param("select * from read_text('/etc/hostname')", id="a file"),
        pytest.param("select * from '/etc/hostname'", id="a file as a table"),
        pytest.param("select * from glob('/*')", id="a folder"),
        pytest.param("select * from read_csv('https://example.org/x.csv')", id="the network"),
        pytest.param("select * from root", id="a variable of ours"),
        pytest.param("select * from IOT12_", id="no class"),
        pytest.param("select * from IOT06) union all (select 1", id="out of the brackets"),
        pytest.param("select 1 from IOT06 where", id="unfinished"),
    ],
)
def test_what_is_no_class_is_refused_in_one_line(root, sql):
    with pytest.raises(QueryRefused) as refused:
        ask(root, sql)

    assert "\n" not in refused.value.message("zh")


@pytest.mark.usefixtures("plates")
def test_class_that_the_parser_does_not_see_is_not_there(root):
    with pytest.raises(QueryRefused):
        ask(root, "select * from query('select * from IO' || 'T06')")


def test_query_that_takes_too_long_is_stopped(root):
    # md5 of a long range: it streams and needs no memory, so only the time limit can end it
    endless = "select count(*) from range(1000000000000) a where md5(a.range::varchar) = ''"

    with pytest.raises(QueryTooLong):
        ask(root, endless, time_limit_s=0.3)


def test_query_that_needs_too_much_memory_is_stopped(root):
    greedy = "select count(*) from (select distinct range, md5(range::varchar) from range(30000000))"

    with pytest.raises(QueryTooLarge):
        ask(root, greedy)
