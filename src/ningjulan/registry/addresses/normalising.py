"""How an address is compared: one way to write widths, letters, numbers and words for building and room.

Pure expressions, the same for what is written and for what is registered. Nothing is guessed: two texts that
become the same name the same place.
"""

from collections.abc import Callable
from functools import cache

import polars as pl

_FULL = [chr(code) for code in range(0xFF01, 0xFF5F)]
_HALF = [chr(code).lower() for code in range(0x21, 0x7F)]
_DASHES = "－—–―‐‑−~～﹣"
_NOTHING = (
    " \t\r\n\u3000\u00a0\u2002\u2003\u2009，。、；：·・,.;:'\"“”‘’|/\\_*「」【】[]<>《》"
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad"
)
_CAPITAL_NUMERALS = dict(zip("壹贰叁肆伍陆柒捌玖拾佰", "一二三四五六七八九十百", strict=True))
_SAME_WORD = {"号楼": "幢", "栋": "幢", "单元门": "单元"}
_FEW = 200

_DIGIT_OF = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))
_NUMERAL = "[〇零一二三四五六七八九十百]"
_COUNTED = ("单元", "层", "室", "楼", "组", "座", "门", "房")
_COUNTED_NUMERAL = rf"{_NUMERAL}(?:幢|号|{'|'.join(_COUNTED)}|$)"
_DOOR = rf"({_NUMERAL})号({_NUMERAL}|[0-9]|$)"  # but not 五号坝

_REWRITTEN = (  # in this order
    (r"^(?:家庭|现|居住|户籍|收货|详细|联系)?(?:地址|住址)(?:为|是)?", ""),
    (r"\((.*?)\)", "${1}"),
    (r"([0-9a-z])(?:座|#)", "${1}幢"),
    (r"([0-9])楼([0-9]+(?:单元|门))", "${1}幢${2}"),
    (r"([0-9])(?:号房间|号房|房间|房号|房|户|号室)", "${1}室"),
    (r"([0-9])(?:门|门洞)([0-9]|$)", "${1}单元${2}"),
    (r"([0-9a-z])号([0-9]|$|院|内)", "${1}幢${2}"),
    (r"(单元|幢)([0-9]{3,5})幢$", "${1}${2}室"),  # 1单元801号
    (r"([0-9])楼", "${1}层"),
    (r"第([0-9])", "${1}"),
    (r"([0-9a-z])幢-", "${1}幢"),
    (r"([0-9])单元-", "${1}单元"),
)
_JOINED = (  # 5-1-801, 5幢1-801, 1单元-801
    (r"([0-9]+[a-z]?)-([0-9]{1,2})-([0-9]{3,5})室?", "${1}幢${2}单元${3}室"),
    (r"([0-9]+[a-z]?幢)([0-9]{1,2})-([0-9]{3,5})室?", "${1}${2}单元${3}室"),
    (r"([0-9]+[a-z]?)-([0-9]{1,2})单元", "${1}幢${2}单元"),
    (r"([0-9]+[a-z]?)-([0-9]{3,5})室?$", "${1}幢${2}室"),
    (r"-", ""),
)


def normalised(texts: pl.Series) -> pl.Series:
    """Return each address as it is compared; null stays null.

    Args:
        texts: n addresses as they were written.

    Returns:
        n texts: half width, lower case, simplified characters, no blanks or punctuation; buildings are `N幢`,
        units `N单元`, floors `N层`, rooms `N室`, numbers in digits, `5-1-801` written out.
    """
    plain = _plain(texts).str.replace_many(_SAME_WORD)
    plain = _where(plain, plain.str.contains(_COUNTED_NUMERAL), _digits_for_numerals)
    plain = _each(plain, _REWRITTEN)
    return _where(plain, plain.str.contains("-", literal=True), lambda rows: _each(rows, _JOINED))


def comparison_key(normal: pl.Series) -> pl.Series:
    """Return what normalised texts of one place have in common: 室 says nothing, nor does a nought."""
    return normal.str.replace("室$", "").str.replace(r"(单元|幢|层)0+([1-9])", "${1}${2}")


@cache
def simplified_characters() -> dict[str, str]:
    """Return each traditional character that has one simplified form."""
    import opencc  # takes a while to load

    convert = opencc.OpenCC("t2s").convert
    pairs = ((chr(code), convert(chr(code))) for code in range(0x4E00, 0xA000))
    return {old: new for old, new in pairs if old != new and len(new) == 1}


def _plain(texts: pl.Series) -> pl.Series:
    """Return the texts at half width, lower case, simplified, without blanks and punctuation."""
    table = _replaced()
    if len(texts) > _FEW:
        return texts.str.replace_many(list(table), list(table.values()))
    # For one text, what Polars searches for would take longer to prepare than to use.
    by_code = _by_code()
    written = [None if text is None else text.translate(by_code) for text in texts]
    return pl.Series(texts.name, written, dtype=pl.String)


@cache
def _by_code() -> dict[int, str]:
    return {ord(character): other for character, other in _replaced().items()}


@cache
def _replaced() -> dict[str, str]:
    """Return each character that is written otherwise, or not at all."""
    return {
        **dict(zip(_FULL, _HALF, strict=True)),
        **{chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)},
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_NOTHING, ""),
        **dict.fromkeys("，。；：＇＂｜／＼＿＊．［］＜＞", ""),
        **dict.fromkeys("（", "("),
        **dict.fromkeys("）", ")"),
        **simplified_characters(),
        **_CAPITAL_NUMERALS,
        "○": "〇",
        "两": "二",
    }


def _each(texts: pl.Series, rewritten: tuple[tuple[str, str], ...]) -> pl.Series:
    for pattern, replacement in rewritten:
        texts = texts.str.replace_all(pattern, replacement)
    return texts


def _where(texts: pl.Series, mask: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    rows = mask.fill_null(value=False).arg_true()
    return texts.scatter(rows, change(texts.gather(rows))) if len(rows) else texts


def _digits_for_numerals(texts: pl.Series) -> pl.Series:
    """Return 二十三幢 as 23幢 and 八〇一室 as 801室; numerals within names stay: 五号坝, 二桥村."""
    texts = texts.str.replace_all(_DOOR, "${1}幢${2}")
    texts = _positional(texts, r"^(.*?)([〇零一二三四五六七八九]{3,5})(室.*|房.*|号?)$")
    texts = _positional(texts, r"^(.*[^〇零一二三四五六七八九十百])([〇零一二三四五六七八九]{2})(室.*|房.*)$")
    return texts.str.replace_many(*_counted_numerals(), leftmost=True)


def _positional(texts: pl.Series, pattern: str) -> pl.Series:
    groups = texts.str.extract_groups(pattern).struct.unnest()
    digits = groups["2"].str.replace_many(list(_DIGIT_OF), list(_DIGIT_OF.values()))
    written = pl.select(pl.concat_str(groups["1"], digits, groups["3"])).to_series()
    return written.fill_null(texts)


@cache
def _counted_numerals() -> tuple[list[str], list[str]]:
    """Return 九十九幢 … 一幢 and what they are in digits, longer ones first."""
    numerals = {_numeral(n): str(n) for n in range(1, 1000)}
    pairs = {f"{numeral}幢": f"{digits}幢" for numeral, digits in numerals.items()}
    for numeral, digits in list(numerals.items())[:99]:
        pairs |= {f"{numeral}{word}": f"{digits}{word}" for word in _COUNTED}
    ordered = sorted(pairs, key=len, reverse=True)
    return ordered, [pairs[text] for text in ordered]


def _numeral(n: int) -> str:
    ones = "〇一二三四五六七八九"
    hundred = f"{ones[n // 100]}百" if n >= 100 else ""
    n %= 100
    if not n:
        return hundred
    if hundred and n < 10:
        return f"{hundred}零{ones[n]}"
    ten = "" if n < 10 else ("十" if n < 20 and not hundred else f"{ones[n // 10]}十")
    return hundred + ten + (ones[n % 10] if n % 10 else "")
