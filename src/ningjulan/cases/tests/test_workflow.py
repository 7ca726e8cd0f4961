from itertools import product

import pytest

from ningjulan.cases.domain import workflow
from ningjulan.cases.domain.workflow import (
    NEXT,
    Result,
    State,
    Step,
    StepRefused,
    after,
    allowed_steps,
    furthest,
    may_take,
)
from ningjulan.foundation.actors import Role

CLERK = {"roles": frozenset({Role.CLERK}), "own_unit": None, "case_unit": "U1"}


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([Step.REFUSE], id="not taken on"),
        pytest.param([Step.REGISTER, Step.DISPATCH, Step.CLOSE], id="straight to the end"),
        pytest.param(
            [Step.REGISTER, Step.DISPATCH, Step.SEND_BACK, Step.DISPATCH, Step.CLOSE], id="once sent back"
        ),
    ],
)
def test_stories_end(steps):
    state = State.REPORTED
    for step in steps:
        state = after(state, step)

    assert state not in workflow.OPEN


@pytest.mark.parametrize(
    ("state", "step"),
    [pair for pair in product(State, Step) if pair not in NEXT],
    ids=lambda word: word.value,
)
def test_every_pair_not_in_the_table_is_refused(state, step):
    with pytest.raises(StepRefused) as refused:
        after(state, step)

    assert workflow.STATE_ZH[state] in refused.value.message("zh")
    assert workflow.STEP_EN[step] in refused.value.message("en")


@pytest.mark.parametrize(("step", "role"), list(product(Step, Role)), ids=lambda word: word.value)
def test_only_the_roles_in_the_table_may_take_a_step(step, role):
    took = may_take(step, roles=frozenset({role}), own_unit="U1", case_unit="U1")

    assert took == (role in workflow.MAY[step])


@pytest.mark.parametrize("own_unit", [None, "U2"])
def test_handler_acts_only_on_cases_of_the_own_unit(own_unit):
    took = may_take(Step.CLOSE, roles=frozenset({Role.HANDLER}), own_unit=own_unit, case_unit="U1")

    assert not took


def test_allowed_steps_follow_the_table():
    assert allowed_steps(State.REPORTED, **CLERK) == [Step.REGISTER, Step.REFUSE]
    assert allowed_steps(State.DISPATCHED, **CLERK) == [Step.SEND_BACK, Step.CLOSE]
    assert allowed_steps(State.CLOSED, **CLERK) == []
    assert allowed_steps(State.REPORTED, roles=frozenset({Role.LEADER}), own_unit=None, case_unit=None) == []


def test_late_news_from_outside_never_moves_a_case_back():
    assert furthest(State.DISPATCHED, State.REGISTERED) is State.DISPATCHED
    assert furthest(State.CLOSED, State.REFUSED) is State.CLOSED
    assert furthest(State.REPORTED, State.CLOSED) is State.CLOSED


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (workflow.STATE_ZH, State),
        (workflow.STATE_EN, State),
        (workflow.STEP_ZH, Step),
        (workflow.STEP_EN, Step),
        (workflow.RESULT_ZH, Result),
        (workflow.RESULT_EN, Result),
        (workflow.MAY, Step),
    ],
)
def test_every_word_has_a_label_and_every_step_its_roles(labels, words):
    assert set(labels) == set(words)
