"""What a job refuses before it starts Spark, and what its source refuses."""

import pytest

pytest.importorskip("pyspark", reason="the extra `spark` is not installed")

import polars as pl
from pyspark.sql.streaming.datasource import ReadAllAvailable, ReadMaxRows

from ningjulan.project.runners.ranges import Extent, RangeExpired
from ningjulan.project.runners.spark.job import HasProgress, HoldsOtherRows, Job, run
from ningjulan.project.runners.spark.source import Range, Reader


def job(out, **changes):
    return Job(classes=("IOT12",), nats_url="nats://nowhere", out=out, snapshot=out / "none", **changes)


def test_folder_with_rows_of_somebody_else_is_left_alone(tmp_path):
    pl.DataFrame({"seq": [1], "day": ["2026-11-25"]}).write_delta(str(tmp_path / "IOT12"))

    with pytest.raises(HoldsOtherRows):
        run(job(tmp_path))


def test_beginning_is_refused_where_work_has_begun(tmp_path):
    (tmp_path / "_spark" / "progress" / "IOT12").mkdir(parents=True)

    with pytest.raises(HasProgress):
        run(job(tmp_path, first=7))


@pytest.fixture
def reader(monkeypatch):
    """Returns a reader of a stream that holds numbers 11 to 50."""
    monkeypatch.setattr(Reader, "_extent", lambda self: Extent(11, 50))

    def make(first=0, last=0):
        options = {
            "url": "",
            "class_id": "IOT12",
            "first": first,
            "last": last,
            "partitions": 3,
            "together": 20,
        }
        return Reader(options)

    return make


def test_ranges_cover_a_batch_of_spark_without_gap_or_overlap(reader):
    parts = reader().partitions({"seq": 10}, {"seq": 30})

    assert parts == [Range(11, 17), Range(18, 24), Range(25, 30)]
    assert reader().partitions({"seq": 30}, {"seq": 30}) == []


def test_offsets_end_where_they_were_told_to(reader):
    limited = reader(last=40)
    limited.prepareForTriggerAvailableNow()

    assert limited.initialOffset() == {"seq": 10}
    assert limited.latestOffset({"seq": 10}, ReadMaxRows(20)) == {"seq": 30}
    assert limited.latestOffset({"seq": 30}, ReadMaxRows(20)) == {"seq": 40}
    assert limited.latestOffset({"seq": 40}, ReadMaxRows(20)) == {"seq": 40}
    assert reader().latestOffset({"seq": 10}, ReadAllAvailable()) == {"seq": 50}


def test_what_comes_after_the_start_is_for_the_next_time(reader, monkeypatch):
    one = reader()
    one.prepareForTriggerAvailableNow()
    monkeypatch.setattr(Reader, "_extent", lambda self: Extent(11, 900))

    assert one.latestOffset({"seq": 45}, ReadAllAvailable()) == {"seq": 50}


def test_what_has_left_the_stream_is_refused_not_skipped(reader):
    early = reader(first=5)
    assert early.initialOffset() == {"seq": 4}

    with pytest.raises(RangeExpired) as refused:
        early.partitions({"seq": 4}, {"seq": 24})

    assert refused.value.facts == {"first": 11, "wanted": 5}
