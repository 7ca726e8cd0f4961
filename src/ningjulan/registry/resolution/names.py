"""Personal names as they can be compared: one script, one order, their sound, their look.

The same person is 劉國榮 in one file, 刘国荣 in another, LIU Guorong in a third, 刘国容 where somebody typed
what they heard and 刘囯荣 where somebody typed what they saw.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import polars as pl

from ningjulan.foundation.masking import COMPOUND_SURNAMES

_READ_AS_SURNAME = dict(
    re.findall(
        r"(\S+) ([a-z]+)",
        "单 shan 曾 zeng 解 xie 仇 qiu 查 zha 朴 piao 区 ou 盖 ge 任 ren 尉 wei 繁 po 缪 miao 宓 fu 洗 xian "
        "秘 bi 折 she 乐 yue 种 chong 召 shao 翟 zhai 员 yun 黑 he 重 chong 尉迟 yuchi 万俟 moqi "
        "长孙 zhangsun 澹台 tantai 令狐 linghu 宰父 zaifu 单于 chanyu 乐正 yuezheng 亓官 qiguan",
    )
)
"""Characters that are read otherwise when they are a surname."""

_LOOK_ALIKE = (
    "己已巳 未末 王玉 候侯 囯国 土士 日曰 淑椒 晓哓 崔催 璐潞 瑶遥 婷停 茹如 睛晴 清青情 宏宋 浩皓 "
    "凤风 秀季李 波坡 海梅 昊吴 燕蒸 芬芳 芸云 苹萍 荣茶 莹萤 菲非 蕾雷 慧惠 明朋鹏 杨扬 林材 枫风 "
    "楠南 泽译 洋详祥 涛祷 炜伟玮 玲铃 珍诊 珊姗 琪棋淇 琳淋 瑞端 瑾谨 颖颍 艳绝 薇微 虹红 诚城成 赟斌 "
    "邵绍 郑邓 钧均 锋峰烽 静净 韬滔 颜彦 骏俊 仲钟 住佳 俞余 傅博 冷泠 勤勒 卢户 妍研 娜那 孟盂 宇字 "
    "官宫 冢家 尧晓 庭廷 治冶 弘泓 涂徐 旺汪 沈沉 卯柳 桂挂 曹槽 柏伯 甄郵 申由 恒桓 怡治 岚崗 苑范 "
    "雅稚 霞露 馨磬 嘉喜 翰瀚 梓锌 轩杆 辰晨 萱宣 彤丹 煜昱 冰水 永求 丽俪 杰木 强张"
)
"""Characters taken for one another by eye: from paper, from a form filled by hand, by recognition."""

_SEPARATORS = re.compile(r"[\s·•・‧∙.,，'’\-_]+")
_LATIN = re.compile(r"[a-z]+")
_FOLDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("lv", "lu"), ("nv", "nu"), ("yu", "u"))
"""What many speakers do not tell apart, and what keyboards write for ü."""


class NameKeys(NamedTuple):
    """A name in the forms it is compared in.

    key:     Simplified characters, or small letters, without blanks and points.
    sound:   Pinyin without tones, in the order written.
    swapped: Pinyin of the given name, then of the surname.
    folded:  `sound` without what many do not tell apart.
    look:    `key` with characters that look alike written as one.
    surname: Pinyin of the surname.
    """

    key: str
    sound: str
    swapped: str
    folded: str
    look: str
    surname: str


COLUMNS = tuple(f"name_{field}" for field in NameKeys._fields)


def keys_of(name: str) -> NameKeys:
    """Return the forms of one name."""
    text = unicodedata.normalize("NFKC", name).strip().lower()
    words = [word for word in _SEPARATORS.split(text.translate(_to_simplified())) if word]
    key = "".join(words)
    if _LATIN.fullmatch(key):
        surname, given = words[0], "".join(words[1:])
        return NameKeys(key, key, given + surname, _folded(key), key, surname)
    n_surname = 2 if len(key) > 2 and key[:2] in COMPOUND_SURNAMES else 1
    surname = _surname_sound(key[:n_surname])
    given = "".join(_sound(character) for character in key[n_surname:])
    sound = surname + given
    look = key.translate(_one_of_each_look())
    return NameKeys(key, sound, given + surname, _folded(sound), look, surname)


def with_name_keys(people: pl.DataFrame) -> pl.DataFrame:
    """Add `name_key`, `name_sound` … to a frame with `name`: n rows in, n rows out, in the same order.

    Each different name is taken apart once; a missing name has no forms.
    """
    different = people["name"].drop_nulls().unique()
    known = [keys_of(name) for name in different]
    table = pl.DataFrame(
        [different, *(pl.Series(c, [k[n] for k in known], pl.String) for n, c in enumerate(COLUMNS))]
    )
    return people.join(table, on="name", how="left", maintain_order="left")


def traditional_of(name: str) -> str:
    """Return a name in traditional characters, as files from outside the mainland write it."""
    return str(_converter("s2t").convert(name))


def sound_of(name: str) -> str:
    return keys_of(name).sound


def homophones(characters: Iterable[str]) -> dict[str, list[str]]:
    """Return which of some characters sound alike: sound → characters, only where there are several."""
    found: dict[str, list[str]] = {}
    for character in characters:
        found.setdefault(_sound(character), []).append(character)
    return {sound: alike for sound, alike in found.items() if len(alike) > 1}


def look_alikes() -> list[str]:
    """Return the groups of characters taken for one another by eye."""
    return _LOOK_ALIKE.split()


def _surname_sound(surname: str) -> str:
    known = _READ_AS_SURNAME.get(surname)
    return known or "".join(_sound(character) for character in surname)


def _folded(sound: str) -> str:
    for heard, folded in _FOLDS:
        sound = sound.replace(heard, folded)
    return sound


@lru_cache(maxsize=30_000)
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin  # 60 MB: only whoever compares names pays for it

    return "".join(lazy_pinyin(character, v_to_u=False))


@lru_cache(maxsize=1)
def _to_simplified() -> dict[int, str]:
    """Return traditional → simplified for one character at a time: a name is no sentence."""
    traditional = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simplified = _converter("t2s").convert("\n".join(traditional)).split("\n")
    return {ord(a): b for a, b in zip(traditional, simplified, strict=True) if a != b}


@lru_cache(maxsize=2)
def _converter(direction: str):  # type: ignore[no-untyped-def]  # OpenCC has no types
    import opencc

    return opencc.OpenCC(direction)


@lru_cache(maxsize=1)
def _one_of_each_look() -> dict[int, str]:
    first: dict[int, str] = {}
    for group in look_alikes():
        head = next((first[ord(c)] for c in group if ord(c) in first), group[0])
        first.update({ord(character): head for character in group})
    return first
