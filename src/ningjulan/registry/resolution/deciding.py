"""Whom a batch of records is about: those we know, those who are new, those a clerk has to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from ningjulan.registry.models import Incoming, NotSame, Person, PersonAlias
from ningjulan.registry.models.changes import known
from ningjulan.registry.resolution import keys
from ningjulan.registry.resolution.matching import scored_pairs, with_shares
from ningjulan.registry.resolution.scoring import Agreement, Outcome, decide, explanation
from ningjulan.registry.resolution.weights import in_force

IDENTIFYING = ("id_no", "name", "birth_date", "phone")
FEW = 200  # so many records are looked up one by one; for more, everybody is read into memory once


@dataclass(frozen=True)
class Doubt:
    """One candidate of a record that a clerk has to look at."""

    person_id: str
    bits: float
    reasons: list[Agreement]


@dataclass(frozen=True)
class Known:
    """Everybody registered, in memory for a long import; empty where the database is asked each time."""

    people: pl.DataFrame | None = None

    def joined_by(self, newcomers: pl.DataFrame) -> "Known":
        """Return everybody, with those just registered."""
        if self.people is None:
            return self
        columns = [c for c in self.people.columns if c != "name_share"]
        more = newcomers.select(columns)
        return Known(with_shares(pl.concat([self.people.select(columns), more])))


@dataclass(frozen=True)
class Decided:
    """What each record of a batch is, by `row_no`.

    same:   → the person it is about, registered or earlier in the batch; and whether a number said so.
    doubts: → its candidates. All other records are of new people.
    """

    same: Mapping[int, tuple[str, bool]] = field(default_factory=dict)
    doubts: Mapping[int, list[Doubt]] = field(default_factory=dict)


def everybody(today: date) -> Known:
    """Read all people into memory, for a file of many records (1 s and 150 MB for 298,000)."""
    keys.refresh(today)
    return Known(with_shares(keys.all_keys()))


def decided(records: pl.DataFrame, own_ids: Sequence[str], known_people: Known) -> Decided:
    """Decide on a batch.

    Args:
        records: n records from `records.compared`, in the order they came.
        own_ids: Who each would be if nobody fits (`records.own_ids`): registered already, it is that person.
        known_people: Everybody, or nothing for the database to be asked.
    """
    row_of = dict(zip(records["row_no"], own_ids, strict=True))
    first_of = {own: row for row, own in reversed(row_of.items())}
    again = {row: first_of[own] for row, own in row_of.items() if first_of[own] != row}
    once = records.filter(~pl.col("row_no").is_in(list(again)))
    by_key = _by_own_id({row: own for row, own in row_of.items() if row not in again})
    left = once.filter(~pl.col("row_no").is_in(list(by_key)))
    same, doubts = _outcomes(_without_refused(_pairs(left, known_people), row_of))
    new = left.filter(~pl.col("row_no").is_in([*same, *doubts]))
    same_within, doubts_within = _outcomes(_pairs_within(new, row_of))
    same, doubts = {**by_key, **same}, {**doubts, **doubts_within}
    for row, (person, sure) in sorted(same_within.items()):
        earlier = first_of[person]
        _as_the_earlier(row, earlier, person, sure, same, doubts)
    for row, earlier in again.items():
        _as_the_earlier(row, earlier, row_of[row], True, same, doubts)
    return Decided(same, doubts)


def _as_the_earlier(  # two tables that are filled
    row: int, earlier: int, person: str, sure: bool,
    same: dict[int, tuple[str, bool]], doubts: dict[int, list[Doubt]],
) -> None:  # fmt: skip
    """Treat a record as an earlier one of the batch that is the same person: known, doubtful or new."""
    if earlier in doubts:
        doubts[row] = doubts[earlier]
    else:
        same[row] = same.get(earlier, (person, sure))


def _by_own_id(own_of: Mapping[int, str]) -> dict[int, tuple[str, bool]]:
    """Records the source has sent before: it knows best who they are about, even after a merge."""
    ids = list(own_of.values())
    aliases = PersonAlias.objects.filter(known(), entity_id__in=ids)
    merged = {str(a): str(b) for a, b in aliases.values_list("entity_id", "person_id")}
    rows = Person.objects.filter(known(), entity_id__in=ids, valid_to__isnull=True)
    there = {str(pk) for pk in rows.values_list("entity_id", flat=True)}
    return {row: (merged.get(own, own), True) for row, own in own_of.items() if own in there or own in merged}


def _pairs(records: pl.DataFrame, known_people: Known) -> pl.DataFrame:
    if known_people.people is not None:
        return scored_pairs(records, known_people.people, in_force())
    parts = []
    for n in range(len(records)):
        one = records.slice(n, 1)
        parts.append(scored_pairs(one, keys.candidates_of(one.row(0, named=True)), in_force()))
    return pl.concat(parts) if parts else scored_pairs(records, keys.keys_of_people([]), in_force())


def _pairs_within(records: pl.DataFrame, own_id_of: Mapping[int, str]) -> pl.DataFrame:
    """Return the pairs of new records of one batch, the later one against the earlier."""
    people = records.select(
        pl.col("row_no").replace_strict(own_id_of, default=None, return_dtype=pl.String).alias("person_id"),
        pl.exclude("row_no"),
        earlier_row="row_no",
    ).unique("person_id", keep="first", maintain_order=True)
    pairs = scored_pairs(records, with_shares(people), in_force())
    earlier = people.select("person_id", "earlier_row")
    return pairs.join(earlier, on="person_id", how="left").filter(pl.col("earlier_row") < pl.col("row_no"))


def _outcomes(pairs: pl.DataFrame) -> tuple[dict[int, tuple[str, bool]], dict[int, list[Doubt]]]:
    found = decide(pairs)
    same: dict[int, tuple[str, bool]] = {}
    doubts: dict[int, list[Doubt]] = {}
    for n, (row, person, outcome, by_number, bits) in enumerate(
        found.select("row_no", "person_id", "outcome", pl.col("id_no") == 1, "bits").iter_rows()
    ):
        if outcome == Outcome.SAME.value:
            same[row] = (person, bool(by_number))
        else:
            doubts.setdefault(row, []).append(Doubt(person, bits, explanation(found, n)))
    return same, doubts


def _without_refused(pairs: pl.DataFrame, own_id_of: Mapping[int, str]) -> pl.DataFrame:
    """Leave out the pairs of which a clerk has said that they are two people, unless more agrees by now."""
    refused = refusals(list(own_id_of.values()))
    if not refused or pairs.is_empty():
        return pairs
    left = [
        not is_refused(refused, own_id_of[row], person, agreeing(explanation(pairs, n)))
        for n, (row, person) in enumerate(pairs.select("row_no", "person_id").iter_rows())
    ]
    return pairs.filter(pl.Series(left, dtype=pl.Boolean))


def agreeing(reasons: Sequence[Agreement]) -> frozenset[str]:
    """Return the identifying fields that fully agree."""
    return frozenset(r.field for r in reasons if r.field in IDENTIFYING and r.level == "same")


def is_refused(
    refused: Mapping[tuple[str, str], frozenset[str]], one: str, other: str, agrees: frozenset[str]
) -> bool:
    """Has a clerk said that these are two people, and has nothing new come to agree since?"""
    then = refused.get((one, other))
    return then is not None and agrees <= then


def refusals(ids: Sequence[str]) -> dict[tuple[str, str], frozenset[str]]:
    """Return what clerks have said of these people: (a, b) and (b, a) → the fields that agreed then."""
    columns = ("low_id", "high_id", "facts")
    rows = [
        *NotSame.objects.filter(low_id__in=ids).values_list(*columns),
        *NotSame.objects.filter(high_id__in=ids).values_list(*columns),
    ]
    found = {}
    for a, b, facts in rows:
        then = frozenset(facts)
        found[str(a), str(b)] = found[str(b), str(a)] = then
    return found


def waiting_already(own_ids: Sequence[str]) -> set[str]:
    """Return those of the ids whose record is with a clerk already."""
    rows = Incoming.objects.filter(person_id__in=own_ids, state="queued").values_list("person_id", flat=True)
    return {str(person) for person in rows}
