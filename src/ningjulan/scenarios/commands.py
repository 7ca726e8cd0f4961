"""What `ningjulan scenario …` does, without the terminal."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ningjulan.foundation.errors import InputRefused, NotFound
from ningjulan.scenarios.checking import difference_of
from ningjulan.scenarios.contracts import ScenarioRefused
from ningjulan.scenarios.domain.durations import find_duration, written
from ningjulan.scenarios.domain.language import CELL, Scenario, Story, StoryEvent
from ningjulan.scenarios.domain.stories import loose_params, outcomes, tell
from ningjulan.scenarios.library import FOLDER, library, read_file, vocabulary

_NAME = re.compile(r"([a-z][a-z0-9_]{1,30})\.([a-z][a-z0-9_]{1,40})")


class ModuleNotFound(NotFound):
    code = "module_not_found"
    message_zh = "没有模块 {module}；已有：{known}"
    message_en = "There is no module {module}; there are: {known}"


class NameRefused(InputRefused):
    code = "name_refused"
    message_zh = "场景名应为 模块.名称，小写英文，如 fire.gas_leak"
    message_en = "A scenario is named module.name in lower case, such as fire.gas_leak"


@dataclass(frozen=True)
class Trial:
    """What a scenario said when it was tried: lines to print, and whether all was as expected."""

    scenario_id: str
    passed: bool
    lines: tuple[str, ...]


def list_rows() -> list[dict[str, Any]]:
    """Return one row per scenario, for `ningjulan scenario list`."""
    return [
        {
            "id": one.id,
            "module": one.module,
            "number": one.number,
            "status": one.status.value,
            "title_zh": one.title.zh,
            "title_en": one.title.en,
            "tests": len(one.stories),
            "version": one.version,
        }
        for one in library().scenarios.values()
    ]


def try_scenario(name: str, file: Path | None = None, *, folder: Path = FOLDER) -> Trial:
    """Run a scenario's own tests, or, with `file`, say what it would have said to other records.

    Args:
        name: `module.name`. The file is read anew, so that a change shows at once.
        file: NDJSON, one record a line, as in a test: `{"t": "60s", "IOT12": {"device_id": "A", …}}`.

    Raises:
        ScenarioRefused: The scenario, or a line of `file`, cannot be read.
    """
    scenario = read_file(_path_of(name, folder))
    if file is not None:
        said = tell(scenario, _story_from(file, scenario))
        lines = tuple(f"{written(one.at):>10}  {one.key}  {one.level}" for one in said)
        return Trial(scenario.id, True, lines or ("不预警",))
    lines_, passed = [], True
    for outcome in outcomes(scenario):
        mark = "✓" if outcome.passed else "✗"
        lines_.append(f"{mark} {outcome.story.name}")
        if not outcome.passed:
            lines_.append(f"  第 {outcome.story.line} 行：{difference_of(outcome)}")
        passed = passed and outcome.passed
    loose = loose_params(scenario, vocabulary())
    return Trial(scenario.id, passed and not loose, (*lines_, *(f"✗ {sentence}" for sentence in loose)))


def _path_of(name: str, folder: Path) -> Path:
    found = _NAME.fullmatch(name)
    if found is None:
        raise NameRefused(name=name[:80])
    module, short = found.groups()
    known = sorted(path.parent.name for path in folder.glob("*/module.yaml"))
    if module not in known:
        raise ModuleNotFound(module=module, known="、".join(known))
    return folder / module / "scenarios" / f"{short}.yaml"


def _story_from(file: Path, scenario: Scenario) -> Story:
    events = sorted(_events_of(file, scenario), key=lambda event: event.at)
    return Story(name=file.name, line=1, events=tuple(events), facts=(), expect=())


def _events_of(file: Path, scenario: Scenario) -> Iterator[StoryEvent]:
    fields = vocabulary().fields
    for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        record = _record_of(line)
        at = find_duration(record.pop("t", None)) if record else None
        if record is None or at is None or not record:
            reason = '应为 {"t": "60s", "IOT12": {字段: 值}}'
            raise ScenarioRefused(file=file.name, line=number, reason=reason)
        for class_id, row in record.items():
            unknown = class_id not in scenario.classes or not isinstance(row, dict)
            if unknown or any(name not in fields[class_id] and name != CELL for name in row):
                reason = f"{class_id} 不是这个场景的数据类，或有未知字段"
                raise ScenarioRefused(file=file.name, line=number, reason=reason)
            yield StoryEvent(at, class_id, row)


def _record_of(line: str) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None
