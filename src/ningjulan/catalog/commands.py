"""What `ningjulan catalog …` says, as rows and text; the terminal is drawn by `project.commands`."""

from collections.abc import Mapping
from pathlib import Path

from ningjulan.catalog import facade, pages
from ningjulan.catalog.contracts import GROUPS, MASKS, DataClass
from ningjulan.catalog.schemas import level_of
from ningjulan.catalog.wording import head, in_english, marks, rules, type_words
from ningjulan.foundation.errors import Conflict

Row = tuple[str, ...]


class PagesOutOfDate(Conflict):
    code = "catalogue_pages_out_of_date"
    message_zh = "{folder} 与数据目录不一致：{n} 个文件，如 {first}；请运行 ningjulan catalog docs 并提交"
    message_en = (
        "{folder} is not what the catalogue says: {n} files, such as {first}; run ningjulan catalog docs"
    )


def class_rows(lang: str) -> list[Row]:
    """Return id, name, group, level, core and all items, purpose of every class."""
    return [
        (
            one.id,
            one.en if in_english(lang) else one.zh,
            GROUPS[one.group].label(lang),
            one.sensitivity,
            f"{sum(item.core for item in one.items)}/{len(one.items)}",
            purpose_words(one, lang),
        )
        for one in facade.list_classes()
    ]


def class_head(class_id: str, lang: str) -> list[tuple[str, str]]:
    """Return what to know of a class before its items. Raises `UnknownClass`."""
    found = facade.get_class(class_id)
    return head(found, purpose_words(found, lang), lang)


def item_rows(class_id: str, lang: str) -> list[Row]:
    """Return id, name, type or code list, rules, level, mask and marks of every item of a class."""
    found = facade.get_class(class_id)
    return [
        (
            item.id,
            item.en if in_english(lang) else item.zh,
            type_words(item, lang),
            rules(item, lang),
            level_of(item, found),
            MASKS[item.mask].label(lang) if item.mask else "",
            marks(item, lang),
        )
        for item in found.items
    ]


def code_rows(class_id: str, lang: str, *, at_most: int = 12) -> list[Row]:
    """Return the code lists of a class: id, title and codes, long lists cut."""
    rows: list[Row] = []
    for list_id in dict.fromkeys(i.code_list for i in facade.get_class(class_id).items if i.code_list):
        found = facade.code_list(list_id)
        shown = [f"{code.code} {code.label(lang)}" for code in found.codes[:at_most]]
        more = len(found.codes) - len(shown)
        left = [f"… +{more}"] if more else []
        title = found.en if in_english(lang) else found.zh
        rows.append((list_id, title, ("; " if in_english(lang) else "、").join(shown + left)))
    return rows


def purpose_words(data_class: DataClass, lang: str) -> str:
    """Return the purposes of a class: `P02 消防安全`."""
    said = [f"{code} {facade.label('CL_PURPOSE_CODE', code, lang)}" for code in data_class.purposes]
    return ("; " if in_english(lang) else "、").join(said)


def write_pages(folder: Path) -> int:
    """Write the pages to `folder`, take away those of classes that are gone; return how many."""
    wanted = pages.all_pages()
    folder.mkdir(parents=True, exist_ok=True)
    for name in _strangers(folder, wanted):
        (folder / name).unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(wanted)


def check_pages(folder: Path) -> int:
    """Return how many pages there are; raise `PagesOutOfDate` where `folder` differs."""
    wanted = pages.all_pages()
    wrong = [name for name, text in wanted.items() if _text_of(folder / name) != text]
    wrong += _strangers(folder, wanted)
    if wrong:
        raise PagesOutOfDate(folder=str(folder), n=len(wrong), first=sorted(wrong)[0])
    return len(wanted)


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _strangers(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    return [path.name for path in folder.glob("*.md") if path.name not in wanted]
