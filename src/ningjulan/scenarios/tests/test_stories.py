"""The sample scenarios say what their stories expect, through layer 1 and layer 2."""

import pytest

from ningjulan.scenarios.domain.reading.loading import read_scenario
from ningjulan.scenarios.domain.stories import loose_params, outcomes
from ningjulan.scenarios.tests.samples import CONFIRM, COUNT, EVENT
from ningjulan.scenarios.tests.vocabulary import VOCABULARY


@pytest.mark.parametrize(
    ("text", "file"),
    [
        pytest.param(CONFIRM, "smoke.yaml", id="confirm"),
        pytest.param(COUNT, "vendor.yaml", id="count"),
        pytest.param(EVENT, "door.yaml", id="event"),
    ],
)
def test_sample_says_what_its_stories_expect(text, file):
    scenario = read_scenario(text, VOCABULARY, file=file)

    told = {outcome.story.name: outcome.said for outcome in outcomes(scenario)}

    assert told == {story.name: story.expect for story in scenario.stories}


def test_param_that_no_story_holds_in_place_is_named():
    scenario = read_scenario(COUNT, VOCABULARY, file="vendor.yaml")

    loose = loose_params(scenario, VOCABULARY)

    assert [sentence.split()[1] for sentence in loose] == ["window", "window", "spacing", "spacing"]
