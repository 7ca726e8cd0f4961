"""Names of compounds and places: invented, unique within a community, none a developer's or a company's."""

from collections.abc import Iterator

import numpy as np

from ningjulan.registry.town.divisions import Divisions
from ningjulan.registry.town.plan import Cell, random_stream
from ningjulan.registry.town.words import WORDS

_POOLS = {
    "highrise": ("compound_first", "compound_last"),
    "villa": ("compound_first", "compound_last"),
    "midrise": ("compound_first", "old_compound_last"),
    "dorm": ("compound_first", "old_compound_last"),
    "village": ("hamlet_first", "hamlet_last"),
    "hamlet": ("hamlet_first", "hamlet_last"),
    "factory": ("works_first", "works_last"),
    "logistics": ("works_first", "logistics_last"),
    "school": ("school_first", "school_last"),
    "cbd": ("office_first", "office_last"),
    "office": ("office_first", "office_last"),
}
_FIXED = {
    "hospital": "人民医院",
    "gov": "宁围街道办事处",
    "market": "农贸市场",
    "stadium": "莲花体育场",
    "landmark": "江湾之门",
    "lakepark": "南湖公园",
    "campus": "江湾大学",
    "mall": "奔潮天地",
    "shops": "商业街",
    "plaza": "市民广场",
    "axis": "中央绿轴",
    "construction": "在建工地",
    "nursery": "苗圃",
}
_CHINESE = "一二三四五六七八九十"


def name_cells(cells: list[Cell], divisions: Divisions, used: set[int], seed: int) -> None:
    """Name the cells in `used`, in place. Villages get group numbers, compounds of the same name a phase."""
    rng = random_stream(seed, 8)
    taken: dict[str, int] = {}
    groups: dict[int, int] = {}
    for number in sorted(used):
        cell = cells[number]
        row = divisions.community_of_cell[number]
        is_village = divisions.communities[row].kind == "2"
        if cell.use in ("village", "hamlet") and is_village:
            groups[row] = groups.get(row, 0) + 1
            cell.name = f"{groups[row]}组"
            continue
        name = next(_candidates(cell.use, rng))
        for _ in range(20):  # prefer a fresh name; large towns run out and count phases
            if name not in taken:
                break
            name = next(_candidates(cell.use, rng))
        taken[name] = taken.get(name, 0) + 1
        cell.name = name if taken[name] == 1 else f"{name}{_ordinal(taken[name])}{_counter(cell.use)}"


def _candidates(use: str, rng: np.random.Generator) -> Iterator[str]:
    first, last = _POOLS.get(use, ("", ""))
    while True:
        if first:
            yield _any(first, rng) + _any(last, rng)
        else:
            yield _FIXED.get(use, "地块")


def _any(pool: str, rng: np.random.Generator) -> str:
    return WORDS[pool][int(rng.integers(len(WORDS[pool])))]


def _ordinal(n: int) -> str:
    return _CHINESE[n - 1] if n <= len(_CHINESE) else str(n)


def _counter(use: str) -> str:
    return "期" if use in ("highrise", "midrise", "villa", "dorm") else "区"
