"""Cleaned records about people (BIZ01) → what they are compared by. Pure, but for the hash of numbers."""

from collections.abc import Mapping
from uuid import NAMESPACE_URL, UUID, uuid5

import polars as pl

from ningjulan.foundation.sealing import blind_many
from ningjulan.registry.people.numbers import ID_NO, PHONE
from ningjulan.registry.resolution.comparing import KEYS
from ningjulan.registry.resolution.names import with_name_keys

_CARD = r"^[0-9]{17}[0-9X]$"
_IDENTIFY = ("id_no", "name", "birth_date", "phone")
ROW_KEY = "row:"
"""Begins the `person_id` of a record whose source has none: the reader of the file put it there."""


def compared(records: pl.DataFrame, places: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """Return what records are compared by.

    Args:
        records: n accepted records of class BIZ01, with `row_no`, and `house_id` (null where unknown).
        places: `house_id` → (building, grid).

    Returns:
        n rows in order: `row_no`, the columns of `comparing.KEYS`, the forms of the name. A birth date that
        the record does not state is read off the number of an identity card.
    """
    digits = pl.when(pl.col("id_no").str.contains(_CARD)).then(pl.col("id_no").str.slice(6, 8))
    frame = records.select(
        "row_no",
        "name",
        "sex",
        pl.coalesce("birth_date", digits.str.to_date("%Y%m%d", strict=False)).alias("birth_date"),
        pl.Series("id_no", blind_many(records["id_no"].to_list(), ID_NO), pl.Binary),
        pl.Series("phone", blind_many(_digits(records["phone"]), PHONE), pl.Binary),
        address_id="house_id",
        building_id=_part_of(places, 0),
        area_code=_part_of(places, 1),
    )
    return with_name_keys(frame.select("row_no", *KEYS))


def _digits(phones: pl.Series) -> list[str | None]:
    """Telephones as `people.numbers` seals them: without dashes."""
    return phones.str.replace_all("-", "", literal=True).to_list()


def _part_of(places: Mapping[str, tuple[str, str]], part: int) -> pl.Expr:
    values = {house: place[part] for house, place in places.items()} or {"": ""}
    return pl.col("house_id").replace_strict(values, default=None, return_dtype=pl.String)


def own_ids(records: pl.DataFrame, source: str) -> list[str]:
    """Return who each record is about, should nobody known fit: the same record, the same id, each time.

    A source's own id of the person counts; without one, what identifies the person does.
    """
    facts = records.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("") for c in _IDENTIFY], separator="|")
    )
    return [
        _own_id(source, key, says) for key, says in zip(records["person_id"], facts.to_series(), strict=True)
    ]


def _own_id(source: str, key: str, says: str) -> str:
    try:
        return str(UUID(key))  # as the catalogue has it: what we have exported comes back as itself
    except ValueError:
        return str(
            uuid5(NAMESPACE_URL, f"ningjulan:person:{source}:{says if key.startswith(ROW_KEY) else key}")
        )
