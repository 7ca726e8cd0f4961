"""Address text → building, by exact match after normalisation. The registry has the full matcher."""

import polars as pl

from ningjulan.cleaning import words
from ningjulan.cleaning.kernel import addresses as kernel

# 浙江省杭州市萧山区宁围街道 may be written or left out; 幢, 栋 and 号楼 are one thing.
_PREFIX = r"^(?:\p{Han}{2,3}省)?(?:\p{Han}{2,3}市)?(?:\p{Han}{0,2}[\p{Han}--社]区)?(?:\p{Han}{2,4}街道)?"
_BUILDING_WORDS = "(?:号楼|幢|栋|座)"
_INSIDE = r"^(.*?[0-9a-z]+幢).*$"  # unit, floor and room do not change the building
_IN_HOUSE = r"^([^幢]*[0-9]号)[0-9]{1,5}室?$"  # 2组121号101室: a village house is its number


def match_key(address: pl.Series) -> pl.Series:
    """Return the address as it is compared: no district prefix, one word for building, nothing after it."""
    return (
        words.normalised_name(address)
        .str.replace(_PREFIX, "")
        .str.replace_all(_BUILDING_WORDS, "幢")
        .str.replace(_INSIDE, "${1}")
        .str.replace(_IN_HOUSE, "${1}")
    )


def by_match_key(buildings: pl.DataFrame) -> pl.DataFrame:
    """Return the buildings by their `match_key`, without those that share one."""
    return buildings.select(
        pl.Series("match_key", match_key(buildings["address_text"])),
        b_id="building_id",
        b_lon="lon",
        b_lat="lat",
        b_grid="grid_code",
        b_address="address_text",
    ).unique("match_key", keep="none")


def buildings_at(address: pl.Series, by_key: pl.DataFrame, *, compiled: bool) -> pl.DataFrame:
    """Return the building at each address: `b_id`, `b_lon`, `b_lat`, `b_grid`, `b_address`; null if none.

    An address that two buildings share finds neither.

    Args:
        address: As it was written.
        by_key: The buildings, see `by_match_key`.
        compiled: Let the kernel make the keys that it is certain of.
    """
    if address.null_count() == len(address) or by_key.is_empty():
        names = ("b_id", "b_address", "b_grid")
        none = {name: pl.repeat(None, len(address), dtype=pl.String, eager=True) for name in names}
        zero = {
            name: pl.repeat(None, len(address), dtype=pl.Float64, eager=True) for name in ("b_lon", "b_lat")
        }
        return pl.DataFrame({**none, **zero})
    keys = _compiled_keys(address) if compiled else match_key(address)
    asked = pl.DataFrame({"match_key": keys})
    return asked.join(by_key, on="match_key", how="left", maintain_order="left").drop("match_key")


def _compiled_keys(address: pl.Series) -> pl.Series:
    keys, doubtful = kernel.match_keys(address)
    return keys.scatter(doubtful, match_key(address.gather(doubtful))) if len(doubtful) else keys
