"""A scenario file → `Scenario`, or a refusal with file, line and what to change. Nothing is guessed."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from ningjulan.scenarios.domain.language import (
    FactCheck,
    KeyRule,
    Label,
    Scenario,
    Signal,
    Status,
    Vocabulary,
)
from ningjulan.scenarios.domain.reading.follow_up import read_actions, read_alert
from ningjulan.scenarios.domain.reading.forms import read_form
from ningjulan.scenarios.domain.reading.located import Entry, read
from ningjulan.scenarios.domain.reading.naming import Names
from ningjulan.scenarios.domain.reading.params import read_params
from ningjulan.scenarios.domain.reading.telling import read_stories

DEFAULT_LATENESS = timedelta(hours=1)

_ID = re.compile(r"[a-z][a-z0-9_]{1,30}\.[a-z][a-z0-9_]{1,40}")
_NUMBER = re.compile(r"S\d\d")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_COALESCE = re.compile(r"coalesce\(([a-z0-9_, ]+)\)")
_REQUIRED = (
    "scenario",
    "title",
    "status",
    "owner",
    "purpose",
    "signals",
    "key",
    "when",
    "alert",
    "then",
    "tests",
)
_OPTIONAL = ("number", "basis", "valid", "sees", "params", "only", "unless", "review")


def read_scenario(
    text: str, vocabulary: Vocabulary, *, file: str, overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Return the scenario that `text` describes, its parameters at their defaults or at `overrides`.

    Raises:
        ScenarioRefused: With file, line and a sentence its author can act on.
    """
    root = read(text, file)
    top = root.keys(_REQUIRED, _OPTIONAL)
    scenario_id = _read_id(top["scenario"])
    status = Status(top["status"].one_of([*Status]))
    purpose = _read_purpose(top["purpose"], vocabulary)
    params = read_params(top.get("params"), root.params, overrides or {})
    names = Names(vocabulary, module=scenario_id.partition(".")[0], purpose=purpose)

    signals = _read_signals(top["signals"], names)
    key = _read_key(top["key"], names)
    only = _read_checks(top.get("only"), names)
    unless = _read_checks(top.get("unless"), names)
    form = read_form(top["when"], names)
    alert = read_alert(top["alert"], names, form)
    tested = frozenset(root.params.used) - names.only_in_message
    then = read_actions(top["then"], vocabulary)
    stories = read_stories(top["tests"], vocabulary, signals)
    valid = top["valid"].keys((), ("from", "to")) if "valid" in top else {}

    names.check_signals_are_used(top["signals"])
    sees = names.check_sees(top.get("sees"))
    _check_params_are_used(top.get("params"), root)
    _check_status(top, status, stories)
    return Scenario(
        id=scenario_id,
        number=_read_number(top.get("number")),
        title=read_label(top["title"]),
        status=status,
        owner=top["owner"].text(40),
        basis=top["basis"].text(300) if "basis" in top else "",
        purpose=purpose,
        valid_from=valid["from"].day() if "from" in valid else None,
        valid_to=valid["to"].day() if "to" in valid else None,
        sees=sees,
        params=params,
        values=dict(root.params.values),
        signals=signals,
        key=key,
        only=only,
        unless=unless,
        form=form,
        alert=alert,
        review=_read_review(top.get("review")),
        then=then,
        stories=stories,
        reads=frozenset(names.reads),
        tested_params=tested,
        lateness=max(
            vocabulary.late_by.get(class_id, DEFAULT_LATENESS)
            for signal in signals
            for class_id in signal.classes
        ),
        version=hashlib.sha256(text.encode()).hexdigest()[:16],
        file=file,
        text=text,
    )


def read_label(entry: Entry) -> Label:
    entry.keys(("zh", "en"))
    return Label(zh=entry.raw["zh"].text(80), en=entry.raw["en"].text(120))


def _read_id(entry: Entry) -> str:
    scenario_id = entry.text(80)
    if not _ID.fullmatch(scenario_id):
        entry.refuse("场景编号应为 模块.名称，小写英文，如 fire.fire_alarm")
    path = PurePath(entry.file)
    module, _, name = scenario_id.partition(".")
    if path.stem != name or (path.parent.name == "scenarios" and path.parent.parent.name != module):
        entry.refuse(f"场景编号 {scenario_id} 应与文件 modules/{module}/scenarios/{name}.yaml 一致")
    return scenario_id


def _read_number(entry: Entry | None) -> str | None:
    if entry is None:
        return None
    number = entry.text(3)
    if not _NUMBER.fullmatch(number):
        entry.refuse("number 应为场景清单中的序号，如 S10")
    return number


def _read_purpose(entry: Entry, vocabulary: Vocabulary) -> str:
    purpose = entry.text(8)
    if purpose not in vocabulary.purposes:
        entry.refuse(f"处理目的 {purpose} 不在 CL_PURPOSE_CODE 中")
    return purpose


def _read_review(entry: Entry | None) -> str:
    if entry is None:
        return "none"
    if isinstance(entry.raw, dict) and "consult" in entry.raw:
        entry.refuse("会商（consult）尚未支持，不能上线")
    return entry.one_of(("none", "confirm"))


def _read_signals(entry: Entry, names: Names) -> tuple[Signal, ...]:
    signals = []
    for name, signal in entry.mapping().items():
        if not _NAME.fullmatch(name):
            signal.refuse(f"信号名“{name}”应为小写英文")
        parts = signal.keys(("from",), ("where",))
        classes = tuple(_read_class(item, names) for item in parts["from"].one_or_many())
        signals.append(Signal(name, classes, names.condition(parts.get("where"), classes)))
    if not signals:
        entry.refuse("至少要有一个信号")
    names.signals = {signal.name: signal for signal in signals}
    return tuple(signals)


def _read_class(entry: Entry, names: Names) -> str:
    class_id = entry.text(20)
    if class_id not in names.vocabulary.fields:
        entry.refuse(f"数据目录中没有数据类 {class_id}")
    return class_id


def _read_key(entry: Entry, names: Names) -> KeyRule:
    if isinstance(entry.raw, str) and (found := _COALESCE.fullmatch(entry.raw)):
        fields = tuple(part.strip() for part in found[1].split(","))
        first_present = True
    else:
        fields = tuple(item.text(60) for item in entry.one_or_many())
        first_present = False
    if not fields or len(set(fields)) != len(fields):
        entry.refuse("key 应为一个或几个不同的字段")
    for field in fields:
        names.use(entry, field)
    return KeyRule(fields, first_present)


def _read_checks(entry: Entry | None, names: Names) -> tuple[FactCheck, ...]:
    return tuple(_read_check(item, names) for item in entry.items()) if entry else ()


def _read_check(entry: Entry, names: Names) -> FactCheck:
    parts = entry.keys(("fact", "match"), ("where", "grace"))
    kind = parts["fact"].text(60)
    known = names.vocabulary.facts.get(kind)
    if known is None:
        parts["fact"].refuse(f"没有名为 {kind} 的事实，可用：{'、'.join(names.vocabulary.facts) or '（无）'}")
    match = []
    for fact_field, record_field in parts["match"].mapping().items():
        if fact_field not in known:
            record_field.refuse(f"事实 {kind} 没有字段 {fact_field}")
        names.use(record_field, record_field.text(60))
        match.append((fact_field, record_field.text(60)))
    if not match:
        parts["match"].refuse("match 至少要有一对字段，否则任何一条事实都会成立")
    where = names.fact_condition(parts.get("where"), known)
    grace = parts["grace"].duration(timedelta(days=31)) if "grace" in parts else timedelta()
    return FactCheck(kind, tuple(match), where, grace)


def _check_params_are_used(entry: Entry | None, root: Entry) -> None:
    for name, param in (entry.mapping() if entry else {}).items():
        if name not in root.params.used:
            param.refuse(f"参数 {name} 没有用到")


def _check_status(top: Mapping[str, Entry], status: Status, stories: tuple[Any, ...]) -> None:
    if status is Status.LIVE and "basis" not in top:
        top["status"].refuse("没有依据（basis）的场景不能上线")
    if status is Status.DRAFT:
        return
    needed: dict[str, Callable[[], bool]] = {
        "至少要有 3 个测试": lambda: len(stories) >= 3,
        "至少要有一个会预警的测试": lambda: any(story.expect for story in stories),
        "至少要有一个不预警的测试": lambda: any(not story.expect for story in stories),
    }
    for reason, holds in needed.items():
        if not holds():
            top["tests"].refuse(reason)
