"""Identity of a record, and records that stand twice in one batch."""

from collections.abc import Mapping

import polars as pl

from ningjulan.catalog.contracts import DataClass

_SEPARATOR = "|"


def record_key(data_class: DataClass, values: Mapping[str, pl.Series]) -> pl.Series:
    """Return the key items of each record as one text, `a|b|c`; an absent part stays empty.

    Null only where the class has one key item and it is absent.
    """
    keys = [values[item.id].alias(item.id) for item in data_class.key_items]
    if len(keys) == 1:
        return keys[0].cast(pl.String).alias("record_key")
    parts = [
        pl.col(key.name)
        .cast(pl.String)
        .fill_null("")
        .str.replace_all(_SEPARATOR, _SEPARATOR * 2, literal=True)
        for key in keys
    ]
    return pl.DataFrame(keys).select(record_key=pl.concat_str(parts, separator=_SEPARATOR))["record_key"]


def repeated(key: pl.Series) -> pl.Series:
    """Return true where the key stands earlier in the batch: the first record counts."""
    return ~key.is_first_distinct()
