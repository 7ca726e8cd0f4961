"""What an answer is worth: what agrees, differs or is missing, element by element, and the decision.

Every expression works on a frame of candidates with the columns of `matching._judged`.
"""

from enum import StrEnum

import polars as pl

AUTOMATIC = 0.95
TO_A_CLERK = 0.80
AMBIGUOUS = 0.03  # a second place as good as this near: not decided
_AMBIGUOUS_AT_MOST = 0.90


class Verdict(StrEnum):
    """How an element of a text compares with the place found."""

    AGREES = "agrees"
    SIMILAR = "similar"
    DIFFERS = "differs"
    MISSING = "missing"  # the text does not say; the place has one
    UNKNOWN = "unknown"  # the text says one that the base does not have
    NONE = "none"  # neither has one


class Decision(StrEnum):
    AUTOMATIC = "automatic"
    CLERK = "clerk"  # to a clerk, with candidates
    NEW = "new"  # looks like an address that the base does not have


ELEMENTS = ("region", "community", "compound", "building", "unit", "floor", "room", "words")
LABEL_ZH = {
    "region": "省市区街道",
    "community": "社区（村）",
    "compound": "小区（村组）",
    "building": "楼幢（门牌）",
    "unit": "单元",
    "floor": "楼层",
    "room": "户室",
    "words": "其余文字",
}

VERDICT_ZH = {
    Verdict.SIMILAR: "相近",
    Verdict.DIFFERS: "不符",
    Verdict.MISSING: "未写",
    Verdict.UNKNOWN: "库中没有",
}

_MANNER_COSTS = {
    "same": 0.0,
    "words": 0.01,
    "alike": 0.03,
    "begins": 0.045,
    "left_out": 0.07,
    "unclear": 0.08,
    "near": 0.15,
    "part": 0.25,
}
_SEVERAL_OF_THIS_NAME = 0.08  # 3组 without its village
_COSTS = {
    "region": {"differs": 0.15},
    "community": {"differs": 0.12},
    "building": {"unknown": 0.25, "similar": 0.03},
    "unit": {"unknown": 0.12, "missing": 0.02, "similar": 0.06},
    "floor": {"differs": 0.12},
    "room": {"unknown": 0.12},
    "words": {"unknown": 0.02, "differs": 0.15},
}


def score() -> pl.Expr:
    """Return 0 … 1: one, less what each element costs."""
    by_manner = pl.col("manner").replace_strict(_MANNER_COSTS, default=None, return_dtype=pl.Float64)
    by_likeness = 0.05 + 0.35 * (1 - pl.col("likeness"))
    alias = pl.col("is_alias").cast(pl.Float64) * 0.01
    costs = [
        pl.col(f"v_{element}").replace_strict(cost, default=0.0, return_dtype=pl.Float64)
        for element, cost in _COSTS.items()
    ]
    several = pl.col("is_shared") & (pl.col("v_community") == Verdict.MISSING.value)
    costs.append(several.cast(pl.Float64) * _SEVERAL_OF_THIS_NAME)
    retired = pl.col("is_retired").fill_null(value=False).cast(pl.Float64) * 0.12
    found = 1 - by_manner.fill_null(by_likeness) - alias - pl.sum_horizontal(costs) - retired
    return found.clip(0, 1).round(4)


def decision(score: pl.Expr) -> pl.Expr:
    return (
        pl.when(score >= AUTOMATIC)
        .then(pl.lit(Decision.AUTOMATIC.value))
        .when(score >= TO_A_CLERK)
        .then(pl.lit(Decision.CLERK.value))
        .otherwise(pl.lit(Decision.NEW.value))
    )


def capped(score: pl.Expr, runner_up: pl.Expr) -> pl.Expr:
    """Return the score, but not enough for an automatic answer where a second place is as good."""
    is_close = runner_up.is_not_null() & (score - runner_up < AMBIGUOUS)
    return pl.when(is_close).then(pl.min_horizontal(score, pl.lit(_AMBIGUOUS_AT_MOST))).otherwise(score)
