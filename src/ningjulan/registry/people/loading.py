"""Loads the synthetic population of a town into the registry: sealed, by COPY, all of it or nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from django.apps import apps
from django.db import connection, transaction
from psycopg import sql

from ningjulan.foundation.actors import SYSTEM
from ningjulan.foundation.errors import InputRefused
from ningjulan.registry.copying import copy_rows, learn_sizes
from ningjulan.registry.models.changes import Change, Version
from ningjulan.registry.people.changing import begin, versioned
from ningjulan.registry.people.numbers import sealed_columns, sealed_items
from ningjulan.registry.people.population import PopulationMeta, file_of, read_population

SOURCE = "population"
_LOCK = 0x6E6A6C01  # as loading a town: two processes never change the registry at once


class PopulationMissing(InputRefused):
    code = "population_missing"
    message_zh = "目录 {folder} 里没有完整的人口数据，请先运行 ningjulan registry population"
    message_en = "{folder} holds no complete population; run `ningjulan registry population` first"


@dataclass(frozen=True)
class PopulationLoaded:
    """The outcome of loading a population, and whether anything had to be changed."""

    version: str
    changed: bool
    counts: dict[str, int]


@transaction.atomic
def load_population(folder: Path, now: datetime) -> PopulationLoaded:
    """Load the population in `folder` in place of the one loaded before.

    Idempotent: a population of the version already loaded changes nothing. Whatever else was registered
    stays; what became of the people of an earlier population goes with them.

    Raises:
        PopulationMissing: `folder` holds no complete population.
    """
    meta = read_population(folder)
    if meta is None:
        raise PopulationMissing(folder=str(folder))
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    if Change.objects.filter(source=SOURCE, subject=_subject(meta)).exists():
        return PopulationLoaded(meta.version, changed=False, counts=meta.counts)
    _remove_earlier()
    change = _note(meta, now)
    for name in meta.counts:
        model: type[Version] = apps.get_model("registry", name)
        copy_rows(model, _as_stored(model, pl.read_parquet(folder / file_of(name)), change))
    learn_sizes(versioned())
    return PopulationLoaded(meta.version, changed=True, counts=meta.counts)


def _subject(meta: PopulationMeta) -> str:
    return f"population:{meta.version}"


def _note(meta: PopulationMeta, now: datetime) -> Change:
    change = begin(actor=SYSTEM, now=now, kind="import", source=SOURCE, reason="示例人口")
    change.n_opened, change.subject = sum(meta.counts.values()), _subject(meta)
    change.save(force_insert=True)
    return change


def _remove_earlier() -> None:
    """Delete the people of earlier populations, who never existed, and what was written of them since."""
    earlier = list(Change.objects.filter(source=SOURCE).values_list("pk", flat=True))
    if not earlier:
        return
    with connection.cursor() as cursor:
        for model in versioned():
            statement = sql.SQL(
                "delete from {table} where entity_id in"
                " (select entity_id from {table} where change_id = any(%s))"
            ).format(table=sql.Identifier(model._meta.db_table))
            cursor.execute(statement, [earlier])
    Change.objects.filter(pk__in=earlier).update(source=f"{SOURCE}-replaced")


def _as_stored(model: type[Version], frame: pl.DataFrame, change: Change) -> pl.DataFrame:
    """Return the rows as the table has them: numbers sealed, the change noted."""
    for item in sealed_items(model):
        if item in frame.columns:
            ciphers, indexes = sealed_columns(model, item, frame[item])
            frame = frame.drop(item).with_columns(
                pl.Series(f"{item}_sealed", ciphers, dtype=pl.Binary),
                pl.Series(f"{item}_index", indexes, dtype=pl.Binary),
            )
    closed = pl.when(pl.col("known_to").is_not_null()).then(pl.lit(str(change.pk)))
    return frame.with_columns(change_id=pl.lit(str(change.pk)), closed_by_id=closed)
