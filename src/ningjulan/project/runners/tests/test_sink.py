"""The sink: a batch of Spark is taken once, whatever is left of it when it comes again."""

import json
import shutil

import polars as pl
import pytest

from ningjulan.cleaning.tests.samples import NOW, REFS, TENANT, TOWN, fire_alarm
from ningjulan.project.runners.outcomes import outcome_schema, outcomes
from ningjulan.project.runners.snapshot import Snapshot
from ningjulan.sources.stream import RawBatch

pyspark = pytest.importorskip("pyspark", reason="the extra `spark` is not installed")

pytestmark = pytest.mark.slow
SNAPSHOT = Snapshot({TOWN.name: TOWN}, {TENANT: REFS})
QUERY = "the-query"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    from ningjulan.project.runners.spark.session import open_session

    patch = pytest.MonkeyPatch()
    for name in ("JAVA_HOME", "PYSPARK_PYTHON", "SPARK_HOME"):
        patch.delenv(name, raising=False)
    small = {"spark.driver.memory": "512m", "spark.sql.shuffle.partitions": "1"}
    local = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    session = open_session(master="local[1]", folder=tmp_path_factory.mktemp("java"), more=small | local)
    session.sparkContext.setLocalProperty("sql.streaming.queryId", QUERY)
    yield session
    gateway = session.sparkContext._gateway
    session.stop()
    gateway.shutdown()
    pyspark.SparkContext._gateway = pyspark.SparkContext._jvm = None
    gateway.proc.stdin.close()
    gateway.proc.wait(30)
    patch.undo()


@pytest.fixture
def sink(tmp_path):
    from ningjulan.project.runners.spark.sink import Sink

    return Sink(tmp_path, "IOT12")


@pytest.fixture
def taking(session, sink):
    """Returns what takes batches as Spark's batch of a number."""
    from pyspark.sql.pandas.types import from_arrow_schema

    from ningjulan.project.runners.spark.cleaning import arrow_schema

    schema = arrow_schema(outcome_schema("IOT12"))

    def take(number, *batches):
        table = (
            outcomes("IOT12", batches, SNAPSHOT).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema)
        )
        sink.take(session.createDataFrame(table, from_arrow_schema(schema)), number)

    return take


def batch(seq, *keys, batch_id=None, wrong=0):
    lines = [json.dumps(fire_alarm(msg_id=key)).encode() for key in keys] + [b"{broken"] * wrong
    return RawBatch(batch_id or f"B{seq}", "R", TOWN.name, "IOT12", 1, NOW, b"\n".join(lines), seq)


def kept(sink):
    rows = pl.read_delta(str(sink.rows)).sort("seq", "row_no")
    return list(rows.select("seq", "row_no", "record_key").iter_rows())


def balance(sink):
    columns = ["seq", "_n_received", "_n_stored", "_n_rejected", "_n_duplicate"]
    return list(pl.read_delta(str(sink.batches)).sort("seq").select(columns).iter_rows())


def test_the_first_of_a_key_counts_and_the_first_delivery_of_a_batch(sink, taking):
    taking(0, batch(5, "A", "B", "A"), batch(6, "B", "C", wrong=1))
    taking(1, batch(8, "C", "D"), batch(9, "E", "A", batch_id="B5"))

    assert kept(sink) == [(5, 0, "A"), (5, 1, "B"), (6, 1, "C"), (8, 1, "D")]
    assert balance(sink) == [(5, 3, 2, 0, 1), (6, 3, 1, 1, 1), (8, 2, 1, 0, 1)]
    assert pl.read_delta(str(sink.rejects)).select("seq", "row_no", "_raw").rows() == [(6, 2, b"{broken")]


@pytest.mark.parametrize("lost", ["nothing", "balance", "balance and rejects", "all"])
def test_batch_of_spark_that_comes_again_adds_nothing_and_completes_itself(sink, taking, lost):
    again = batch(5, "A", "B"), batch(6, "B", "C", wrong=1)
    taking(0, *again)
    whole = kept(sink), balance(sink)
    tables = {"nothing": [], "balance": [sink.batches], "balance and rejects": [sink.batches, sink.rejects]}
    for table in tables.get(lost, [sink.batches, sink.rejects, sink.rows]):
        shutil.rmtree(table / "_delta_log")  # its files lie there, and belong to nothing

    taking(0, *again)

    assert (kept(sink), balance(sink)) == whole
    assert len(pl.read_delta(str(sink.rejects))) == 1


def test_table_is_laid_out_as_the_history_lays_it_out(sink, taking, tmp_path):
    from deltalake import DeltaTable

    from ningjulan.observations.history import History
    from ningjulan.project.runners.outcomes import Kind, history_schema

    one = batch(5, "A", "B")
    rows = outcomes("IOT12", [one], SNAPSHOT)
    history = History(str(tmp_path / "history"), shard=0)
    history.add("IOT12", rows.filter(pl.col("_kind") == Kind.ROW).select(*history_schema("IOT12")), 5)
    history.flush()

    taking(0, one)

    by_spark, by_us = DeltaTable(str(sink.rows)), DeltaTable(str(tmp_path / "history" / "IOT12"))
    assert by_spark.schema() == by_us.schema()
    assert by_spark.metadata().partition_columns == by_us.metadata().partition_columns
    assert by_spark.to_pyarrow_table().sort_by("seq").equals(by_us.to_pyarrow_table().sort_by("seq"))
