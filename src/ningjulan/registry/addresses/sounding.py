"""What characters sound and look like: texts rewritten so that those mistaken for each other are the same."""

from collections.abc import Iterable
from functools import cache

_PRIVATE = 0xE000  # characters that no text has
# Southern speakers, and the input methods they use, do not tell these apart.
_HEARD_AS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("eng", "en"), ("ing", "in"), ("ang", "an"))
_SEEN_AS = (  # mistaken for each other by hand, by eye and by machines that read
    "苑宛碗 府俯附腑 园圆圜 庭廷挺 湾弯 城诚成 轩杆 居剧据 邸底抵 馆管 璟憬景 锦绵棉 "
    "绣锈诱 望忘 澜斓谰阑 悦说阅 篱离 逸免 樟漳障 御卸 影彰 滨宾缤 仕任土士 潮朝嘲 "
    "晴睛清情请 川州 紫索 藤膝 玉王主 海梅每侮 棠裳 静净 知和如 桂挂佳 枫讽 林木材 "
    "径经 莲连 溪奚 沁心 朗郎浪狼 月日目 映央 揽览 宁宇 荣菜 墅野 翡悲 翠萃 星皇 "
    "里理 名各 里埋 新断 村材 小少 区巨 公么 寓寄 花化 家冢 东车 西酉 河何 南喃 "
    "北比 塘糖搪 沿没 甲申 盛盈 高离 桥侨 长张 坝坎 顺须 堤提 丰半 收妆 老考 埠卑 "
    "横模 埂梗 后启 岸崖 前剪 中仲 兴举 盐监 围困 垦恳 埭隶 浜滨 金全 云去 竹付 "
    "碧珀 华毕 滨演 水永 听折 紫柴 香番 和租 品晶"
)


def as_heard(texts: Iterable[str]) -> list[str]:
    """Return the texts with one character for all that sound alike."""
    return [text.translate(_sounds()) for text in texts]


def as_seen(texts: Iterable[str]) -> list[str]:
    """Return the texts with one character for all that look alike."""
    return [text.translate(_shapes()) for text in texts]


def pinyin_of(text: str) -> tuple[str, str]:
    """Return how a text is typed: 枫林苑 → `fenglinyuan`, `fly`. Letters and digits stay."""
    from pypinyin import lazy_pinyin  # its dictionaries take a while to load

    syllables = lazy_pinyin(text)
    return "".join(syllables), "".join(
        syllable[:1] if syllable.isalpha() else syllable for syllable in syllables
    )


@cache
def _sounds() -> dict[int, str]:
    from pypinyin import lazy_pinyin

    characters = [chr(code) for code in range(0x4E00, 0xA000)]
    syllables = [_as_in_the_south(syllable) for syllable in lazy_pinyin(characters)]
    number = {syllable: n for n, syllable in enumerate(sorted(set(syllables)))}
    return {ord(c): chr(_PRIVATE + number[s]) for c, s in zip(characters, syllables, strict=True)}


def _as_in_the_south(syllable: str) -> str:
    for written, heard in _HEARD_AS:
        if syllable.startswith(written):
            syllable = heard + syllable[len(written) :]
        elif syllable.endswith(written):
            syllable = syllable[: -len(written)] + heard
    return syllable


@cache
def _shapes() -> dict[int, str]:
    """Return each character → the first that looks like it; a character of two groups joins them."""
    first: dict[str, str] = {}
    for group in _SEEN_AS.split():
        known = {first[c] for c in group if c in first}
        chosen = min(known, default=group[0])
        for c, other in list(first.items()):
            if other in known:
                first[c] = chosen
        first.update(dict.fromkeys(group, chosen))
    return {ord(c): other for c, other in first.items()}
