"""Are all scenarios sound? Every file read, every story told, every parameter held in place by one."""

from typing import Any

from ningjulan.foundation.errors import InputRefused
from ningjulan.scenarios.contracts import ScenarioRefused
from ningjulan.scenarios.domain.durations import written
from ningjulan.scenarios.domain.language import Expected, Scenario
from ningjulan.scenarios.domain.stories import Outcome, loose_params, outcomes
from ningjulan.scenarios.library import library, vocabulary


class StoryFailed(InputRefused):
    """A scenario does not say what its own test expects."""

    code = "story_failed"
    message_zh = "场景 {scenario} 的测试“{story}”未通过：{difference}"
    message_en = "Scenario {scenario}, test “{story}” failed: {difference}"


def check_all() -> int:
    """Check every scenario of the installation; return how many there are.

    Raises:
        ScenarioRefused: A file cannot be read, or a parameter is not held in place by its tests.
        StoryFailed: A scenario does not say what its own test expects.
    """
    for refusal in library().refused:
        raise refusal
    for scenario in library().scenarios.values():
        check(scenario)
    return len(library().scenarios)


def check(scenario: Scenario) -> None:
    """Check one scenario; raise as `check_all` does."""
    for outcome in outcomes(scenario):
        if not outcome.passed:
            facts: dict[str, Any] = {"scenario": scenario.id, "story": outcome.story.name}
            raise StoryFailed(**facts, difference=difference_of(outcome))
    for sentence in loose_params(scenario, vocabulary()):
        raise ScenarioRefused(file=scenario.file, line=1, reason=sentence)


def difference_of(outcome: Outcome) -> str:
    """Return what was expected and what was said, in one line."""
    return f"应为 {_told(outcome.story.expect)}，实际 {_told(outcome.said)}"


def _told(said: tuple[Expected, ...]) -> str:
    return "、".join(f"{written(one.at)} {one.key} {one.level}" for one in said) or "不预警"
