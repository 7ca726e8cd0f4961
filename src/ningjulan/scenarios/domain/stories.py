"""Runs the tests a scenario brings along, and finds the parameters they do not pin down."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from ningjulan.scenarios.domain import engine
from ningjulan.scenarios.domain.engine import KeyState
from ningjulan.scenarios.domain.language import Expected, Param, Scenario, Story, Vocabulary
from ningjulan.scenarios.domain.life import Change, Fact, FindFacts
from ningjulan.scenarios.domain.reading.loading import read_scenario
from ningjulan.scenarios.domain.reading.located import ScenarioRefused
from ningjulan.scenarios.domain.signals import Candidate, signals

START = datetime(2026, 1, 1, tzinfo=UTC)  # `t: 0s` of every story
NEARBY = 0.05  # “just short of it”: within 5 %


@dataclass(frozen=True)
class Outcome:
    """What a scenario said to a story, beside what its author expected."""

    story: Story
    said: tuple[Expected, ...]

    @property
    def passed(self) -> bool:
        return self.said == self.story.expect


def outcomes(scenario: Scenario) -> list[Outcome]:
    """Run every story of `scenario`."""
    return [Outcome(story, tell(scenario, story)) for story in scenario.stories]


def tell(scenario: Scenario, story: Story) -> tuple[Expected, ...]:
    """Run one story with a clock of its own: records one by one, timers when they are due."""
    facts = _facts_of(story)
    states: dict[str, KeyState] = {}
    timers: dict[str, datetime] = {}
    said: list[Expected] = []

    def step(key: str, candidates: Iterable[Candidate], now: datetime) -> None:
        advanced = engine.advance(scenario, states.get(key, KeyState()), candidates, now, facts)
        states[key] = advanced.state
        timers.pop(key, None)
        if advanced.due_at:
            timers[key] = advanced.due_at
        for told in advanced.transitions:
            if told.change is not Change.MERGED:
                level = "cleared" if told.change is Change.CLEARED else told.level.value
                said.append(Expected(told.at - START, key, level))

    def timers_until(limit: datetime) -> None:
        while timers and min(timers.values()) <= limit:
            key = min(timers, key=lambda one: (timers[one], one))
            step(key, (), timers[key])

    for number, (at, candidate) in enumerate(_candidates(scenario, story)):
        timers_until(at)
        step(candidate.key, (_numbered(candidate, number),), at)
    timers_until(datetime.max.replace(tzinfo=UTC))
    return tuple(said)


def loose_params(scenario: Scenario, vocabulary: Vocabulary) -> list[str]:
    """Return sentences about parameters that no story holds in place.

    A story sits at the value of a parameter and another just short of it, when moving the value by 5 % either
    way changes what some story says. So that is what is tried.
    """
    if any(not outcome.passed for outcome in outcomes(scenario)):
        return []
    sentences = []
    for param in scenario.params:
        if param.name not in scenario.tested_params:
            continue
        for changed, how in _nearby(param):
            if _nobody_notices(scenario, vocabulary, {param.name: changed}):
                sentences.append(f"参数 {param.name} {how}，没有一个测试会发现：请补一个恰好在边界上的测试")
    return sentences


def _nobody_notices(scenario: Scenario, vocabulary: Vocabulary, overrides: Mapping[str, Any]) -> bool:
    try:
        moved = read_scenario(scenario.text, vocabulary, file=scenario.file, overrides=overrides)
    except ScenarioRefused:  # the value contradicts another one: the loader notices
        return False
    return all(outcome.passed for outcome in outcomes(moved))


def _nearby(param: Param) -> list[tuple[Any, str]]:
    value = param.default
    match param.type:
        case "int":
            return [(value + 1, "加 1"), (value - 1, "减 1")]
        case "number":
            step = abs(value) * NEARBY or NEARBY
            return [(value + step, "调高 5%"), (value - step, "调低 5%")]
        case "duration":
            step = timedelta(seconds=max(1, math.floor(value.total_seconds() * NEARBY)))
            shorter = [(value - step, f"缩短 {step}")] if value > step else []
            return [(value + step, f"延长 {step}"), *shorter]
        case "enum":
            return [(option, f"改为 {option}") for option in param.options if option != value]
        case "list":
            return [(tuple(one for one in value if one != gone), f"去掉 {gone}") for gone in value]
        case _:
            return [(f"{value}…", "改为其他文本")]


def _candidates(scenario: Scenario, story: Story) -> list[tuple[datetime, Candidate]]:
    found = []
    for event in story.events:
        at = START + event.at
        row = {"record_key": "", "occurred_at": at, **event.row}
        frame = pl.DataFrame([row])
        found += [(at, one) for one in signals(scenario, event.class_id, frame, source="story").candidates]
    return found


def _numbered(candidate: Candidate, number: int) -> Candidate:
    if candidate.record_key:
        return candidate
    return Candidate(**{**vars(candidate), "record_key": f"{number:06d}"})


def _facts_of(story: Story) -> FindFacts:
    facts = [
        Fact(
            kind=fact.kind,
            fields=fact.fields,
            valid_from=START + fact.valid_from,
            valid_to=None if fact.valid_to is None else START + fact.valid_to,
            known_at=START + fact.known_at,
        )
        for fact in story.facts
    ]

    def find(kind: str, match: Mapping[str, Any]) -> Iterable[Fact]:
        return [fact for fact in facts if fact.kind == kind]

    return find
