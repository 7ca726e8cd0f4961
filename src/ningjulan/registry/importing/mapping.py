"""Columns of a file → items of the catalogue: suggested by name, decided by a clerk, kept as a manifest."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.forbidden import forbidden_word
from ningjulan.registry.importing.errors import MappingRefused
from ningjulan.sources.facade import Source

ADDRESS_TEXT = "address_text"
CLASSES = ("BIZ01", "GEO03")
"""Classes that can be imported into the registry: people with their homes, grids with their boundaries."""

_SYNONYMS: Mapping[str, str] = {
    **dict.fromkeys(
        ("身份证", "身份证号", "身份证号码", "证件号", "公民身份号码", "idcard", "idno"), "id_no"
    ),
    **dict.fromkeys(("手机", "手机号", "手机号码", "电话", "联系电话", "tel", "mobile"), "phone"),
    **dict.fromkeys(("出生年月", "出生年月日", "生日", "dob", "birthday"), "birth_date"),
    **dict.fromkeys(("住址", "现住址", "居住地址", "居住地", "家庭住址", "地址", "address"), ADDRESS_TEXT),
    **dict.fromkeys(("户籍地址", "户籍地", "户口地址"), "hukou_detail"),
    **dict.fromkeys(("单位", "工作单位", "company"), "workplace"),
    **dict.fromkeys(("文化程度", "受教育程度"), "education"),
    **dict.fromkeys(("婚姻", "婚否"), "marital_status"),
    **dict.fromkeys(("人员编号", "编号", "人员id"), "person_id"),
    **dict.fromkeys(("网格代码", "网格编号", "gridcode", "wgbm"), "grid_code"),
    **dict.fromkeys(("社区代码", "村社代码", "社区编码"), "community_code"),
    **dict.fromkeys(("网格名", "wgmc"), "name"),
    **dict.fromkeys(("geometry", "geom", "wkb_geometry"), "boundary"),
}
_NO_TOKEN = "NINGJULAN_TOKEN_NONE"  # noqa: S105  # the name of a variable nobody sets: uploads need none
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {"男": "1", "女": "2", "男性": "1", "女性": "2", "m": "1", "f": "2", "male": "1", "female": "2",
            "0": "0", "1": "1", "2": "2", "9": "9"},
}  # fmt: skip
"""How files write what the code lists call otherwise."""
_NOISE = re.compile(r"[\s_\-*（）()【】\[\]：:]+")
_SURE, _LIKELY = 100.0, 82.0


@dataclass(frozen=True)
class Suggestion:
    """What one column seems to be. `item` null: nothing fits, or the platform has no field for it."""

    column: str
    item: str | None
    sure: bool
    forbidden: bool


def suggest(columns: Sequence[str], class_id: str) -> list[Suggestion]:
    """Suggest an item for each column; no item is suggested twice."""
    from rapidfuzz import fuzz, process

    names = _names_of(class_id)
    taken: set[str] = set()
    found = []
    for column in columns:
        if forbidden_word(column):
            found.append(Suggestion(column, None, sure=True, forbidden=True))
            continue
        best = process.extractOne(_plain(column), list(names), scorer=fuzz.ratio, score_cutoff=_LIKELY)
        item = names[best[0]] if best else None
        if item in taken:
            item = None
        if item:
            taken.add(item)
        found.append(Suggestion(column, item, sure=bool(best and best[1] >= _SURE), forbidden=False))
    return found


def targets(class_id: str) -> list[tuple[str, str, str, bool]]:
    """Return (item, Chinese, English, required) of everything a column may be."""
    items = [(item.id, item.zh, item.en, item.required) for item in catalog.get_class(class_id).items]
    if class_id == "BIZ01":
        items.append((ADDRESS_TEXT, "住址（文字）", "Home, as written", False))
    return items


def source_of(name: str, tenant_code: str, class_id: str, columns: Mapping[str, str], crs: str) -> Source:
    """Return the source a mapping describes.

    Raises:
        MappingRefused: A column is given to no item of the class, or two columns to one.
    """
    known = {item for item, *_ in targets(class_id)}
    if foreign := sorted(set(columns.values()) - known):
        raise MappingRefused(reason=f"{'、'.join(foreign)} 不是该类的数据项")
    twice = sorted({item for item in columns.values() if list(columns.values()).count(item) > 1})
    if twice:
        raise MappingRefused(reason=f"{'、'.join(twice)} 对应了不止一列")
    if class_id not in CLASSES:
        raise MappingRefused(reason=f"{class_id} 还不能导入登记簿，可导入 {'、'.join(CLASSES)}")
    return Source(
        name=name,
        title_zh=name,
        title_en=name,
        tenant_code=tenant_code,
        owner="登记簿导入",
        purpose="registration",
        token_env=_NO_TOKEN,
        classes=(class_id,),
        crs=crs,
        intake="history",
        columns=dict(columns),
        codes={item: words for item, words in _WORDS.items() if item in columns.values()},
        unknown=frozenset({"-", "/", "无", "不详", "未知"}),
    )


def manifest_toml(source: Source) -> str:
    """Return the mapping as the `manifest.toml` of a source's folder."""
    quoted = "\n".join(f"{_quoted(theirs)} = {_quoted(ours)}" for theirs, ours in source.columns.items())
    unknown = ", ".join(map(_quoted, sorted(source.unknown)))
    return (
        f"title = {{zh = {_quoted(source.title_zh)}, en = {_quoted(source.title_en)}}}\n"
        f"tenant = {_quoted(source.tenant_code)}\nowner = {_quoted(source.owner)}\n"
        f'purpose = {_quoted(source.purpose)}\ntoken_env = "{source.token_env}"\n'
        f"classes = [{', '.join(map(_quoted, source.classes))}]\n"
        f'crs = "{source.crs}"\nintake = "{source.intake}"\nunknown = [{unknown}]\n\n[columns]\n{quoted}\n'
    )


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _names_of(class_id: str) -> dict[str, str]:
    """Return every way to write an item → the item."""
    known = {item for item, *_ in targets(class_id)}
    names: dict[str, str] = {}
    for item, zh, en, _ in targets(class_id):
        names |= {_plain(item): item, _plain(zh): item, _plain(en): item}
    names |= {_plain(word): item for word, item in _SYNONYMS.items() if item in known}
    return names


def _plain(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()
