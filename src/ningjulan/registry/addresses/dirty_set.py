"""A dirty set: addresses as people write them, each with the place it truly means."""

import random
from collections.abc import Sequence
from itertools import cycle

import polars as pl

from ningjulan.registry.addresses.base import AddressBase
from ningjulan.registry.addresses.dirt import KINDS, Facts, Kind, Written, roughened

_TRIES = 300
_ROUGH = 0.3  # how many texts have a second fault
_Source = tuple[int, int, int, Written, Facts]  # rows of address, building, compound; written; its facts


def dirty_addresses(base: AddressBase, n: int, seed: int = 1) -> pl.DataFrame:
    """Make n dirty texts of known truth, every kind about as often.

    Returns:
        n rows: `text`, `kind`, and what it truly means: `level` (`address`, `building`, `compound`; null
        where that cannot be known) and `row` in that table of the base.
    """
    rng = random.Random(seed)  # noqa: S311  # texts, not secrets
    written = _written(base)
    rows: list[tuple[str, str, str | None, int | None]] = []
    for kind in cycle(KINDS):
        if len(rows) == n:
            break
        made = _one_of(KINDS[kind], written, rng)
        if made is not None:
            rows.append((made[0], kind, *made[1:]))
    schema = {"text": pl.String, "kind": pl.String, "level": pl.String, "row": pl.UInt32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _one_of(
    kind: Kind, written: Sequence[_Source], rng: random.Random
) -> tuple[str, str | None, int | None] | None:
    """Return a text of the kind with its truth; `None` where hardly an address can be written so."""
    for _ in range(_TRIES):
        address, building, compound, w, facts = rng.choice(written)
        dirty = kind(w, facts, rng)
        if dirty is None:
            continue
        text, level = dirty
        row = {"address": address, "building": building, "compound": compound}.get(level or "")
        return (roughened(text, rng) if rng.random() < _ROUGH else text), level, row
    return None


def _written(base: AddressBase) -> list[_Source]:
    """Return every address that has all elements: its rows in the base, how it is written, and its facts."""
    doors = base.address_elements.join(base.building_elements, on="building")
    compounds = base.compounds.select(name="name", code="community_code").with_row_index("compound")
    communities = base.communities.select(code="code", community="name")
    alike = pl.col("address").len().over("building", "room") > 1
    doors = (
        doors.join(compounds, on="compound")
        .join(communities, on="code")
        .with_columns(
            alike=alike,
            text=base.addresses["text"].gather(doors["address"]),
        )
    )
    once = set(base.compounds["name"].value_counts().filter(pl.col("count") == 1)["name"].to_list())
    facts = {
        (name, alike): Facts(alike, name in once, _beginning(name, once))
        for name in base.compounds["name"].unique()
        for alike in (False, True)
    }
    found = []
    for row in doors.iter_rows(named=True):
        region, _, rest = row["text"].partition(row["community"] + row["name"])
        word = "号" if rest.startswith(f"{row['number']}号") else "幢"
        unit = "" if row["unit"] == "0" else row["unit"]
        w = Written(region, row["community"], row["name"], row["number"], word, unit, row["room"])
        found.append((row["address"], row["building"], row["compound"], w, facts[row["name"], row["alike"]]))
    return found


def _beginning(name: str, names: set[str]) -> str | None:
    """Return the name without its last characters, if no other begins so."""
    short = name[:-2] if len(name) > 4 else name[:-1]
    alone = sum(other.startswith(short) for other in names) == 1
    return short if alone and len(short) >= 2 and name in names else None
