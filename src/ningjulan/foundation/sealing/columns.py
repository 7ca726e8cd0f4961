"""Sealed columns of all modules, and sealing them again with the newest key.

A column is sealed if it is binary and named `*_sealed`; its place is its table and its name. What still
awaits the newest key is told by the first bytes of each value, so re-sealing can stop and go on anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, LiteralString

from django.apps import apps
from django.db import connection, models, transaction
from psycopg import sql

from ningjulan.foundation.sealing.fields import PREFIX_BYTES, prefix_now, seal_many, unseal_many

BATCH = 1_000  # rows locked together


@dataclass(frozen=True)
class SealedColumn:
    table: str
    column: str
    key: str  # the primary key

    @property
    def place(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Resealed:
    """How far a column has come: `waiting` values begin otherwise than what is sealed now."""

    place: str
    n_done: int
    n_waiting: int


def sealed_columns() -> list[SealedColumn]:
    """Return the sealed columns of all tables, by place."""
    found = [
        SealedColumn(model._meta.db_table, str(field.column), str(model._meta.pk.column))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and str(field.column).endswith("_sealed")
    ]
    return sorted(found, key=lambda column: column.place)


def n_waiting(column: SealedColumn) -> int:
    """Return how many values of `column` are not sealed with the newest key and cipher."""
    with connection.cursor() as cursor:
        cursor.execute(_counting(column), [PREFIX_BYTES, prefix_now()])
        return int(cursor.fetchone()[0])


def reseal(column: SealedColumn) -> Iterator[Resealed]:
    """Seal what awaits it, batch by batch, each in a transaction of its own; tell after each how far it is.

    Raises:
        SealBroken, UnknownKey: A value does not open. What was done stays; nothing of that batch is changed.
    """
    waiting, done, last = n_waiting(column), 0, None
    yield Resealed(column.place, done, waiting)
    while keys := _reseal_some(column, after=last):
        done, last = done + len(keys), keys[-1]
        yield Resealed(column.place, done, max(waiting - done, 0))


@transaction.atomic
def _reseal_some(column: SealedColumn, *, after: Any) -> list[Any]:
    """Return the primary keys of what was sealed again, in order."""
    with connection.cursor() as cursor:
        values = {"n": PREFIX_BYTES, "now": prefix_now(), "after": after, "batch": BATCH}
        cursor.execute(_waiting(column, begun=after is not None), values)
        rows = cursor.fetchall()
        again = seal_many(unseal_many([value for _, value in rows], column.place), column.place)
        pairs = [(value, key) for value, (key, _) in zip(again, rows, strict=True)]
        cursor.executemany(_update(column), pairs)
    return [key for key, _ in rows]


def _filled(column: SealedColumn, text: LiteralString) -> sql.Composed:
    names = {"table": column.table, "column": column.column, "key": column.key}
    return sql.SQL(text).format(**{name: sql.Identifier(value) for name, value in names.items()})


def _counting(column: SealedColumn) -> sql.Composed:
    return _filled(column, "select count(*) from {table} where substring({column} for %s) <> %s")


def _waiting(column: SealedColumn, *, begun: bool) -> sql.Composed:
    condition: LiteralString = "substring({column} for %(n)s) <> %(now)s"
    if begun:
        condition += " and {key} > %(after)s"
    text: LiteralString = f"select {{key}}, {{column}} from {{table}} where {condition}"  # noqa: S608  # our words only
    return _filled(column, text + " order by {key} limit %(batch)s for update")


def _update(column: SealedColumn) -> sql.Composed:
    return _filled(column, "update {table} set {column} = %s where {key} = %s")
