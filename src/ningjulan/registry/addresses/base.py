"""The address base of a tenant as frames: what texts are matched against. Immutable; one per revision."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import polars as pl

from ningjulan.registry.addresses.cutting import Regions, elements
from ningjulan.registry.addresses.naming import Names
from ningjulan.registry.addresses.normalising import comparison_key, normalised

_ABOVE = r"^(\p{Han}+?省)?(\p{Han}+?市)?(\p{Han}+?(?:区|县|市))?(\p{Han}+?(?:街道|镇|乡))?"

Schema = Mapping[str, type[pl.DataType]]

COMPOUNDS: Schema = {"id": pl.String, "name": pl.String, "community_code": pl.String}
BUILDINGS: Schema = {"id": pl.String, "compound_id": pl.String, "text": pl.String}
ADDRESSES: Schema = {
    "id": pl.String,
    "building_id": pl.String,
    "text": pl.String,
    "state": pl.String,
    "code": pl.String,
}
ALIASES: Schema = {"text": pl.String, "kind": pl.String, "target": pl.String}
"""`target`: the id of a `compound`, `building` or `address` (`kind`), the code of a `street`, `community`."""


@dataclass(frozen=True)
class AddressBase:
    """Everything a text can mean in one tenant.

    Args:
        communities: `code`, `name`.
        compounds: Columns `COMPOUNDS`.
        buildings: Columns `BUILDINGS`; the text as registered, in full.
        addresses: Columns `ADDRESSES`; one row per dwelling.
        aliases: Columns `ALIASES`: former and other names, and whole texts that a clerk has decided on.
    """

    communities: pl.DataFrame
    compounds: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COMPOUNDS))
    buildings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BUILDINGS))
    addresses: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ADDRESSES))
    aliases: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ALIASES))

    def with_aliases(self, aliases: pl.DataFrame) -> "AddressBase":
        """Return the same base with other aliases. What does not depend on them is not derived anew."""
        other = replace(self, aliases=aliases)
        areas = pl.col("kind").is_in(["street", "community"])
        if aliases.filter(areas).equals(self.aliases.filter(areas)):
            kept = ("regions", "building_elements", "address_elements", "doors", "registered_keys")
            other.__dict__.update({name: self.__dict__[name] for name in kept if name in self.__dict__})
        return other

    @cached_property
    def regions(self) -> Regions:
        """What stands before a compound's name, read off the texts of the buildings."""
        levels = self.buildings["text"].str.extract_groups(_ABOVE).struct.unnest()
        above = [
            levels[name].drop_nulls().value_counts(sort=True, name="n")[name].head(1).to_list()
            for name in levels.columns
        ]
        former = self._alias_texts("street")["text"].to_list()
        if above:
            above[-1] += former
        named = self._alias_texts("community").group_by("target").agg("text")
        others = dict(zip(named["target"].to_list(), named["text"].to_list(), strict=True))
        communities = tuple(
            (code, (name, *others.get(code, ())))
            for code, name in self.communities.select("code", "name").rows()
        )
        return Regions(tuple(tuple(names) for names in above if names), communities)

    @cached_property
    def building_elements(self) -> pl.DataFrame:
        """Each building by row: `compound` (row), `number`; null where its text has none."""
        cut = elements(normalised(self.buildings["text"]), self.regions)
        compound = _rows_of(self.buildings["compound_id"], self.compounds["id"])
        return pl.DataFrame({"compound": compound, "number": cut["number"]}).with_row_index("building")

    @cached_property
    def address_elements(self) -> pl.DataFrame:
        """Each address by row: `building` (row), `unit` and `room`, the unit `0` where it has none."""
        cut = elements(normalised(self.addresses["text"]), self.regions)
        building = _rows_of(self.addresses["building_id"], self.buildings["id"])
        frame = cut.select(pl.col("unit").fill_null("0"), "room").with_columns(
            pl.Series("building", building)
        )
        retired = self.addresses["state"] == "AB"
        return frame.with_columns(is_retired=retired).with_row_index("address")

    @cached_property
    def doors(self) -> "Doors":
        return Doors.of(self)

    @cached_property
    def names(self) -> Names:
        return Names(tuple(self.compound_names["name"].unique(maintain_order=True).to_list()))

    @cached_property
    def _own_names(self) -> pl.DataFrame:
        return pl.DataFrame({"name": normalised(self.compounds["name"])}).with_row_index("compound")

    @cached_property
    def compound_names(self) -> pl.DataFrame:
        """Their names: `name`, `compound` (row), `community_code`, `is_alias`, `is_shared` by several."""
        own = self.compounds.select("id", "name", is_alias=pl.lit(value=False))
        aliases = self._alias_texts("compound").select(id="target", name="text", is_alias=pl.lit(value=True))
        both = pl.concat([own, aliases])
        rows = both.select(
            name=pl.Series(normalised(both["name"])),
            compound=_rows_of(both["id"], self.compounds["id"]),
            is_alias="is_alias",
        )
        known = self.compounds.select("community_code").with_row_index("compound")
        named = rows.drop_nulls().join(known, on="compound", maintain_order="left")
        named = named.unique(["name", "compound"], keep="first", maintain_order=True)
        return named.with_columns(is_shared=pl.len().over("name") > 1)

    @cached_property
    def exact(self) -> pl.DataFrame:
        """Whole texts that name one place, in order: `key` → `level`, `row`; also without the community."""
        both = pl.concat([self.other_texts, self.registered_keys])
        return both.unique("key", keep="first", maintain_order=True).filter(pl.col("key") != "").sort("key")

    @cached_property
    def registered_keys(self) -> pl.DataFrame:
        """As `exact`, without what clerks have decided."""
        texts = pl.concat([self._keys("building", self.buildings), self._keys("address", self.addresses)])
        return texts.filter(pl.col("key").is_unique())

    def _keys(self, level: str, places: pl.DataFrame) -> pl.DataFrame:
        keys = exact_keys(normalised(places["text"]), self.regions)
        frame = pl.DataFrame({"key": keys}).with_row_index("row").with_columns(level=pl.lit(level))
        shared = self._own_names.filter(pl.col("name").is_duplicated())["compound"]
        building = self.address_elements["building"] if level == "address" else frame["row"]
        in_shared = self.building_elements["compound"].gather(building).is_in(shared.implode())
        frame = frame.with_columns(in_shared=in_shared)
        if level == "address":
            frame = frame.filter(self.addresses["state"] != "AB")
        short = frame.with_columns(key=self.regions.without_community(frame["key"])).filter(
            ~pl.col("in_shared")
        )
        short = short.join(frame, on="key", how="anti")
        return pl.concat([frame, short]).select("key", "level", "row")

    @cached_property
    def other_texts(self) -> pl.DataFrame:
        """Other names of single places, and texts that were decided on: `key` → `level`, `row`."""
        decided = []
        for level, places in (
            ("address", self.addresses),
            ("building", self.buildings),
            ("compound", self.compounds),
        ):
            aliases = self._alias_texts(level)
            rows = _rows_of(aliases["target"], places["id"])
            keys = exact_keys(normalised(aliases["text"]), self.regions)
            decided.append(pl.DataFrame({"key": keys, "row": rows}).with_columns(level=pl.lit(level)))
        return pl.concat(decided).drop_nulls().select("key", "level", "row")

    def _alias_texts(self, kind: str) -> pl.DataFrame:
        return self.aliases.filter(pl.col("kind") == kind)


@dataclass(frozen=True)
class Doors:
    """The dwellings by building, in the shapes that matching joins.

    Args:
        once: `building`, `unit`, `room` → `address`, where they name one.
        rooms: `building`, `room` → `n_alike` dwellings of it, the first of them, `r_address`.
        units: `building`, `unit` that there are, `has_unit`.
        buildings: `building` → `has_units`.
        numbered: `compound`, `number` → `building`, where they name one.
        single: `compound` → its `only` building.
        in_community: `community_code`, `number` → `compound`.
    """

    once: pl.DataFrame
    rooms: pl.DataFrame
    units: pl.DataFrame
    buildings: pl.DataFrame
    numbered: pl.DataFrame
    single: pl.DataFrame
    in_community: pl.DataFrame

    @classmethod
    def of(cls, base: AddressBase) -> "Doors":
        doors, buildings = base.address_elements, base.building_elements
        communities = base.compounds.select("community_code").with_row_index("compound")
        return cls(
            once=doors.unique(["building", "unit", "room"], keep="none").drop("is_retired"),
            rooms=doors.group_by("building", "room").agg(
                n_alike=pl.len(), r_address=pl.col("address").first()
            ),
            units=doors.select("building", "unit", has_unit=pl.lit(value=True)).unique(),
            buildings=doors.group_by("building").agg(has_units=(pl.col("unit") != "0").any()),
            numbered=buildings.unique(["compound", "number"], keep="none"),
            single=buildings.unique("compound", keep="none").select("compound", only="building"),
            in_community=buildings.join(communities, on="compound").select(
                "community_code", "number", "compound"
            ),
        )


def exact_keys(normal: pl.Series, regions: Regions) -> pl.Series:
    """Return what is compared letter by letter: normalised, without province … street."""
    return comparison_key(regions.without(normal))


def _rows_of(ids: pl.Series, known: pl.Series) -> pl.Series:
    """Return the row of each id in `known`, null where it is not there."""
    table = pl.DataFrame({"id": known}).with_row_index("row")
    return pl.DataFrame({"id": ids}).join(table, on="id", how="left", maintain_order="left")["row"]
