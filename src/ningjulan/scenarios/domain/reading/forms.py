"""`when` as written: exactly one form. A form the engine does not speak is refused, never guessed."""

from collections.abc import Callable
from datetime import timedelta

from ningjulan.scenarios.domain.language import (
    LONGEST_WINDOW,
    MOST_COUNTED,
    NOT_YET_FORMS,
    Answer,
    ConfirmForm,
    CountForm,
    EventForm,
    Form,
)
from ningjulan.scenarios.domain.reading.located import Entry
from ningjulan.scenarios.domain.reading.naming import Names

_SHORTEST = timedelta(seconds=1)


def read_form(entry: Entry, names: Names) -> Form:
    forms = entry.mapping()
    for word, form in forms.items():
        if word in NOT_YET_FORMS:
            form.refuse(f"“{word}”尚未支持，请勿上线；目前支持 event、count、confirm")
    parts = entry.keys((), tuple(_READERS))
    if len(parts) != 1:
        entry.refuse("when 必须恰好有一种形式：event、count 或 confirm")
    word, form = next(iter(parts.items()))
    return _READERS[word](form, names)


def _read_event(entry: Entry, names: Names) -> EventForm:
    parts = entry.keys(("signal",), ("settle",))
    settle = parts["settle"].duration(LONGEST_WINDOW) if "settle" in parts else timedelta()
    return EventForm(names.signal(parts["signal"]), settle)


def _read_count(entry: Entry, names: Names) -> CountForm:
    parts = entry.keys(("signal", "at_least", "within"), ("spacing", "distinct"))
    at_least = parts["at_least"].whole(1, MOST_COUNTED)
    within = parts["within"].duration(LONGEST_WINDOW, least=_SHORTEST)
    spacing = parts["spacing"].duration(LONGEST_WINDOW) if "spacing" in parts else timedelta()
    if spacing and "distinct" in parts:
        parts["distinct"].refuse("spacing 与 distinct 不能同时使用")
    if spacing > within or spacing * (at_least - 1) > within:
        entry.refuse(f"间隔 {spacing} 的 {at_least} 次不可能落在 {within} 之内，这个场景永远不会触发")
    return CountForm(
        signal=names.signal(parts["signal"]),
        at_least=at_least,
        within=within,
        spacing=spacing,
        distinct=_field(parts.get("distinct"), names),
    )


def _read_confirm(entry: Entry, names: Names) -> ConfirmForm:
    parts = entry.keys(("first", "within", "by"), ("cancel", "silence"))
    by = tuple(_read_answer(item, names, ("distinct", "same", "alone")) for item in parts["by"].items())
    if not by:
        parts["by"].refuse("by 至少要有一项，否则永远不会被确认")
    cancel = parts["cancel"].items() if "cancel" in parts else []
    silence = parts["silence"].one_of(("confirmed", "dropped")) if "silence" in parts else "confirmed"
    return ConfirmForm(
        first=names.signal(parts["first"]),
        within=parts["within"].duration(LONGEST_WINDOW, least=_SHORTEST),
        by=by,
        cancel=tuple(_read_answer(item, names, ("distinct", "same")) for item in cancel),
        silence_confirms=silence == "confirmed",
    )


def _read_answer(entry: Entry, names: Names, optional: tuple[str, ...]) -> Answer:
    parts = entry.keys(("signal",), optional)
    alone = "alone" in parts and parts["alone"].flag()
    if alone and ("distinct" in parts or "same" in parts):
        parts["alone"].refuse("alone 表示无需先有预警，不能再与 distinct、same 比较")
    return Answer(
        signal=names.signal(parts["signal"]),
        distinct=_field(parts.get("distinct"), names),
        same=_field(parts.get("same"), names),
        alone=alone,
    )


def _field(entry: Entry | None, names: Names) -> str | None:
    if entry is None:
        return None
    names.use(entry, entry.text(60))
    return entry.text(60)


_READERS: dict[str, Callable[[Entry, Names], Form]] = {
    "event": _read_event,
    "count": _read_count,
    "confirm": _read_confirm,
}
