"""Every story of every scenario, and what must be true of all of them."""

import pytest

from ningjulan.scenarios.domain.language import Status
from ningjulan.scenarios.domain.stories import loose_params, tell
from ningjulan.scenarios.library import library, vocabulary

SCENARIOS = library().scenarios
STORIES = [(scenario, story) for scenario in SCENARIOS.values() for story in scenario.stories]


@pytest.mark.parametrize(
    ("scenario", "story"), [pytest.param(s, story, id=f"{s.id}: {story.name}") for s, story in STORIES]
)
def test_story(scenario, story):
    assert tell(scenario, story) == story.expect


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_every_param_is_tested_at_its_value_and_just_short_of_it(scenario):
    assert loose_params(scenario, vocabulary()) == []


def test_no_file_is_refused():
    assert [refusal.message() for refusal in library().refused] == []


def test_every_scenario_belongs_to_a_module_with_a_title():
    titled = {module.id for module in library().modules if module.title.zh and module.title.en}

    assert {scenario.module for scenario in SCENARIOS.values()} == titled


def test_live_scenarios_open_a_case_with_three_clocks():
    for scenario in SCENARIOS.values():
        if scenario.status is Status.LIVE:
            (case,) = scenario.then
            assert case.accept <= case.arrive <= case.resolve
