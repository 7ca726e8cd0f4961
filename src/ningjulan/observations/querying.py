"""Read-only SQL over the history, for people.

Apart from the facade: DuckDB and pyarrow are a second and 55 MB that no process of the platform needs.

A query sees its classes as views (IOT12, BIZ16 …) in a DuckDB of its own that can reach neither files nor
network. What it must not see is not there at all: the views are made over the permitted columns only.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
from deltalake import DeltaTable

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass
from ningjulan.foundation import audit
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.errors import InputRefused, NotAllowed
from ningjulan.observations import upkeep
from ningjulan.observations.domain.retention import STREET
from ningjulan.observations.models import HistoryRead
from ningjulan.observations.showing import (
    REASON_LENGTH,
    ClassClosed,
    ReasonTooShort,
    personal_columns,
    sensitive_columns,
)
from ningjulan.observations.windows import history_schema

MEMORY = "512MB"
THREADS = 2
TIME_LIMIT_S = 30.0
MOST_ROWS = 100_000
LOCKED = (
    "SET enable_external_access=false",
    "SET max_temp_directory_size='0KiB'",
    f"SET memory_limit='{MEMORY}'",
    f"SET threads={THREADS}",
    f"SET TimeZone='{STREET.key}'",
    "SET lock_configuration=true",
)


class QueryRefused(InputRefused):
    code = "query_refused"
    message_zh = "查询无法执行：{problem}"
    message_en = "The query cannot be run: {problem}"


class OnlySelect(InputRefused):
    code = "only_select"
    message_zh = "只接受一条 SELECT 语句"
    message_en = "Only a single SELECT statement is taken"


class QueryTooLong(InputRefused):
    code = "query_too_long"
    message_zh = "查询超过 {seconds:g} 秒，已中止；请缩小日期（day）范围或先汇总"
    message_en = "The query took over {seconds:g} s and was stopped; narrow the days (day) or aggregate first"


class QueryTooLarge(InputRefused):
    code = "query_too_large"
    message_zh = "查询需要的内存超过 {memory}，已中止；请缩小日期（day）范围或先汇总"
    message_en = "The query needs over {memory} of memory and was stopped; narrow the days or aggregate first"


class ReasonNeeded(NotAllowed):
    code = "reason_needed"
    message_zh = "{columns} 涉及个人信息，须写明事由（--reason），查阅将留痕"
    message_en = "{columns} is personal information: give a reason (--reason); the reading leaves a trace"


@dataclass(frozen=True)
class Reader:
    """Who reads personal data, and why."""

    by: str
    reason: str


@dataclass(frozen=True)
class Answer:
    """What a query gave. `is_cut`: there was more than `limit`."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool


def query(
    sql: str,
    *,
    root: str,
    limit: int,
    now: datetime,
    reader: Reader | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Answer:
    """Answer a SELECT over the classes of the history.

    Without `reader` personal and masked items are left out of every class. With one they are there, and the
    reading is on record before the first row is read. Sensitive items, and L4 classes, never are.

    Raises:
        OnlySelect, QueryRefused, QueryTooLong, QueryTooLarge: One sentence each.
        ClassClosed, ReasonNeeded, ReasonTooShort: Personal data.
    """
    if reader is not None and len(reader.reason.strip()) < REASON_LENGTH:
        raise ReasonTooShort
    classes = _classes_named_in(sql)
    closed = [c.id for c in classes if c.sensitivity == "L4"]
    if closed:
        raise ClassClosed(class_id="、".join(closed))
    trace = _on_record(reader, sql, classes, now) if reader else None
    limit = max(1, min(limit, MOST_ROWS))
    with _sandbox(root, classes, is_personal=reader is not None) as database:
        columns, rows = _run(database, sql, limit + 1, time_limit_s, hidden=_hidden_in(classes, reader))
    if trace is not None:
        trace.n_rows = min(len(rows), limit)
        trace.save(update_fields=["n_rows"])
    return Answer(columns, rows[:limit], len(rows) > limit)


def _classes_named_in(sql: str) -> list[DataClass]:
    """Return the classes a query reads. What else it names is not there, and is refused when it runs."""
    with duckdb.connect() as parser:
        try:
            statements = parser.extract_statements(sql)
            if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
                raise OnlySelect
            named = {name.strip('"').upper() for name in parser.get_table_names(sql)}
        except duckdb.Error as error:
            raise QueryRefused(problem=_first_line(error)) from None
    return [c for c in catalog.list_classes() if c.id in named]


@contextmanager
def _sandbox(
    root: str, classes: Sequence[DataClass], *, is_personal: bool
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty DuckDB with a view for each class, then take away all it could do besides."""
    with duckdb.connect() as database:
        database.execute("SET python_enable_replacements=false")
        for data_class in classes:
            hidden = sensitive_columns(data_class) if is_personal else personal_columns(data_class)
            wanted = history_schema(data_class).keys() - hidden
            database.register(data_class.id, _rows(root, data_class, wanted))
        for setting in LOCKED:
            database.execute(setting)
        yield database


def _rows(root: str, data_class: DataClass, wanted: set[str]) -> Any:
    """Return the rows as Arrow, without the columns that are not `wanted`: these cannot be named at all."""
    if not upkeep.has_table(root, data_class.id):
        schema = {name: dtype for name, dtype in history_schema(data_class).items() if name in wanted}
        return pl.DataFrame(schema=schema).to_arrow()
    dataset = DeltaTable(upkeep.table_path(root, data_class.id)).to_pyarrow_dataset()
    return dataset.replace_schema(pa.schema([field for field in dataset.schema if field.name in wanted]))


def _run(
    database: duckdb.DuckDBPyConnection, sql: str, limit: int, time_limit_s: float, *, hidden: set[str]
) -> tuple[list[str], list[tuple[Any, ...]]]:
    statement = database.extract_statements(sql)[0].query.strip().rstrip(";")
    alarm = threading.Timer(time_limit_s, database.interrupt)
    alarm.start()
    try:
        result = database.execute(f"select * from (\n{statement}\n) limit {limit}")  # noqa: S608 its own text
        return [column[0] for column in result.description or ()], result.fetchall()
    except duckdb.InterruptException:
        raise QueryTooLong(seconds=time_limit_s) from None
    except duckdb.OutOfMemoryException:
        raise QueryTooLarge(memory=MEMORY) from None
    except duckdb.Error as error:
        missing = re.search(r'column "([^"]+)" not found', str(error))
        if isinstance(error, duckdb.BinderException) and missing and missing[1].lower() in hidden:
            raise ReasonNeeded(columns=missing[1]) from None
        raise QueryRefused(problem=_first_line(error)) from None
    finally:
        alarm.cancel()


def _hidden_in(classes: Sequence[DataClass], reader: Reader | None) -> set[str]:
    """Return the columns that a reason would show."""
    if reader is not None:
        return set()
    return {name for c in classes for name in personal_columns(c) - sensitive_columns(c)}


def _on_record(reader: Reader, sql: str, classes: Sequence[DataClass], now: datetime) -> HistoryRead:
    columns = sorted(f"{c.id}.{name}" for c in classes for name in personal_columns(c) - sensitive_columns(c))
    actor = Actor(None, reader.by)  # on the command line there is no account, only the name of the machine's
    audit.record(
        actor,
        "query_history",
        at=now,
        subject_kind="history",
        items=[column[:80] for column in columns],
        reason=reader.reason.strip(),
        facts={"sql": sql[:2000]},
    )
    return HistoryRead.objects.create(
        at=now, by=reader.by[:150], reason=reader.reason.strip(), sql=sql, columns=columns
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
