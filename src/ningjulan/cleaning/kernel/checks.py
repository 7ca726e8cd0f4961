"""Numbers that certainly pass the check of their item, just as they stand; see `cleaning/numbers`."""

from collections.abc import Sequence

import numpy as np

from ningjulan.cleaning.kernel.compiling import Address, Bytes, Flags, Ints, byte_at, compiled
from ningjulan.cleaning.kernel.spans import ABSENT, INTEGER, STRING, kind_of, length_of, start_of
from ningjulan.cleaning.kernel.times import NO_DAY, days_since_1970

DIVISION_CODE, MONTH, HMAC, MOBILE, USCC, ID_CARD_NO, PLATE_NO = range(7)
BY_NAME = {
    "division_code": DIVISION_CODE,
    "month": MONTH,
    "hmac": HMAC,
    "mobile": MOBILE,
    "phone": MOBILE,
    "uscc": USCC,
    "id_card_no": ID_CARD_NO,
    "id_document": ID_CARD_NO,
    "plate_no": PLATE_NO,
}


@compiled
def judge(
    text: Address,
    spans: Ints,
    doubt: Flags,
    check: int,
    longest: int,
    tables: tuple[Flags, Flags, Bytes, Ints],
    today: Ints,
) -> None:
    """Doubt the numbers of one item that do not certainly pass.

    Args:
        check: One of `BY_NAME`.
        tables: See `tables`.
        today: Local date of receipt of each record, such as 20261125.
    """
    for row in range(len(spans)):
        span = spans[row]
        if doubt[row] or span == ABSENT:
            continue
        start, length = start_of(span), length_of(span)
        is_known = kind_of(span) in (STRING, INTEGER) and length <= longest
        if not is_known or not _passes(text, start, length, check, tables, today[row]):
            doubt[row] = True


@compiled
def _passes(
    text: Address, start: int, length: int, check: int, tables: tuple[Flags, Flags, Bytes, Ints], today: int
) -> bool:
    if check == DIVISION_CODE:
        return _is_division(text, start, length, tables[0])
    if check == MONTH:
        return _is_month(text, start, length)
    if check == HMAC:
        return _is_hmac(text, start, length)
    if check == MOBILE:
        return _is_mobile(text, start, length)
    if check == USCC:
        return _is_credit_code(text, start, length, tables[2])
    if check == ID_CARD_NO:
        return _is_id_card(text, start, length, tables[1], today)
    return _is_plate(text, start, length, tables[3])


@compiled
def judge_kinds(numbers: Ints, kinds: Ints, doubt: Flags, judged: Flags) -> None:
    """Doubt numbers of documents whose kind is not one of those that `judge` judges."""
    for row in range(len(numbers)):
        if numbers[row] != ABSENT and not judged[kinds[row]]:
            doubt[row] = True


@compiled
def _are_digits(text: Address, start: int, end: int) -> bool:
    for at in range(start, end):
        if byte_at(text, at) < 0x30 or byte_at(text, at) > 0x39:
            return False
    return True


@compiled
def _two(text: Address, at: int) -> int:
    return (byte_at(text, at) - 0x30) * 10 + byte_at(text, at + 1) - 0x30


@compiled
def _is_division(text: Address, start: int, length: int, provinces: Flags) -> bool:
    right = length in (6, 9, 12) and _are_digits(text, start, start + length)
    return right and provinces[_two(text, start)]


@compiled
def _is_month(text: Address, start: int, length: int) -> bool:
    if length != 6 or not _are_digits(text, start, start + 6):
        return False
    return 19 <= _two(text, start) <= 20 and 1 <= _two(text, start + 4) <= 12


@compiled
def _is_hmac(text: Address, start: int, length: int) -> bool:
    for at in range(start, start + length):
        if not (0x30 <= byte_at(text, at) <= 0x39 or 0x61 <= byte_at(text, at) <= 0x66):
            return False
    return length == 64


@compiled
def _is_mobile(text: Address, start: int, length: int) -> bool:
    right = length == 11 and _are_digits(text, start, start + 11)
    return right and byte_at(text, start) == 0x31 and byte_at(text, start + 1) >= 0x33


@compiled
def _is_credit_code(text: Address, start: int, length: int, value_of: Bytes) -> bool:
    if length != 18 or not _are_digits(text, start + 2, start + 8):
        return False
    total, weight = 0, 1
    for n in range(18):
        value = value_of[byte_at(text, start + n)]
        if value == 0xFF:
            return False
        total += value * (weight if n < 17 else 1)
        weight = weight * 3 % 31
    return total % 31 == 0


@compiled
def _is_id_card(text: Address, start: int, length: int, provinces: Flags, today: int) -> bool:
    """Is it a right number of a citizen, or of somebody who does not exist? Permits are left to others."""
    if length != 18 or not _are_digits(text, start, start + 17):
        return False
    last = byte_at(text, start + 17)
    is_known_region = provinces[_two(text, start)] or is_synthetic(text, start, length)
    if not is_known_region or not (0x30 <= last <= 0x39 or last == 0x58):
        return False
    year = _two(text, start + 6) * 100 + _two(text, start + 8)
    month, day = _two(text, start + 10), _two(text, start + 12)
    is_born = (year * 100 + month) * 100 + day <= today
    if not is_born or days_since_1970(year, month, day) == NO_DAY:
        return False
    total, weight = 10 if last == 0x58 else last - 0x30, 1
    for n in range(16, -1, -1):
        weight = weight * 2 % 11
        total += (byte_at(text, start + n) - 0x30) * weight
    return total % 11 == 1


@compiled
def is_synthetic(text: Address, start: int, length: int) -> bool:
    """Is it an identity number of the region that is nobody's, 999999?"""
    for at in range(start, start + 6):
        if byte_at(text, at) != 0x39:
            return False
    return length == 18


@compiled
def mark_synthetic(text: Address, spans: Ints, rows: Ints, out: Flags) -> None:
    """Mark those of some rows whose identity number is synthetic."""
    for n in range(len(rows)):
        span = spans[rows[n]]
        out[n] = span != ABSENT and is_synthetic(text, start_of(span), length_of(span))


@compiled
def _is_plate(text: Address, start: int, length: int, provinces: Ints) -> bool:
    """Is it an ordinary plate, `浙A12345`, or one of a new-energy car, `浙AD12345`?"""
    if length not in (9, 10):
        return False
    han = byte_at(text, start) << 16 | byte_at(text, start + 1) << 8 | byte_at(text, start + 2)
    is_known = False
    for province in provinces:
        is_known |= province == han
    if not is_known or not _is_plate_letter(byte_at(text, start + 3)):
        return False
    if length == 10:
        kind = byte_at(text, start + 4)
        return 0x41 <= kind <= 0x4B and kind != 0x49 and _are_digits(text, start + 5, start + 10)
    for at in range(start + 4, start + 9):
        if not (_is_plate_letter(byte_at(text, at)) or 0x30 <= byte_at(text, at) <= 0x39):
            return False
    return True


@compiled
def _is_plate_letter(byte: int) -> bool:
    return 0x41 <= byte <= 0x5A and byte not in (0x49, 0x4F)


def tables(
    divisions: Sequence[int], citizens: Sequence[int], credit_code: str, plates: str
) -> tuple[Flags, Flags, Bytes, Ints]:
    """Return the tables of `judge`.

    Args:
        divisions: Two digits with which the code of a division may begin.
        citizens: Two digits with which the number of a citizen may begin.
        credit_code: Alphabet of GB 32100 in the order of its values.
        plates: Han of the provinces.
    """
    value_of = np.full(256, 0xFF, dtype=np.uint8)
    value_of[np.frombuffer(credit_code.encode(), dtype=np.uint8)] = np.arange(len(credit_code))
    han = np.array([int.from_bytes(one.encode(), "big") for one in plates], dtype=np.int64)
    numbers = np.arange(100)
    return np.isin(numbers, divisions), np.isin(numbers, citizens), value_of, han
