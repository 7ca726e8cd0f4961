"""Layer 1: which records of a cleaned frame say something to a scenario. No state; vectorised."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from typing import Any

import h3
import polars as pl

from ningjulan.scenarios.domain import expressions, vectorised
from ningjulan.scenarios.domain.language import (
    CELL,
    CELL_RESOLUTION,
    MAX_KEY,
    PLACE_FIELDS,
    KeyRule,
    Scenario,
)

Scalar = str | float | bool | None


@dataclass(frozen=True)
class Candidate:
    """A record that matched at least one signal, reduced to what the scenario reads and where it was.

    (`class_id`, `source`, `record_key`) is the identity: the same record delivered twice is one candidate.
    """

    class_id: str
    source: str
    record_key: str
    occurred_at: datetime
    key: str
    signals: tuple[str, ...]
    fields: dict[str, Scalar]

    @property
    def identity(self) -> str:
        return f"{self.class_id}/{self.source}/{self.record_key}"


@dataclass(frozen=True)
class Signalled:
    candidates: tuple[Candidate, ...]
    n_without_key: int  # matched, but nobody can say what they are about


def signals(
    scenario: Scenario,
    class_id: str,
    frame: pl.DataFrame,
    *,
    source: str,
    awake: Collection[str] | None = None,
) -> Signalled:
    """Find the records of `frame` that match a signal of `scenario`.

    Args:
        class_id: The class all rows belong to.
        frame: Cleaned rows: the items of the class and the collated columns, `record_key` and `occurred_at`
            among them. Columns that are missing count as absent.
        awake: Keys for which something is open or waits. An answer (a reset, a verdict) for another key is
            left out, unless `frame` itself starts something there: most records of a street say that all is
            well. None keeps them all.

    Returns:
        Candidates in the order of the frame. A row whose key is absent is only counted.
    """
    matching = {s.name: s for s in scenario.signals if class_id in s.classes}
    if not matching or frame.is_empty():
        return Signalled((), 0)
    schema = frame.schema
    flags = {f"signal:{name}": vectorised.predicate(one.where, schema) for name, one in matching.items()}
    wanted = [name for name in _columns(scenario) if name in schema]
    hits = (
        frame.select(*wanted, *(flag.alias(name) for name, flag in flags.items()))
        .filter(pl.any_horizontal(*flags))
        .pipe(_worth_noting, scenario, list(flags), awake)
    )
    candidates = tuple(_candidates(scenario, class_id, source, hits))
    return Signalled(candidates, hits.height - len(candidates))


def _worth_noting(
    hits: pl.DataFrame, scenario: Scenario, flags: list[str], awake: Collection[str] | None
) -> pl.DataFrame:
    if awake is None or CELL in scenario.key.fields:  # a cell is made row by row, later
        return hits
    fields = [name for name in scenario.key.fields if name in hits.columns]
    starters = [name for name in flags if name.removeprefix("signal:") in scenario.starters]
    starts = pl.any_horizontal(*starters) if starters else pl.lit(False)
    if not fields:
        return hits.filter(starts)
    texts = [pl.col(name).cast(pl.String).replace("", None) for name in fields]
    rule = scenario.key.first_present
    key = pl.coalesce(texts) if rule else pl.concat_str(texts, separator="|")
    started = hits.filter(starts).select(key.alias("key"))["key"]
    known = pl.concat([started, pl.Series("key", sorted(awake), dtype=pl.String)])
    return hits.filter(starts | key.is_in(known.implode()).fill_null(False))


def _columns(scenario: Scenario) -> list[str]:
    return sorted({"record_key", "occurred_at", *PLACE_FIELDS, *scenario.reads})


def _candidates(scenario: Scenario, class_id: str, source: str, hits: pl.DataFrame) -> Iterator[Candidate]:
    """Yield what the rows say, of those that have a key. Column by column: an open key gets many answers."""
    given = hits.to_dict(as_series=False)
    fields = {
        name: _scalars(hits[name]) for name in sorted({*PLACE_FIELDS, *scenario.reads}) if name in given
    }
    if CELL in scenario.reads:
        given[CELL] = fields[CELL] = _cells(given, hits.height)
    flags = sorted(name for name in given if name.startswith("signal:"))
    names = [name.removeprefix("signal:") for name in flags]
    said = zip(*(given[flag] for flag in flags), strict=True)
    places = {name: given[name] for name in scenario.key.fields if name in given}
    rows = zip(given["record_key"], given["occurred_at"], said, strict=True)
    for row, (record_key, occurred_at, hit) in enumerate(rows):
        key = key_of(scenario.key, {name: column[row] for name, column in places.items()})
        if key is None:
            continue
        yield Candidate(
            class_id=class_id,
            source=source,
            record_key=str(record_key),
            occurred_at=occurred_at,
            key=key,
            signals=tuple(compress(names, hit)),
            fields={name: value for name, column in fields.items() if (value := column[row]) is not None},
        )


def _scalars(column: pl.Series) -> list[Scalar]:
    """Return the values of a column as candidates hold them, see `_scalar`."""
    if column.dtype == pl.String:
        column = column.str.replace_all("\x00", "", literal=True)
    is_plain = column.dtype in (pl.String, pl.Boolean) or (
        column.dtype == pl.Float64 and column.is_finite().all()
    )
    if is_plain:
        return column.to_list()
    return [None if value is None else _scalar(value) for value in column.to_list()]


def _cells(given: Mapping[str, list[Any]], height: int) -> list[Scalar]:
    """Return the cell of each row: its own, else that of its point."""
    nothing = [None] * height
    columns = (given.get(name, nothing) for name in (CELL, "lon", "lat"))
    return [
        cell_of(lon, lat) if own is None else _scalar(own) for own, lon, lat in zip(*columns, strict=True)
    ]


def key_of(rule: KeyRule, row: Mapping[str, Any]) -> str | None:
    """Return the key of a record: all fields joined by `|`, or the first one present.

    None when it is absent, or longer than any identifier is.
    """
    values = [_key_part(row.get(name)) for name in rule.fields]
    present = [value for value in values if value]
    if not present or (not rule.first_present and len(present) < len(values)):
        return None
    key = present[0] if rule.first_present else "|".join(present)
    return key if len(key) <= MAX_KEY else None


def _key_part(value: Any) -> str:
    return "" if value is None else str(value).replace("\x00", "")


def cell_of(lon: float | None, lat: float | None) -> str | None:
    """Return the H3 cell (resolution 10) of a point, or None without one."""
    if lon is None or lat is None:
        return None
    return str(h3.latlng_to_cell(lat, lon, CELL_RESOLUTION))


def _scalar(value: Any) -> Scalar:
    if isinstance(value, datetime):
        return value.isoformat()
    plain = expressions.plain(value)
    if isinstance(plain, str):
        return plain.replace("\x00", "")  # PostgreSQL stores no NUL
    return plain if plain is None or isinstance(plain, str | float | bool) else str(plain)
