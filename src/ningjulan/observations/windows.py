"""Windows of the history: what a class recorded between two instants, for the platform's own programs."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.conf import settings

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass
from ningjulan.cleaning.facade import accepted_schema
from ningjulan.observations import upkeep
from ningjulan.observations.domain.retention import STREET
from ningjulan.observations.history import read_history

ADDED_FOR_HISTORY = {
    "seq": pl.Int64(),
    "day": pl.Date(),
    "source": pl.String(),
    "tenant_code": pl.String(),
    "batch_id": pl.String(),
    "received_at": pl.Datetime("us", "UTC"),
    "cleaner_version": pl.String(),
}


def window(class_id: str, since: datetime, until: datetime, columns: Sequence[str]) -> pl.LazyFrame:
    """Return the stored rows of a class with `since` ≤ `occurred_at` < `until`, unordered.

    For programs of the platform: masks nothing, so ask for no column the purpose does not need.
    """
    data_class = catalog.get_class(class_id)
    root = settings.HISTORY_URL
    if upkeep.has_table(root, class_id):
        rows = read_history(root, class_id)
        unknown = {name: dtype for name, dtype in history_schema(data_class).items() if name in columns}
        known = rows.collect_schema()
        rows = rows.with_columns(
            pl.lit(None, unknown[name]).alias(name) for name in unknown if name not in known
        )
    else:
        rows = pl.LazyFrame(schema=history_schema(data_class))
    first, last = (at.astimezone(STREET).date() for at in (since, until))
    is_in = (pl.col("occurred_at") >= since) & (pl.col("occurred_at") < until)
    return rows.filter(pl.col("day").is_between(first, last) & is_in).select(columns)


def history_schema(data_class: DataClass) -> dict[str, pl.DataType]:
    """Return the columns of a class in the history, in order, as the catalogue now has them."""
    own = {name: dtype for name, dtype in accepted_schema(data_class.id).items() if name != "row_no"}
    return own | ADDED_FOR_HISTORY
