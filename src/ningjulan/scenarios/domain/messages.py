"""The sentence of an alert, and the parameters as a person reads them."""

import string
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ningjulan.scenarios.domain.durations import in_words
from ningjulan.scenarios.domain.language import Scenario
from ningjulan.scenarios.domain.signals import Candidate

UNKNOWN = "（未知）"


def message_of(scenario: Scenario, record: Candidate, n: int) -> str:
    """Fill the scenario's message with what is known of `record`."""
    known: dict[str, Any] = {**record.fields, **readable(scenario.values), "n": n}
    return string.Formatter().vformat(scenario.alert.message, (), _Known(known))


def readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameter values as JSON a person can read: durations in words, lists as lists."""
    return {name: _readable(value) for name, value in values.items()}


def rule_of(scenario: Scenario) -> str:
    """Return the lines of the file that decide when it fires, as written."""
    lines, kept, inside = scenario.text.splitlines(), [], False
    for line in lines:
        if line[:1].strip() and not line.startswith("#"):
            inside = line.split(":")[0] in ("signals", "key", "only", "unless", "when")
        if inside:
            kept.append(line)
    return "\n".join(kept)


def _readable(value: Any) -> Any:
    if isinstance(value, timedelta):
        return in_words(value)
    return list(value) if isinstance(value, tuple) else value


class _Known(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return UNKNOWN
