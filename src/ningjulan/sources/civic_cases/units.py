"""Handling units of the sample. One id is one unit, in however many spellings its name is written.

Of the spellings of one id the most frequent is the unit's name; of equally frequent ones the shortest, then
the first in the alphabet. Two ids are two units, however alike their names: nothing is guessed. All spellings
are kept with the unit, and each record keeps its own (`source_text`).
"""

import re
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ningjulan.sources.civic_cases.layout import (
    TENANT,
    community_code,
    street_code,
    text,
    unit_code,
    whole_file,
)
from ningjulan.sources.contracts import UnitDraft

_COMPANY = re.compile("公司|营业中心|供电局")
_COMMUNITY = re.compile("社区(?:工作站)?$")
_OFFICE_OF_STREET = re.compile("(..)(?:街道|办事处|街道办事处|办)")


def units(path: Path) -> list[UnitDraft]:
    """Return the units that the file names, by code.

    Raises:
        FileRefused: The file cannot be read, or is not such a file.
    """
    rows = whole_file(path)
    spellings = (
        rows.select(code=unit_code(), name=text("DISPOSE_UNIT_NAME"))
        .drop_nulls()
        .group_by("code", "name")
        .len()
        .sort("code", -pl.col("len").cast(pl.Int64), pl.col("name").str.len_chars(), "name")
        .group_by("code", maintain_order=True)
        .agg("name")
    )
    places = _places(rows)
    return [_unit(code, tuple(names), places) for code, names in spellings.iter_rows()]


def _places(rows: pl.DataFrame) -> Mapping[str, str]:
    """Return name of a street or community → its code."""
    pairs = pl.concat(
        [
            rows.select(name=text("STREET_NAME"), code=street_code()),
            rows.select(name=text("COMMUNITY_NAME"), code=community_code()),
        ]
    )
    return dict(pairs.drop_nulls().unique().iter_rows())


def _unit(code: str, spellings: tuple[str, ...], places: Mapping[str, str]) -> UnitDraft:
    name = spellings[0]
    if _COMMUNITY.search(name):
        return UnitDraft(code, name, "community", places.get(name.removesuffix("工作站"), TENANT), spellings)
    if _COMPANY.search(name):
        return UnitDraft(code, name, "company", TENANT, spellings)
    for spelling in spellings:
        for office in _OFFICE_OF_STREET.findall(spelling):
            if street := places.get(f"{office}街道"):
                return UnitDraft(code, name, "street", street, spellings)
    return UnitDraft(code, name, "district", TENANT, spellings)
