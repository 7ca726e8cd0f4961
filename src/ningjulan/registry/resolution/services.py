"""What a clerk does with pairs that may be one person: look, decide, take back; and who might this be?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from ningjulan.foundation import areas
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import NotAllowed
from ningjulan.registry.models import Address, Change, Duplicate, Incoming, NotSame, PersonKey
from ningjulan.registry.people.numbers import index_of
from ningjulan.registry.resolution import keys, scoring
from ningjulan.registry.resolution.comparing import KEYS
from ningjulan.registry.resolution.deciding import (
    IDENTIFYING,
    Doubt,
    agreeing,
    everybody,
    is_refused,
    refusals,
)
from ningjulan.registry.resolution.errors import AlreadyDecided, DuplicateNotFound, NotDecided
from ningjulan.registry.resolution.matching import scored_pairs
from ningjulan.registry.resolution.merging import merge, take_back_as, who_is
from ningjulan.registry.resolution.names import with_name_keys
from ningjulan.registry.resolution.scoring import explanation
from ningjulan.registry.resolution.taking import Came, opened_record, write_as_known, write_as_new
from ningjulan.registry.resolution.weights import in_force


class OnlyClerksDecide(NotAllowed):
    code = "only_clerks_decide"
    message_zh = "只有受理员和数据管理员可以判断是否同一人"
    message_en = "Only clerks and data stewards decide whether two entries are one person"


@dataclass(frozen=True)
class Asked:
    """Somebody one looks for before registering them."""

    name: str
    birth_date: date | None = None
    sex: str | None = None
    id_no: str | None = None
    phone: str | None = None
    address_id: UUID | None = None


def visible(actor: Actor) -> QuerySet[Duplicate]:
    """Return the pairs of the actor's areas; nobody but those who may decide sees any."""
    if not actor.has(Role.CLERK, Role.STEWARD, Role.SYSTEM):
        return Duplicate.objects.none()
    return Duplicate.objects.filter(areas.within(actor)).select_related("incoming")


def get_duplicate(duplicate_id: UUID, actor: Actor) -> Duplicate:
    """Return the pair, or raise `DuplicateNotFound`."""
    pair = visible(actor).filter(pk=duplicate_id).first()
    if pair is None:
        raise DuplicateNotFound(duplicate_id=str(duplicate_id))
    return pair


@transaction.atomic
def decide(
    duplicate_id: UUID, *, same: bool, actor: Actor, now: datetime, today: date, reason: str
) -> Duplicate:
    """Say of a pair that it is one person, or that it is two (判断).

    One person: a registered entry is merged into the older one; a record that came in is written to the
    person. Two: remembered; a record without further candidates becomes a new person.

    Raises:
        OnlyClerksDecide, DuplicateNotFound, AlreadyDecided: Nothing was changed.
        ChangedMeanwhile, Contradiction: See `people.changing.apply`.
    """
    pair = _open_pair(duplicate_id, actor)
    came = _came(pair, actor, now, today)
    if same:
        pair.change = _one_person(pair, came, reason)
    else:
        _remember(pair, actor, now)
        pair.change = _two_people(pair, came)
    pair.state = "same" if same else "not_same"
    pair.decided_at, pair.decided_by, pair.decided_by_name = now, actor.user_id, actor.name
    pair.save(update_fields=["state", "decided_at", "decided_by", "decided_by_name", "change"])
    return pair


@transaction.atomic
def take_back(duplicate_id: UUID, *, actor: Actor, now: datetime) -> Duplicate:
    """Make a decision undone: the pair waits again, and all that followed from it is as it was (撤销判断).

    Raises:
        NotDecided: It waits anyway, or another decision has made this one needless.
        OnlyStewardsUndo, ChangeBuiltUpon: See `people.changing.undo`.
    """
    _only_clerks(actor)
    pair = visible(actor).select_for_update(of=("self",)).filter(pk=duplicate_id).first()
    if pair is None:
        raise DuplicateNotFound(duplicate_id=str(duplicate_id))
    if pair.state not in ("same", "not_same"):
        raise NotDecided(duplicate_id=str(duplicate_id))
    if pair.change_id is not None:
        kind = "unmerge" if pair.incoming is None else "undo"
        take_back_as(pair.change_id, actor=actor, now=now, reason="撤销判断", kind=kind)
    if pair.state == "not_same":
        low, high = sorted([pair.left_id, pair.right_id])
        NotSame.objects.filter(low_id=low, high_id=high).delete()
    Duplicate.objects.filter(left_id=pair.left_id, state="settled").update(**_AGAIN)
    Duplicate.objects.filter(pk=pair.pk).update(**_AGAIN)
    if pair.incoming is not None:
        Incoming.objects.filter(pk=pair.incoming.pk).update(state="queued", change=None)
    pair.refresh_from_db()
    return pair


_AGAIN: Mapping[str, Any] = {
    "state": "open", "decided_at": None, "decided_by": None, "decided_by_name": "", "change": None,
}  # fmt: skip


def look_up(asked: Asked, actor: Actor, today: date) -> list[Doubt]:
    """Return whom somebody may be, in the actor's areas, the likeliest first."""
    keys.refresh(today)
    person = _prepared(asked)
    pairs = scored_pairs(person, keys.candidates_of(person.row(0, named=True)), in_force())
    found = [Doubt(pairs["person_id"][n], pairs["bits"][n], explanation(pairs, n)) for n in range(len(pairs))]
    areas_of = {str(pk): area for pk, area in _areas(found)}
    ours = [doubt for doubt in found if actor.covers(areas_of.get(doubt.person_id, ""))]
    return sorted(ours, key=lambda doubt: -doubt.bits)[:20]


def find_duplicates(now: datetime, today: date) -> int:
    """Compare everybody with everybody and queue the pairs that may be one person; return how many.

    Pairs that wait already, or that a clerk has parted, are not asked about again.
    """
    people = everybody(today).people
    assert people is not None
    numbered = people.with_row_index("row_no")
    own = dict(zip(numbered["row_no"], numbered["person_id"], strict=True))
    pairs = scored_pairs(numbered.drop("person_id", "name_share"), people, in_force())
    older = pairs.filter(pl.col("row_no").replace_strict(own, return_dtype=pl.String) > pl.col("person_id"))
    found = scoring.decide(older)
    refused = refusals(list({own[row] for row in found["row_no"]}))
    area = dict(zip(people["person_id"], people["area_code"], strict=True))
    new = []
    for n, (row, person, bits) in enumerate(found.select("row_no", "person_id", "bits").iter_rows()):
        reasons = explanation(found, n)
        if not is_refused(refused, own[row], person, agreeing(reasons)):
            listed = [[r.field, r.level, round(r.bits, 2)] for r in reasons]
            new.append(
                Duplicate(left_id=UUID(own[row]), right_id=UUID(person), bits=bits, reasons=listed,
                          area_code=area[person] or "", state="open", found_at=now)
            )  # fmt: skip
    before = Duplicate.objects.count()
    Duplicate.objects.bulk_create(new, batch_size=1_000, ignore_conflicts=True)
    return Duplicate.objects.count() - before


def _only_clerks(actor: Actor) -> None:
    if not actor.has(Role.CLERK, Role.STEWARD, Role.SYSTEM):
        raise OnlyClerksDecide


def _open_pair(duplicate_id: UUID, actor: Actor) -> Duplicate:
    _only_clerks(actor)
    pair = visible(actor).select_for_update(of=("self",)).filter(pk=duplicate_id).first()
    if pair is None:
        raise DuplicateNotFound(duplicate_id=str(duplicate_id))
    if pair.state != "open":
        raise AlreadyDecided(by=pair.decided_by_name or "系统")
    return pair


def _came(pair: Duplicate, actor: Actor, now: datetime, today: date) -> Came:
    incoming = pair.incoming
    if incoming is None:
        return Came("desk", "", actor, now, today)
    return Came(incoming.source, incoming.tenant_code, actor, now, today, incoming.job_id)


def _one_person(pair: Duplicate, came: Came, reason: str) -> Change | None:
    keep = who_is(pair.right_id)
    if pair.incoming is None:
        return merge(
            keep_id=keep, merged_id=who_is(pair.left_id), actor=came.actor, now=came.now, reason=reason
        )
    change = write_as_known(opened_record(pair.incoming), pair.left_id, keep, came)
    _close_incoming(pair.incoming, change)
    others = Duplicate.objects.filter(left_id=pair.left_id, state="open").exclude(pk=pair.pk)
    others.update(state="settled", decided_at=came.now, decided_by_name=came.actor.name)
    return change


def _two_people(pair: Duplicate, came: Came) -> Change | None:
    if pair.incoming is None:
        return None
    if Duplicate.objects.filter(left_id=pair.left_id, state="open").exclude(pk=pair.pk).exists():
        return None
    change = write_as_new(opened_record(pair.incoming), pair.left_id, came)
    _close_incoming(pair.incoming, change)
    return change


def _close_incoming(incoming: Incoming, change: Change | None) -> None:
    incoming.state, incoming.change = "done", change
    incoming.save(update_fields=["state", "change"])


def _remember(pair: Duplicate, actor: Actor, now: datetime) -> None:
    agrees = [field for field, level, _ in pair.reasons if field in IDENTIFYING and level == "same"]
    low, high = sorted([pair.left_id, pair.right_id])
    NotSame.objects.update_or_create(
        low_id=low, high_id=high, defaults={"facts": sorted(agrees), "at": now, "by": actor.user_id}
    )


def _areas(doubts: list[Doubt]) -> list[tuple[UUID, str]]:
    ids = [doubt.person_id for doubt in doubts]
    return list(PersonKey.objects.filter(pk__in=ids).values_list("person_id", "area_code"))


def _prepared(asked: Asked) -> pl.DataFrame:
    home = Address.objects.filter(pk=asked.address_id) if asked.address_id else Address.objects.none()
    place = home.values_list("building_id", "grid_code").first()
    row = {
        "name": asked.name,
        "sex": asked.sex,
        "birth_date": asked.birth_date,
        "id_no": index_of("id_no", asked.id_no) if asked.id_no else None,
        "phone": index_of("phone", asked.phone) if asked.phone else None,
        "address_id": str(asked.address_id) if place else None,
        "building_id": str(place[0]) if place else None,
        "area_code": place[1] if place else None,
    }
    return with_name_keys(pl.DataFrame([{"row_no": 0, **row}], schema={"row_no": pl.UInt32(), **KEYS}))
