"""Two records beside each other: how well each field agrees, as a level per field.

A level says what kind of agreement it is, `MISSING` that one side does not say. What a level is worth is
written in `weights`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

MISSING = -1

KEYS: Mapping[str, pl.DataType] = {
    "name": pl.String(),
    "sex": pl.String(),
    "birth_date": pl.Date(),
    "id_no": pl.Binary(),
    "phone": pl.Binary(),
    "address_id": pl.String(),
    "building_id": pl.String(),
    "area_code": pl.String(),
}
"""What is compared of a person: `id_no` and `phone` as blind indexes, `area_code` of the grid."""


@dataclass(frozen=True)
class Level:
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Field:
    """A field that is compared; its levels from disagreement (0) to the best agreement."""

    name: str
    zh: str
    en: str
    levels: tuple[Level, ...]


FIELDS: tuple[Field, ...] = (
    Field(
        "name", "姓名", "Name",
        (
            Level("differs", "不同", "differs"),
            Level("surname", "只有姓相同", "same surname only"),
            Level("one_character", "差一个字", "one character differs"),
            Level("look_alike", "形近或近音", "looks or sounds alike"),
            Level("swapped", "姓与名互换", "surname and given name swapped"),
            Level("sound", "同音", "same sound"),
            Level("same", "相同", "the same"),
        ),
    ),
    Field(
        "birth_date", "出生日期", "Date of birth",
        (
            Level("differs", "不同", "differs"),
            Level("year", "只有年份相同", "same year only"),
            Level("digit", "差一个数字", "one digit slipped"),
            Level("swapped", "月与日互换", "month and day swapped"),
            Level("same", "相同", "the same"),
        ),
    ),
    Field("sex", "性别", "Sex", (Level("differs", "不同", "differs"), Level("same", "相同", "the same"))),
    Field(
        "id_no", "证件号码", "Identity number",
        (Level("differs", "不同", "differs"), Level("same", "相同", "the same")),
    ),
    Field(
        "phone", "联系电话", "Telephone",
        (Level("differs", "不同", "differs"), Level("same", "相同", "the same")),
    ),
    Field(
        "address", "住址", "Address",
        (
            Level("differs", "不在同一社区", "another community"),
            Level("community", "同一社区", "same community"),
            Level("grid", "同一网格", "same grid"),
            Level("building", "同一楼栋", "same building"),
            Level("dwelling", "同一户室", "same dwelling"),
        ),
    ),
)  # fmt: skip
FIELD_BY_NAME: Mapping[str, Field] = {field.name: field for field in FIELDS}

NAME_ONE_CHARACTER, NAME_LOOK_ALIKE = 2, 3  # levels that decisions speak of
BIRTH_DIGIT = 2


def compare(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return one Int8 column of levels per field of `FIELDS`, named as the field.

    Args:
        pairs: n pairs: the columns of `KEYS` and the forms of the name (`names.COLUMNS`) for both sides,
            those of the registered person ending in `_r`.

    Returns:
        n rows, in the same order.
    """
    return pl.DataFrame([pl.Series(name, of(pairs), pl.Int8) for name, of in _LEVELS_OF.items()])


def _stated(pairs: pl.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    return (pairs[column].is_not_null() & pairs[f"{column}_r"].is_not_null()).to_numpy()


def _same(pairs: pl.DataFrame, ours: str, theirs: str | None = None) -> npt.NDArray[np.bool_]:
    return (pairs[ours] == pairs[theirs or f"{ours}_r"]).fill_null(False).to_numpy()


def _pick(stated: npt.NDArray[np.bool_], best_first: Sequence[npt.NDArray[np.bool_]]) -> npt.NDArray[np.int8]:
    """Return the highest level that holds: `best_first` from the top level down to level 1."""
    top = len(best_first)
    level = np.select(best_first, list(range(top, 0, -1)), default=0)
    return np.where(stated, level, MISSING).astype(np.int8)


def _name_levels(pairs: pl.DataFrame) -> npt.NDArray[np.int8]:
    same, sound = _same(pairs, "name_key"), _same(pairs, "name_sound")
    swapped = _same(pairs, "name_swapped", "name_sound_r") | _same(pairs, "name_sound", "name_swapped_r")
    alike = _same(pairs, "name_folded") | _same(pairs, "name_look")
    surname = _same(pairs, "name_surname")
    near = np.zeros(len(pairs), dtype=bool)
    open_ = ~(same | sound | swapped | alike) & _stated(pairs, "name")
    near[open_] = _one_character_apart(
        pairs["name_key"].filter(open_).to_list(), pairs["name_key_r"].filter(open_).to_list()
    )
    return _pick(_stated(pairs, "name"), [same, sound, swapped, alike, near, surname])


def _one_character_apart(ours: list[str], theirs: list[str]) -> npt.NDArray[np.bool_]:
    """One character changed, left out or added in a name of three or more.

    Of two characters one is the surname: such names are those of siblings as often as slips.
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cpdist

    if not ours:
        return np.zeros(0, dtype=bool)
    distance = cpdist(ours, theirs, scorer=Levenshtein.distance, score_cutoff=1, dtype=np.uint8, workers=1)
    longer = np.maximum(np.fromiter(map(len, ours), int), np.fromiter(map(len, theirs), int))
    near: npt.NDArray[np.bool_] = (np.asarray(distance) <= 1) & (longer >= 3)
    return near


def _birth_levels(pairs: pl.DataFrame) -> npt.NDArray[np.int8]:
    ours, theirs = _digits(pairs["birth_date"]), _digits(pairs["birth_date_r"])
    differ = ours != theirs
    n_different = differ.sum(axis=1)
    neighbours = differ[:, :-1] & differ[:, 1:]
    crossed = (ours[:, :-1] == theirs[:, 1:]) & (ours[:, 1:] == theirs[:, :-1]) & neighbours
    slipped = (n_different == 1) | ((n_different == 2) & crossed.any(axis=1))
    year = ~differ[:, :4].any(axis=1)
    swapped = year & (ours[:, 4:6] == theirs[:, 6:]).all(axis=1) & (ours[:, 6:] == theirs[:, 4:6]).all(axis=1)
    return _pick(_stated(pairs, "birth_date"), [n_different == 0, swapped, slipped, year])


def _digits(dates: pl.Series) -> npt.NDArray[np.uint8]:
    """Return n × 8: the digits of YYYYMMDD; zeros where there is no date."""
    value = dates.dt.year().cast(pl.Int64) * 10_000 + dates.dt.month().cast(pl.Int64) * 100 + dates.dt.day()
    number = value.fill_null(0).to_numpy().astype(np.int64)
    return (number[:, None] // 10 ** np.arange(7, -1, -1) % 10).astype(np.uint8)


def _address_levels(pairs: pl.DataFrame) -> npt.NDArray[np.int8]:
    community = (
        (pairs["area_code"].str.head(12) == pairs["area_code_r"].str.head(12)).fill_null(False).to_numpy()
    )
    found = [_same(pairs, "address_id"), _same(pairs, "building_id"), _same(pairs, "area_code"), community]
    return _pick(_stated(pairs, "area_code"), found)


def _sex_levels(pairs: pl.DataFrame) -> npt.NDArray[np.int8]:
    known = pairs["sex"].is_in(["1", "2"]) & pairs["sex_r"].is_in(["1", "2"])  # CL_SEX: 0 and 9 say nothing
    return _pick(known.fill_null(False).to_numpy(), [_same(pairs, "sex")])


def _exact(column: str) -> Callable[[pl.DataFrame], npt.NDArray[np.int8]]:
    return lambda pairs: _pick(_stated(pairs, column), [_same(pairs, column)])


_LEVELS_OF: Mapping[str, Callable[[pl.DataFrame], npt.NDArray[np.int8]]] = {
    "name": _name_levels,
    "birth_date": _birth_levels,
    "sex": _sex_levels,
    "id_no": _exact("id_no"),
    "phone": _exact("phone"),
    "address": _address_levels,
}
