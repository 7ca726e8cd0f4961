"""The catalogue as Markdown pages: one a class, one of all code lists, one that leads to them."""

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import GROUPS, MASKS, CodeList, DataClass, Item
from ningjulan.catalog.schemas import level_of
from ningjulan.catalog.wording import head, marks, rules, type_words

_BASES = {
    "found": "见于公开材料 · found in public material",
    "memory": "凭记忆，须以标准文本核对 · from memory, to be checked against the standard",
    "product": "本产品建议，可替换 · our proposal, may be replaced",
}
_MADE = "<!-- 由 ningjulan catalog docs 生成；要改请改 catalog/ 下的 YAML · generated, edit the YAML -->\n"


def all_pages() -> dict[str, str]:
    """Return every page by its file name."""
    classes = facade.list_classes()
    of_classes = {f"{one.id}.md": class_page(one) for one in classes}
    return {"README.md": index_page(classes), "code-lists.md": code_lists_page(), **of_classes}


def index_page(classes: list[DataClass]) -> str:
    """Return the page that leads to all classes."""
    stats = facade.stats()
    n, core, everything, lists = stats.classes, stats.core_items, stats.all_items, stats.code_lists
    lines = [
        _MADE,
        "# 数据目录 · The data catalogue\n",
        f"{n} 类，核心数据项 {core}，连同扩展 {everything} 项，[代码表](code-lists.md) {lists} 个。",
        f"{n} classes, {core} core items, {everything} items in all, {lists} [code lists](code-lists.md).\n",
    ]
    for group, words in GROUPS.items():
        lines += [
            f"## {words.zh} · {words.en}\n",
            *_table_head("编号", "数据类", "Class", "级", "核心/全部", "用途"),
        ]
        lines += [_index_row(one) for one in classes if one.group == group]
        lines.append("")
    return "\n".join(lines)


def _index_row(one: DataClass) -> str:
    core = sum(item.core for item in one.items)
    cells = (one.zh, one.en, one.sensitivity, f"{core}/{len(one.items)}", _purposes(one))
    return _row(f"[{one.id}]({one.id}.md)", *cells)


def class_page(one: DataClass) -> str:
    """Return the page of one class."""
    lines = [_MADE, f"# {one.id} {one.zh} · {one.en}\n"]
    lines += [f"{text}\n" for text in (one.note_zh, one.note_en) if text]
    facts = [row for row in head(one, _purposes(one), "zh") if row[0] != "说明"]
    lines += [f"- {heading}：{text}" for heading, text in facts]
    lines += ["", *_table_head("数据项", "名称", "Name", "类型", "规则", "级", "脱敏", "")]
    lines += [_item_row(item, one) for item in one.items]
    return "\n".join(lines) + "\n"


def _item_row(item: Item, one: DataClass) -> str:
    kind = type_words(item, "zh")
    if item.code_list:
        kind = f"[{item.code_list}](code-lists.md#{item.code_list.lower()})"
    if item.type.target:
        kind = f"指向 [{item.type.target}]({item.type.target}.md)"
    level = level_of(item, one)
    return _row(
        f"`{item.id}`",
        item.zh,
        item.en,
        kind,
        rules(item, "zh"),
        level,
        _mask(item),
        marks(item, "zh"),
    )


def _mask(item: Item) -> str:
    return f"{item.mask}（{MASKS[item.mask].zh}）" if item.mask else ""


def code_lists_page() -> str:
    """Return the page of all code lists, each with the classes that use it."""
    used: dict[str, list[str]] = {}
    for one in facade.list_classes():
        for list_id in dict.fromkeys(item.code_list for item in one.items if item.code_list):
            used.setdefault(list_id, []).append(one.id)
    lines = [_MADE, "# 代码表 · Code lists\n"]
    for found in facade.list_code_lists():
        lines += _code_list(found, used.get(found.id, []))
    return "\n".join(lines)


def _code_list(found: CodeList, classes: list[str]) -> list[str]:
    links = "、".join(f"[{class_id}]({class_id}.md)" for class_id in classes)
    return [
        f"## {found.id}\n",
        f"{found.zh} · {found.en}。{_BASES[found.basis]}。用于 {links}。\n",
        *_table_head("代码", "名称", "Name"),
        *(_row(f"`{code.code}`", code.zh, code.en) for code in found.codes),
        "",
    ]


def _purposes(one: DataClass) -> str:
    return "、".join(f"{code} {facade.label('CL_PURPOSE_CODE', code)}" for code in one.purposes)


def _table_head(*headings: str) -> list[str]:
    return [_row(*headings), _row(*("---" for _ in headings))]


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
