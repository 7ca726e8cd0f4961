"""`tests` as written: short stories of records and facts, and what the scenario must say to them."""

from datetime import date, datetime, timedelta
from typing import Any

from ningjulan.scenarios.domain.durations import find_duration
from ningjulan.scenarios.domain.language import (
    CELL,
    LONGEST_WINDOW,
    Expected,
    Level,
    Signal,
    Story,
    StoryEvent,
    StoryFact,
    Vocabulary,
)
from ningjulan.scenarios.domain.reading.located import Entry

CLEARED = "cleared"
_FACT_TIMES = ("from", "to", "known_at")


def read_stories(entry: Entry, vocabulary: Vocabulary, signals: tuple[Signal, ...]) -> tuple[Story, ...]:
    heard = {class_id for signal in signals for class_id in signal.classes}
    stories = tuple(_read_story(item, vocabulary, heard) for item in entry.items())
    names = [story.name for story in stories]
    for story, item in zip(stories, entry.items(), strict=True):
        if names.count(story.name) > 1:
            item.refuse(f"测试名“{story.name}”重复")
    return stories


def _read_story(entry: Entry, vocabulary: Vocabulary, heard: set[str]) -> Story:
    parts = entry.keys(("name", "expect"), ("events", "facts"))
    events = [
        event
        for item in (parts["events"].items() if "events" in parts else [])
        for event in _read_event(item, vocabulary, heard)
    ]
    facts = parts["facts"].items() if "facts" in parts else []
    return Story(
        name=parts["name"].text(80),
        line=entry.line,
        events=tuple(sorted(events, key=lambda event: event.at)),
        facts=tuple(_read_fact(item, vocabulary) for item in facts),
        expect=tuple(_read_expected(item) for item in parts["expect"].items()),
    )


def _read_event(entry: Entry, vocabulary: Vocabulary, heard: set[str]) -> list[StoryEvent]:
    parts = entry.mapping()
    if "t" not in parts or len(parts) < 2:
        entry.refuse("事件要写成 {t: 60s, IOT12: {字段: 值}}")
    at = parts["t"].duration(LONGEST_WINDOW)
    events = []
    for class_id, row in parts.items():
        if class_id == "t":
            continue
        if class_id not in heard:
            row.refuse(f"没有信号来自数据类 {class_id}，这条测试数据不会被看到")
        for field, value in row.mapping().items():
            if field not in vocabulary.fields[class_id] and field != CELL:
                value.refuse(f"{class_id} 没有字段 {field}")
        events.append(StoryEvent(at, class_id, {name: _scalar(cell) for name, cell in row.mapping().items()}))
    return events


def _scalar(entry: Entry) -> Any:
    if isinstance(entry.raw, dict | list | date | datetime):
        entry.refuse(f"“{entry.name}”应为文本、数字或 true/false")
    return entry.raw


def _read_fact(entry: Entry, vocabulary: Vocabulary) -> StoryFact:
    parts = entry.mapping()
    kind = parts["fact"].text(60) if "fact" in parts else ""
    known = vocabulary.facts.get(kind)
    if known is None:
        entry.refuse(f"没有名为 {kind} 的事实")
    for name, value in parts.items():
        if name not in known and name not in ("fact", *_FACT_TIMES):
            value.refuse(f"事实 {kind} 没有字段 {name}")
    times = {name: _time(parts[name]) for name in _FACT_TIMES if name in parts}
    return StoryFact(
        kind=kind,
        fields={name: _scalar(value) for name, value in parts.items() if name in known},
        valid_from=times.get("from", timedelta()),
        valid_to=times.get("to"),
        known_at=times.get("known_at", timedelta()),
    )


def _read_expected(entry: Entry) -> Expected:
    parts = entry.keys(("at", "key", "level"))
    return Expected(
        at=_time(parts["at"]),
        key=str(parts["key"].value),
        level=parts["level"].one_of((*Level, CLEARED)),
    )


def _time(entry: Entry) -> timedelta:
    found = find_duration(entry.raw)
    if found is None:
        entry.refuse(f"“{entry.name}”应为时长，如 90s、5m、2h、7d")
    return found
