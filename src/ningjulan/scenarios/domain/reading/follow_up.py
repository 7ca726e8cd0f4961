"""`alert` and `then` as written: what is said, when it ends, and what follows."""

from datetime import timedelta

from ningjulan.scenarios.domain.language import (
    LONGEST_WINDOW,
    NOT_YET_ACTIONS,
    Again,
    AlertRule,
    Clear,
    ConfirmForm,
    Form,
    Level,
    Levels,
    OpenCase,
    Vocabulary,
)
from ningjulan.scenarios.domain.reading.located import Entry
from ningjulan.scenarios.domain.reading.naming import Names

_LONGEST_DEADLINE = timedelta(days=90)
_SHORTEST = timedelta(seconds=1)


def read_alert(entry: Entry, names: Names, form: Form) -> AlertRule:
    parts = entry.keys(("level", "message"), ("clear", "no_data", "again_after"))
    if "no_data" in parts and parts["no_data"].one_of(("keep", "clear", "raise")) != "keep":
        parts["no_data"].refuse("目前只支持 no_data: keep")
    return AlertRule(
        levels=_read_levels(parts["level"], names, form),
        clear=_read_clear(parts["clear"], names) if "clear" in parts else None,
        again=_read_again(parts["again_after"], names) if "again_after" in parts else None,
        message=names.message(parts["message"]),
    )


def _read_levels(entry: Entry, names: Names, form: Form) -> Levels:
    parts = entry.mapping()
    if "default" not in parts:
        entry.refuse("level 缺少 default")
    words, steps = {}, []
    for word, level_entry in parts.items():
        level = Level(level_entry.one_of([*Level]))
        if word in ("default", "pending", "confirmed"):
            words[word] = level
        else:
            steps.append((names.level_condition(level_entry, word), level))
    if not isinstance(form, ConfirmForm) and words.keys() & {"pending", "confirmed"}:
        entry.refuse("pending 与 confirmed 级别只能用于 confirm")
    pending = words.get("pending")
    if pending and pending.rank > words.get("confirmed", words["default"]).rank:
        entry.refuse("pending 的级别不能高于确认后的级别")
    return Levels(words["default"], pending, words.get("confirmed"), tuple(steps))


def _read_clear(entry: Entry, names: Names) -> Clear:
    parts = entry.keys((), ("signal", "hold", "same", "quiet"))
    if ("signal" in parts) == ("quiet" in parts):
        entry.refuse("clear 要么写 signal（可加 hold、same），要么写 quiet")
    if "quiet" in parts:
        if len(parts) > 1:
            entry.refuse("quiet 不能与 hold、same 同时使用")
        return Clear(quiet=parts["quiet"].duration(LONGEST_WINDOW, least=_SHORTEST))
    same = parts["same"].text(60) if "same" in parts else None
    if same:
        names.use(parts["same"], same)
    hold = parts["hold"].duration(LONGEST_WINDOW) if "hold" in parts else timedelta()
    return Clear(signal=names.signal(parts["signal"]), hold=hold, same=same)


def _read_again(entry: Entry, names: Names) -> Again:
    if not isinstance(entry.raw, dict):
        return Again(entry.duration(LONGEST_WINDOW))
    parts = entry.keys(("within", "same"))
    names.use(parts["same"], parts["same"].text(60))
    return Again(parts["within"].duration(LONGEST_WINDOW), parts["same"].text(60))


def read_actions(entry: Entry, vocabulary: Vocabulary) -> tuple[OpenCase, ...]:
    actions = []
    for item in entry.items():
        parts = item.mapping()
        for word, action in parts.items():
            if word in NOT_YET_ACTIONS:
                action.refuse(f"后续动作“{word}”尚未支持，写了也不会有人执行")
        item.keys(("open_case",))
        actions.append(_read_open_case(parts["open_case"], vocabulary))
    if len(actions) > 1:
        entry.refuse("一个场景只能开一种案件")
    return tuple(actions)


def _read_open_case(entry: Entry, vocabulary: Vocabulary) -> OpenCase:
    parts = entry.keys(("category", "to", "due"), ("merge", "evidence"))
    category = parts["category"].text(8)
    if category not in vocabulary.categories:
        parts["category"].refuse(f"案件类别 {category} 不在 CL_CATEGORY 中")
    due = parts["due"].keys(("accept", "arrive", "resolve"))
    accept, arrive, resolve = (
        due[clock].duration(_LONGEST_DEADLINE, least=_SHORTEST) for clock in ("accept", "arrive", "resolve")
    )
    return OpenCase(
        category=category,
        to=parts["to"].text(40),
        accept=accept,
        arrive=arrive,
        resolve=resolve,
        merge=parts["merge"].one_of(("open", "never")) if "merge" in parts else "open",
        evidence=parts["evidence"].text(60) if "evidence" in parts else "",
    )
