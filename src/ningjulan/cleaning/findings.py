"""What was found wrong: masks until the end, then the bad rows, and only they, get their sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from ningjulan.catalog.contracts import Item
from ningjulan.cleaning.contracts import REASONS, REJECTED_SCHEMA

_MAX_QUOTED = 40


@dataclass(frozen=True)
class Finding:
    """One rule broken by some rows.

    reason: Code of `REASONS`.
    bad:    Boolean, one value per row; null counts as false.
    item:   The item concerned.
    value:  What was delivered; quoted in the sentence unless the item is personal or masked.
    """

    reason: str
    bad: pl.Series
    item: Item
    value: pl.Series | None = None


def that_hold(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with at least one bad row: usually none."""
    return [finding for finding in findings if finding.bad.any()]


def any_bad(findings: Sequence[Finding], height: int) -> pl.Series:
    """Return true for the rows that break at least one rule."""
    if not findings:
        return pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    frame = pl.DataFrame({str(n): finding.bad for n, finding in enumerate(findings)})
    return frame.select(bad=pl.any_horizontal(pl.all().fill_null(value=False)))["bad"]


def rejected(row_no: pl.Series, findings: Sequence[Finding], bad: pl.Series) -> pl.DataFrame:
    """Return `row_no`, `reasons` (in rule order, once each) and `detail` of the bad rows."""
    if not findings:
        return pl.DataFrame(schema=dict(REJECTED_SCHEMA))
    columns = {f"bad{n}": finding.bad for n, finding in enumerate(findings)}
    values = {f"value{n}": each.value for n, each in enumerate(findings) if each.value is not None}
    frame = pl.DataFrame({"row_no": row_no, **columns, **values}).filter(bad)
    reasons = [pl.when(f"bad{n}").then(pl.lit(each.reason)) for n, each in enumerate(findings)]
    details = [pl.when(f"bad{n}").then(_sentence(each, f"value{n}")) for n, each in enumerate(findings)]
    return frame.select(
        pl.col("row_no").cast(pl.UInt32),
        pl.concat_list(reasons).list.drop_nulls().list.unique(maintain_order=True).alias("reasons"),
        pl.concat_list(details).list.drop_nulls().list.join("；").alias("detail"),
    )


def rejected_lines(refused: Sequence[tuple[int, str]]) -> pl.DataFrame:
    """Return the rejects of lines that could not be read at all."""
    return pl.DataFrame(
        {
            "row_no": [row_no for row_no, _ in refused],
            "reasons": [[reason] for _, reason in refused],
            "detail": [REASONS[reason].zh for _, reason in refused],
        },
        schema=dict(REJECTED_SCHEMA),
    )


def _sentence(finding: Finding, value: str) -> pl.Expr:
    """Return what a clerk reads; `value` is the column of what was delivered."""
    head = f"{finding.item.zh}（{finding.item.id}）：{REASONS[finding.reason].zh}{_allowed(finding)}"
    if finding.value is None or finding.item.pi or finding.item.mask:
        return pl.lit(head)
    written = pl.col(value)
    is_long = written.str.len_chars() > _MAX_QUOTED
    shortened = written.str.slice(0, _MAX_QUOTED) + pl.when(is_long).then(pl.lit("…")).otherwise(pl.lit(""))
    return pl.coalesce(pl.lit(f"{head}，收到“") + shortened + pl.lit("”"), pl.lit(head))


def _allowed(finding: Finding) -> str:
    """Return the limits or the unit that were missed, so that nobody must look them up."""
    item = finding.item
    if finding.reason == "out_of_range" and item.minimum is not None and item.maximum is not None:
        return f"（{item.minimum:g} 至 {item.maximum:g}{f' {item.unit}' if item.unit else ''}）"
    if finding.reason == "unknown_unit" and item.unit:
        return f"（{item.unit}）"
    return ""
