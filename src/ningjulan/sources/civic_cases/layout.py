"""The published CSV: its columns, and how its ids become our area and unit codes."""

import polars as pl

TENANT = "440310"
COLUMNS = frozenset(
    {"rec_id", "create_time", "STREET_ID", "STREET_NAME", "COMMUNITY_ID", "COMMUNITY_NAME", "long", "lat"}
    | {"EVENT_TYPE_ID", "EVENT_TYPE_NAME", "MAIN_TYPE_ID", "MAIN_TYPE_NAME", "SUB_TYPE_NAME"}
    | {"DISPOSE_UNIT_ID", "DISPOSE_UNIT_NAME", "EVENT_SRC_ID", "EVENT_SRC_NAME", "EVENT_PROPERTY_NAME"}
    | {"ACHIEVE_STATUS", "ACHIEVE_NAME"}
)


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
