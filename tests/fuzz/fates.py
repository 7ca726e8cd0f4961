"""What must hold of cleaning, whatever lines come: each has one fate, and the kernel changes nothing."""

from collections.abc import Sequence

import polars as pl
from polars.testing import assert_frame_equal

from ningjulan.cleaning.contracts import NOTES, REASONS, REPEATS, Cleaned, Part, Refs, SourceRef
from ningjulan.cleaning.facade import accepted_schema, clean, clean_parts

FRAMES = ("accepted", "rejected", "duplicates", "notes")


def check_parts(class_id: str, parts: Sequence[Part], source: SourceRef, refs: Refs) -> Cleaned:
    """Clean parts by the kernel and by the specification, and check all that is promised of the outcome."""
    fast, slow = (
        clean_parts(class_id, parts, source=source, refs=refs, compiled=compiled)
        for compiled in (True, False)
    )
    assert_same(fast, slow)
    n_lines = [part.n_lines for part in parts]
    check_fates(class_id, fast, sum(n_lines))
    for part, cut in zip(parts, fast.cut(n_lines), strict=True):
        assert _row_numbers(cut) == list(range(part.n_lines))
    return fast


def check_lines(class_id: str, lines: Sequence[bytes], part: Part, source: SourceRef, refs: Refs) -> Cleaned:
    """Clean lines that may hold line ends themselves; one without is cleaned as in a part of its own."""
    together = clean(class_id, list(lines), received_at=part.received_at, source=source, refs=refs)
    check_fates(class_id, together, len(lines))
    for line in lines[:3]:
        alone = clean(class_id, [line], received_at=part.received_at, source=source, refs=refs)
        check_fates(class_id, alone, 1)
        if b"\n" not in line:
            assert_same(
                alone,
                clean_parts(class_id, [Part(line, part.received_at)], source=source, refs=refs),
            )
    return together


def check_fates(class_id: str, cleaned: Cleaned, n_lines: int) -> None:
    """Every line is in one of three frames, and what is said of it can be stored and read."""
    assert _row_numbers(cleaned) == list(range(n_lines))
    assert dict(cleaned.accepted.schema) == accepted_schema(class_id)
    assert cleaned.rejected["reasons"].list.len().min() != 0
    assert set(cleaned.rejected["reasons"].explode().drop_nulls()) <= set(REASONS)
    assert cleaned.rejected["detail"].null_count() == 0
    assert set(cleaned.duplicates["reason"]) <= set(REPEATS)
    assert set(cleaned.notes["note"]) <= set(NOTES)
    assert set(cleaned.notes["row_no"]) <= set(cleaned.accepted["row_no"])
    assert cleaned.accepted["occurred_at"].null_count() == 0
    for frame in (cleaned.accepted, cleaned.rejected, cleaned.duplicates):  # PostgreSQL takes no such text
        assert not frame.select(pl.selectors.string().str.contains("\0").any()).row(0).count(True)


def assert_same(some: Cleaned, others: Cleaned) -> None:
    for frame in FRAMES:
        assert_frame_equal(getattr(some, frame), getattr(others, frame), check_exact=True)


def _row_numbers(cleaned: Cleaned) -> list[int]:
    return sorted([*cleaned.accepted["row_no"], *cleaned.rejected["row_no"], *cleaned.duplicates["row_no"]])
