"""Which compound a name means: as registered, with words around it, misheard, misread, or nearly so."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ningjulan.registry.addresses.sounding import as_heard, as_seen

N_CANDIDATES = 5
_WORTH_A_LOOK = 0.5
_CONTAINED = {"words": 0.99, "unclear": 0.85, "near": 0.8, "part": 0.6}
_ALIKE = 0.97  # sounds or looks the same, but is written otherwise

_FILLER = (
    "小区|住宅小区|住宅区|社区|内|里面|里|大院|院内|东门|西门|南门|北门|正门|大门|门口|东区|物业|"
    "快递柜|快递驿站|驿站|菜鸟驿站|丰巢柜|丰巢|便利店|超市|门卫|保安室|楼下|楼上|家|家里|住户|业主|收|地址|位于|住址|现住|户籍地|"
    "我住|住在|在|的|近|靠近|项目|公寓楼|居民楼|住宅楼|商铺|店铺|地块"
)
_ROAD = r"^(?:\p{Han}{1,4}?(?:大道|路|街|巷|弄))(?:[0-9]+(?:号|幢|弄)?)?(?:与?\p{Han}{1,4}?(?:路|街)交叉口)?"
_NEAR = (
    "对面|旁边|旁|隔壁|附近|斜对|往东|往西|往南|往北|路口|后面|前面|东侧|西侧|南侧|北侧|以东|以西|以南|以北"
)
_ANOTHER_PART = r"^(?:第?[一二三四五六七八九十0-9]+|[东西南北中新老])(?:期|区|组|村|苑|园|坊)"


@dataclass(frozen=True)
class Names:
    """The names of compounds, also their aliases and former names.

    Args:
        names: Normalised names, unique.
    """

    names: tuple[str, ...]

    @cached_property
    def by_sound(self) -> list[str]:
        return as_heard(self.names)

    @cached_property
    def by_shape(self) -> list[str]:
        return as_seen(self.names)

    @cached_property
    def beginnings(self) -> pl.DataFrame:
        """Beginnings of two characters or more → names they may be short for."""
        rows = [(name[:n], place) for place, name in enumerate(self.names) for n in range(2, len(name))]
        return pl.DataFrame(rows, schema={"asked": pl.String, "place": pl.UInt32}, orient="row")

    @cached_property
    def places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}


def is_near(words: pl.Series) -> pl.Series:
    """Return true where the words say beside, behind or opposite: not the place itself."""
    return words.str.contains(_NEAR)


def unexplained(words: pl.Series) -> pl.Series:
    """Return what is left of words around a name without roads and words that name no place."""
    return words.str.replace(_ROAD, "").str.replace_all(_FILLER, "")


def candidates(asked: pl.Series, known: Names) -> pl.DataFrame:
    """Return the names that each text may mean, at most `N_CANDIDATES` per text.

    Args:
        asked: n texts, not null, unique; what is left of an address for the name.
        known: What there is.

    Returns:
        Rows of `asked`, `place` (in `known.names`), `likeness` 0…1 and `manner`: `same`, `words` (others
        around it that say nothing), `alike` (sounds or looks the same), `begins` (shortened), `near` (beside
        it), `part` (another phase of it), `unclear` (other words around it), `similar`.
    """
    places = pl.col("asked").replace_strict(known.places, return_dtype=pl.UInt32, default=None)
    same = _rows(pl.DataFrame({"asked": asked}).with_columns(place=places).drop_nulls(), 1.0, "same")
    others = asked.filter(~asked.is_in(same["asked"].implode()) & (asked != ""))
    if others.is_empty() or not known.names:
        return same
    contained = _contained(others, known)
    clear = contained.filter(pl.col("manner") == "words")["asked"]
    doubtful = others.filter(~others.is_in(clear.implode()))
    begun = pl.DataFrame({"asked": doubtful}).join(known.beginnings, on="asked")
    found = pl.concat([same, contained, _rows(begun, 0.96, "begins"), _alike(doubtful, known)])
    best = found.sort("likeness", descending=True, maintain_order=True).unique(
        ["asked", "place"], keep="first", maintain_order=True
    )
    return best.filter(pl.int_range(pl.len()).over("asked") < N_CANDIDATES)


def _rows(found: pl.DataFrame, likeness: float, manner: str) -> pl.DataFrame:
    return found.select("asked", "place", likeness=pl.lit(likeness), manner=pl.lit(manner))


def _contained(asked: pl.Series, known: Names) -> pl.DataFrame:
    """The longest registered name within each text, judged by what stands around it."""
    longest = pl.element().sort_by(pl.element().str.len_chars(), descending=True).first()
    frame = pl.DataFrame({"asked": asked}).with_columns(
        name=pl.col("asked")
        .str.extract_many(list(known.names), overlapping=True)
        .list.eval(longest)
        .list.first()
    )
    frame = frame.filter(pl.col("name").str.len_chars() >= 2)
    around = frame.select(pl.col("asked").str.splitn(pl.col("name"), 2).struct.unnest())
    before, after = around["field_0"], around["field_1"]
    left = pl.Series(unexplained(before)) + unexplained(after)
    judged = frame.with_columns(
        manner=pl.when(after.str.contains(_ANOTHER_PART))
        .then(pl.lit("part"))
        .when(is_near(before) | is_near(after))
        .then(pl.lit("near"))
        .when(left == "")
        .then(pl.lit("words"))
        .otherwise(pl.lit("unclear"))
    )
    return judged.select(
        "asked",
        place=pl.col("name").replace_strict(known.places, return_dtype=pl.UInt32),
        likeness=pl.col("manner").replace_strict(_CONTAINED, return_dtype=pl.Float64),
        manner="manner",
    )


def _alike(asked: pl.Series, known: Names) -> pl.DataFrame:
    """The names nearest to each text by characters, by sound and by shape, with and without words around."""
    likeness = np.zeros((len(asked), len(known.names)), dtype=np.float32)
    bare = asked.str.replace(_ROAD, "").str.replace(f"(?:{_FILLER})+$", "")
    written = [asked.to_list(), bare.to_list()]
    for texts in written if (bare != asked).any() else written[:1]:
        for queries, choices, worth in (
            (texts, known.names, 1.0),
            (as_heard(texts), known.by_sound, _ALIKE),
            (as_seen(texts), known.by_shape, _ALIKE),
        ):
            np.maximum(likeness, _similarity(queries, choices) * worth, out=likeness)
    few = min(N_CANDIDATES, len(known.names))
    nearest = np.argpartition(-likeness, few - 1, axis=1)[:, :few]
    rows = pl.DataFrame(
        {
            "asked": asked.gather(np.repeat(np.arange(len(asked)), few)),
            "place": nearest.ravel().astype(np.uint32),
            "likeness": np.take_along_axis(likeness, nearest, axis=1).ravel().astype(float),
        }
    )
    manner = pl.when(pl.col("likeness") > _ALIKE - 0.001).then(pl.lit("alike")).otherwise(pl.lit("similar"))
    return rows.filter(pl.col("likeness") >= _WORTH_A_LOOK).with_columns(manner=manner)


def _similarity(queries: Sequence[str], choices: Sequence[str]) -> npt.NDArray[np.float32]:
    return process.cdist(queries, choices, scorer=Levenshtein.normalized_similarity, dtype=np.float32)
