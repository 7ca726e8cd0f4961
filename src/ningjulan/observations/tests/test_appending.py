import json
from datetime import UTC, date, datetime

import polars as pl
import pytest
from deltalake import CommitProperties, write_deltalake

from ningjulan.observations import appending

DAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 4, 0, 0, 1, tzinfo=UTC)
ROWS = pl.DataFrame(
    {
        "key": ["B", "A", None],
        "text": ["街" * 70, "a", "宁" * 23],
        "n": [3, None, -1],
        "share": [0.5, float("inf"), 1.0],
        "nothing": [None, None, None],
        "is_on": [True, None, False],
        "point": [{"lon": 120.5, "lat": 30.25}, None, {"lon": None, "lat": 1.0}],
        "occurred_at": [NOON, None, NOON.replace(hour=3)],
        "seen_date": [DAY, DAY, None],
        "day": [DAY, date(2026, 11, 26), DAY],
    },
    schema={
        "key": pl.String,
        "text": pl.String,
        "n": pl.Int64,
        "share": pl.Float64,
        "nothing": pl.String,
        "is_on": pl.Boolean,
        "point": pl.Struct({"lon": pl.Float64, "lat": pl.Float64}),
        "occurred_at": pl.Datetime("us", "UTC"),
        "seen_date": pl.Date,
        "day": pl.Date,
    },
)


def appended(folder, rows=ROWS):
    table = appending.new_table(folder, rows, {})
    appending.append(table, folder, rows, CommitProperties())
    return table


def told(table):
    """What the log says of each file, by day."""
    table.update_incremental()
    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    return {str(row["partition.day"]): row for row in actions.iter_rows(named=True)}


def test_rows_read_as_they_were_appended_in_any_order_of_columns(tmp_path):
    table = appended(tmp_path)
    appending.append(table, tmp_path, ROWS.select(reversed(ROWS.columns)), CommitProperties())

    kept = pl.read_delta(str(tmp_path)).select(ROWS.columns)
    assert kept.sort(pl.all().exclude("point")).equals(
        pl.concat([ROWS, ROWS]).sort(pl.all().exclude("point"))
    )


def test_log_says_the_limits_of_a_file_and_nothing_it_does_not_know(tmp_path):
    table = appended(tmp_path)

    first, second = told(table)["2026-11-25"], told(table)["2026-11-26"]
    assert (first["num_records"], first["null_count.key"], first["null_count.nothing"]) == (2, 1, 2)
    assert (first["min.key"], first["max.key"], first["min.n"], first["max.n"]) == ("B", "B", -1, 3)
    assert (first["min.occurred_at"], first["max.occurred_at"]) == (NOON.replace(hour=3), NOON)
    assert (first["min.share"], first["max.share"]) == (0.5, 1.0)
    assert (first["min.seen_date"], first["max.seen_date"]) == (DAY, DAY)
    assert first["min.text"] <= "宁" * 23
    assert first["max.text"] >= "街" * 70
    assert len(first["max.text"]) <= 64
    assert second["max.share"] is None  # infinite


def test_log_says_the_same_as_the_library_s_own_writer(tmp_path):
    rows = ROWS.drop("text", "share", "point", "is_on")  # of these we say less
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    appended(ours, rows)
    write_deltalake(str(theirs), rows, partition_by=["day"])

    def limits(folder):
        lines = [
            json.loads(line)
            for file in sorted((folder / "_delta_log").glob("*.json"))
            for line in file.read_text().splitlines()
        ]
        adds = [line["add"] for line in lines if "add" in line]
        return {add["partitionValues"]["day"]: json.loads(add["stats"]) for add in adds}

    mine, known = limits(ours), limits(theirs)
    assert mine.keys() == known.keys()
    for day, stats in mine.items():
        assert {name: stats[name] for name in ("numRecords", "nullCount")} == {
            name: known[day][name] for name in ("numRecords", "nullCount")
        }
        for limit in ("minValues", "maxValues"):
            same = {name: value for name, value in stats[limit].items() if name != "occurred_at"}
            assert same == {name: known[day][limit][name] for name in same}


@pytest.mark.parametrize(
    ("rows", "is_known"),
    [
        pytest.param(ROWS.drop("n"), True, id="a column less"),
        pytest.param(ROWS.with_columns(level=pl.lit("2")), False, id="a column more"),
        pytest.param(ROWS.with_columns(pl.col("n").cast(pl.String)), False, id="another type"),
        pytest.param(ROWS.with_columns(pl.lit(None, pl.Date).alias("day")), False, id="a row without a day"),
    ],
)
def test_rows_of_other_columns_are_not_for_us(tmp_path, rows, is_known):
    table = appended(tmp_path)

    assert appending.knows_columns(table, rows) is is_known


def test_failed_append_leaves_no_file(tmp_path):
    table = appended(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(AttributeError):
        appending.append(table, tmp_path, ROWS, properties="none")  # what it is given is looked at last

    assert sorted(tmp_path.rglob("*")) == before
