"""Expressions compiled to Polars: the same rules as `expressions.py`, a whole frame at a time."""

from collections.abc import Mapping

import polars as pl

from ningjulan.scenarios.domain.expressions import (
    COMPARE,
    COMPUTE,
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
    Scalar,
)

Schema = Mapping[str, pl.DataType]
Typed = tuple[pl.Expr, Kind]
_ABSENT: Typed = (pl.lit(None), Kind.ABSENT)


def predicate(node: Node, schema: Schema) -> pl.Expr:
    """Return `node` as a Boolean expression without nulls over a `schema`; a missing column is absent.

    Raises:
        ExpressionRefused: `coalesce` over two kinds: a column can have only one.
    """
    return _truth(node, schema)


def _truth(node: Node, schema: Schema) -> pl.Expr:
    expression, kind = _typed(node, schema)
    return expression.fill_null(False) if kind is Kind.FLAG else pl.lit(False)


def _typed(node: Node, schema: Schema) -> Typed:  # noqa: PLR0911  one case per kind of node
    match node:
        case Constant(value):
            return pl.lit(value), kind_of_value(value)
        case Field(name):
            return _column(name, schema)
        case Not(term):
            return ~_truth(term, schema), Kind.FLAG
        case Both(terms):
            return pl.all_horizontal([_truth(term, schema) for term in terms]), Kind.FLAG
        case Either(terms):
            return pl.any_horizontal([_truth(term, schema) for term in terms]), Kind.FLAG
        case Comparison(left, sign, right):
            return _compared(_typed(left, schema), sign, _typed(right, schema)), Kind.FLAG
        case Membership(item, values, inside):
            return _member(_typed(item, schema), values, inside), Kind.FLAG
        case Arithmetic(left, sign, right):
            return _computed(_typed(left, schema), sign, _typed(right, schema))
        case Call(function, terms):
            return _called(function, [_typed(term, schema) for term in terms])


def kind_of_value(value: Scalar) -> Kind:
    if value is None:
        return Kind.ABSENT
    if isinstance(value, bool):
        return Kind.FLAG
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER


def _column(name: str, schema: Schema) -> Typed:
    dtype = schema.get(name)
    column = pl.col(name)
    if dtype is None:
        return _ABSENT
    if dtype.is_numeric():
        return _finite(column.cast(pl.Float64)), Kind.NUMBER
    if dtype == pl.Boolean:
        return column, Kind.FLAG
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        return column.cast(pl.String), Kind.TEXT
    if isinstance(dtype, pl.Datetime):
        return column.dt.epoch("us"), Kind.INSTANT
    return _ABSENT


def _finite(number: pl.Expr) -> pl.Expr:
    return pl.when(number.is_finite()).then(number)


def _compared(left: Typed, sign: str, right: Typed) -> pl.Expr:
    kind = left[1]
    if kind is not right[1] or kind is Kind.ABSENT or (kind is Kind.FLAG and sign not in ("==", "!=")):
        return pl.lit(False)
    compared: pl.Expr = COMPARE[sign](left[0], right[0])
    return compared.fill_null(False)


def _member(item: Typed, values: tuple[Scalar, ...], inside: bool) -> pl.Expr:
    expression, kind = item
    if kind is Kind.ABSENT:
        return pl.lit(False)
    alike = [value for value in values if kind_of_value(value) is kind]
    found = pl.any_horizontal([expression == value for value in alike]) if alike else pl.lit(False)
    return (found.fill_null(False) == pl.lit(inside)) & expression.is_not_null()


def _computed(left: Typed, sign: str, right: Typed) -> Typed:
    if left[1] is not Kind.NUMBER or right[1] is not Kind.NUMBER:
        return _ABSENT
    result: pl.Expr = COMPUTE[sign](left[0], right[0])
    return _finite(result), Kind.NUMBER


def _called(function: str, terms: list[Typed]) -> Typed:
    if function == "coalesce":
        present = [term for term in terms if term[1] is not Kind.ABSENT]
        if len({kind for _, kind in present}) > 1:
            raise ExpressionRefused("coalesce 的各项必须是同一种类型")
        return (pl.coalesce([term[0] for term in present]), present[0][1]) if present else _ABSENT
    expression, kind = terms[0]
    if function == "len":
        return (expression.str.len_chars().cast(pl.Float64), Kind.NUMBER) if kind is Kind.TEXT else _ABSENT
    return (expression.abs(), Kind.NUMBER) if kind is Kind.NUMBER else _ABSENT
