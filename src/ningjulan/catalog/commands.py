"""What `ningjulan catalog stats` and `ningjulan catalog show` say, without the terminal."""

import json
from dataclasses import asdict
from datetime import timedelta

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import Item
from ningjulan.catalog.schemas import level_of


def stats_text(*, as_json: bool = False) -> str:
    """Return the counts of the catalogue, for people or as JSON."""
    stats = facade.stats()
    if as_json:
        return json.dumps(asdict(stats), ensure_ascii=False)
    groups = "，".join(f"{group} {n}" for group, n in sorted(stats.by_group.items()))
    return (
        f"数据类 {stats.classes}（{groups}）\n"
        f"核心数据项 {stats.core_items}，含扩展 {stats.all_items}\n"
        f"代码表 {stats.code_lists}"
    )


def class_text(class_id: str) -> str:
    """Return one class explained: what it is, how late it may come, its items and their codes.

    Raises:
        UnknownClass: The catalogue has no such class.
    """
    found = facade.get_class(class_id)
    head = [
        f"{found.id} {found.zh} · {found.en}",
        f"依据　{found.basis}",
        f"来源　{found.origin}",
        f"用途　{'、'.join(found.purposes)}；级别 {found.sensitivity}；保存 {found.keep.days} 天",
        f"期限　实时接收最迟 {_span(found.late_by)}，发生时间最多超前 {_span(found.early_by)}",
        "",
    ]
    return "\n".join(head + [_line(item, level_of(item, found)) for item in found.items])


def _span(span: timedelta) -> str:
    """Return a duration in the largest unit that divides it."""
    minutes = int(span.total_seconds()) // 60
    for size, unit in ((1440, "天"), (60, "小时")):
        if minutes and minutes % size == 0:
            return f"{minutes // size} {unit}"
    return f"{minutes} 分钟"


def _line(item: Item, level: str) -> str:
    marks = [
        "主键" if item.key else "",
        "必填" if item.required else "",
        "核心" if item.core else "扩展",
        "个人信息" if item.pi else "",
        f"脱敏 {item.mask}" if item.mask else "",
        item.unit or "",
        item.format or "",
        f"{item.minimum:g}…{item.maximum:g}" if item.minimum is not None else "",
    ]
    text = f"{item.id:<16}{item.type.written:<14}{level} {item.zh}（{'，'.join(filter(None, marks))}）"
    if not item.code_list:
        return text
    codes = "、".join(f"{code.code} {code.zh}" for code in facade.code_list(item.code_list).codes)
    return f"{text}\n{'':<16}{item.code_list}：{codes}"
