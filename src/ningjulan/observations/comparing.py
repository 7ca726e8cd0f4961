"""What a newer cleaner makes of lines whose outcome is known, and which come out differently. Frames only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

import numpy as np
import polars as pl

from ningjulan.foundation.masking import HIDDEN, masked
from ningjulan.observations.domain.replays import EXAMPLES, Diff, ItemDiff, VersionDiff, add_counts

BOOKKEEPING = frozenset(
    {"line", "row_no", "source", "tenant_code", "batch_id", "received_at", "cleaner_version", "seq", "day"}
)
WAS_DUPLICATE = "duplicate"  # where a reason is counted of what was no reject
EXAMPLE_LENGTH = 200


class Outcome(IntEnum):
    STORED = 0  # of a line cleaned again: accepted
    REJECTED = 1
    DUPLICATE = 2


@dataclass(frozen=True)
class Lines:
    """n lines of batches of one source and class, each with how it was judged before.

    facts:    `line` (0 … n - 1, in order), `batch_id`, `seq`, `row_no` (in its batch), `version` (of the
        cleaner that judged it last).
    stored:   `line` and the columns of the history, of the lines that are there.
    rejected: `line`, `reject_id`, `reasons`.
    """

    facts: pl.DataFrame
    stored: pl.DataFrame
    rejected: pl.DataFrame

    def outcomes(self) -> np.ndarray:
        """Return the `Outcome` of each line, shape (n,): neither stored nor rejected is a duplicate."""
        return _outcomes(len(self.facts), self.stored["line"], self.rejected["line"])


@dataclass(frozen=True)
class Again:
    """The same lines cleaned again.

    accepted: `line` and the columns of the history, but for `day`, which is added here.
    rejected: `line`, `reasons`, `detail`.
    """

    accepted: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True)
class Found:
    """What is different. Candidates become stored unless their key is stored already: see `Proposal.settle`.

    adds:       Rows of the history that take the place of others.
    drops:      `seq`, `row_no`, `day` of rows that leave the history.
    candidates: Rows of the history, with `was` (Outcome), `reject_id`, `reasons`, `version`.
    rejects:    `line`, `batch_id`, `row_no`, `reasons`, `detail`.
    unrejects:  `reject_id` of lines that are rejects no longer.
    moves:      `batch_id`, `was`, `now`: one row a line whose outcome is another.
    """

    adds: pl.DataFrame
    drops: pl.DataFrame
    candidates: pl.DataFrame
    rejects: pl.DataFrame
    unrejects: pl.DataFrame
    moves: pl.DataFrame


@dataclass(frozen=True)
class Shown:
    """What must be known of a class: items nobody is shown, items kept shorter than their record."""

    masks: Mapping[str, str | None]  # item → how it is masked; None: hidden
    keep_items: Mapping[str, timedelta]


def compare(lines: Lines, again: Again, diff: Diff, shown: Shown, *, today: date) -> Found:
    """Compare n lines and count what is different into `diff`. Every line counts once, or is a candidate.

    Args:
        lines: As they were judged.
        again: As they are judged now.
        diff: Added to.
        shown: What of the class may be shown, and what is no longer kept.
        today: Decides that.
    """
    was = lines.outcomes()
    now = _outcomes(len(was), again.accepted["line"], again.rejected["line"])
    facts = lines.facts.with_columns(was=pl.Series(was, dtype=pl.Int8), now=pl.Series(now, dtype=pl.Int8))
    accepted = _with_day(_blanked(again.accepted, lines.stored, shown.keep_items, today))
    both, same, is_key_same = _pairs(lines.stored, accepted, diff, shown)
    changed = both.filter(~same & is_key_same)
    rekeyed = both.filter(~is_key_same)
    _count(facts, changed, rekeyed, diff)
    is_candidate = (now == Outcome.STORED) & (was != Outcome.STORED)
    candidate_lines = pl.concat([facts.filter(pl.Series(is_candidate))["line"], rekeyed["line"]])
    gone = facts.filter((pl.col("was") == Outcome.STORED) & (pl.col("now") != Outcome.STORED))
    newly_rejected = facts.filter((pl.col("was") != Outcome.REJECTED) & (pl.col("now") == Outcome.REJECTED))
    rejects = newly_rejected.select("line", "batch_id", "row_no", "version").join(again.rejected, on="line")
    add_counts(diff.rejected_by_reason, _counted(rejects["reasons"]))
    return Found(
        adds=_of(accepted, changed["line"]),
        drops=_of(lines.stored, pl.concat([changed["line"], rekeyed["line"], gone["line"]])).select(
            pl.col("seq").cast(pl.Int64), pl.col("row_no").cast(pl.Int64), "day"
        ),
        candidates=_candidates(_of(accepted, candidate_lines), facts, lines.rejected),
        rejects=rejects.drop("version"),
        unrejects=_of(lines.rejected, facts.filter(_has_moved_to_duplicate())["line"]).select("reject_id"),
        moves=facts.filter(_has_moved()).select("batch_id", "was", "now"),
    )


def _outcomes(n: int, stored: pl.Series, rejected: pl.Series) -> np.ndarray:
    outcomes = np.full(n, Outcome.DUPLICATE, np.int8)
    outcomes[stored.to_numpy()] = Outcome.STORED
    outcomes[rejected.to_numpy()] = Outcome.REJECTED
    return outcomes


def _of(frame: pl.DataFrame, lines: pl.Series) -> pl.DataFrame:
    return frame.filter(pl.col("line").is_in(lines.implode()))


def _has_moved() -> pl.Expr:
    """Has a line another outcome, for certain? Of those accepted now it is settled later."""
    return (pl.col("was") != pl.col("now")) & (pl.col("now") != Outcome.STORED)


def _has_moved_to_duplicate() -> pl.Expr:
    return (pl.col("was") == Outcome.REJECTED) & (pl.col("now") == Outcome.DUPLICATE)


def _with_day(accepted: pl.DataFrame) -> pl.DataFrame:
    return accepted.with_columns(day=pl.col("occurred_at").dt.convert_time_zone("Asia/Shanghai").dt.date())


def _blanked(
    accepted: pl.DataFrame, stored: pl.DataFrame, keep_items: Mapping[str, timedelta], today: date
) -> pl.DataFrame:
    """Empty the items whose time is over, as upkeep has done in the store: what it erased must not come back.

    A value that is still there is under a hold, and stays.
    """
    day = pl.col("occurred_at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    for item, keep in keep_items.items():
        held = stored.filter(pl.col(item).is_not_null())["line"] if item in stored.columns else pl.Series([])
        is_over = (day + keep < today) & ~pl.col("line").is_in(held.cast(pl.Int64).implode())
        accepted = accepted.with_columns(pl.when(~is_over).then(pl.col(item)).alias(item))
    return accepted


def _pairs(
    stored: pl.DataFrame, accepted: pl.DataFrame, diff: Diff, shown: Shown
) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    """Compare the rows that are stored and accepted again, item by item.

    Returns:
        `line` and `version` of each, in the order of the lines; is all the same; is the key the same.
    """
    old = stored.join(accepted.select("line"), on="line", how="semi").sort("line")
    new = accepted.join(stored.select("line"), on="line", how="semi").sort("line")
    same = pl.repeat(True, len(new), dtype=pl.Boolean, eager=True)
    for item in (name for name in new.columns if name not in BOOKKEEPING):
        before = (
            old[item] if item in old.columns else pl.repeat(None, len(old), dtype=new[item].dtype, eager=True)
        )
        now = new[item].cast(before.dtype, strict=False) if new[item].dtype != before.dtype else new[item]
        differs = before.ne_missing(now)
        if differs.any():
            noted = diff.items.setdefault(item, ItemDiff(is_masked=item in shown.masks))
            _note_item(noted, before, now, differs, _showing(item, shown))
            same &= ~differs
    is_key_same = old["record_key"].eq_missing(new["record_key"])
    return old.select("line", version="cleaner_version"), same, is_key_same


def _showing(item: str, shown: Shown) -> Callable[[object], str | None]:
    """Return how a value of an item is shown."""
    if item not in shown.masks:
        return lambda value: str(value)[:EXAMPLE_LENGTH]
    mask = shown.masks[item]
    return lambda value: masked(value, mask) if mask else HIDDEN


def _note_item(
    noted: ItemDiff,
    before: pl.Series,
    now: pl.Series,
    differs: pl.Series,
    show: Callable[[object], str | None],
) -> None:
    noted.n += int(differs.sum())
    room = EXAMPLES - len(noted.examples)
    old, new = (
        [None if value is None else show(value) for value in values.filter(differs).head(room).to_list()]
        for values in (before, now)
    )
    noted.examples += zip(old, new, strict=True)


def _candidates(accepted: pl.DataFrame, facts: pl.DataFrame, rejected: pl.DataFrame) -> pl.DataFrame:
    """Return rows with how they were judged, in the order of the lines."""
    return (
        accepted.join(facts.select("line", "was", "version"), on="line")
        .join(rejected, on="line", how="left")
        .sort("line")
        .drop("line")
    )


def _count(facts: pl.DataFrame, changed: pl.DataFrame, rekeyed: pl.DataFrame, diff: Diff) -> None:
    """Count all lines but the candidates, in all and by the version of the cleaner."""
    is_in_store = pl.col("was") == Outcome.STORED
    is_changed = pl.col("line").is_in(changed["line"].implode())
    is_rekeyed = pl.col("line").is_in(rekeyed["line"].implode())
    is_same = (pl.col("was") == pl.col("now")) & ~is_changed & ~is_rekeyed
    is_newly_rejected = (pl.col("was") != Outcome.REJECTED) & (pl.col("now") == Outcome.REJECTED)
    is_newly_duplicate = (pl.col("was") != Outcome.DUPLICATE) & (pl.col("now") == Outcome.DUPLICATE)
    counts = facts.group_by("version").agg(
        n_changed=(is_in_store & is_changed).sum(),
        n_newly_rejected=is_newly_rejected.sum(),
        n_newly_duplicate=is_newly_duplicate.sum(),
        n_unchanged=is_same.sum(),
    )
    for row in counts.iter_rows(named=True):
        version = diff.versions.setdefault(row["version"], VersionDiff())
        version.n_changed += row["n_changed"]
        version.n_newly_rejected += row["n_newly_rejected"]
        version.n_unchanged += row["n_unchanged"]
        diff.n_changed += row["n_changed"]
        diff.n_newly_rejected += row["n_newly_rejected"]
        diff.n_newly_duplicate += row["n_newly_duplicate"]
        diff.n_unchanged += row["n_unchanged"]


def count_settled(candidates: pl.DataFrame, diff: Diff) -> None:
    """Count candidates once it is known whether their key `is_new`."""
    for (version, was, is_new), some in candidates.group_by("version", "was", "is_new"):
        of_version = diff.versions.setdefault(str(version), VersionDiff())
        n = len(some)
        if not is_new and was == Outcome.DUPLICATE:
            diff.n_unchanged += n
            of_version.n_unchanged += n
        elif not is_new:
            diff.n_newly_duplicate += n
        elif was == Outcome.STORED:
            diff.n_changed += n
            of_version.n_changed += n
        else:
            diff.n_newly_accepted += n
            of_version.n_newly_accepted += n
            add_counts(diff.accepted_by_reason, _counted(some["reasons"].fill_null([WAS_DUPLICATE])))


def _counted(reasons: pl.Series) -> dict[str, int]:
    counted = reasons.explode(empty_as_null=True).drop_nulls().value_counts()
    return {row[0]: row[1] for row in counted.iter_rows()}
