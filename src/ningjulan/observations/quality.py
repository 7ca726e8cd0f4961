"""Quality by rule: what of a source's records is taken, and which rules reject the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl
from deltalake import DeltaTable
from django.conf import settings

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor
from ningjulan.observations import upkeep
from ningjulan.observations.adding_up import BALANCES, REASONS, areas_like, rows_of
from ningjulan.observations.domain.retention import STREET

WHERE = """
tenant_code like any(%(areas)s) and hour >= %(since)s
and (%(source)s::text is null or source = %(source)s)
and (%(class_id)s::text is null or class_id = %(class_id)s)
"""
DAYS = f"""{BALANCES}
select source, class_id, (hour at time zone '{STREET.key}')::date, sum(n_received), sum(n_stored),
       sum(n_rejected), sum(n_duplicate), sum(n_parked)
from balances where {WHERE}
group by 1, 2, 3
"""  # noqa: S608 its own words
RULES = f"""{REASONS}
select source, class_id, reason, (hour at time zone '{STREET.key}')::date, sum(n), max(example_id)
from reasons where {WHERE} and reason not like 'replay:%%'
group by 1, 2, 3, 4
"""  # noqa: S608 its own words; which replay has rejected a line is no rule that it broke
NOTES = f"""
select source, class_id, note, (hour at time zone '{STREET.key}')::date, sum(n)
from observations_notehour where {WHERE}
group by 1, 2, 3, 4
"""  # noqa: S608 its own words
MENDED = """
select source, class_id, count(*)
from observations_reject
where state = 'resolved' and received_at >= %(since)s and tenant_code like any(%(areas)s)
  and (%(source)s::text is null or source = %(source)s)
  and (%(class_id)s::text is null or class_id = %(class_id)s)
group by 1, 2
"""


@dataclass
class DayFigures:
    """What a day of the street brought."""

    day: date
    n_received: int = 0
    n_stored: int = 0
    n_rejected: int = 0
    n_duplicate: int = 0
    n_parked: int = 0


@dataclass
class ReasonFigures:
    """How many records broke a rule. A record that breaks two counts in both; `per_day` from the oldest."""

    reason: str
    example_id: int
    per_day: dict[date, int]

    @property
    def n(self) -> int:
        return sum(self.per_day.values())


@dataclass
class Quality:
    """A class of a source over some days; `days` from the oldest, none left out.

    notes: What was noted of records, and why lines are duplicates: code → how often, each day.
    """

    source: str
    class_id: str
    days: dict[date, DayFigures]
    n_mended: int = 0
    reasons: dict[str, ReasonFigures] = field(default_factory=dict)
    notes: dict[str, dict[date, int]] = field(default_factory=dict)

    def sums(self) -> DayFigures:
        """Return the figures of all days; `day` is the first."""
        whole = DayFigures(min(self.days))
        for one in self.days.values():
            _add(whole, one)
        return whole


@dataclass(frozen=True)
class Filled:
    """In how many stored records of a class an item says something, over the days asked for."""

    item: str
    n_filled: int
    n_rows: int


def quality(
    actor: Actor, *, source: str | None, class_id: str | None, days: int, now: datetime
) -> list[Quality]:
    """Return the quality of what the actor's sources sent on the last `days` days, today too."""
    wanted = _days(now, days)
    midnight = datetime.combine(wanted[0], datetime.min.time(), STREET)
    asked = {"areas": areas_like(actor), "since": midnight, "source": source, "class_id": class_id}
    found: dict[tuple[str, str], Quality] = {}
    for name, of, day, *sums in rows_of(DAYS, asked):
        one = found.setdefault((name, of), Quality(name, of, {d: DayFigures(d) for d in wanted}))
        one.days[day] = DayFigures(day, *map(int, sums))
    for name, of, reason, day, n, example in rows_of(RULES, asked):
        reasons = found[name, of].reasons
        rule = reasons.setdefault(reason, ReasonFigures(reason, example, dict.fromkeys(wanted, 0)))
        rule.per_day[day] = int(n)
        rule.example_id = max(rule.example_id, example)
    for name, of, note, day, n in rows_of(NOTES, asked):
        if (name, of) in found:
            found[name, of].notes.setdefault(note, dict.fromkeys(wanted, 0))[day] = int(n)
    for name, of, n in rows_of(MENDED, asked):
        if (name, of) in found:
            found[name, of].n_mended = n
    return sorted(found.values(), key=lambda one: (one.source, one.class_id))


def together(rows: Sequence[Quality], *, days: int, now: datetime) -> Quality:
    """Return the figures of several sources and classes as one."""
    wanted = _days(now, days)
    whole = Quality("", "", {day: DayFigures(day) for day in wanted})
    for row in rows:
        whole.n_mended += row.n_mended
        for day, figures in row.days.items():
            _add(whole.days[day], figures)
        for one in row.reasons.values():
            rule = whole.reasons.setdefault(
                one.reason, ReasonFigures(one.reason, one.example_id, dict.fromkeys(wanted, 0))
            )
            rule.example_id = max(rule.example_id, one.example_id)
            rule.per_day = {day: n + one.per_day[day] for day, n in rule.per_day.items()}
        for note, per_day in row.notes.items():
            sums = whole.notes.setdefault(note, dict.fromkeys(wanted, 0))
            whole.notes[note] = {day: n + per_day[day] for day, n in sums.items()}
    return whole


def filled(class_id: str, *, days: int, now: datetime) -> list[Filled]:
    """Return how complete the stored records of a class are, of all its sources.

    Read from what the table's log notes of each file; no row is read. Items it notes nothing of are absent:
    lists, and columns beyond those that statistics are kept for.
    """
    root = settings.HISTORY_URL
    if not upkeep.has_table(root, class_id):
        return []
    files = pl.DataFrame(DeltaTable(upkeep.table_path(root, class_id)).get_add_actions(flatten=True))
    files = files.filter(pl.col("partition.day") >= _days(now, days)[0])
    found = []
    for item in catalog.get_class(class_id).items:
        column = f"null_count.{item.id}"
        if column in files.columns:
            known = files.filter(pl.col(column).is_not_null())
            n_rows = int(known["num_records"].sum())
            if n_rows:
                found.append(Filled(item.id, n_rows - int(known[column].sum()), n_rows))
    return found


def _add(whole: DayFigures, one: DayFigures) -> None:
    whole.n_received += one.n_received
    whole.n_stored += one.n_stored
    whole.n_rejected += one.n_rejected
    whole.n_duplicate += one.n_duplicate
    whole.n_parked += one.n_parked


def _days(now: datetime, n: int) -> list[date]:
    today = now.astimezone(STREET).date()
    return [today - timedelta(days=back) for back in reversed(range(n))]
