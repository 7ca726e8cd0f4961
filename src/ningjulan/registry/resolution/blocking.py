"""Which pairs are worth comparing: everybody with everybody would be 90,000,000,000 of them.

A pair is a candidate when it agrees in one of a few ways, chosen so that a single slip (in the name, in the
birth date, a new telephone, a move) leaves at least one of them whole.
"""

from collections.abc import Sequence

import polars as pl

_YEAR = pl.col("birth_date").dt.year().alias("birth_year")
_DAY = (pl.col("birth_date").dt.month().cast(pl.Int16) * 100 + pl.col("birth_date").dt.day()).alias(
    "birth_day"
)

_WAYS: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
    (("id_no",), ("id_no",)),
    (("phone",), ("phone",)),
    (("name_sound", "birth_year"), ("name_sound", "birth_year")),
    (("name_sound", "birth_day"), ("name_sound", "birth_day")),
    (("name_sound", "building_id"), ("name_sound", "building_id")),
    (("name_swapped", "birth_year"), ("name_sound", "birth_year")),
    (("name_sound", "birth_year"), ("name_swapped", "birth_year")),
    (("birth_date", "name_surname"), ("birth_date", "name_surname")),
    (("birth_date", "building_id"), ("birth_date", "building_id")),
    (("address_id", "birth_year"), ("address_id", "birth_year")),
    (("address_id", "name_surname"), ("address_id", "name_surname")),
)
"""Columns of the incoming side that equal columns of the registered side."""


def candidates(incoming: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs worth comparing, each once.

    Args:
        incoming: n records with `row_no`, the columns of `comparing.KEYS` and the forms of their names.
        registered: The people known, with `person_id` and the same columns.

    Returns:
        `row_no`, `person_id`.
    """
    ours = _slim(incoming, "row_no")
    theirs = _slim(registered, "person_id")
    found = [_agreeing(ours, theirs, left, right) for left, right in _WAYS]
    return pl.concat(found).unique()


def side_by_side(pairs: pl.DataFrame, incoming: pl.DataFrame, registered: pl.DataFrame) -> pl.DataFrame:
    """Join both sides' columns onto pairs; those of the registered person end in `_r`."""
    theirs = registered.select("person_id", pl.exclude("person_id").name.suffix("_r"))
    return pairs.join(incoming, on="row_no", how="left", maintain_order="left").join(
        theirs, on="person_id", how="left", maintain_order="left"
    )


_NEEDED = (
    "id_no",
    "phone",
    "name_sound",
    "name_swapped",
    "name_surname",
    "birth_date",
    "building_id",
    "address_id",
)


def _slim(people: pl.DataFrame, key: str) -> pl.DataFrame:
    return people.select(key, *_NEEDED, _YEAR, _DAY)


def _agreeing(
    ours: pl.DataFrame, theirs: pl.DataFrame, left: Sequence[str], right: Sequence[str]
) -> pl.DataFrame:
    """Return the pairs that agree in some columns; what is missing agrees with nothing."""
    return (
        ours.select("row_no", *left)
        .drop_nulls()
        .join(theirs.select("person_id", *right).drop_nulls(), left_on=left, right_on=right, how="inner")
        .select("row_no", "person_id")
    )
