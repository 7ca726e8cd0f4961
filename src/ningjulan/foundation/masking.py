"""How personal values are shown to those who may not see them whole. Display only: nothing stored changes.

Masks never fail and never guess in the reader's favour: what a mask does not recognise, it hides.
"""

import re
from collections.abc import Callable, Mapping

HIDDEN = "***"

COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文"
        "司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭南门羊舌微生梁丘"
        "左丘东门西门第五",
    )
)
_HAN_NAME = re.compile(r"[\u3400-\u9fff*]{2,4}")
_MOBILE = re.compile(r"(1[0-9]{2})[0-9*]{4}([0-9]{4})")
_LANDLINE = re.compile(r"(0[0-9]{2,3})-[0-9*]{3,4}([0-9]{4})(?:-[0-9]+)?")
_TO_BUILDING = re.compile(r"^.*?[0-9A-Za-z一二三四五六七八九十百]+(?:号楼|幢|栋|座)")
_TO_DOOR = re.compile(r"^.*?(?:路|街|巷|弄|道|村|组|社区)[0-9]+号")
_BEFORE_NUMBERS = re.compile(r"^[^0-9A-Za-z一二三四五六七八九十百]*")


def masked(value: object, mask: str) -> str | None:
    """Return a value as its mask shows it; `None` where nothing may or can be shown.

    Args:
        value: What is stored: text, or anything else that has a text.
        mask: Name of the mask, as the catalogue gives it to an item.

    Raises:
        KeyError: There is no such mask. Better no page than an unmasked value.
    """
    show = MASKS[mask]
    text = "" if value is None else str(value).strip()
    return show(text) if text else None


def _name(name: str) -> str:
    """张三 → 张*, 欧阳娜娜 → 欧阳**; of a name in other letters only the first remains."""
    if len(name) == 1:
        return "*"
    if not _HAN_NAME.fullmatch(name):
        return name[0] + HIDDEN
    kept = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return name[:kept] + "*" * (len(name) - kept)


def _phone(number: str) -> str:
    """13800138000 → 138****8000, 0571-88888888 → 0571-****8888; an extension is hidden."""
    if match := _MOBILE.fullmatch(number):
        return f"{match[1]}****{match[2]}"
    if match := _LANDLINE.fullmatch(number):
        return f"{match[1]}-****{match[2]}"
    return HIDDEN


def _id_no(number: str) -> str:
    return _ends(number, first=1, last=1)


def _plate(plate: str) -> str:
    """浙A12345 → 浙A***45."""
    return _ends(plate, first=2, last=2) if len(plate) >= 7 else HIDDEN


def _generic(text: str) -> str:
    return f"{text[:2]}****{text[-2:]}" if len(text) >= 8 else HIDDEN


def _address(address: str) -> str:
    """试验路1号2幢3单元401室 → 试验路1号2幢; without a building to the door, else before all numbers."""
    for known in (_TO_BUILDING, _TO_DOOR):
        if match := known.match(address):
            return match[0]
    match = _BEFORE_NUMBERS.match(address.removesuffix(HIDDEN))
    return (match[0] if match else "") + HIDDEN


def _hidden(_: str) -> str:
    return HIDDEN


def _nothing(_: str) -> None:
    return None


def _ends(text: str, *, first: int, last: int) -> str:
    hidden = len(text) - first - last
    return text[:first] + "*" * hidden + text[-last:] if hidden > 0 else HIDDEN


MASKS: Mapping[str, Callable[[str], str | None]] = {
    "name": _name,
    "phone": _phone,
    "id_no": _id_no,
    "plate": _plate,
    "address": _address,
    "generic": _generic,
    "text": _hidden,  # words about people name people; the whole text is read for a stated reason
    "blur": _nothing,  # a picture is blurred where pictures are served, never shown by its reference
    "full": _hidden,
}
"""Mask of the catalogue → how it shows a text that is not empty."""
