"""What a source says of itself: `manifest.toml` in its folder. A wrong one is refused with its reason."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import UnknownClass
from ningjulan.foundation.errors import InputRefused, NotFound

FOLDER = Path(__file__).parent

CRS = ("cgcs2000", "wgs84", "gcj02", "bd09")
INTAKES = ("live", "history")
ENCODINGS = ("auto", "utf-8", "gb18030")

_REQUIRED = {"title", "tenant", "owner", "purpose", "token_env", "classes", "crs", "intake"}
_ALLOWED = _REQUIRED | {"unknown", "file", "columns", "codes"}
_NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")
_OURS = frozenset({"canary", "fix"})  # what the platform itself sends in is numbered under these


class UnknownSource(NotFound):
    code = "unknown_source"
    message_zh = "没有登记名为 {source} 的来源"
    message_en = "There is no source named {source}"


class ManifestRefused(InputRefused):
    code = "manifest_refused"
    message_zh = "来源清单 {file} 有误：{reason}"
    message_en = "Source manifest {file}: {reason}"


@dataclass(frozen=True)
class Source:
    """A source as its manifest describes it.

    classes:  What it may send; the first is meant where a file does not say.
    columns:  Its name of a field → our item.
    codes:    Our item → its value → our code.
    unknown:  What it writes when it does not know.
    encoding: Of its text files; `auto` tries UTF-8, then GB 18030, strictly.
    """

    name: str
    title_zh: str
    title_en: str
    tenant_code: str
    owner: str
    purpose: str
    token_env: str
    classes: tuple[str, ...]
    crs: str
    intake: str
    unknown: frozenset[str] = frozenset()
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    encoding: str = "auto"
    max_file_mib: int = 512
    has_reader: bool = False  # `reader.py` beside the manifest turns its rows into records


def get_source(name: str) -> Source:
    """Return the source, or raise `UnknownSource` (404)."""
    found = find_source(name)
    if found is None:
        raise UnknownSource(source=name[:64])
    return found


def find_source(name: str) -> Source | None:
    return _sources().get(name)


def list_sources() -> list[Source]:
    """Return all sources, by name."""
    return list(_sources().values())


@lru_cache(maxsize=1)
def _sources() -> dict[str, Source]:
    return {path.parent.name: load(path) for path in sorted(FOLDER.glob("*/manifest.toml"))}


def load(path: Path) -> Source:
    """Read one manifest; its folder's name is the source's name.

    Raises:
        ManifestRefused: Something is missing, unknown or does not fit the catalogue.
    """
    manifest = _Manifest(path, _toml(path))
    manifest.check_keys(_REQUIRED, _ALLOWED)
    name = path.parent.name
    if not _NAME.fullmatch(name):
        raise manifest.refuse(f"文件夹名 {name} 应为小写字母、数字和下划线")
    if name in _OURS:
        raise manifest.refuse(f"文件夹名 {name} 由平台自用，请改用别的名称")
    title = manifest.table("title")
    if set(title) != {"zh", "en"}:
        raise manifest.refuse("title 应为 {zh = …, en = …}")
    file = manifest.table("file")
    if unknown := sorted(set(file) - {"encoding", "max_mib"}):
        raise manifest.refuse(f"[file] 中未知的键 {'、'.join(unknown)}")
    classes = _classes(manifest)
    items = {item.id: item for class_id in classes for item in catalog.get_class(class_id).items}
    return Source(
        name=name,
        title_zh=title["zh"],
        title_en=title["en"],
        tenant_code=manifest.matching("tenant", r"[0-9]{6}([0-9]{3})?", "6 位或 9 位区划代码"),
        owner=manifest.matching("owner", r".+", "负责单位"),
        purpose=manifest.matching("purpose", r"[a-z_]+", "用途代码"),
        token_env=manifest.matching("token_env", r"NINGJULAN_[A-Z0-9_]+", "NINGJULAN_ 开头的环境变量名"),
        classes=classes,
        crs=manifest.one_of("crs", manifest.values["crs"], CRS),
        intake=manifest.one_of("intake", manifest.values["intake"], INTAKES),
        unknown=frozenset(manifest.values.get("unknown", [])),
        columns=_columns(manifest, set(items)),
        codes=_codes(manifest, {i.id: i.code_list for i in items.values() if i.code_list}),
        encoding=manifest.one_of("file.encoding", file.get("encoding", "auto"), ENCODINGS),
        max_file_mib=_positive(manifest, file.get("max_mib", 512)),
        has_reader=(path.parent / "reader.py").exists(),
    )


@dataclass(frozen=True)
class _Manifest:
    path: Path
    values: Mapping[str, Any]

    def refuse(self, reason: str) -> ManifestRefused:
        return ManifestRefused(file=f"{self.path.parent.name}/{self.path.name}", reason=reason)

    def check_keys(self, required: set[str], allowed: set[str]) -> None:
        if missing := sorted(required - set(self.values)):
            raise self.refuse(f"缺少 {'、'.join(missing)}")
        if unknown := sorted(set(self.values) - allowed):
            raise self.refuse(f"未知的键 {'、'.join(unknown)}")

    def table(self, key: str) -> Mapping[str, Any]:
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.refuse(f"{key} 应为表")
        return value

    def matching(self, key: str, pattern: str, what: str) -> str:
        value = self.values[key]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise self.refuse(f"{key} 应为{what}，写的是 {value!r}")
        return value

    def one_of(self, key: str, value: Any, allowed: tuple[str, ...]) -> str:
        if value not in allowed:
            raise self.refuse(f"{key} 应为 {'、'.join(allowed)} 之一，写的是 {value!r}")
        return str(value)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestRefused(file=f"{path.parent.name}/{path.name}", reason=str(error)) from None


def _classes(manifest: _Manifest) -> tuple[str, ...]:
    classes = manifest.values["classes"]
    if not isinstance(classes, list) or not classes:
        raise manifest.refuse("classes 应至少列出一个数据类")
    for class_id in classes:
        try:
            catalog.get_class(str(class_id))
        except UnknownClass:
            raise manifest.refuse(f"数据目录中没有数据类 {class_id}") from None
    return tuple(classes)


def _columns(manifest: _Manifest, items: set[str]) -> Mapping[str, str]:
    columns = manifest.table("columns")
    for theirs, ours in columns.items():
        if ours not in items:
            raise manifest.refuse(f"[columns] {theirs} 指向的 {ours} 不是所列数据类的数据项")
    return columns


def _codes(manifest: _Manifest, code_lists: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Read the file of code maps: one table per item, their value = our code."""
    name = manifest.values.get("codes")
    if name is None:
        return {}
    maps = _toml(manifest.path.parent / name)
    for item, mapping in maps.items():
        if item not in code_lists:
            raise manifest.refuse(f"{name} 中的 [{item}] 不是所列数据类的代码项")
        ours = catalog.code_list(code_lists[item]).by_code
        for theirs, code in mapping.items():
            if code not in ours:
                raise manifest.refuse(
                    f"{name} 中 {item} 的 {theirs} 对应的 {code} 不在 {code_lists[item]} 中"
                )
    return maps


def _positive(manifest: _Manifest, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise manifest.refuse(f"file.max_mib 应为正整数，写的是 {value!r}")
    return value
