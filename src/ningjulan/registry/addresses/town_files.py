"""The address base of a town's files, without a database: for measurements and tests."""

from pathlib import Path

import polars as pl

from ningjulan.registry.addresses.base import AddressBase


def base_of_files(folder: Path) -> AddressBase:
    """Return the address base of the town that `ningjulan town` has written to `folder`."""
    names = ("areas", "compounds", "buildings", "addresses")
    areas, compounds, buildings, addresses = (pl.read_parquet(folder / f"{name}.parquet") for name in names)
    return AddressBase(
        communities=areas.filter(pl.col("level") == "community").select("name", code="area_code"),
        compounds=compounds.select("name", "community_code", id="compound_id"),
        buildings=buildings.select("compound_id", id="building_id", text="address_text"),
        addresses=addresses.select(
            "building_id", "code", id="address_id", text="full_text", state=pl.lit("OC")
        ),
    )
