"""One CSV row of a civic case → one event (BIZ16) and the step that closed it (BIZ17).

What the file does not say stays unsaid: no time of day, no closing time, no deadline, no severity. Its
coordinates are points of communities, not of events, so they go into the areas (`places.py`).
"""

from functools import lru_cache

import polars as pl

from ningjulan.sources.civic_cases.layout import checked, community_code, street_code, text, unit_code
from ningjulan.sources.civic_cases.places import areas
from ningjulan.sources.civic_cases.units import units
from ningjulan.sources.manifest import get_source

__all__ = ["areas", "to_records", "units"]

_OVERDUE = {"intime": False, "overtime": True}  # 处理中 is neither


def to_records(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the events and the steps of some rows, one each per row, in row order.

    Args:
        rows: Columns of the published file.

    Raises:
        FileRefused: A column is missing, or holds no plain values.
    """
    common = checked(rows).with_columns(
        event_no=_event_no(), area_code=pl.coalesce(community_code(), street_code())
    )
    return {"BIZ16": _events(common), "BIZ17": _steps(common)}


def _event_no() -> pl.Expr:
    """Return date 8 + street 3 + their record id in 6 digits, as the catalogue numbers events."""
    day = pl.col("create_time").str.replace_all("[^0-9]", "").str.slice(0, 8)
    return (
        day + street_code().str.slice(-3).fill_null("000") + pl.col("rec_id").str.strip_chars().str.zfill(6)
    )


def _events(rows: pl.DataFrame) -> pl.DataFrame:
    known = list(_categories())
    main = pl.lit("main:") + text("MAIN_TYPE_ID")
    levels = [
        text(column).fill_null("未注明") for column in ("EVENT_TYPE_NAME", "MAIN_TYPE_NAME", "SUB_TYPE_NAME")
    ]
    return rows.select(
        "event_no",
        pl.when(main.is_in(known))
        .then(main)
        .otherwise(pl.lit("type:") + text("EVENT_TYPE_ID"))
        .alias("category_code"),
        text("EVENT_SRC_ID").alias("source_channel"),
        text("create_time").alias("report_time"),
        text("SUB_TYPE_NAME").alias("title"),
        text("SUB_TYPE_NAME").alias("subcategory"),
        pl.format(
            "{}；性质：{}；来源：{}",
            pl.concat_str(levels, separator=" / "),
            text("EVENT_PROPERTY_NAME").fill_null("未注明"),
            text("EVENT_SRC_NAME").fill_null("未注明"),
        ).alias("description"),
        "area_code",
        pl.col("COMMUNITY_NAME").alias("source_text"),
    )


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    outcome = text("ACHIEVE_STATUS")
    return rows.select(
        pl.col("event_no").alias("case_no"),
        "event_no",
        outcome.alias("stage"),
        outcome.alias("action"),
        unit_code().alias("to_org"),
        outcome.replace_strict(_OVERDUE, default=None, return_dtype=pl.Boolean).alias("overdue_flag"),
        text("ACHIEVE_NAME").alias("opinion"),
        pl.col("rec_id").alias("external_no"),
        "area_code",
        pl.col("DISPOSE_UNIT_NAME").alias("source_text"),
    )


@lru_cache(maxsize=1)
def _categories() -> frozenset[str]:
    return frozenset(get_source("civic_cases").codes["category_code"])
