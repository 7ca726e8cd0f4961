"""Numbers of people, organisations and vehicles that are nobody's: right by the rules, region 999999."""

from collections.abc import Callable, Mapping

from ningjulan.catalog.contracts import Item

REGION = "999999"

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_check_digit(body: str) -> str:
    """Return the last character of an identity number with these 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def uscc_check_character(body: str) -> str:
    """Return the last character of a unified social credit code with these 17 (GB 32100, mod 31)."""
    total = sum(_USCC_CHARACTERS.index(c) * pow(3, n, 31) for n, c in enumerate(body))
    return _USCC_CHARACTERS[-total % 31]


def id_card_no(number_of: int) -> str:
    """Return an identity number of nobody, born on 1 January 1990."""
    body = f"{REGION}19900101{number_of % 1000:03}"
    return body + id_check_digit(body)


def uscc(number_of: int) -> str:
    """Return a unified social credit code of no organisation."""
    body = f"91{REGION}MA{number_of % 10**7:07}"
    return body + uscc_check_character(body)


def _with_wrong_end(right: str) -> str:
    return right[:-1] + ("0" if right[-1] != "0" else "1")


DOCUMENT_KINDS: Mapping[str, str] = {"111": "居民身份证"}
"""Kinds of identity document whose numbers `id_card_no` fits."""


def _division_code(item: Item, number_of: int) -> str:
    long = f"{REGION}{number_of % 900 + 1:03}{number_of % 40 + 1:03}"
    return long[: 12 if (item.type.length or 0) >= 12 else 6]


_RIGHT: Mapping[str, Callable[[Item, int], str]] = {
    "id_card_no": lambda _, n: id_card_no(n),
    "id_document": lambda _, n: id_card_no(n),
    "uscc": lambda _, n: uscc(n),
    "plate_no": lambda _, n: f"浙A{n % 100_000:05}",
    "phone": lambda _, n: f"1990000{n % 10_000:04}",
    "mobile": lambda _, n: f"1990000{n % 10_000:04}",
    "division_code": _division_code,
    "month": lambda _, n: f"2026{n % 12 + 1:02}",
    "hmac": lambda _, n: f"{n:064x}",
}
_WRONG: Mapping[str, str] = {
    "id_card_no": _with_wrong_end(id_card_no(1)),
    "id_document": _with_wrong_end(id_card_no(1)),
    "uscc": _with_wrong_end(uscc(1)),
    "plate_no": "浙A1",
    "phone": "0571-12",
    "mobile": "12345",
    "division_code": "33010",
    "month": "202613",
    "hmac": "abcdef",
}


def number(item: Item, number_of: int) -> str:
    """Return a right number for an item with a `check`."""
    assert item.check is not None
    return _RIGHT[item.check](item, number_of)


def wrong_number(item: Item) -> str:
    """Return a number that only the item's check refuses: a check digit, a month, a length is wrong."""
    assert item.check is not None
    return _WRONG[item.check]
