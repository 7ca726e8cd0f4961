"""`where`: a closed subset of Python expressions, parsed once to one small tree.

Two compilers read the tree, this file's (one row, plain Python) and `vectorised.py` (a frame, Polars); a
property test proves them equal. The rules both follow:

- A value is a number, a text, a flag, an instant, or absent. Every other type is absent.
- A comparison with something absent, or between two kinds, is false; so is `!=`. Nothing is ever an error.
- Flags and instants have an order only where that means something: instants do, flags do not.
- Arithmetic is in floating point; a result that is not finite (division by zero) is absent.
- In `and`, `or`, `not` and at the top, only a true flag counts as true.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from operator import add, eq, ge, gt, le, lt, mul, ne, sub, truediv
from typing import Any

MAX_LENGTH = 1_000
MAX_DEPTH = 40


class Kind(StrEnum):
    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"
    INSTANT = "instant"
    OTHER = "other"  # lists, shapes, pictures: cannot be compared
    ABSENT = "absent"


KIND_ZH = {
    Kind.NUMBER: "数字",
    Kind.TEXT: "文本",
    Kind.FLAG: "是否",
    Kind.INSTANT: "时刻",
    Kind.OTHER: "不可比较的内容",
    Kind.ABSENT: "空值",
}

Scalar = float | str | bool | None


@dataclass(frozen=True)
class Constant:
    value: Scalar


@dataclass(frozen=True)
class Field:
    name: str


@dataclass(frozen=True)
class Not:
    term: "Node"


@dataclass(frozen=True)
class Both:
    terms: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    terms: tuple["Node", ...]


@dataclass(frozen=True)
class Comparison:
    left: "Node"
    sign: str
    right: "Node"


@dataclass(frozen=True)
class Membership:
    item: "Node"
    values: tuple[Scalar, ...]
    inside: bool


@dataclass(frozen=True)
class Arithmetic:
    left: "Node"
    sign: str
    right: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    terms: tuple["Node", ...]


Node = Constant | Field | Not | Both | Either | Comparison | Membership | Arithmetic | Call
TRUE = Constant(True)

COMPARE: dict[str, Callable[[Any, Any], Any]] = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
COMPUTE: dict[str, Callable[[Any, Any], Any]] = {"+": add, "-": sub, "*": mul, "/": truediv}
FUNCTIONS = {"coalesce": range(2, 9), "len": range(1, 2), "abs": range(1, 2)}  # name → how many terms

_COMPARE_SIGN = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_COMPUTE_SIGN = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_PARAM = re.compile(r"\$([A-Za-z_]\w*)")
_PARAM_PREFIX = "__param_"


class ExpressionRefused(ValueError):
    """Says in Chinese what is wrong; the loader adds file and line."""


def parse(source: str, param: Callable[[str], Any]) -> Node:
    """Return the tree of `source` with every `$name` replaced by `param(name)`.

    Raises:
        ExpressionRefused: Too long, too deep, no expression, or a word outside the subset.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionRefused(f"表达式超过 {MAX_LENGTH} 个字符，请拆成几个信号")
    marked = _PARAM.sub(lambda found: _PARAM_PREFIX + found[1], source)
    try:
        tree = ast.parse(marked.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ExpressionRefused(f"表达式无法解析：{source[:80]}") from None
    return _Reader(param).read(tree.body, 0)


class _Reader:
    def __init__(self, param: Callable[[str], Any]) -> None:
        self.param = param

    def read(self, node: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionRefused(f"表达式嵌套超过 {MAX_DEPTH} 层")
        reader = getattr(self, f"_{type(node).__name__.lower()}", None)
        if reader is None:
            raise ExpressionRefused(f"表达式中不能使用 {ast.unparse(node)[:60]}")
        tree: Node = reader(node, depth + 1)
        return tree

    def _constant(self, node: ast.Constant, _depth: int) -> Node:
        value = node.value
        if isinstance(value, str) and _PARAM_PREFIX in value:
            raise ExpressionRefused("参数 $… 不要写在引号里")
        if isinstance(value, bool | str):
            return Constant(value)
        if isinstance(value, int | float) and abs(value) < 1e300:
            return Constant(float(value))
        raise ExpressionRefused(f"表达式中不能使用常量 {str(value)[:40]}")

    def _name(self, node: ast.Name, _depth: int) -> Node:
        if not node.id.startswith(_PARAM_PREFIX):
            return Field(node.id)
        value = self.param(node.id.removeprefix(_PARAM_PREFIX))
        if isinstance(value, tuple):
            raise ExpressionRefused("列表参数只能写在 in 的右边")
        return Constant(value)

    def _boolop(self, node: ast.BoolOp, depth: int) -> Node:
        terms = tuple(self.read(term, depth) for term in node.values)
        return Both(terms) if isinstance(node.op, ast.And) else Either(terms)

    def _unaryop(self, node: ast.UnaryOp, depth: int) -> Node:
        term = self.read(node.operand, depth)
        if isinstance(node.op, ast.Not):
            return Not(term)
        if isinstance(node.op, ast.USub):
            if isinstance(term, Constant) and isinstance(term.value, float):
                return Constant(-term.value)
            return Arithmetic(Constant(0.0), "-", term)
        raise ExpressionRefused(f"表达式中不能使用 {ast.unparse(node)[:60]}")

    def _binop(self, node: ast.BinOp, depth: int) -> Node:
        sign = _COMPUTE_SIGN.get(type(node.op))
        if sign is None:
            raise ExpressionRefused(f"只支持加减乘除，不能使用 {ast.unparse(node)[:60]}")
        return Arithmetic(self.read(node.left, depth), sign, self.read(node.right, depth))

    def _compare(self, node: ast.Compare, depth: int) -> Node:
        left, found = node.left, []
        for operator, right in zip(node.ops, node.comparators, strict=True):
            found.append(self._one_comparison(left, operator, right, depth))
            left = right
        return found[0] if len(found) == 1 else Both(tuple(found))

    def _one_comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, depth: int) -> Node:
        if isinstance(operator, ast.In | ast.NotIn):
            return Membership(
                self.read(left, depth), self._values(right, depth), isinstance(operator, ast.In)
            )
        sign = _COMPARE_SIGN.get(type(operator))
        if sign is None:
            raise ExpressionRefused("不能使用 is，请用 ==")
        return Comparison(self.read(left, depth), sign, self.read(right, depth))

    def _values(self, node: ast.expr, depth: int) -> tuple[Scalar, ...]:
        if isinstance(node, ast.Name) and node.id.startswith(_PARAM_PREFIX):
            value = self.param(node.id.removeprefix(_PARAM_PREFIX))
            if isinstance(value, tuple):
                return value
        if isinstance(node, ast.List | ast.Tuple):
            values = [self.read(item, depth) for item in node.elts]
            if all(isinstance(value, Constant) for value in values):
                return tuple(value.value for value in values if isinstance(value, Constant))
        raise ExpressionRefused("in 的右边必须是常量列表，如 ['1', '2']，或列表参数")

    def _call(self, node: ast.Call, depth: int) -> Node:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            raise ExpressionRefused(
                f"不认识的函数 {ast.unparse(node.func)[:40]}，可用：{'、'.join(FUNCTIONS)}"
            )
        if node.keywords or len(node.args) not in FUNCTIONS[name]:
            raise ExpressionRefused(f"函数 {name} 的参数个数不对")
        return Call(name, tuple(self.read(term, depth) for term in node.args))


def fields_read(node: Node) -> frozenset[str]:
    """Return the names of the fields that `node` reads."""
    match node:
        case Field(name):
            return frozenset({name})
        case Not(term) | Membership(item=term):
            return fields_read(term)
        case Both(terms) | Either(terms) | Call(terms=terms):
            return frozenset().union(*map(fields_read, terms))
        case Comparison(left, _, right) | Arithmetic(left, _, right):
            return fields_read(left) | fields_read(right)
        case _:
            return frozenset()


def texts_in(node: Node) -> frozenset[str]:
    """Return the text constants in `node`."""
    match node:
        case Constant(str(value)):
            return frozenset({value})
        case Membership(item, values, _):
            return texts_in(item) | {value for value in values if isinstance(value, str)}
        case Not(term):
            return texts_in(term)
        case Both(terms) | Either(terms) | Call(terms=terms):
            return frozenset().union(*map(texts_in, terms))
        case Comparison(left, _, right) | Arithmetic(left, _, right):
            return texts_in(left) | texts_in(right)
        case _:
            return frozenset()


def plain(value: Any) -> Any:
    """Return `value` as the evaluator sees it: bool, float, str, instant in microseconds (int), or None."""
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float | Decimal):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return round(aware.timestamp() * 1e6)
    return None


def predicate(node: Node) -> Callable[[Mapping[str, Any]], bool]:
    """Compile `node` to a function of one row."""
    return lambda row: evaluated(node, row) is True


def evaluated(node: Node, row: Mapping[str, Any]) -> Any:  # noqa: C901, PLR0911  one case per kind of node
    """Return the value of `node` for one row; None when absent."""
    match node:
        case Constant(value):
            return value
        case Field(name):
            return plain(row.get(name))
        case Not(term):
            return evaluated(term, row) is not True
        case Both(terms):
            return all(evaluated(term, row) is True for term in terms)
        case Either(terms):
            return any(evaluated(term, row) is True for term in terms)
        case Comparison(left, sign, right):
            return _compared(evaluated(left, row), sign, evaluated(right, row))
        case Membership(item, values, inside):
            value = evaluated(item, row)
            if value is None:
                return False
            return any(_compared(value, "==", other) for other in values) is inside
        case Arithmetic(left, sign, right):
            return _computed(evaluated(left, row), sign, evaluated(right, row))
        case Call(function, terms):
            return _called(function, [evaluated(term, row) for term in terms])


def _compared(left: Any, sign: str, right: Any) -> bool:
    if left is None or type(left) is not type(right):
        return False
    if isinstance(left, bool) and sign not in ("==", "!="):
        return False
    return bool(COMPARE[sign](left, right))


def _computed(left: Any, sign: str, right: Any) -> float | None:
    if not (isinstance(left, float) and isinstance(right, float)):
        return None
    try:
        result: float = COMPUTE[sign](left, right)
    except ZeroDivisionError:
        return None
    return result if math.isfinite(result) else None


def _called(function: str, values: list[Any]) -> Any:
    if function == "coalesce":
        return next((value for value in values if value is not None), None)
    if function == "len":
        return float(len(values[0])) if isinstance(values[0], str) else None
    return abs(values[0]) if isinstance(values[0], float) else None
