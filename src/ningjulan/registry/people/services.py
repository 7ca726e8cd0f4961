"""What people do to the registry by hand: correct a fact, move somebody, change who heads a household."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from uuid_utils.compat import uuid7

from ningjulan.foundation.actors import Actor
from ningjulan.registry.models import AddressState, Change, Dwelling, Membership, Person, Residency
from ningjulan.registry.models.changes import Version, known, valid
from ningjulan.registry.people import access
from ningjulan.registry.people.bitemporal import Days
from ningjulan.registry.people.changing import apply, begin, ended, restated, revision
from ningjulan.registry.people.errors import ChangedMeanwhile, FactRefused
from ningjulan.registry.people.numbers import opened, sealed, sealed_items
from ningjulan.registry.people.rights import check_edit
from ningjulan.registry.people.validation import (
    Problem,
    head_problems,
    parsed,
    person_problems,
    stay_problems,
)

_IN_USE = "OC"
_NOT_BY_HAND = frozenset({"person_id", "current_address_id", "data_source", "house_id", "address_id"})


@dataclass(frozen=True)
class Edit:
    """What somebody knows better of one thing.

    Args:
        values: Item of the catalogue → what it is; empty for “not known”.
        version: The version that was read: if somebody else has closed it since, the edit is refused.
        since: From which day on; without it what was registered is corrected as if it had always been so.
        source: Where the knowledge comes from, a code of CL_SOURCE.
    """

    values: Mapping[str, Any]
    version: int
    reason: str
    source: str
    since: date | None = None


@transaction.atomic
def edit_person(person_id: UUID, edit: Edit, *, actor: Actor, now: datetime, today: date) -> Change:
    """Correct facts about a person, or note that they are otherwise from a day on.

    Raises:
        MayNotEdit, PersonNotFound: The actor may not, or there is no such person in their areas.
        ChangedMeanwhile: The person was changed since they were read.
        FactRefused: A value cannot be true; the message says which and why.
    """
    check_edit(actor)
    access.get_person(person_id, actor, on=today)
    current = list(Person.objects.filter(known(), entity_id=person_id))
    return _edit(current, edit, "BIZ01", f"person:{person_id.hex}", _By(actor, now, today))


@transaction.atomic
def edit_dwelling(address_id: UUID, edit: Edit, *, actor: Actor, now: datetime, today: date) -> Change:
    """Correct facts about a dwelling. Raises as `edit_person`, `DwellingNotFound` where there is none."""
    check_edit(actor)
    address = access.get_address(address_id, actor)
    current = list(Dwelling.objects.filter(known(), entity_id=address_id))
    if not current:
        first = Dwelling(
            entity_id=address_id, area_code=address.grid_code, source=edit.source, valid_from=today
        )
        return _open_first(first, edit, "GEO09", f"dwelling:{address_id.hex}", actor, now)
    return _edit(current, edit, "GEO09", f"dwelling:{address_id.hex}", _By(actor, now, today))


@dataclass(frozen=True)
class _By:
    actor: Actor
    now: datetime
    today: date


def _edit(current: list[Any], edit: Edit, class_id: str, subject: str, by: _By) -> Change:
    read = next((v for v in current if v.pk == edit.version), None)
    if read is None:
        raise ChangedMeanwhile
    columns = _columns(type(read), edit, class_id)
    if edit.since is not None and edit.since > by.today:
        _refuse([Problem("since_in_future", "since", "生效日期晚于今天", "The day lies in the future")])
    first = max(edit.since or read.valid_from, read.valid_from)
    kept, closed = revision(current, Days(first, read.valid_to))
    better = restated(read, Days(first, read.valid_to), **columns, source=edit.source)
    if isinstance(better, Person):
        _refuse(person_problems(_facts(better), today=by.today))
    change = begin(
        actor=by.actor, now=by.now, kind="edit", source=edit.source, reason=edit.reason, subject=subject
    )
    return apply(change, [*kept, better], closed)


def _open_first(
    first: Version, edit: Edit, class_id: str, subject: str, actor: Actor, now: datetime
) -> Change:
    for name, value in _columns(type(first), edit, class_id).items():
        setattr(first, name, value)
    change = begin(actor=actor, now=now, kind="edit", source=edit.source, reason=edit.reason, subject=subject)
    return apply(change, [first])


def _columns(model: type[Version], edit: Edit, class_id: str) -> dict[str, Any]:
    """Return the columns that an edit sets, numbers sealed. Refuses what is no item, or no value of it."""
    stored = {field.name for field in model._meta.concrete_fields} - _NOT_BY_HAND
    closed = set(sealed_items(model))
    columns: dict[str, Any] = {}
    problems = []
    for name, value in edit.values.items():
        if name not in stored | closed:
            problems.append(
                Problem("not_an_item", name, f"没有可修改的数据项 {name[:40]}", f"No such item: {name[:40]}")
            )
            continue
        right, problem = parsed(class_id, name, value)
        if problem:
            problems.append(problem)
        else:
            columns |= sealed(model, name, right) if name in closed else {name: right}
    _refuse(problems)
    return columns


def _facts(person: Person) -> dict[str, Any]:
    return {
        "id_type": person.id_type,
        "id_no": opened(person, "id_no"),
        "birth_date": person.birth_date,
        "sex": person.sex,
        "phone": opened(person, "phone"),
    }


def _refuse(problems: list[Problem]) -> None:
    """Raise `FactRefused` with all that is wrong, in one sentence each."""
    if problems:
        raise FactRefused(
            problems=[problem.code for problem in problems],
            items=[problem.item for problem in problems],
            reason_zh="；".join(problem.zh for problem in problems),
            reason_en="; ".join(problem.en for problem in problems),
        )


@dataclass(frozen=True)
class Move:
    """Somebody has come to live at an address."""

    address_id: UUID
    since: date
    residence_kind: str
    reason: str
    source: str


@transaction.atomic
def move_person(person_id: UUID, move: Move, *, actor: Actor, now: datetime, today: date) -> Change:
    """Register that a person lives at another address since a day; the home until then ends on that day.

    Raises:
        MayNotEdit, PersonNotFound, DwellingNotFound: The actor may not, or does not see one of them.
        FactRefused: The address is retired, or the day lies before birth or in the future.
    """
    check_edit(actor)
    person = access.get_person(person_id, actor, on=today)
    address = access.get_address(move.address_id, actor)
    state = AddressState.objects.filter(known(), valid(move.since), entity_id=move.address_id)
    _refuse(
        stay_problems(
            since=move.since,
            until=None,
            birth=person.birth_date,
            address_state=state.values_list("state", flat=True).first() or _IN_USE,
            today=today,
        )
    )
    kept: list[Version] = []
    closed: list[Version] = []
    for entity in _homes_on(person_id, move.since):
        left, gone = ended(list(Residency.objects.filter(known(), entity_id=entity)), move.since)
        kept, closed = kept + left, closed + gone
    home = Residency(
        entity_id=uuid7(),
        person_id=person_id,
        house_id=move.address_id,
        area_code=address.grid_code,
        residence_kind=move.residence_kind,
        valid_from=move.since,
        verified_at=now,
        source=move.source,
    )
    kept_person, closed_person = _in_another_area(person_id, address.grid_code, move.since)
    change = begin(
        actor=actor,
        now=now,
        kind="edit",
        source=move.source,
        reason=move.reason,
        subject=f"person:{person_id.hex}",
    )
    return apply(change, [*kept, *kept_person, home], [*closed, *closed_person])


def _homes_on(person_id: UUID, day: date) -> list[UUID]:
    rows = Residency.objects.filter(known(), person_id=person_id).exclude(valid_to__lte=day)
    return list(rows.values_list("entity_id", flat=True).distinct())


def _in_another_area(person_id: UUID, grid_code: str, since: date) -> tuple[list[Version], list[Version]]:
    """Return what to open and close so that the person belongs to another grid since a day."""
    current = list(Person.objects.filter(known(), entity_id=person_id).exclude(valid_to__lte=since))
    moved = [v for v in current if v.area_code != grid_code]
    opened_now: list[Version] = []
    closed: list[Version] = []
    for version in moved:
        days = Days(max(since, version.valid_from), version.valid_to)
        kept, gone = revision([version], days)
        opened_now += [*kept, restated(version, days, area_code=grid_code)]
        closed += gone
    return opened_now, closed


@transaction.atomic
def change_relation(
    membership_id: UUID, relation: str, *, actor: Actor, now: datetime, today: date, reason: str
) -> Change:
    """Change what somebody is to the head of their household; `0` makes them the head.

    Raises:
        FactRefused: The household has a head already, or there is no such relation.
    """
    check_edit(actor)
    member = access.visible(Membership, actor, on=today).filter(entity_id=membership_id).first()
    if member is None:
        _refuse([Problem("not_a_member", "person_id", "没有这条户内成员信息", "There is no such member")])
        raise AssertionError
    _, problem = parsed("BIZ02", "relation_to_head", relation)
    others = Membership.objects.filter(known(), valid(today), household_id=member.household_id)
    taken = list(others.exclude(pk=member.pk).values_list("relation_to_head", flat=True))
    _refuse([problem] if problem else head_problems(relation, taken))
    change = begin(
        actor=actor,
        now=now,
        kind="edit",
        source=member.source,
        reason=reason,
        subject=f"person:{member.person_id.hex}",
    )
    return apply(change, [restated(member, relation_to_head=relation)], [member])
