"""Does an expression make sense for the kinds of its fields? Checked when a file is loaded."""

from collections.abc import Mapping

from ningjulan.scenarios.domain.expressions import (
    KIND_ZH,
    Arithmetic,
    Both,
    Call,
    Comparison,
    Constant,
    Either,
    ExpressionRefused,
    Field,
    Kind,
    Membership,
    Node,
    Not,
)
from ningjulan.scenarios.domain.vectorised import kind_of_value


def check_condition(node: Node, kinds: Mapping[str, Kind]) -> None:
    """Refuse a condition its author cannot mean: text compared with a number, and the like.

    Raises:
        ExpressionRefused: With the sentence to show. Fields are known: the caller has checked their names.
    """
    if kind_of(node, kinds) is not Kind.FLAG:
        raise ExpressionRefused("条件应当是“是或否”，例如 confidence >= 0.75")


def kind_of(node: Node, kinds: Mapping[str, Kind]) -> Kind:  # noqa: C901  one case per kind of node
    match node:
        case Constant(value):
            return kind_of_value(value)
        case Field(name):
            return kinds[name]
        case Not(term):
            check_condition(term, kinds)
        case Both(terms) | Either(terms):
            for term in terms:
                check_condition(term, kinds)
        case Comparison(left, sign, right):
            _check_comparison(kind_of(left, kinds), sign, kind_of(right, kinds))
        case Membership(item, values, _):
            for value in values:
                _check_comparison(kind_of(item, kinds), "==", kind_of_value(value))
        case Arithmetic(left, _, right):
            _all_of(Kind.NUMBER, [kind_of(left, kinds), kind_of(right, kinds)], "加减乘除只能用于数字")
            return Kind.NUMBER
        case Call(function, terms):
            return _kind_of_call(function, [kind_of(term, kinds) for term in terms])
    return Kind.FLAG


def _check_comparison(left: Kind, sign: str, right: Kind) -> None:
    if left is not right or left is Kind.OTHER:
        raise ExpressionRefused(f"不能比较{KIND_ZH[left]}和{KIND_ZH[right]}")
    if left is Kind.FLAG and sign not in ("==", "!="):
        raise ExpressionRefused("“是或否”没有大小之分")


def _all_of(kind: Kind, found: list[Kind], reason: str) -> None:
    if any(other is not kind for other in found):
        raise ExpressionRefused(reason)


def _kind_of_call(function: str, terms: list[Kind]) -> Kind:
    if function == "coalesce":
        _all_of(terms[0], terms, "coalesce 的各项必须是同一种类型")
        return terms[0]
    if function == "len":
        _all_of(Kind.TEXT, terms, "len 只能用于文本")
        return Kind.NUMBER
    _all_of(Kind.NUMBER, terms, "abs 只能用于数字")
    return Kind.NUMBER
