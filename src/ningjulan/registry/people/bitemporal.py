"""What it means to know since when something is so, and since when it is known. Pure: no database, no clock.

A version says what held over the days `valid_from` … `valid_to` (half-open, open-ended without an end), as it
was known from the instant `known_from` until `known_to`. Versions are never rewritten: whoever learns better
closes what was known and opens something else, and both stay.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Generic, Protocol, TypeVar


class Dated(Protocol):
    """Anything that holds over some days."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


@dataclass(frozen=True)
class Days:
    """A span of days, half-open: `valid_to` is the first day after it, None where no end is known."""

    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"a span ends after it begins: {self.valid_from} … {self.valid_to}")


V = TypeVar("V", bound=Dated)


@dataclass(frozen=True)
class Piece(Generic[V]):
    """A part of a closed version that goes on holding, outside the days that were revised."""

    of: V
    days: Days


@dataclass(frozen=True)
class Revision(Generic[V]):
    """What one revision does to what was known: the versions it closes, and what is kept of them."""

    closed: list[V]
    kept: list[Piece[V]]


def overlaps(one: Dated, other: Dated) -> bool:
    """Is there a day on which both hold?"""
    return _begins_before_the_end(one, other) and _begins_before_the_end(other, one)


def _begins_before_the_end(one: Dated, other: Dated) -> bool:
    return other.valid_to is None or one.valid_from < other.valid_to


def holds_on(version: Dated, day: date) -> bool:
    return version.valid_from <= day and (version.valid_to is None or day < version.valid_to)


def revise(known: Iterable[V], days: Days) -> Revision[V]:
    """Make room for something else over `days` among the versions known of one entity.

    Args:
        known: Versions of one entity that are known now; no two of them hold on the same day.
        days: What is now known better, whether there will be something in its place or nothing.

    Returns:
        The versions touched by `days`, and those parts of them that lie before and after. Whoever closes the
        former and opens the latter beside a version over `days` has again no two that hold on one day.
    """
    closed = [version for version in known if overlaps(version, days)]
    return Revision(closed, [piece for version in closed for piece in _outside(version, days)])


def _outside(version: V, days: Days) -> list[Piece[V]]:
    pieces = []
    if version.valid_from < days.valid_from:
        pieces.append(Piece(version, Days(version.valid_from, days.valid_from)))
    if days.valid_to is not None and (version.valid_to is None or days.valid_to < version.valid_to):
        pieces.append(Piece(version, Days(days.valid_to, version.valid_to)))
    return pieces


def contradictions(known: Sequence[V]) -> list[tuple[V, V]]:
    """Return the pairs of versions of one entity that hold on the same day: none, if all is well."""
    in_order = sorted(known, key=lambda version: version.valid_from)
    return [(one, other) for one, other in pairwise(in_order) if overlaps(one, other)]
