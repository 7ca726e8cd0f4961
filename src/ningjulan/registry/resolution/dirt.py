"""People who do not exist and the files clerks make of them: matching is judged where the truth is known.

Hard on purpose: families share surname, telephone and dwelling, there are twins, two of every hundred people
have a namesake born in the same year, and new people move in with relatives who are registered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from ningjulan.registry.resolution.comparing import KEYS
from ningjulan.registry.resolution.names import homophones, look_alikes, sound_of, traditional_of

_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_COMPOUND = ("欧阳", "上官", "诸葛", "司徒", "慕容")
_GIVEN = (
    "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红建国志荣梅玲珍海波文辉力健峰宇浩然子轩梓涵一诺欣怡雨桐"
    "嘉琪思远晨曦雅婷俊豪佳慧晓东春花秋月冬雪永福德贵宝成金龙银凤翠莲素云淑贞美兰惠芬清泉立新卫民跃进庆丰小红大勇天佑"
    "瑞霖景行若曦沐阳亦辰可心语嫣书瑶博文泽楷睿哲鸿飞振宇少华世昌启明承志家豪耀祖光宗长河向阳"
)
_BORN_LAST = date(2026, 6, 30)


@dataclass(frozen=True)
class Dirty:
    """Incoming records and the truth about them.

    incoming: n records: `row_no` and the columns of `comparing.KEYS`.
    truth:    `row_no`, `person_id`: who it is; null for somebody not yet registered.
    """

    incoming: pl.DataFrame
    truth: pl.DataFrame


def people(n: int, seed: int) -> pl.DataFrame:
    """Return n registered people: `person_id` and the columns of `comparing.KEYS`. Deterministic."""
    rng = np.random.default_rng(seed)
    home = np.repeat(np.arange(n), rng.choice([1, 2, 3, 4, 5, 6], n, p=[0.25, 0.27, 0.25, 0.13, 0.07, 0.03]))[
        :n
    ]
    first_of_home = np.concatenate([[True], home[1:] != home[:-1]])
    of_first = np.maximum.accumulate(np.where(first_of_home, np.arange(n), 0))
    surname = _surnames(rng, n)
    takes_name = (rng.random(n) < 0.55) & ~first_of_home
    surname = np.where(takes_name, surname[of_first], surname)
    born = _birth_days(rng, n)
    twin = (rng.random(n) < 0.012) & ~first_of_home & (np.arange(n) > 0)
    born[twin] = born[np.flatnonzero(twin) - 1]
    surname[twin] = surname[np.flatnonzero(twin) - 1]
    given = np.char.add(_given(rng, n), np.where(rng.random(n) < 0.72, _given(rng, n), ""))
    phone_of = np.where((rng.random(n) < 0.3) & ~first_of_home, of_first, np.arange(n))
    has_phone, has_number = rng.random(n) < 0.85, rng.random(n) < 0.9
    building = home // 60
    return pl.DataFrame(
        {
            "person_id": [f"P{i}" for i in range(n)],
            "name": np.char.add(surname, given).tolist(),
            "sex": np.where(rng.random(n) < 0.51, "1", "2").tolist(),
            "birth_date": pl.Series(born.astype(np.int32)).cast(pl.Date),
            "id_no": [f"I{i}".encode() if has else None for i, has in enumerate(has_number)],
            "phone": [f"T{i}".encode() if has else None for i, has in zip(phone_of, has_phone, strict=True)],
            "address_id": [f"A{i}" for i in home],
            "building_id": [f"B{i}" for i in building],
            "area_code": [f"330109013{i // 90 % 25 + 1:03}{i // 9 % 90 + 1:03}" for i in building],
        },
        schema={"person_id": pl.String(), **KEYS},
    )


def dirty(registered: pl.DataFrame, n: int, seed: int, *, new_share: float = 0.25) -> Dirty:
    """Return n records as they come in: known people with slips, and new ones who resemble known ones.

    Nobody brings a number of identity: with one there is little to decide.
    """
    rng = np.random.default_rng(seed)
    chosen = registered[rng.integers(0, len(registered), n)].with_columns(
        row_no=pl.int_range(n, dtype=pl.UInt32), id_no=pl.lit(None, pl.Binary)
    )
    is_new = rng.random(n) < new_share
    truth = chosen.select(
        "row_no", pl.when(pl.Series(is_new)).then(None).otherwise("person_id").alias("person_id")
    )
    rows = [
        _newcomer(row, rng) if new else _with_slips(row, rng)
        for row, new in zip(chosen.drop("person_id").iter_rows(named=True), is_new, strict=True)
    ]
    return Dirty(pl.DataFrame(rows, schema={**KEYS, "row_no": pl.UInt32()}, orient="row"), truth)


def _surnames(rng: np.random.Generator, n: int) -> np.ndarray:
    share = 1 / (np.arange(len(_SURNAMES)) + 3)
    chosen = rng.choice(list(_SURNAMES), n, p=share / share.sum()).astype("<U2")
    return np.where(rng.random(n) < 0.004, rng.choice(_COMPOUND, n), chosen)


def _given(rng: np.random.Generator, n: int) -> np.ndarray:
    characters = sorted(set(_GIVEN))
    share = 1 / (np.arange(len(characters)) + 12)
    return rng.choice(characters, n, p=share / share.sum())


def _birth_days(rng: np.random.Generator, n: int) -> np.ndarray:
    last = (_BORN_LAST - date(1970, 1, 1)).days
    age = np.clip(rng.normal(38, 20, n), 0, 100) * 365.25
    return (last - age).astype(np.int64)


Row = dict[str, object]
Slip = Callable[[Row, np.random.Generator], None]


def _with_slips(row: Row, rng: np.random.Generator) -> Row:
    for chance, slip in _SLIPS:
        if rng.random() < chance:
            slip(row, rng)
    return row


def _newcomer(row: Row, rng: np.random.Generator) -> Row:
    """Make of a known person somebody else: a relative, a twin, a namesake, or a stranger."""
    kind = rng.choice(["relative", "twin", "namesake", "stranger"], p=[0.4, 0.04, 0.16, 0.4])
    if kind != "namesake":
        surname = str(row["name"])[0]
        row["name"] = surname + "".join(rng.choice(sorted(set(_GIVEN)), rng.integers(1, 3)))
    if kind != "twin":
        row["birth_date"] = _BORN_LAST - timedelta(days=int(rng.integers(0, 30_000)))
    if kind == "namesake":
        row["birth_date"] = row["birth_date"].replace(year=int(rng.integers(1950, 2020)), day=3)  # type: ignore[attr-defined]
    row["sex"] = rng.choice(["1", "2"])
    if kind in ("namesake", "stranger"):
        row["phone"] = rng.bytes(8)
        _moved(row, rng)
    return row


def _homophone(row: Row, rng: np.random.Generator) -> None:
    name = list(str(row["name"]))
    for n in rng.permutation(range(1, len(name))):
        alike = _alike_sounds().get(sound_of(name[n]), [])
        if others := [c for c in alike if c != name[n]]:
            name[n] = str(rng.choice(others))
            break
    row["name"] = "".join(name)


def _misread(row: Row, rng: np.random.Generator) -> None:
    name = str(row["name"])
    for group in look_alikes():
        if hit := next((c for c in name[1:] if c in group), None):
            row["name"] = name.replace(hit, str(rng.choice([c for c in group if c != hit])))
            return


def _traditional(row: Row, rng: np.random.Generator) -> None:
    row["name"] = traditional_of(str(row["name"]))


def _in_pinyin(row: Row, rng: np.random.Generator) -> None:
    name = str(row["name"])
    surname, given = sound_of(name[0]).upper(), "".join(sound_of(c) for c in name[1:]).capitalize()
    row["name"] = f"{surname} {given}" if rng.random() < 0.6 else f"{given} {surname}"


def _turned_round(row: Row, rng: np.random.Generator) -> None:
    name = str(row["name"])
    row["name"] = name[1:] + name[0]


def _character_lost(row: Row, rng: np.random.Generator) -> None:
    name = str(row["name"])
    if len(name) > 2:
        row["name"] = name[:-1]


def _digit_slipped(row: Row, rng: np.random.Generator) -> None:
    born = row["birth_date"]
    assert isinstance(born, date)
    tries = [
        born.replace(year=born.year + step) for step in (-1, 1, -10, 10) if born.month != 2 or born.day < 29
    ]
    tries += [born + timedelta(days=step) for step in (-1, 1) if 1 < born.day < 28]
    if tries:
        row["birth_date"] = tries[rng.integers(0, len(tries))]


def _day_and_month_swapped(row: Row, rng: np.random.Generator) -> None:
    born = row["birth_date"]
    assert isinstance(born, date)
    if born.day <= 12:
        row["birth_date"] = born.replace(month=born.day, day=born.month)


def _moved(row: Row, rng: np.random.Generator) -> None:
    n = int(rng.integers(0, 1_000_000))
    row |= {
        "address_id": f"A-{n}",
        "building_id": f"B-{n}",
        "area_code": f"330109013{n % 25 + 1:03}{n % 90 + 1:03}",
    }


def _next_door(row: Row, rng: np.random.Generator) -> None:
    row["address_id"] = f"A-{rng.integers(0, 1_000_000)}"


def _without(*columns: str) -> Slip:
    return lambda row, _: row.update(dict.fromkeys(columns))


def _other_phone(row: Row, rng: np.random.Generator) -> None:
    row["phone"] = rng.bytes(8)


def _wrong_sex(row: Row, rng: np.random.Generator) -> None:
    row["sex"] = {"1": "2", "2": "1"}[str(row["sex"])]


_SLIPS: tuple[tuple[float, Slip], ...] = (
    (0.05, _homophone),
    (0.03, _misread),
    (0.03, _traditional),
    (0.02, _character_lost),
    (0.015, _turned_round),
    (0.03, _in_pinyin),
    (0.04, _digit_slipped),
    (0.02, _day_and_month_swapped),
    (0.05, _without("birth_date")),
    (0.15, _other_phone),
    (0.15, _without("phone")),
    (0.15, _moved),
    (0.04, _next_door),
    (0.08, _without("address_id", "building_id", "area_code")),
    (0.01, _wrong_sex),
    (0.1, _without("sex")),
)


def _alike_sounds() -> dict[str, list[str]]:
    global _ALIKE  # noqa: PLW0603  # made once: pinyin of the characters used here
    if not _ALIKE:
        _ALIKE = homophones(sorted(set(_GIVEN) | set("炜薇纬微敬镜境莉利立历梅霉海国过容融蓉英鹰影艺怡")))
    return _ALIKE


_ALIKE: dict[str, list[str]] = {}
