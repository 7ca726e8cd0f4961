"""A batch of cleaned records about people becomes facts and questions, in one transaction.

Whatever brings the records (a file, a live door, a clerk's decision) they come through here. What identified
somebody is not overwritten by what merely resembles it: a name misheard stays a name misheard.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from django.db import transaction

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor
from ningjulan.foundation.sealing import seal, unseal
from ningjulan.registry.copying import copy_rows
from ningjulan.registry.models import Address, Change, Duplicate, Incoming, Person, Residency
from ningjulan.registry.models.changes import Version, known
from ningjulan.registry.people.bitemporal import Days
from ningjulan.registry.people.changing import apply, begin, ended, restated
from ningjulan.registry.people.numbers import index_of, sealed, sealed_columns
from ningjulan.registry.resolution import keys, records
from ningjulan.registry.resolution.deciding import Decided, Doubt, Known, decided, waiting_already

CLASS_ID = "BIZ01"
SEALED_RECORD = "registry_incoming.record_sealed"
_IDENTIFYING = ("name", "birth_date", "sex", "id_type")
_OTHERS = (
    *("person_category", "former_name", "education", "marital_status", "occupation", "workplace"),
    *("hukou_division", "hukou_detail", "verified_at"),
)
FACTS = (*_IDENTIFYING, *_OTHERS)
NUMBERS = ("id_no", "phone")


@dataclass(frozen=True)
class Came:
    """Where a batch of records comes from, and on whose behalf it is taken."""

    source: str
    tenant_code: str
    actor: Actor
    now: datetime
    today: date
    job_id: UUID | None = None


@dataclass
class Taken:
    """What became of a batch, each record counted once. `rejected`: `row_no` → reason."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    queued: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    change: Change | None = None
    newcomers: pl.DataFrame | None = None  # keys of those just registered, for a long import

    @property
    def received(self) -> int:
        return self.new + self.changed + self.unchanged + self.queued + len(self.rejected)


@transaction.atomic
def take(accepted: pl.DataFrame, came: Came, known_people: Known) -> Taken:
    """Write a batch of records about people.

    Args:
        accepted: n accepted records of class BIZ01 with `row_no`; `current_address_id` is the id of a
            standard address or null.
        came: Their source, and who takes them.
        known_people: Everybody, or nothing for the database to be asked.

    Returns:
        What became of each; new = registered, queued = with a clerk, rejected = of a foreign area.
    """
    homes = _homes(accepted["current_address_id"].drop_nulls().unique().to_list())
    with_house = accepted.with_columns(
        house_id=pl.when(pl.col("current_address_id").is_in(list(homes))).then("current_address_id")
    )
    taken = Taken(rejected=_of_foreign_areas(with_house, homes, came.actor))
    ours = with_house.filter(~pl.col("row_no").is_in(list(taken.rejected)))
    if ours.is_empty():
        return taken
    if known_people.people is None:
        keys.refresh(came.today)
    own_ids = records.own_ids(ours, came.source)
    compared = records.compared(ours, homes)
    outcome = decided(compared, own_ids, known_people)
    batch = _Batch(ours, dict(zip(ours["row_no"], own_ids, strict=True)), homes, came)
    _queue(batch, outcome.doubts, taken)
    _write(batch, outcome, taken)
    fresh = [row for row in batch.id_of if row not in outcome.same and row not in outcome.doubts]
    taken.newcomers = compared.filter(pl.col("row_no").is_in(fresh)).with_columns(
        person_id=pl.col("row_no").replace_strict(batch.id_of, return_dtype=pl.String)
    )
    return taken


@dataclass(frozen=True)
class _Batch:
    """Records to write. `id_of`: `row_no` → who it is if nobody known; `homes`: house → (building, grid)."""

    rows: pl.DataFrame
    id_of: Mapping[int, str]
    homes: Mapping[str, tuple[str, str]]
    came: Came

    def facts(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in FACTS if name in row and row[name] is not None}

    def area_of(self, row: Mapping[str, Any]) -> str:
        house = row["house_id"]
        return self.homes[house][1] if house else self.came.tenant_code


def _homes(addresses: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return house → (building, grid) for the addresses that exist."""
    wanted = []
    for text in addresses:
        try:
            wanted.append(UUID(text))
        except ValueError:
            continue
    rows = Address.objects.filter(pk__in=wanted).values_list("id", "building_id", "grid_code")
    return {str(house): (str(building), grid) for house, building, grid in rows}


def _of_foreign_areas(
    rows: pl.DataFrame, homes: Mapping[str, tuple[str, str]], actor: Actor
) -> dict[int, str]:
    foreign = {house for house, (_, grid) in homes.items() if not actor.covers(grid)}
    lost = rows.filter(pl.col("house_id").is_in(list(foreign)))["row_no"]
    return dict.fromkeys(lost.to_list(), "area_not_yours")


def _queue(batch: _Batch, doubts: Mapping[int, list[Doubt]], taken: Taken) -> None:
    """Keep the records a clerk has to look at, sealed, with their candidates."""
    waiting = waiting_already([batch.id_of[row] for row in doubts])
    by_row = {
        row["row_no"]: row for row in batch.rows.filter(pl.col("row_no").is_in(list(doubts))).to_dicts()
    }
    taken.queued += len(doubts)
    once = {batch.id_of[row]: row for row in sorted(doubts, reverse=True)}
    kept = {row: doubts[row] for own, row in once.items() if own not in waiting}
    incoming = {row: _incoming(batch, row, by_row[row]) for row in kept}
    Incoming.objects.bulk_create(incoming.values(), batch_size=1_000)
    pairs = [
        Duplicate(
            left_id=incoming[row].person_id,
            right_id=UUID(doubt.person_id),
            incoming=incoming[row],
            bits=doubt.bits,
            reasons=[[r.field, r.level, round(r.bits, 2)] for r in doubt.reasons],
            area_code=batch.area_of(by_row[row]),
            state="open",
            found_at=batch.came.now,
        )
        for row, found in kept.items()
        for doubt in found
    ]
    Duplicate.objects.bulk_create(pairs, batch_size=1_000, ignore_conflicts=True)


def _incoming(batch: _Batch, row: int, record: Mapping[str, Any]) -> Incoming:
    came = batch.came
    return Incoming(
        class_id=CLASS_ID,
        source=came.source,
        tenant_code=came.tenant_code,
        record_sealed=sealed_record(record),
        received_at=came.now,
        state="queued",
        person_id=UUID(batch.id_of[row]),
        job_id=came.job_id,
        row_no=row + 1,
    )


def sealed_record(record: Mapping[str, Any]) -> bytes:
    """Return a record as `registry_incoming` keeps it."""
    return seal(json.dumps(record, ensure_ascii=False, default=str), SEALED_RECORD)


def opened_record(incoming: Incoming) -> dict[str, Any]:
    """Return a record as it was sealed: all values as JSON has them."""
    return dict(json.loads(unseal(incoming.record_sealed, SEALED_RECORD)))


def _write(batch: _Batch, outcome: Decided, taken: Taken) -> None:
    """Open what is new and what differs, close what it takes the place of.

    Where a batch speaks of one person several times, each record is judged by what the one before has left.
    """
    fresh = [row for row in batch.id_of if row not in outcome.doubts and row not in outcome.same]
    new_people = {batch.id_of[row] for row in fresh}
    taken.new = len(fresh)
    turns = _turns(outcome.same, new_people)
    for turn in range(max(1, len(turns))):
        same = turns[turn] if turn < len(turns) else {}
        opened, closed = _changes(batch, same, taken)
        copied = fresh if turn == 0 else []
        if opened or closed or copied:
            change = _write_one(batch, copied, opened, closed)
            taken.change = taken.change or change


def _turns(same: Mapping[int, tuple[str, bool]], new_people: set[str]) -> list[dict[int, tuple[str, bool]]]:
    """Part the records so that each turn has one of a person; those of people just registered come later."""
    turns: list[dict[int, tuple[str, bool]]] = []
    n_seen: dict[str, int] = dict.fromkeys(new_people, 1)
    for row, (person, sure) in sorted(same.items()):
        turn = n_seen.get(person, 0)
        while len(turns) <= turn:
            turns.append({})
        turns[turn][row] = (person, sure)
        n_seen[person] = turn + 1
    return turns


def _write_one(
    batch: _Batch, fresh: Sequence[int], opened: Sequence[Version], closed: Sequence[Version]
) -> Change:
    came = batch.came
    change = begin(actor=came.actor, now=came.now, kind="import", source=came.source[:40])
    apply(change, opened, closed)
    if fresh:
        change.n_opened += _copy_new(batch, fresh, change)
        change.area_code = came.tenant_code
        change.save(update_fields=["n_opened", "area_code"])
    return change


def _changes(
    batch: _Batch, same: Mapping[int, tuple[str, bool]], taken: Taken
) -> tuple[list[Version], list[Version]]:
    """Return (opened, closed) for records of known people, one of each, and count them."""
    people = {person for person, _ in same.values()}
    current = _current(Person, "entity_id", people)
    lives = _current(Residency, "person_id", people)
    opened: list[Version] = []
    closed: list[Version] = []
    for row in batch.rows.filter(pl.col("row_no").is_in(list(same))).iter_rows(named=True):
        person, sure = same[row["row_no"]]
        news, olds = _differences(batch, row, current[person][-1], lives.get(person, []), sure=sure)
        opened += news
        closed += olds
        if news or olds:
            taken.changed += 1
        else:
            taken.unchanged += 1
    return opened, closed


def _current(model: type[Any], column: str, people: set[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    rows = model.objects.filter(known(), **{f"{column}__in": list(people)}, valid_to__isnull=True)
    for version in rows.order_by("valid_from"):
        found.setdefault(str(getattr(version, column)), []).append(version)
    return found


def _differences(
    batch: _Batch, row: Mapping[str, Any], person: Person, lives: Sequence[Residency], *, sure: bool
) -> tuple[list[Version], list[Version]]:
    """Return (opened, closed) where a record says something else than the registry, or more."""
    today = batch.came.today
    facts = {
        name: value
        for name, value in batch.facts(row).items()
        if value != getattr(person, name) and (not getattr(person, name) or sure or name not in _IDENTIFYING)
    }
    for item in NUMBERS:
        if row[item] and _says_more(person, item, row[item]):
            facts |= sealed(Person, item, row[item])
    opened: list[Version] = []
    closed: list[Version] = []
    if facts:
        kept, old = ended([person], today)
        days = Days(max(today, person.valid_from))
        opened += [*kept, restated(person, days, source=batch.came.source[:40], **facts)]
        closed += old
    house = row["house_id"]
    if house and house not in {str(home.house_id) for home in lives}:
        if lives:
            kept, old = ended([lives[-1]], today)
            opened, closed = opened + kept, closed + old
        opened.append(_residency(batch, row, person.entity_id))
    return opened, closed


def _says_more(person: Person, item: str, number: str) -> bool:
    index = getattr(person, f"{item}_index")
    if index is None:
        return True
    return item == "phone" and bytes(index) != index_of(item, number)


def _residency(batch: _Batch, row: Mapping[str, Any], person_id: UUID) -> Residency:
    return Residency(
        entity_id=uuid4(),
        person_id=person_id,
        house_id=UUID(row["house_id"]),
        area_code=batch.area_of(row),
        valid_from=batch.came.today,
        source=batch.came.source[:40],
    )


def _copy_new(batch: _Batch, fresh: Sequence[int], change: Change) -> int:
    """Register people by COPY: a file may bring 300,000. Return how many versions that were."""
    if not fresh:
        return 0
    rows = batch.rows.filter(pl.col("row_no").is_in(list(fresh)))
    person = pl.col("row_no").replace_strict(batch.id_of, return_dtype=pl.String)
    area = pl.col("house_id").replace_strict(
        {house: grid for house, (_, grid) in batch.homes.items()} or {"": ""},
        default=None,
        return_dtype=pl.String,
    )
    stamp = {
        "valid_from": pl.lit(batch.came.today),
        "known_from": pl.lit(change.at),
        "change_id": pl.lit(str(change.pk)),
        "source": pl.lit(batch.came.source[:40]),
        "area_code": area.fill_null(batch.came.tenant_code),
    }
    people = rows.select(person.alias("entity_id"), *(n for n in FACTS if n in rows.columns), **stamp)
    for item in NUMBERS:
        numbers = rows[item].str.replace_all("-", "", literal=True)
        closed, index = sealed_columns(Person, item, numbers)
        people = people.with_columns(
            pl.Series(f"{item}_sealed", closed, pl.Binary), pl.Series(f"{item}_index", index, pl.Binary)
        )
    copy_rows(Person, people)
    homes = rows.filter(pl.col("house_id").is_not_null()).select(
        person_id=person, house_id="house_id", **stamp
    )
    lives = homes.with_columns(pl.Series("entity_id", [str(uuid4()) for _ in range(len(homes))], pl.String))
    copy_rows(Residency, lives)
    return len(people) + len(lives)


def frame_of(opened: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Return opened records as the frame `take` had them in, `row_no` counting from 0."""
    items = [item for item in catalog.get_class(CLASS_ID).by_id if item != "recorded_at"]
    texts = [{name: None if r.get(name) is None else str(r[name]) for name in items} for r in opened]
    frame = pl.DataFrame(texts, schema=dict.fromkeys(items, pl.String)).with_columns(
        pl.col("birth_date").str.to_date("%Y-%m-%d"),
        pl.col("verified_at").str.to_datetime("%Y-%m-%d %H:%M:%S%.f%:z", time_unit="us", strict=False),
    )
    return frame.with_row_index("row_no")


def write_as_new(record: Mapping[str, Any], person_id: UUID, came: Came) -> Change:
    """Register the person of a record a clerk has looked at, without asking again."""
    batch = _one(record, person_id, came)
    taken = Taken()
    _write(batch, Decided(), taken)
    assert taken.change is not None
    return taken.change


def write_as_known(record: Mapping[str, Any], own_id: UUID, person_id: UUID, came: Came) -> Change | None:
    """Write what a record says of a person a clerk has recognised; nothing if it says nothing new."""
    batch = _one(record, own_id, came)
    taken = Taken()
    _write(batch, Decided(same={0: (str(person_id), False)}), taken)
    return taken.change


def _one(record: Mapping[str, Any], own_id: UUID, came: Came) -> _Batch:
    frame = frame_of([record])
    homes = _homes(frame["current_address_id"].drop_nulls().to_list())
    frame = frame.with_columns(
        house_id=pl.when(pl.col("current_address_id").is_in(list(homes))).then("current_address_id")
    )
    return _Batch(frame, {0: str(own_id)}, homes, replace(came))
