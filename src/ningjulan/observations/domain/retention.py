"""What a night's upkeep of the history has to do: which days to delete, blank and compact. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from zoneinfo import ZoneInfo

STREET = ZoneInfo("Asia/Shanghai")
TIDY_AT = time(3, 30)
TARGET_BYTES = 64 * 2**20  # one file of a day that is over
FILES_OF_TODAY = 60  # five minutes of a busy class; each append reads the list of all files


@dataclass(frozen=True)
class Day:
    """One day's partition of a class.

    counts_from: The day from which retention counts: the day itself, or where the class says so the last end
        of a matter; None while a matter of that day is still open.
    filled: Item that is kept for a shorter time than its record → rows that still have it.
    """

    day: date
    n_rows: int
    n_bytes: int
    n_files: int
    counts_from: date | None
    filled: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Hold:
    """Days of a class that must not be deleted, whatever the catalogue says (保全)."""

    class_id: str
    from_day: date
    to_day: date

    def covers(self, class_id: str, day: date) -> bool:
        return self.class_id == class_id and self.from_day <= day <= self.to_day


@dataclass(frozen=True)
class ClassPlan:
    """What is to be done with one class, each list by day.

    blank: item → days in which it is emptied, its records stay.
    held: Days that would be deleted or blanked but for a hold.
    """

    class_id: str
    delete: tuple[Day, ...]
    blank: Mapping[str, tuple[Day, ...]]
    compact: tuple[Day, ...]
    held: tuple[Day, ...]


@dataclass(frozen=True)
class Retention:
    """How long a class keeps its records, and which items it keeps for a shorter time."""

    class_id: str
    keep: timedelta
    keep_items: Mapping[str, timedelta] = field(default_factory=dict)


def plan(retention: Retention, days: Sequence[Day], *, holds: Iterable[Hold], today: date) -> ClassPlan:
    """Decide for one class. A day is due when it has been kept for all of `keep`: never a day too early."""
    held = {d.day for d in days for hold in holds if hold.covers(retention.class_id, d.day)}
    over = [d for d in days if d.counts_from is not None and d.counts_from + retention.keep < today]
    delete = tuple(d for d in over if d.day not in held)
    gone = {d.day for d in delete}
    due = {
        item: [d for d in days if d.day + keep < today and d.filled.get(item, 0) > 0 and d.day not in gone]
        for item, keep in retention.keep_items.items()
    }
    kept_back = {d.day for d in [*over, *(d for of_item in due.values() for d in of_item)]} & held
    blank = {item: tuple(d for d in of_item if d.day not in held) for item, of_item in due.items()}
    return ClassPlan(
        class_id=retention.class_id,
        delete=delete,
        blank={item: of_item for item, of_item in blank.items() if of_item},
        compact=tuple(d for d in days if d.day not in gone and is_in_pieces(d, today)),
        held=tuple(d for d in days if d.day in kept_back),
    )


def is_in_pieces(day: Day, today: date) -> bool:
    """Are there more files than the day needs? Today, which still grows, may have some."""
    needed = max(1, ceil(day.n_bytes / TARGET_BYTES))
    return day.n_files > (needed + FILES_OF_TODAY if day.day >= today else needed)


def is_in_many_pieces(day: Day) -> bool:
    """Are there so many files, of whatever day, that appends become slow before the night?"""
    return day.n_files > max(1, ceil(day.n_bytes / TARGET_BYTES)) + FILES_OF_TODAY


def latest_due(now: datetime) -> datetime:
    """Return the last 03:30 of the street at or before `now`."""
    local = now.astimezone(STREET)
    due = datetime.combine(local.date(), TIDY_AT, tzinfo=STREET)
    return (due if due <= local else due - timedelta(days=1)).astimezone(UTC)
