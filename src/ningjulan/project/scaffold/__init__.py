"""`ningjulan new`: starts a scenario, a source or a module, with the first test failing.

What is written is a table: kind → template and place. A file that exists is never overwritten.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ningjulan.foundation.errors import Conflict, InputRefused

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).parent / "templates"
_WORD = r"[a-z][a-z0-9_]{1,40}"


class NameRefused(InputRefused):
    code = "name_refused"
    message_zh = "名称 {name} 不合规：应为 {wanted}，小写字母、数字和下划线"
    message_en = "{name} is not a name for this: it should read {wanted}, in small letters, digits and _"


class Exists(Conflict):
    code = "exists"
    message_zh = "{path} 已存在，未作改动"
    message_en = "{path} exists already; nothing was changed"


@dataclass(frozen=True)
class Kind:
    """What a name must look like, as pattern and for people, and the files that are written."""

    pattern: str
    looks_like: str
    files: dict[str, str]  # template → place below the package; both may hold $module and $name


KINDS = {
    "scenario": Kind(
        pattern=rf"(?P<module>{_WORD})\.(?P<name>{_WORD})",
        looks_like="module.name",
        files={"scenario.yaml": "modules/$module/scenarios/$name.yaml"},
    ),
    "source": Kind(
        pattern=rf"(?P<name>{_WORD})",
        looks_like="name",
        files={
            "source.toml": "sources/$name/manifest.toml",
            "source.md": "sources/$name/README.md",
            "empty": "sources/$name/__init__.py",
            "empty_tests": "sources/$name/tests/__init__.py",
            "source_test.py.txt": "sources/$name/tests/test_$name.py",
        },
    ),
    "module": Kind(
        pattern=rf"(?P<name>{_WORD})",
        looks_like="name",
        files={"module.yaml": "modules/$name/module.yaml", "module.md": "modules/$name/README.md"},
    ),
}


def start(kind: str, name: str, *, package: Path = PACKAGE) -> list[Path]:
    """Write the first files of a new scenario, source or module and return their paths.

    Raises:
        NameRefused: `name` does not fit; nothing was written.
        Exists: One of the files is there already; nothing was written.
    """
    row = KINDS[kind]
    match = re.fullmatch(row.pattern, name)
    if match is None:
        raise NameRefused(name=name[:60], wanted=row.looks_like)
    words = {"id": name, "token_env": f"NINGJULAN_TOKEN_{name.upper()}", **match.groupdict()}
    places = {package / Template(place).substitute(words): source for source, place in row.files.items()}
    for path in places:
        if path.exists():
            raise Exists(path=str(path))
    for path, source in places.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((TEMPLATES / source).read_text()).substitute(words))
    return list(places)
