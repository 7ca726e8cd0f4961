"""A YAML file read with the line of every value, so that a refusal can point at it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NoReturn

import yaml

from ningjulan.foundation.errors import InputRefused
from ningjulan.scenarios.domain.durations import find_duration

MAX_CHARACTERS = 64_000
MAX_DEPTH = 20


class ScenarioRefused(InputRefused):
    """A scenario file is wrong. Names the file, the line and what to change."""

    code = "scenario_refused"
    message_zh = "场景文件 {file} 第 {line} 行：{reason}"
    message_en = "{file}:{line}: {reason}"


@dataclass
class Parameters:
    """Values of `$name`, and which names were asked for."""

    values: dict[str, Any] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Entry:
    """One value of the file: a mapping or a list of entries, or a scalar, with its line."""

    raw: Any
    line: int
    file: str
    name: str
    params: Parameters = field(repr=False)

    def refuse(self, reason: str) -> NoReturn:
        raise ScenarioRefused(file=self.file, line=self.line, reason=reason)

    @property
    def value(self) -> Any:
        """The scalar, with `$name` replaced by the value of the parameter."""
        if isinstance(self.raw, str) and self.raw.startswith("$"):
            return self.param(self.raw[1:])
        return self.raw

    def param(self, name: str) -> Any:
        if name not in self.params.values:
            self.refuse(f"没有名为 {name} 的参数，请在 params 中声明")
        self.params.used.add(name)
        return self.params.values[name]

    def keys(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Entry]:
        """Return the entries of a mapping, or refuse a missing or an unknown key."""
        entries = self.mapping()
        for key, entry in entries.items():
            if key not in required and key not in optional:
                entry.refuse(f"“{self.name}”中没有“{key}”这一项，可用：{'、'.join([*required, *optional])}")
        for key in required:
            if key not in entries:
                self.refuse(f"“{self.name}”缺少“{key}”")
        return entries

    def mapping(self) -> dict[str, Entry]:
        if not isinstance(self.raw, dict):
            self.refuse(f"“{self.name}”应为键值对")
        return self.raw

    def items(self) -> list[Entry]:
        if not isinstance(self.raw, list):
            self.refuse(f"“{self.name}”应为列表")
        return self.raw

    def one_or_many(self) -> list[Entry]:
        return self.raw if isinstance(self.raw, list) else [self]

    def text(self, longest: int = 200) -> str:
        value = self.value
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            self.refuse(f"“{self.name}”应为 1 到 {longest} 个字符的文本")
        return value

    def number(self) -> float:
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
            self.refuse(f"“{self.name}”应为数字")
        return value

    def whole(self, least: int, most: int) -> int:
        value = self.number()
        if value != int(value) or not least <= value <= most:
            self.refuse(f"“{self.name}”应为 {least} 到 {most} 的整数")
        return int(value)

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.refuse(f"“{self.name}”应为 true 或 false")
        return bool(self.value)

    def one_of(self, choices: Collection[str]) -> str:
        value = self.value
        if value not in choices:
            self.refuse(f"“{self.name}”只能是 {'、'.join(choices)}，不能是 {value}")
        return str(value)

    def duration(self, longest: timedelta, *, least: timedelta = timedelta()) -> timedelta:
        value = self.value
        found = value if isinstance(value, timedelta) else find_duration(value)
        if found is None:
            self.refuse(f"“{self.name}”应为时长，如 90s、5m、2h、7d")
        if not least <= found <= longest:
            self.refuse(f"“{self.name}”应在 {least} 到 {longest} 之间，无界的时间窗不能上线")
        return found

    def day(self) -> date:
        if type(self.value) is not date:
            self.refuse(f"“{self.name}”应为日期，如 2026-01-01")
        return self.value


def read(text: str, file: str) -> Entry:
    """Read `text` to entries.

    Raises:
        ScenarioRefused: Not YAML, too large, too deep, with anchors or tags, or with a key given twice.
    """
    refuse = _refusal(file)
    if len(text) > MAX_CHARACTERS:
        refuse(1, f"文件超过 {MAX_CHARACTERS} 个字符")
    try:
        _check_shape(yaml.parse(text, Loader=yaml.SafeLoader), refuse)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        refuse(mark.line + 1 if mark else 1, f"不是有效的 YAML：{error.problem}")
    except (yaml.YAMLError, ValueError) as error:
        refuse(1, f"不是有效的 YAML：{str(error)[:120]}")
    if node is None:
        refuse(1, "文件是空的")
    return _Builder(file, refuse).entry(node, "场景")


def _refusal(file: str) -> Callable[[int, str], NoReturn]:
    def refuse(line: int, reason: str) -> NoReturn:
        raise ScenarioRefused(file=file, line=line, reason=reason)

    return refuse


def _check_shape(events: Iterator[Any], refuse: Callable[[int, str], NoReturn]) -> None:
    depth = 0
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            refuse(line, "不能使用 YAML 锚点和别名，请写出完整内容")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            refuse(line, f"嵌套超过 {MAX_DEPTH} 层")


class _Builder:
    def __init__(self, file: str, refuse: Callable[[int, str], NoReturn]) -> None:
        self.file, self.refuse = file, refuse
        self.params = Parameters()
        self.scalars = yaml.constructor.SafeConstructor()

    def entry(self, node: yaml.Node, name: str) -> Entry:
        line = node.start_mark.line + 1
        return Entry(self._raw(node, name, line), line, self.file, name, self.params)

    def _raw(self, node: yaml.Node, name: str, line: int) -> Any:
        if isinstance(node, yaml.SequenceNode):
            return [self.entry(item, name) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            entries: dict[str, Entry] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                key_line = key_node.start_mark.line + 1
                if key in entries:
                    self.refuse(key_line, f"“{key}”写了两次")
                entries[key] = Entry(
                    self._raw(value_node, key, key_line), key_line, self.file, key, self.params
                )
            return entries
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError):
            self.refuse(line, f"“{name}”的值无法识别：{str(node.value)[:60]}")
