"""PyFlink: the Table API in batch mode on two slots, our plain-Python rules as its row function.

All in SQL it was slower: Flink works out the expressions of nested views again at each mention.

`python -m bench.peers.flink_table JOB OUT`
"""

import sys
from functools import reduce
from pathlib import Path

from pyflink.table import DataTypes, EnvironmentSettings, FunctionContext, Row, Table, TableEnvironment
from pyflink.table.expressions import col, lit
from pyflink.table.udf import ScalarFunction, udf

from bench.job import LAYOUTS, STORED, Job, Layout
from bench.measuring import Watch, to_disk
from bench.peers.rules import References, judged, parsed

ROOT = Path(__file__).resolve().parents[2]
REJECTED = ("class_id", "reason", "raw")
TYPES = {"at_ms": "bigint", "raw": "bytes"}
SETTINGS = {
    "parallelism.default": "2",
    "taskmanager.numberOfTaskSlots": "2",
    "taskmanager.memory.managed.size": "512m",
    "python.fn-execution.bundle.size": "20000",
    "python.fn-execution.arrow.batch.size": "10000",
    "python.executable": sys.executable,
    "python.client.executable": sys.executable,
}


class Judge(ScalarFunction):
    """One line in, one row out: reason and line, or what is stored."""

    def __init__(self, job: Path) -> None:
        self._job = job

    def open(self, context: FunctionContext) -> None:
        self._refs = References(Job(self._job))
        self._layouts = {layout.class_id: layout for layout in LAYOUTS}

    def eval(self, class_id: str, line: bytes) -> Row:
        record = parsed(line)
        result = "unreadable" if record is None else judged(record, self._layouts[class_id], self._refs)
        if isinstance(result, str):
            return Row(result, line, class_id, *(None for _ in STORED[1:]))
        return Row(None, None, *result)


def main(job: Job, out: Path) -> None:
    tables = _environment()
    for name, columns in (("accepted", STORED), ("rejected", REJECTED)):
        _file_table(tables, name, columns, out / name, "json")
    lines = _judged(tables, job)
    rejected = lines.where(col("reason").is_not_null).select(*(col(name) for name in REJECTED))
    good = lines.where(col("reason").is_null).select(*(col(name) for name in STORED))
    statements = tables.create_statement_set()
    statements.add_insert("rejected", rejected)
    statements.add_insert("accepted", good.distinct())  # what is sent again is the same line
    with Watch() as watch:
        statements.execute().wait()
        to_disk(*(path for name in ("accepted", "rejected") for path in (out / name).iterdir()))
    watch.measured().print()


def _environment() -> TableEnvironment:
    tables = TableEnvironment.create(EnvironmentSettings.in_batch_mode())
    for name, value in SETTINGS.items():
        tables.get_config().set(name, value)
    tables.add_python_file(str(ROOT / "bench"))
    return tables


def _judged(tables: TableEnvironment, job: Job) -> Table:
    """Return all lines, judged by one Python operator: each further one starts processes of its own."""
    lines = reduce(Table.union_all, (_lines(tables, job, layout) for layout in LAYOUTS))
    kinds = {"at_ms": DataTypes.BIGINT(), "raw": DataTypes.BYTES()}
    columns = ("reason", "raw", *STORED)
    judge = udf(
        Judge(job.folder.resolve()),
        result_type=DataTypes.ROW([DataTypes.FIELD(c, kinds.get(c, DataTypes.STRING())) for c in columns]),
    )
    return lines.map(judge(col("class_id"), col("raw"))).alias(*columns)


def _lines(tables: TableEnvironment, job: Job, layout: Layout) -> Table:
    name = f"lines_{layout.class_id}"
    _file_table(tables, name, ("raw",), job.input(layout), "raw")
    return tables.from_path(name).select(lit(layout.class_id).alias("class_id"), col("raw"))


def _file_table(tables: TableEnvironment, name: str, columns: tuple[str, ...], path: Path, form: str) -> None:
    typed = ", ".join(f"`{column}` {TYPES.get(column, 'string')}" for column in columns)
    tables.execute_sql(
        f"create temporary table {name} ({typed}) with ('connector' = 'filesystem', "
        f"'path' = 'file://{path.resolve()}', 'format' = '{form}')"
    )


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
