"""What cannot be true of people and homes, in sentences for whoever entered it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import Item
from ningjulan.cleaning.numbers.identity import id_document
from ningjulan.cleaning.numbers.telephones import phone

_CARDS = frozenset({"111", "112", "113", "P01", "P02", "553"})
_BIRTH = slice(6, 14)
_SEX_AT = 16
_OLDEST_YEARS = 120
_BOOLS = {"true": True, "false": False}
RETIRED = frozenset({"AB"})


@dataclass(frozen=True)
class Problem:
    """Why a value is refused: a code for programs, the item it stands in, a sentence in two languages."""

    code: str
    item: str
    zh: str
    en: str


def person_problems(facts: Mapping[str, Any], *, today: date) -> list[Problem]:
    """Return what cannot be true of a person.

    Args:
        facts: `id_type`, `id_no`, `birth_date`, `sex`, `phone`; what is absent or empty is not judged.
    """
    birth: date | None = facts.get("birth_date")
    found = []
    if birth and birth > today:
        found.append(
            Problem(
                "birth_in_future", "birth_date", "出生日期晚于今天", "The date of birth lies in the future"
            )
        )
    if birth and birth < today - timedelta(days=365.25 * _OLDEST_YEARS):
        found.append(
            Problem(
                "birth_too_early",
                "birth_date",
                "按出生日期已超过 120 岁，请核对",
                "Older than 120 years: check the date",
            )
        )
    if facts.get("id_no"):
        found += _document_problems(str(facts["id_no"]), facts, today)
    number = pl.Series([facts.get("phone") or None], dtype=pl.String)
    if phone(number).faults[0] and not _is_synthetic_phone(number[0]):
        found.append(
            Problem("bad_phone", "phone", "联系方式不是有效的电话号码", "This is no telephone number")
        )
    return found


def _is_synthetic_phone(number: str) -> bool:
    """Numbers that begin with 000 belong to nobody: the demo's people have them."""
    return len(number) == 11 and number.isdigit() and number.startswith("000")


_DOCUMENT: Mapping[str, tuple[str, str]] = {
    "bad_id_check_digit": (
        "证件号码的校验位不对，请核对是否抄错一位",
        "The check digit of the number is wrong: one character was probably misread",
    ),
    "bad_id_birth_date": ("证件号码中的出生日期不存在", "The number holds a date that does not exist"),
    "id_birth_date_in_future": (
        "证件号码中的出生日期晚于今天",
        "The number holds a date of birth in the future",
    ),
    "bad_id_region": ("证件号码中的地区代码不存在", "The number holds a region that does not exist"),
}
_OTHERWISE = ("证件号码与证件类型不符，或位数不对", "The number does not fit the kind of document")


def _document_problems(number: str, facts: Mapping[str, Any], today: date) -> list[Problem]:
    kind = facts.get("id_type") or None
    judged = id_document(pl.Series([number]), pl.Series([kind], dtype=pl.String), today=today)
    fault = judged.faults[0]
    if fault:
        zh, en = _DOCUMENT.get(fault, _OTHERWISE)
        return [Problem(fault, "id_no", zh, en)]
    written = judged.values[0]
    if len(written) != 18 or (kind is not None and kind not in _CARDS):
        return []
    found = []
    birth, sex = facts.get("birth_date"), facts.get("sex")
    if birth and written[_BIRTH] != f"{birth:%Y%m%d}":
        found.append(
            Problem(
                "birth_contradicts_id",
                "birth_date",
                f"出生日期与证件号码不一致（号码中为 {written[6:10]}-{written[10:12]}-{written[12:14]}）",
                "The date of birth is not the one in the identity number",
            )
        )
    if sex in {"1", "2"} and (int(written[_SEX_AT]) % 2 == 1) != (sex == "1"):
        found.append(
            Problem(
                "sex_contradicts_id",
                "sex",
                "性别与证件号码不一致",
                "The sex is not the one in the identity number",
            )
        )
    return found


def stay_problems(
    *, since: date, until: date | None, birth: date | None, address_state: str, today: date
) -> list[Problem]:
    """Return what cannot be true of living somewhere."""
    found = []
    if birth and since < birth:
        found.append(
            Problem("lives_before_birth", "start_date", "入住日期早于出生日期", "Moved in before being born")
        )
    if since > today:
        found.append(
            Problem(
                "lives_in_future", "start_date", "入住日期晚于今天", "The day of moving in lies in the future"
            )
        )
    if until is not None and until <= since:
        found.append(
            Problem(
                "leaves_before_coming", "end_date", "搬离日期不晚于入住日期", "Moved out before moving in"
            )
        )
    if address_state in RETIRED:
        found.append(
            Problem(
                "address_retired",
                "house_id",
                "这个地址已废弃，不能登记住户；请先查找现用地址",
                "This address is retired; nobody can be registered there. Look for the one in use",
            )
        )
    return found


def head_problems(relation: str, others: Sequence[str]) -> list[Problem]:
    """Return what cannot be true of a member of a household, given the relations of the others."""
    if relation == "0" and "0" in others:
        return [
            Problem(
                "two_heads",
                "relation_to_head",
                "这一户已有户主；请先变更原户主的关系，或另立一户",
                "This household has a head already; change that first, or make another household",
            )
        ]
    return []


def parsed(class_id: str, name: str, value: Any) -> tuple[Any, Problem | None]:
    """Return a value as it is stored, or why it is none: by type, length, range and codes of its item."""
    item = catalog.get_class(class_id).by_id[name]
    if value is None or value == "":
        return ("" if item.type.kind in {"string", "text", "code"} else None), None
    try:
        return _typed(item, value), None
    except (ValueError, InvalidOperation, TypeError, KeyError):
        zh = f"{item.zh}的内容不对：{_expected(item, zh=True)}"
        return None, Problem("not_a_value", name, zh, f"{item.en}: {_expected(item, zh=False)}")


def _typed(item: Item, value: Any) -> Any:
    kind = item.type.kind
    if item.code_list and value not in catalog.code_list(item.code_list).by_code:
        raise ValueError
    if kind == "date":
        return date.fromisoformat(str(value))
    if kind == "bool":
        return _BOOLS[str(value).lower()]
    if kind in {"int", "decimal"}:
        number = int(value) if kind == "int" else Decimal(str(value))
        if not (item.minimum or 0) <= number <= (item.maximum if item.maximum is not None else number):
            raise ValueError
        return number
    text = str(value).strip()
    if item.type.length and len(text) > item.type.length:
        raise ValueError
    return text


def _expected(item: Item, *, zh: bool) -> str:
    kind = item.type.kind
    if item.code_list:
        return "请从列表中选择" if zh else "choose from the list"
    if kind == "date":
        return "应为日期，如 1990-01-31" if zh else "a date such as 1990-01-31"
    if kind in {"int", "decimal"}:
        low, high = item.minimum or 0, item.maximum
        return f"应在 {low:g} 到 {high:g} 之间" if zh else f"between {low:g} and {high:g}"
    if kind == "bool":
        return "应为是或否" if zh else "yes or no"
    return f"最多 {item.type.length} 个字" if zh else f"at most {item.type.length} characters"
