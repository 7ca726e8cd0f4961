"""Durations as people write them: `90s`, `1h30m`, `7d`."""

import re
from datetime import timedelta

_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")
_WHOLE = re.compile(r"(?:\d+(?:\.\d+)?[dhms])+")
_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_ZH = (("d", "天"), ("h", "小时"), ("m", "分钟"), ("s", "秒"))


def find_duration(written: object) -> timedelta | None:
    """Return the duration, or None when `written` is not one. A bare number but 0 has no unit: None."""
    if written == 0 and not isinstance(written, bool):
        return timedelta()
    if not isinstance(written, str) or len(written) > 40 or not _WHOLE.fullmatch(written):
        return None
    try:
        return timedelta(seconds=sum(float(n) * _SECONDS[unit] for n, unit in _PART.findall(written)))
    except OverflowError:
        return None


def in_words(duration: timedelta) -> str:
    """Return the duration for a Chinese sentence: `3分钟`, `1小时30分钟`."""
    left = round(duration.total_seconds())
    words = []
    for unit, word in _ZH:
        n, left = divmod(left, _SECONDS[unit])
        if n:
            words.append(f"{n}{word}")
    return "".join(words) or "0秒"


def written(duration: timedelta) -> str:
    """Return the duration as a file writes it: `90s` → `1m30s`."""
    left = round(duration.total_seconds())
    parts = []
    for unit, size in _SECONDS.items():
        n, left = divmod(left, size)
        if n:
            parts.append(f"{n}{unit}")
    return "".join(parts) or "0s"
