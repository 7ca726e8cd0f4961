from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.registry.models import Change, Membership, Person, Residency
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.bitemporal import Days, contradictions
from ningjulan.registry.people.changing import apply, begin, ended, restated, revision, undo
from ningjulan.registry.people.errors import (
    AlreadyUndone,
    ChangeBuiltUpon,
    ChangedMeanwhile,
    ChangeNotFound,
    Contradiction,
    OnlyStewardsUndo,
)

GRID = "330109013006003"
STEWARD = Actor(1, "数据管理员", frozenset({Role.STEWARD}), frozenset({"330109013"}))
JAN = date(2026, 1, 1)


def at(day, hour=9):
    return datetime(2026, 2, day, hour, tzinfo=UTC)


def change(now, kind="edit"):
    return begin(actor=STEWARD, now=now, kind=kind, source="desk", reason="核对")


def residency(person, house, since=JAN, until=None, **facts):
    facts = {"entity_id": uuid4(), "area_code": GRID, "source": "02"} | facts
    return Residency(person_id=person, house_id=house, valid_from=since, valid_to=until, **facts)


def current(entity_id, model=Residency):
    return list(model.objects.filter(known(), entity_id=entity_id).order_by("valid_from"))


def beliefs(model=Residency):
    columns = ("entity_id", "valid_from", "valid_to", "residence_kind", "person_id")
    return sorted(map(str, model.objects.filter(known()).values_list(*columns)))


@pytest.mark.django_db
def test_closed_versions_stay_and_say_who_closed_them():
    lives = residency(uuid4(), uuid4())
    apply(change(at(1)), [lives])

    kept, closed = ended(current(lives.entity_id), date(2026, 2, 1))
    moved_out = apply(change(at(2)), kept, closed)

    old, new = Residency.objects.filter(entity_id=lives.entity_id).order_by("known_from")
    assert (old.known_to, old.closed_by_id) == (at(2), moved_out.id)
    assert (new.valid_from, new.valid_to, new.known_to) == (JAN, date(2026, 2, 1), None)
    assert moved_out.area_code == GRID


@pytest.mark.django_db
def test_what_somebody_else_has_closed_cannot_be_closed_again():
    lives = residency(uuid4(), uuid4())
    apply(change(at(1)), [lives])
    seen = current(lives.entity_id)
    apply(change(at(2)), [restated(seen[0], residence_kind="02")], seen)

    with pytest.raises(ChangedMeanwhile):
        apply(change(at(3)), [restated(seen[0], residence_kind="05")], seen)

    assert [version.residence_kind for version in current(lives.entity_id)] == ["02"]
    assert Change.objects.count() == 2


@pytest.mark.django_db
def test_the_database_itself_refuses_two_versions_of_one_day():
    lives = residency(uuid4(), uuid4(), until=date(2026, 6, 1))
    apply(change(at(1)), [lives])
    again = residency(
        lives.person_id, lives.house_id, date(2026, 5, 1), date(2026, 7, 1), entity_id=lives.entity_id
    )

    with pytest.raises(Contradiction) as refused:
        apply(change(at(2)), [again])

    assert refused.value.facts == {"constraint": "registry_versions_do_not_contradict"}
    assert Change.objects.count() == 1


@pytest.mark.django_db
def test_a_household_has_one_head():
    household = uuid4()
    heads = [
        Membership(
            entity_id=uuid4(),
            household_id=household,
            person_id=uuid4(),
            relation_to_head="0",
            valid_from=JAN,
            area_code=GRID,
            source="02",
        )
        for _ in range(2)
    ]

    with pytest.raises(Contradiction) as refused:
        apply(change(at(1)), heads)

    assert "one_head" in refused.value.facts["constraint"]


@pytest.mark.django_db
def test_only_a_steward_of_the_area_takes_a_change_back():
    made = apply(change(at(1)), [residency(uuid4(), uuid4())])
    clerk = Actor(2, "派遣员", frozenset({Role.CLERK}), frozenset({"330109013"}))
    foreign = Actor(3, "数据管理员", frozenset({Role.STEWARD}), frozenset({"440310"}))

    with pytest.raises(OnlyStewardsUndo):
        undo(made.id, actor=clerk, now=at(2), reason="误操作")
    with pytest.raises(ChangeNotFound):
        undo(made.id, actor=foreign, now=at(2), reason="误操作")


@pytest.mark.django_db
def test_a_change_that_others_build_on_is_undone_from_the_last_one_back():
    lives = residency(uuid4(), uuid4())
    apply(change(at(1)), [lives])
    before = beliefs()
    first = apply(
        change(at(2)),
        [restated(v, residence_kind="02") for v in current(lives.entity_id)],
        current(lives.entity_id),
    )
    second = apply(
        change(at(3)),
        [restated(v, residence_kind="05") for v in current(lives.entity_id)],
        current(lives.entity_id),
    )

    with pytest.raises(ChangeBuiltUpon) as refused:
        undo(first.id, actor=STEWARD, now=at(4), reason="误操作")
    assert refused.value.facts["latest"] == str(second.id)

    undo(second.id, actor=STEWARD, now=at(5), reason="误操作")
    undo(first.id, actor=STEWARD, now=at(6), reason="误操作")
    assert beliefs() == before
    with pytest.raises(AlreadyUndone):
        undo(first.id, actor=STEWARD, now=at(7), reason="误操作")


@pytest.mark.django_db
def test_a_removal_is_not_undone_over_what_has_been_written_in_its_place():
    lives = residency(uuid4(), uuid4())
    apply(change(at(1)), [lives])
    removed = apply(change(at(2)), [], current(lives.entity_id))
    instead = apply(change(at(3)), [residency(uuid4(), lives.house_id, entity_id=lives.entity_id)])

    with pytest.raises(ChangeBuiltUpon) as refused:
        undo(removed.id, actor=STEWARD, now=at(4), reason="误操作")

    assert refused.value.facts["latest"] == str(instead.id)


@pytest.mark.django_db
def test_an_undo_can_be_undone():
    lives = residency(uuid4(), uuid4())
    apply(change(at(1)), [lives])
    edit = apply(
        change(at(2)),
        [restated(v, residence_kind="02") for v in current(lives.entity_id)],
        current(lives.entity_id),
    )
    after = beliefs()

    back = undo(edit.id, actor=STEWARD, now=at(3), reason="误操作")
    undo(back.id, actor=STEWARD, now=at(4), reason="原来是对的")

    assert beliefs() == after


houses = [UUID(int=n) for n in range(1, 4)]
steps = st.tuples(st.sampled_from(houses), st.integers(0, 60), st.none() | st.integers(1, 30), st.booleans())


class Edits(TestCase):
    """Random edits of three residencies, one after the other, as people make them."""

    @settings(max_examples=40)
    @given(st.lists(steps, min_size=1, max_size=6))
    def test_undoing_edits_in_turn_restores_what_was_believed_before_each(self, edits):
        believed, made = [], []
        for n, (house, first, length, removes) in enumerate(edits):
            believed.append(beliefs())
            since = JAN + timedelta(first)
            span = Days(since, None if length is None else since + timedelta(length))
            kept, closed = revision(current(house), span)
            lives = residency(UUID(int=n + 100), house, span.valid_from, span.valid_to, entity_id=house)
            made.append(apply(change(at(1) + timedelta(n)), kept if removes else [*kept, lives], closed))
            for one in houses:
                assert contradictions(current(one)) == []

        for n, (edit, before) in enumerate(zip(reversed(made), reversed(believed), strict=True)):
            if edit.n_closed + edit.n_opened:
                undo(edit.id, actor=SYSTEM, now=at(20) + timedelta(n), reason="误操作")
            assert beliefs() == before


@pytest.mark.django_db
def test_a_copied_batch_is_looked_at_as_a_whole():
    rows = [residency(uuid4(), uuid4()) for _ in range(50)]
    apply(change(at(1)), rows)
    clash = residency(
        rows[0].person_id, rows[0].house_id, date(2025, 1, 1), date(2026, 3, 1), entity_id=rows[7].entity_id
    )

    with pytest.raises(Contradiction), transaction.atomic():
        apply(change(at(2)), [residency(uuid4(), uuid4()), clash])

    assert Residency.objects.count() == 50
    assert Person.objects.count() == 0
