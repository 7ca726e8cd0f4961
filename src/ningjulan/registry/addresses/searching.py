"""Search as one types: names, their pinyin or its initials, then building, unit and room. Pure, in memory."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
import polars as pl

from ningjulan.registry.addresses.base import AddressBase
from ningjulan.registry.addresses.cutting import community_written_short, elements
from ningjulan.registry.addresses.matching import candidates
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.addresses.sounding import pinyin_of

_N_NAMES = 40
_AS_GOOD_AS_THE_BEST = 0.2
_NUMBERS = re.compile(r"^([0-9]+[a-z]?)(幢)?(?:([0-9]+)(单元))?(?:[0-9]+层)?([0-9]*[a-z]?)室?$")
_HAN = re.compile("[\u4e00-\u9fff]")
_CODE = re.compile(r"^[0-9]{10,29}[0-9xb]*$")


@dataclass(frozen=True)
class Suggestion:
    """A place that may be meant: its level and row in the address base."""

    level: str  # compound, building, address
    row: int


@dataclass(frozen=True)
class _Asked:
    """What has been typed so far, after the name."""

    number: str = ""
    is_whole: bool = False  # nothing can be added to the number any more
    unit: str = ""
    room: str = ""  # beginning of the room; without a unit perhaps of the unit


@dataclass(frozen=True)
class SearchIndex:
    """What a search looks through, made once for each revision of the base."""

    base: AddressBase

    def search(
        self, text: str, limit: int, is_visible: Callable[[Suggestion], bool] = lambda _: True
    ) -> list[Suggestion]:
        """Return the visible places that begin as `text` does, the likeliest first, at most `limit`."""
        normal = normalised(pl.Series([_spelt_out(text)], dtype=pl.String))
        typed: str = normal[0] or ""
        if not typed:
            return []
        if _CODE.match(typed):
            return list(islice(filter(is_visible, self._by_code(typed.upper())), limit))
        found = dict.fromkeys(islice(filter(is_visible, self._suggestions(normal)), limit))
        if not found and _HAN.search(typed):
            whole = pl.Series([typed if "幢" in typed else re.sub(r"([0-9])$", r"\1幢", typed)])
            ranked = candidates(whole, self.base)
            near = ranked.filter(pl.col("score") >= pl.col("score").max() - _AS_GOOD_AS_THE_BEST)
            alike = (Suggestion(*row) for row in near.select("level", "row").head(limit).rows())
            found = dict.fromkeys(filter(is_visible, alike))
        return list(found)

    def _suggestions(self, normal: pl.Series) -> Iterator[Suggestion]:
        yield from self._otherwise_called(normal[0])
        for name, community, rest in self._readings(normal):
            asked = _asked(rest)
            if asked is None:
                continue
            compounds = self._compounds(name, community)
            if not rest:
                yield from (Suggestion("compound", compound) for compound in compounds)
            for compound in compounds:
                yield from self._within(compound, asked)

    def _otherwise_called(self, typed: str) -> Iterator[Suggestion]:
        others = self._others
        fits = pl.col("key").str.starts_with(typed) | pl.col("initials").str.starts_with(typed)
        found = others.filter(fits).sort(pl.col("key").str.len_chars(), maintain_order=True)
        yield from (Suggestion(level, row) for level, row in found.select("level", "row").iter_rows())

    def _readings(self, normal: pl.Series) -> Iterator[tuple[str, str | None, str]]:
        """Return (name, community code, numbers) in the ways the text can be cut: 2组12 is 2组 and 12."""
        cut = elements(pl.Series([_without_numbers(normal[0])]), self.base.regions).row(0, named=True)
        head, community = cut["name"], cut["community_code"]
        numbers = normal[0][len(_without_numbers(normal[0])) :]
        known = [name for name in self.base.names.names if (head + numbers).startswith(name)]
        for name in sorted(known, key=len, reverse=True):
            yield name, community, (head + numbers)[len(name) :]
        yield head, community, numbers
        short = community_written_short(pl.Series([head]), self.base.regions).row(0)
        if community is None and short[1] is not None:
            yield short[0], short[1], numbers

    def _compounds(self, name: str, community: str | None) -> list[int]:
        """Return compounds by how well the name fits: as it is, beginning, initials, pinyin, within."""
        table = self._names
        if not name:
            rows = table.filter(pl.col("community_code") == community) if community else table.clear()
            return rows["compound"].unique(maintain_order=True).head(_N_NAMES).to_list()
        fit = (
            pl.when(pl.col("name") == name)
            .then(0)
            .when(pl.col("name").str.starts_with(name))
            .then(1)
            .when(pl.col("initials").str.starts_with(name))
            .then(2)
            .when(pl.col("pinyin").str.starts_with(name))
            .then(3)
            .when(pl.col("name").str.contains(name, literal=True))
            .then(4)
        )
        rows = table.with_columns(fit=fit).filter(pl.col("fit").is_not_null())
        if community:
            rows = rows.filter(pl.col("community_code") == community)
        rows = rows.sort("fit", pl.col("name").str.len_chars(), maintain_order=True)
        return rows["compound"].unique(maintain_order=True).head(_N_NAMES).to_list()

    def _within(self, compound: int, asked: _Asked) -> Iterator[Suggestion]:
        start, end = self._buildings_of[compound], self._buildings_of[compound + 1]
        buildings = self._by_compound[start:end]
        numbers = [self._numbers[b] or "" for b in buildings]
        ranked = sorted(zip(map(_in_order, numbers), buildings, numbers, strict=True))
        exact = [building for _, building, number in ranked if number == asked.number]
        if asked.unit or asked.room:
            for building in exact:
                yield from self._doors(building, asked)
            return
        yield from (Suggestion("building", building) for building in exact)
        if not asked.is_whole:
            yield from (
                Suggestion("building", building)
                for _, building, number in ranked
                if number.startswith(asked.number) and number != asked.number
            )
        for building in exact:
            yield from self._doors(building, asked)

    def _doors(self, building: int, asked: _Asked) -> Iterator[Suggestion]:
        start, end = self._doors_of[building], self._doors_of[building + 1]
        doors = self._by_building[start:end]
        if asked.unit:
            doors = [door for door in doors if self._units[door] == asked.unit]
        by_room = [door for door in doors if (self._rooms[door] or "").startswith(asked.room)]
        by_unit = [] if asked.unit else [door for door in doors if self._units[door] == asked.room]
        yield from (Suggestion("address", door) for door in dict.fromkeys([*by_unit, *by_room]))

    def _by_code(self, code: str) -> Iterator[Suggestion]:
        codes = self._codes
        at = int(codes["code"].search_sorted(code))
        while at < len(codes) and codes["code"][at].startswith(code):
            yield Suggestion("address", codes["row"][at])
            at += 1

    @cached_property
    def _names(self) -> pl.DataFrame:
        names = self.base.compound_names
        typed = [pinyin_of(name) for name in names["name"]]
        return names.with_columns(
            pinyin=pl.Series([pinyin for pinyin, _ in typed], dtype=pl.String),
            initials=pl.Series([initials for _, initials in typed], dtype=pl.String),
        )

    @cached_property
    def _others(self) -> pl.DataFrame:
        others = self.base.other_texts
        return others.with_columns(
            initials=pl.Series([pinyin_of(key)[1] for key in others["key"]], dtype=pl.String)
        )

    @cached_property
    def _codes(self) -> pl.DataFrame:
        codes = self.base.addresses.select("code").with_row_index("row")
        return codes.sort("code")

    @cached_property
    def _numbers(self) -> list[str | None]:
        return self.base.building_elements["number"].to_list()

    @cached_property
    def _units(self) -> list[str]:
        return self.base.address_elements["unit"].to_list()

    @cached_property
    def _rooms(self) -> list[str | None]:
        return self.base.address_elements["room"].to_list()

    @cached_property
    def _by_compound(self) -> list[int]:
        return self.base.building_elements.sort("compound", maintain_order=True)["building"].to_list()

    @cached_property
    def _buildings_of(self) -> list[int]:
        return _offsets(self.base.building_elements["compound"], len(self.base.compounds))

    @cached_property
    def _by_building(self) -> list[int]:
        in_order = self.base.address_elements.sort(
            "building", pl.col("unit").cast(pl.Int32, strict=False), pl.col("room").str.len_chars(), "room"
        )
        return in_order["address"].to_list()

    @cached_property
    def _doors_of(self) -> list[int]:
        return _offsets(self.base.address_elements["building"], len(self.base.buildings))

    def warm(self) -> "SearchIndex":
        """Make now what would be made at the first search."""
        self.search("某某小区1幢1单元1室", 1)
        self.search("1" * 12, 1)
        return self


def _spelt_out(text: str) -> str:
    """Return 24-5-1, which may go on, as 24幢5单元1."""
    text = re.sub(r"([0-9]+[a-zA-Z]?)[-－—]([0-9]+)[-－—]([0-9]*)$", r"\1幢\2单元\3", text)
    return re.sub(r"([0-9]+[a-zA-Z]?)[-－—]([0-9]*)$", r"\1幢\2", text)


def _asked(rest: str) -> _Asked | None:
    """Return what the numbers say, `None` where they are more than numbers."""
    if not rest:
        return _Asked()
    match = _NUMBERS.match(rest.removeprefix("幢"))
    if match is None:
        return None
    number, mark, unit, _, room = match.groups()
    return _Asked(number, is_whole=bool(mark), unit=unit or "", room=room or "")


def _without_numbers(text: str) -> str:
    """Return the text up to where its numbers begin: the last run of digits and words for building …."""
    match = re.search(r"(?:[0-9]+[a-z]?(?:幢|单元|层|室|$))+[0-9]*[a-z]?室?$", text)
    return text[: match.start()] if match else text


def _in_order(number: str) -> tuple[int, str]:
    digits = re.match(r"[0-9]*", number)
    return (int(digits[0]) if digits and digits[0] else 0, number)


def _offsets(owner: pl.Series, n: int) -> list[int]:
    """Return where the rows of each owner begin, and at last where they end, once they are in order."""
    counts = np.bincount(owner.drop_nulls().to_numpy(), minlength=n)
    offsets: list[int] = np.concatenate([[0], np.cumsum(counts)]).tolist()
    return offsets
