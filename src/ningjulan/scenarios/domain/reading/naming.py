"""Names in a scenario file: does the field exist, may it be read, is it declared, is it used?"""

import string
from collections.abc import Iterable, Mapping

from ningjulan.scenarios.domain.expressions import (
    TRUE,
    ExpressionRefused,
    Kind,
    Node,
    fields_read,
    parse,
    texts_in,
)
from ningjulan.scenarios.domain.language import CELL, Signal, Vocabulary
from ningjulan.scenarios.domain.reading.forbidden import forbidden_word
from ningjulan.scenarios.domain.reading.kinds import check_condition
from ningjulan.scenarios.domain.reading.located import Entry
from ningjulan.scenarios.domain.reading.params import in_expression


class Names:
    """The names one file uses, collected while it is read."""

    def __init__(self, vocabulary: Vocabulary, *, module: str, purpose: str) -> None:
        self.vocabulary, self.module, self.purpose = vocabulary, module, purpose
        self.signals: dict[str, Signal] = {}
        self.reads: set[str] = set()
        self.only_in_message: frozenset[str] = frozenset()
        self._used_signals: set[str] = set()
        self._personal: dict[str, Entry] = {}  # "IOT03.plate_no" → where it is read

    def use(self, entry: Entry, field: str, classes: Iterable[str] | None = None) -> Kind:
        """Note that `field` is read, and return its kind; refuse an unknown or a forbidden one."""
        self.refuse_forbidden(entry, field)
        if classes is None:
            classes = {class_id for signal in self.signals.values() for class_id in signal.classes}
        found = {
            class_id: self.vocabulary.fields[class_id][field]
            for class_id in classes
            if field in self.vocabulary.fields[class_id]
        }
        if field == CELL:
            self.reads |= {CELL, "lon", "lat"}
            return Kind.TEXT
        if not found:
            entry.refuse(f"{'、'.join(sorted(classes))} 没有字段 {field}")
        kinds = {item.kind for item in found.values()}
        if len(kinds) > 1:
            entry.refuse(f"字段 {field} 在 {'、'.join(sorted(found))} 中类型不同，请分成几个信号")
        for class_id, item in found.items():
            if item.pi:
                self._personal.setdefault(f"{class_id}.{field}", entry)
        self.reads.add(field)
        return kinds.pop()

    def signal(self, entry: Entry) -> str:
        """Return the name of a declared signal."""
        name = entry.text(60)
        if name not in self.signals:
            entry.refuse(f"没有名为 {name} 的信号，可用：{'、'.join(self.signals)}")
        self._used_signals.add(name)
        return name

    def condition(self, entry: Entry | None, classes: Iterable[str]) -> Node:
        """Return the tree of a `where` over records of `classes`; absent means always."""
        if entry is None:
            return TRUE
        node = self._parsed(entry)
        kinds = {field: self.use(entry, field, classes) for field in sorted(fields_read(node))}
        return self._checked(entry, node, kinds)

    def fact_condition(self, entry: Entry | None, known: Mapping[str, Kind]) -> Node:
        """Return the tree of a `where` over the fields of a fact."""
        if entry is None:
            return TRUE
        node = self._parsed(entry)
        for field in sorted(fields_read(node)):
            self.refuse_forbidden(entry, field)
            if field not in known:
                entry.refuse(f"这种事实没有字段 {field}，可用：{'、'.join(known)}")
        return self._checked(entry, node, known)

    def level_condition(self, entry: Entry, source: str) -> Node:
        """Return the tree of a level condition, which may read only `n`."""
        node = self._parsed(entry, source)
        if fields_read(node) != {"n"}:
            entry.refuse(f'级别条件只能使用 n，如 "n >= 6"，不能是 {source}')
        return self._checked(entry, node, {"n": Kind.NUMBER})

    def message(self, entry: Entry) -> str:
        """Return a message whose every `{name}` is a parameter, `n`, or a field that may be read."""
        text = entry.text(300)
        before = set(entry.params.used)
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError:
            entry.refuse("消息中的花括号不成对")
        for _, name, spec, conversion in parts:
            if name is None:
                continue
            if spec or conversion or not name.isidentifier():
                entry.refuse(f"消息中只能写 {{字段名}}，不能写 {{{name}…}}")
            if name in entry.params.values:
                entry.param(name)
            elif name != "n":
                self.use(entry, name)
        self.only_in_message = frozenset(entry.params.used - before)
        return text

    def check_signals_are_used(self, entry: Entry) -> None:
        for name, signal in entry.mapping().items():
            if name not in self._used_signals:
                signal.refuse(f"信号 {name} 没有用到")

    def check_sees(self, entry: Entry | None) -> tuple[str, ...]:
        """Return `sees`; refuse a personal item read but not declared, or declared but not read."""
        declared = {item.text(80): item for item in entry.items()} if entry else {}
        for name, item in declared.items():
            self.refuse_forbidden(item, name)
            if name not in self._personal:
                item.refuse(f"sees 中的 {name} 没有被读取，或不是个人信息项，请删去")
        for name, reader in self._personal.items():
            if name not in declared:
                reader.refuse(f"读取了个人信息项 {name}，但 sees 中没有声明")
        return tuple(declared)

    def refuse_forbidden(self, entry: Entry, text: str) -> None:
        word = forbidden_word(text, module=self.module, purpose=self.purpose)
        if word is not None:
            entry.refuse(f"规则不得以“{word}”为条件（PR-14：民族、宗教、政治、健康、信访、性别、人脸）")

    def _parsed(self, entry: Entry, source: str | None = None) -> Node:
        try:
            return parse(source or entry.text(2_000), lambda name: in_expression(entry.param(name)))
        except ExpressionRefused as refused:
            entry.refuse(str(refused))

    def _checked(self, entry: Entry, node: Node, kinds: Mapping[str, Kind]) -> Node:
        for text in sorted(texts_in(node)):
            self.refuse_forbidden(entry, text)
        try:
            check_condition(node, kinds)
        except ExpressionRefused as refused:
            entry.refuse(str(refused))
        return node
