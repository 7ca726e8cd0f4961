from itertools import product

import pytest
from django.contrib.auth import get_user_model

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.collecting import services
from ningjulan.registry.collecting.lifecycle import LABEL_ZH, NEXT, State, Step, TaskStepRefused, after
from ningjulan.registry.collecting.services import FindingMissing, Found, NotYourTask, TaskNotFound
from ningjulan.registry.models import CollectionTask, Person, Residency
from ningjulan.registry.models.changes import known
from ningjulan.registry.people.changing import undo
from ningjulan.registry.people.numbers import opened
from ningjulan.registry.resolution.tests.conftest import (  # noqa: F401
    NOW,
    STEWARD,
    STREET,
    TODAY,
    homes,
    loaded,
    register,
    town_folder,
)

WORKER = Actor(5, "网格员甲", frozenset({Role.GRID_WORKER}), frozenset({STREET}))
OTHER = Actor(6, "网格员乙", frozenset({Role.GRID_WORKER}), frozenset({STREET}))


def test_only_the_steps_of_the_table_are_possible():
    for state, step in product(State, Step):
        if (state, step) in NEXT:
            assert after(state, step) == NEXT[state, step]
        else:
            with pytest.raises(TaskStepRefused):
                after(state, step)


def test_every_state_has_a_label_and_is_one_of_the_table():
    assert set(LABEL_ZH) == set(State)
    assert {state.value for state in State} == set(CollectionTask.STATES)


@pytest.fixture
def task(register):  # noqa: F811
    """A person without a telephone, and the task made of that."""
    person = register(phone=None, id_no="99999919560304002X")
    services.make_tasks(STREET, now=NOW, today=TODAY)
    return CollectionTask.objects.get(kind="gap", subject_id=person)


def taken(task, by=WORKER):
    return services.step(task.pk, Step.TAKE, actor=by, now=NOW)


def finished(task, by=WORKER, **found):
    return services.finish(task.pk, Found(**found), actor=by, now=NOW, today=TODAY)


def test_gaps_become_tasks_once_and_no_grid_gets_too_many(task):
    assert task.what == "no_phone"
    per_grid = {}
    for grid in CollectionTask.objects.values_list("area_code", flat=True):
        per_grid[grid] = per_grid.get(grid, 0) + 1
    assert max(per_grid.values()) <= services.PER_GRID

    assert services.make_tasks(STREET, now=NOW, today=TODAY) == 0


def test_what_was_found_out_is_written_back_and_can_be_undone(task):
    taken(task)
    done = finished(task, phone="139-0000-1111", note="本人告知")

    person = Person.objects.get(known(), entity_id=task.subject_id)
    assert opened(person, "phone") == "13900001111"
    assert done.change.kind == "task"
    assert [s.step for s in done.steps.order_by("at", "id")] == ["take", "finish"]

    undo(done.change_id, actor=STEWARD, now=NOW, reason="写错")
    assert Person.objects.get(known(), entity_id=task.subject_id).phone_index is None


def test_who_lives_there_no_more_has_moved_out_today(task):
    taken(task)
    finished(task, still_lives=False)

    assert Residency.objects.get(known(), person_id=task.subject_id).valid_to == TODAY


def test_a_task_is_done_by_who_took_it(task):
    taken(task)
    with pytest.raises(NotYourTask):
        finished(task, by=OTHER, phone="13900001111")


def test_nothing_found_is_no_result(task):
    taken(task)
    with pytest.raises(FindingMissing):
        finished(task)
    assert CollectionTask.objects.get(pk=task.pk).state == "taken"


def test_a_task_of_another_grid_is_none(task):
    foreign = Actor(9, "外区", frozenset({Role.GRID_WORKER}), frozenset({"440310"}))
    with pytest.raises(TaskNotFound):
        taken(task, by=foreign)


def test_the_list_is_masked_and_says_whose_task_it_is(task, client):
    user = get_user_model().objects.create_user(
        "g", password=None, area_codes=[STREET], roles=["grid_worker"]
    )
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    took = client.post(f"/api/collection-tasks/{task.pk}/step", {"step": "take"}, "application/json").json()
    mine = client.get("/api/collection-tasks", {"tenant": STREET, "state": "taken"}).json()

    assert (took["is_mine"], took["subject"]) == (True, "王**")
    assert [item["id"] for item in mine["items"]] == [str(task.pk)]
