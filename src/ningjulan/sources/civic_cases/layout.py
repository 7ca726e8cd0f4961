"""The published CSV: its columns, and how its ids become our area and unit codes."""

from pathlib import Path

import polars as pl

from ningjulan.sources.manifest import get_source
from ningjulan.sources.readers import FileRefused, rows_of

TENANT = "440310"
COLUMNS = frozenset(
    {"rec_id", "create_time", "STREET_ID", "STREET_NAME", "COMMUNITY_ID", "COMMUNITY_NAME", "long", "lat"}
    | {"EVENT_TYPE_ID", "EVENT_TYPE_NAME", "MAIN_TYPE_ID", "MAIN_TYPE_NAME", "SUB_TYPE_NAME"}
    | {"DISPOSE_UNIT_ID", "DISPOSE_UNIT_NAME", "EVENT_SRC_ID", "EVENT_SRC_NAME", "EVENT_PROPERTY_NAME"}
    | {"ACHIEVE_STATUS", "ACHIEVE_NAME"}
)


def checked(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns of the published file as text, whatever kind of table they came in.

    Raises:
        FileRefused: A column is missing, or holds no plain values.
    """
    if missing := sorted(COLUMNS - set(rows.columns)):
        raise FileRefused(reason=f"缺少列 {'、'.join(missing)}")
    if nested := sorted(name for name in COLUMNS if rows.schema[name].is_nested()):
        raise FileRefused(reason=f"列 {'、'.join(nested)} 应为文字或数字")
    return rows.with_columns(pl.col(COLUMNS).cast(pl.String))


def whole_file(path: Path) -> pl.DataFrame:
    """Return all readable rows of a published file.

    Raises:
        FileRefused: It cannot be read, or is not such a file.
    """
    return pl.concat(checked(rows) for rows in rows_of(path, get_source("civic_cases")))


def text(column: str) -> pl.Expr:
    """Return a column without outer blanks; null where it is blank or `-`, their word for unknown."""
    stripped = pl.col(column).str.strip_chars(" \t\u3000")
    return pl.when(~stripped.is_in(["", "-"])).then(stripped)


def street_code() -> pl.Expr:
    """Return our 9-digit code: the tenant and their 3-digit street id; null where it is unknown."""
    street = text("STREET_ID")
    return pl.when(street.str.contains(r"^[0-9]{3}$")).then(pl.lit(TENANT) + street)


def community_code() -> pl.Expr:
    """Return our 12-digit code: the street and the last 3 digits of their community id (10014 → 014)."""
    community = text("COMMUNITY_ID")
    known = street_code().is_not_null() & community.str.contains(r"^[0-9]{3,}$")
    return pl.when(known).then(street_code() + community.str.slice(-3))


def unit_code() -> pl.Expr:
    """Return our code of the handling unit: the tenant and their unit id; null where it is unknown."""
    return pl.lit(f"{TENANT}-") + text("DISPOSE_UNIT_ID")
