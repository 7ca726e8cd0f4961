"""Parameters: the numbers somebody may change, with their limits."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ningjulan.scenarios.domain.language import LONGEST_WINDOW, Label, Param
from ningjulan.scenarios.domain.reading.located import Entry, Parameters

TYPES = ("int", "number", "duration", "text", "enum", "list")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def read_params(entry: Entry | None, target: Parameters, overrides: Mapping[str, Any]) -> tuple[Param, ...]:
    """Return the parameters and put their values, defaults or overrides, into `target`."""
    params = tuple(_read_param(name, param) for name, param in entry.mapping().items()) if entry else ()
    for param in params:
        target.values[param.name] = overrides.get(param.name, param.default)
    return params


def _read_param(name: str, entry: Entry) -> Param:
    if not _NAME.fullmatch(name):
        entry.refuse(f"参数名“{name}”应为小写英文")
    parts = entry.keys(("type", "default", "label"), ("min", "max", "options"))
    type_ = parts["type"].one_of(TYPES)
    options = tuple(option.text(60) for option in parts["options"].items()) if "options" in parts else ()
    if (type_ == "enum") != bool(options):
        entry.refuse(f"参数 {name}：类型 enum 要有 options，其他类型不要")
    if type_ not in ("int", "number", "duration") and ("min" in parts or "max" in parts):
        entry.refuse(f"参数 {name}：只有数字和时长可以有 min 和 max")
    label = parts["label"].keys(("zh", "en"))
    default, minimum, maximum = (
        _read_value(parts[key], type_, options) if key in parts else None for key in ("default", "min", "max")
    )
    if (minimum is not None and default < minimum) or (maximum is not None and default > maximum):
        parts["default"].refuse(f"参数 {name} 的默认值超出 min、max 的范围")
    return Param(
        name, type_, default, minimum, maximum, options, Label(label["zh"].text(40), label["en"].text(60))
    )


def _read_value(entry: Entry, type_: str, options: tuple[str, ...]) -> Any:
    match type_:
        case "int":
            return entry.whole(-(10**9), 10**9)
        case "number":
            return float(entry.number())
        case "duration":
            return entry.duration(LONGEST_WINDOW)
        case "enum":
            return entry.one_of(options)
        case "list":
            return tuple(item.text(60) for item in entry.items())
        case _:
            return entry.text()


def in_expression(value: Any) -> Any:
    """Return a parameter as an expression sees it: numbers as float, durations in seconds."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return value
