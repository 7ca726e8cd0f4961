"""A normalised address cut into its elements: region, community, name, building, unit, floor, room."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import polars as pl

_UNIT = r"([0-9]{1,2})单元"
_FLOOR = r"([0-9]{1,2})层"
_ROOM = r"([0-9]{1,5}[a-z]?)室"
_BARE_ROOM = r"(幢|单元|层)([0-9]{3,5}[a-z]?)([^0-9a-z层单幢]|$)"
_ROOM_OF_FLOOR = r"层0?([0-9]{1,2})$"
_NUMBER = r"^(.*?)([0-9]{1,4}[a-z]?|[a-z])幢([^幢]*)$"
_COMMUNITY_WORDS = "(?:社区居委会|居民委员会|村民委员会|村委会|居委会|社区|村)"
_FOREIGN = (
    r"^\p{Han}{2,3}省|^(?:\p{Han}{2,3}省)?\p{Han}{2,3}市\p{Han}|^\p{Han}{2}(?:区|县)\p{Han}"
    r"|^\p{Han}{2,3}(?:街道|镇|乡)"
)


@dataclass(frozen=True)
class Regions:
    """Names that stand before the name of a compound and are the same for a whole tenant.

    Args:
        above: Province, city, district and street, from the top, former names beside them:
            `(("浙江省",), ("杭州市",), ("萧山区",), ("宁围街道", "宁围镇"))`.
        communities: Community code → names it has or had.
    """

    above: tuple[tuple[str, ...], ...]
    communities: tuple[tuple[str, tuple[str, ...]], ...]

    def without(self, texts: pl.Series) -> pl.Series:
        """Return the texts without the names above the community, written in full or short, or twice."""
        pattern = self._above_pattern
        return texts.str.replace(pattern, "").str.replace(pattern, "") if self.above else texts

    def without_community(self, texts: pl.Series) -> pl.Series:
        """Return texts without the community they begin with."""
        names = [name for _, names in self.communities for name in names]
        full = self.without(pl.Series(names, dtype=pl.String))
        either = "|".join(re.escape(name) for name in sorted(full, key=len, reverse=True))
        return texts.str.replace(f"^(?:{either})", "") if either else texts

    @cached_property
    def roots(self) -> dict[str, str]:
        """The name of each community without its kind, with and without names above it → its code."""
        return {root: code for code, names in self.communities for root in self._roots(names)}

    @cached_property
    def any_root(self) -> str:
        """A pattern of all roots, the longest first."""
        either = "|".join(re.escape(root) for root in sorted(self.roots, key=len, reverse=True))
        return f"({either})" if either else r"(\x00)"

    @cached_property
    def _above_pattern(self) -> str:
        return "^" + "".join(f"(?:{_alternatives(level)})?" for level in self.above)

    def _roots(self, names: Iterable[str]) -> list[str]:
        full = pl.Series(list(names), dtype=pl.String)
        both = pl.concat([full, self.without(full)]).str.replace(f"{_COMMUNITY_WORDS}$", "")
        return both.filter(both != "").unique(maintain_order=True).to_list()


def elements(normal: pl.Series, regions: Regions) -> pl.DataFrame:
    """Cut normalised texts into elements.

    Args:
        normal: n texts of `normalising.normalised`.
        regions: What stands before the name.

    Returns:
        n rows: `name` (what is left for the compound, may be empty), `community_code`, `number`, `unit`,
        `floor`, `room` (text; null where not said), `behind` (words after the building), `is_foreign` (names
        another province, city, district or street).
    """
    room = normal.str.extract(_ROOM).fill_null(normal.str.extract(_BARE_ROOM, 2))
    room = room.str.strip_chars_start("0").fill_null(normal.str.extract(_ROOM_OF_FLOOR))
    frame = pl.DataFrame(
        {
            "unit": normal.str.extract(_UNIT).str.strip_chars_start("0"),
            "floor": normal.str.extract(_FLOOR).str.strip_chars_start("0"),
            "room": room,
        }
    )
    frame = frame.with_columns(
        room=pl.when(pl.col("room").str.len_chars() <= 2)  # 8层1室 is 801; without a floor it is what it says
        .then(pl.coalesce(pl.col("floor") + pl.col("room").str.zfill(2), "room"))
        .otherwise("room")
    )
    rest = normal.str.replace(_ROOM, "").str.replace(_BARE_ROOM, "${1}${3}")
    rest = rest.str.replace(f"{_FLOOR}[0-9]*", "").str.replace(_UNIT, "")
    parts = rest.str.extract_groups(_NUMBER).struct.unnest()
    before, behind = parts["1"].fill_null(rest), parts["3"].fill_null("").str.replace_all("幢", "")
    turned = before == ""  # the numbers first, the name behind them
    frame = frame.with_columns(
        pl.Series("number", parts["2"].str.replace(r"^0+([1-9])", "${1}")),
        pl.Series(
            "behind", behind.zip_with(~turned, pl.repeat("", len(behind), dtype=pl.String, eager=True))
        ),
    )
    return frame.hstack(_named(before.zip_with(~turned, behind), regions))


def _named(heads: pl.Series, regions: Regions) -> pl.DataFrame:
    """Take community and region off what stands before the building; the community first: 萧山 | 市心社区."""
    parts = heads.str.extract_groups(rf"^(.*?){regions.any_root}{_COMMUNITY_WORDS}(.*)$").struct.unnest()
    before = regions.without(parts["1"].fill_null(heads))
    name = pl.select(pl.concat_str(before, parts["3"].fill_null(""))).to_series()
    code = parts["2"].replace_strict(regions.roots, default=None, return_dtype=pl.String)
    return pl.DataFrame({"name": name, "community_code": code, "is_foreign": before.str.contains(_FOREIGN)})


def community_written_short(names: pl.Series, regions: Regions) -> pl.DataFrame:
    """Return `name` and `community_code` of names that begin with one without 社区 or 村; else null."""
    parts = names.str.extract_groups(rf"^{regions.any_root}(.*)$").struct.unnest()
    code = parts["1"].replace_strict(regions.roots, default=None, return_dtype=pl.String)
    return pl.DataFrame({"name": parts["2"], "community_code": code})


def _alternatives(names: Iterable[str]) -> str:
    """Return a pattern of the names in full, short, or of another kind: 宁围街道, 宁围, 宁围镇."""
    kinds = "省|市|区|县|街道|镇|乡"
    short = {re.sub(f"(?:{kinds})$", "", name) for name in names}
    either = "|".join(re.escape(name) for name in sorted(short, key=len, reverse=True))
    return f"(?:{either})(?:{kinds})?"
