"""`ningjulan doctor`: looks at everything that can be wrong before anybody notices.

A check is a row: what it is about, and a function that returns what it found or raises the error that says
what to do.
"""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.servers import places
from ningjulan.foundation.servers.nats import find_binary as find_nats
from ningjulan.foundation.servers.postgres import find_binary as find_postgres
from ningjulan.project.bootstrap import set_up_django
from ningjulan.project.language import say, sentence_of
from ningjulan.project.processes.ownership import find_platform

NEEDED_MODULES = ("ctypes", "fcntl", "sqlite3", "ssl", "zlib")


class Broken(NingjulanError):
    code = "broken"
    message_zh = "{what_zh}"
    message_en = "{what_en}"


@dataclass(frozen=True)
class Finding:
    subject_zh: str
    subject_en: str
    is_well: bool
    detail: str


def python_is_complete(var: Path) -> str:
    missing = [name for name in NEEDED_MODULES if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        raise Broken(what_zh=f"Python 缺少模块 {names}，请换用完整的 Python", what_en=f"Python lacks {names}")
    return sys.version.split()[0]


def servers_are_there(var: Path) -> str:
    return f"{find_postgres('postgres')}, {find_nats()}"


def disk_has_room(var: Path) -> str:
    folder = next(path for path in (var, *var.parents) if path.exists())
    places.check_disk(folder)
    return f"{shutil.disk_usage(folder).free >> 30} GB"


def platform_runs(var: Path) -> str:
    platform = find_platform(var)
    if platform is None:
        return say("未运行", "stopped")
    return platform.addresses.web_url or say("命令正在使用", "used by a command")


def screens_are_built(var: Path) -> str:
    from ningjulan.project.views import APP

    if not APP.exists():
        raise Broken(
            what_zh="界面尚未构建，请运行 make setup", what_en="The screens are not built: make setup"
        )
    if (failed := APP.parent / ".failed").exists():
        why = failed.read_text().splitlines()[-1]
        raise Broken(what_zh=f"界面不是最新：{why}", what_en=f"The screens are not up to date: {why}")
    return str(APP.parent)


def catalogue_is_sound(var: Path) -> str:
    from ningjulan.catalog import facade as catalog

    for data_class in catalog.list_classes():
        catalog.json_schema(data_class.id)
    return str(catalog.stats().classes)


def sources_are_sound(var: Path) -> str:
    from ningjulan.catalog import facade as catalog
    from ningjulan.sources import facade as sources

    known = {data_class.id for data_class in catalog.list_classes()}
    found = sources.list_sources()
    for source in found:
        if unknown := sorted(set(source.classes) - known):
            names = ", ".join(unknown)
            raise Broken(
                what_zh=f"数据源 {source.name} 引用了目录中没有的数据类 {names}",
                what_en=f"Source {source.name} names classes that the catalogue has not: {names}",
            )
    return str(len(found))


def scenarios_are_sound(var: Path) -> str:
    from ningjulan.scenarios.checking import check_all

    return str(check_all())


CHECKS: tuple[tuple[str, str, Callable[[Path], str]], ...] = (
    ("Python", "Python", python_is_complete),
    ("内置服务器程序", "Embedded servers", servers_are_there),
    ("磁盘空间", "Disk", disk_has_room),
    ("平台", "Platform", platform_runs),
    ("界面", "Screens", screens_are_built),
    ("数据目录", "Catalogue", catalogue_is_sound),
    ("数据源清单", "Source manifests", sources_are_sound),
    ("场景及其测试", "Scenarios and their tests", scenarios_are_sound),
)


def examine(var: Path, checks: Iterable[tuple[str, str, Callable[[Path], str]]] = CHECKS) -> list[Finding]:
    """Run every check. One that breaks in an unforeseen way is a finding too, and the next follows."""
    set_up_django()
    findings = []
    for zh, en, check in checks:
        try:
            detail, is_well = check(var), True
        except NingjulanError as error:
            detail, is_well = sentence_of(error), False
        except Exception as error:
            detail, is_well = f"{type(error).__name__}: {error}", False
        findings.append(Finding(zh, en, is_well, detail))
    return findings
