"""Addresses as people write them, made from registered ones, with the place they truly mean.

The truth does not come from the matcher: where the text leaves several dwellings open it is the building,
where it leaves several buildings open, or names what there is not, it is nothing.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ningjulan.registry.addresses.normalising import simplified_characters

_NUMERALS = "〇一二三四五六七八九"
_ROADS = ("民安路", "观澜大道", "学府路", "康宁路", "市心街")
_PLACES = ("菜鸟驿站", "快递柜", "东门", "便利店", "洗衣店", "王阿姨家", "电瓶车库", "放门口即可")


@dataclass(frozen=True)
class Written:
    """One address in its elements, before it is written down."""

    region: str
    community: str
    compound: str
    number: str
    word: str  # 幢 or 号
    unit: str  # empty: the building has none
    room: str
    before: str = ""
    behind: str = ""

    def text(self) -> str:
        unit = f"{self.unit}单元" if self.unit else ""
        building = f"{self.number}{self.word}" if self.number else ""
        room = f"{self.room}室" if self.room else ""
        return f"{self.region}{self.community}{self.before}{self.compound}{building}{unit}{room}{self.behind}"


@dataclass(frozen=True)
class Facts:
    """What decides how much a text without some element still says."""

    room_in_other_unit: bool  # the same room number in another unit of the building
    is_name_unique: bool  # no other compound of this name
    beginning: str | None  # a shorter beginning that no other compound has


MISREAD = dict(zip(
    "苑府园庭湾城轩居邸馆璟锦绣望澜悦江篱逸樟御滨仕潮晴紫玉兰海棠碧静知桂枫竹莲沁朗映揽宁和花家公名里机科物大广中小村埭桥浜塘盛丰新沿",
    "宛俯圆挺弯诚杆剧底管憬棉锈忘阑锐讧蓠兔障卸宾任嘲睛索王三侮裳珀净和挂疯付涟心郎央缆宇知化冢么各埋玑料吻太厂申少材隶侨滨搪盈半析没",
    strict=True,
))  # fmt: skip
"""What hasty hands and scanners make of a character."""

Dirty = tuple[str, str | None]  # the text, and the level of what it still decides
Kind = Callable[[Written, Facts, random.Random], Dirty | None]


def _whole(text: str, facts: Facts, *, has_unit: bool = True, has_community: bool = True) -> Dirty:
    if not has_community and not facts.is_name_unique:
        return text, None
    return text, "address" if has_unit or not facts.room_in_other_unit else "building"


def _registered(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(w.text(), f)


def _no_province(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region=w.region[3:]).text(), f)


def _no_region(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="").text(), f)


def _no_community(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, community="").text(), f, has_community=False)


def _name_only(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="", community="").text(), f, has_community=False)


def _other_word(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="", word=r.choice(["栋", "号楼", "座", "号", "#"])).text(), f)


def _numerals(w: Written, f: Facts, r: random.Random) -> Dirty:
    unit = numeral(w.unit) if w.unit else ""
    return _whole(replace(w, region="", number=numeral(w.number), unit=unit).text(), f)


def _numerals_everywhere(w: Written, f: Facts, r: random.Random) -> Dirty:
    room = "".join(_NUMERALS[int(digit)] for digit in w.room)
    unit = numeral(w.unit) if w.unit else ""
    return _whole(replace(w, region="", number=numeral(w.number), unit=unit, room=room).text(), f)


def _full_width(w: Written, f: Facts, r: random.Random) -> Dirty:
    wide = {ord("0") + n: chr(0xFF10 + n) for n in range(10)}
    return _whole(replace(w, region="").text().translate(wide), f)


def _no_room_word(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="").text().removesuffix("室"), f)


def _dashes(w: Written, f: Facts, r: random.Random) -> Dirty:
    dash = r.choice("-－—~")
    numbers = dash.join(filter(None, (w.number, w.unit, w.room)))
    return _whole(f"{w.community}{w.compound}{numbers}", f)


def _no_unit(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="", unit="").text(), f, has_unit=not w.unit)


def _floor_too(w: Written, f: Facts, r: random.Random) -> Dirty:
    room = f"{w.room[:-2]}{r.choice('层楼')}{w.room}"
    return _whole(replace(w, region="", room=room).text(), f)


def _floor_and_door(w: Written, f: Facts, r: random.Random) -> Dirty:
    room = f"{w.room[:-2]}{r.choice('层楼')}{int(w.room[-2:])}"
    return _whole(replace(w, region="", room=room).text(), f)


def _swapped(w: Written, f: Facts, r: random.Random) -> Dirty:
    unit = f"{w.unit}单元" if w.unit else ""
    numbers = [f"{w.number}{w.word}", unit, f"{w.room}室"]
    r.shuffle(numbers)
    return _whole(f"{w.community}{w.compound}{''.join(numbers)}", f)


def _name_last(w: Written, f: Facts, r: random.Random) -> Dirty:
    unit = f"{w.unit}单元" if w.unit else ""
    return _whole(f"{w.number}{w.word}{unit}{w.room}室{w.community}{w.compound}", f)


def _misheard(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    at = [n for n, c in enumerate(w.compound) if len(_homophones().get(c, ())) > 1]
    if not at:
        return None
    n = r.choice(at)
    other = r.choice([c for c in _homophones()[w.compound[n]] if c != w.compound[n]])
    return _whole(_with_name(w, w.compound[:n] + other + w.compound[n + 1 :]), f)


def _misread(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    at = [n for n, c in enumerate(w.compound) if c in MISREAD]
    if not at:
        return None
    n = r.choice(at)
    return _whole(_with_name(w, w.compound[:n] + MISREAD[w.compound[n]] + w.compound[n + 1 :]), f)


def _any_character(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    if len(w.compound) < 3:
        return None
    n = r.randrange(len(w.compound))
    other = chr(r.randrange(0x4E00, 0x9FA5))
    return _whole(_with_name(w, w.compound[:n] + other + w.compound[n + 1 :]), f)


def _character_missing(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    if len(w.compound) < 4:
        return None
    n = r.randrange(1, len(w.compound) - 1)
    return _whole(_with_name(w, w.compound[:n] + w.compound[n + 1 :]), f)


def _shortened(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    if f.beginning is None:
        return None
    return _whole(_with_name(w, f.beginning), f)


def _former_region(w: Written, f: Facts, r: random.Random) -> Dirty:
    region = r.choice(["杭州萧山", "萧山市宁围镇", "杭州市萧山区宁围镇", "宁围", "浙江杭州萧山宁围"])
    return _whole(replace(w, region=region).text(), f)


def _words_behind(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="", behind=r.choice(_PLACES)).text(), f)


def _words_after_name(w: Written, f: Facts, r: random.Random) -> Dirty:
    word = r.choice(["东门", "内", "小区内", "物业", "大院内"])
    return _whole(_with_name(w, w.compound + word), f)


def _road_before(w: Written, f: Facts, r: random.Random) -> Dirty:
    road = f"{r.choice(_ROADS)}{r.randint(1, 400)}号"
    return _whole(replace(w, region="", before=road).text(), f)


def _in_brackets(w: Written, f: Facts, r: random.Random) -> Dirty:
    compound = f"{w.compound}（{w.community}）"
    return _whole(replace(w, region="", community="", compound=compound).text(), f)


def _community_short(w: Written, f: Facts, r: random.Random) -> Dirty:
    community = w.community.removesuffix("社区").removesuffix("村")
    return _whole(replace(w, region="", community=community).text(), f)


def _traditional(w: Written, f: Facts, r: random.Random) -> Dirty:
    return _whole(replace(w, region="").text().translate(_to_traditional()), f)


def _blanks(w: Written, f: Facts, r: random.Random) -> Dirty:
    unit = f"{w.unit}单元" if w.unit else ""
    parts = filter(None, (w.region, w.community, w.compound, f"{w.number}{w.word}", unit, f"{w.room}室"))
    return _whole(r.choice([" ", "，", "　", "/", ", "]).join(parts), f)


def _to_building(w: Written, f: Facts, r: random.Random) -> Dirty:
    return replace(w, region="", unit="", room="").text(), "building"


def _to_compound(w: Written, f: Facts, r: random.Random) -> Dirty:
    return f"{w.community}{w.compound}", "compound"


def _opposite(w: Written, f: Facts, r: random.Random) -> Dirty:
    behind = r.choice(["对面", "旁边", "附近", "隔壁"])
    return replace(w, unit="", room="", behind=behind).text(), None


def _no_such_building(w: Written, f: Facts, r: random.Random) -> Dirty:
    return replace(w, number=str(r.randint(3_000, 9_000))).text(), None


def _no_such_room(w: Written, f: Facts, r: random.Random) -> Dirty:
    return replace(w, region="", room=str(r.randint(120, 160) * 100 + r.randint(1, 4))).text(), None


def _another_city(w: Written, f: Facts, r: random.Random) -> Dirty:
    region = r.choice(["江苏省南京市玄武区", "上海市闵行区", "杭州市江干区", "宁波市", "盈丰街道"])
    return replace(w, region=region, community="").text(), None


def _another_phase(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    if w.compound[-1] in "期区组":
        return None
    return _with_name(w, w.compound + r.choice(["七期", "八期", "九区"])), None


def _group_left_out(w: Written, f: Facts, r: random.Random) -> Dirty | None:
    return (replace(w, region="", compound="").text(), None) if w.compound.endswith("组") else None


KINDS: dict[str, Kind] = {
    "as registered": _registered,
    "no province": _no_province,
    "no region": _no_region,
    "no community": _no_community,
    "name only": _name_only,
    "other word for building": _other_word,
    "numerals": _numerals,
    "numerals everywhere": _numerals_everywhere,
    "full width": _full_width,
    "no word for room": _no_room_word,
    "dashes": _dashes,
    "no unit": _no_unit,
    "floor too": _floor_too,
    "floor and door": _floor_and_door,
    "swapped": _swapped,
    "name last": _name_last,
    "misheard": _misheard,
    "misread": _misread,
    "any character": _any_character,
    "character missing": _character_missing,
    "shortened": _shortened,
    "former region": _former_region,
    "words behind": _words_behind,
    "words after the name": _words_after_name,
    "road before": _road_before,
    "community in brackets": _in_brackets,
    "community short": _community_short,
    "traditional": _traditional,
    "blanks": _blanks,
    "to the building": _to_building,
    "to the compound": _to_compound,
    "opposite": _opposite,
    "no such building": _no_such_building,
    "no such room": _no_such_room,
    "another city": _another_city,
    "another phase": _another_phase,
    "group left out": _group_left_out,
}
"""Name → how an address of that kind is written; `None` where this address cannot be written so."""


def roughened(text: str, r: random.Random) -> str:
    """Return the text with stray blanks, marks, wide digits or without its last word."""
    faults: tuple[Callable[[str], str], ...] = (
        lambda t: t.translate({ord("0") + n: chr(0xFF10 + n) for n in range(10)}),
        lambda t: "".join(c + (" " if r.random() < 0.15 else "") for c in t),
        lambda t: t.removesuffix("室"),
        lambda t: f"地址：{t}。",
        lambda t: t.replace("单元", "单元，").replace("社区", "社区 "),
        lambda t: t.translate(_to_traditional()),
    )
    return r.choice(faults)(text)


def _with_name(w: Written, name: str) -> str:
    return replace(w, region="", compound=name).text()


def numeral(digits: str) -> str:
    """Return 23 as 二十三."""
    n = int(digits)
    hundreds, tens, ones = n // 100, n // 10 % 10, n % 10
    text = f"{_NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_NUMERALS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_NUMERALS[ones] if ones else "")


@cache
def _homophones() -> dict[str, Sequence[str]]:
    """Return each common character → the common characters read the same."""
    from pypinyin import lazy_pinyin

    common = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFA)]
    by_sound: dict[str, list[str]] = {}
    for character, sound in zip(common, lazy_pinyin(common), strict=True):
        by_sound.setdefault(sound, []).append(character)
    return {character: alike for alike in by_sound.values() for character in alike}


@cache
def _to_traditional() -> dict[int, str]:
    return {ord(new): old for old, new in simplified_characters().items()}
