"""YAML that remembers its lines, so that a refusal can say where."""

from pathlib import Path
from typing import Any

import yaml

from ningjulan.catalog.contracts import CatalogueRefused

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Lines(dict[str, Any]):
    """A mapping read from a file, with the line of each key."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.line_of: dict[str, int] = {}

    def refuse(self, reason: str, key: str | None = None) -> CatalogueRefused:
        """Return the error to raise, pointing at `key` or at the mapping."""
        line = self.line_of.get(key, self.line) if key else self.line
        return CatalogueRefused(file=self.file, line=line, reason=reason)

    def check_keys(self, *, required: set[str], allowed: set[str]) -> None:
        """Refuse keys nobody reads and the absence of those somebody needs."""
        for key in self:
            if key not in required | allowed:
                raise self.refuse(f"未知的键 {key}", key)
        if missing := sorted(required - set(self)):
            raise self.refuse(f"缺少 {'、'.join(missing)}")


def read(path: Path) -> Lines:
    """Read one YAML file whose top level is a mapping. Scalars are text, numbers or booleans."""
    text = path.read_text(encoding="utf-8")
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CatalogueRefused(file=path.name, line=line, reason=error.problem or "YAML 语法错误") from None
    if not isinstance(root, yaml.MappingNode):
        raise CatalogueRefused(file=path.name, line=1, reason="应为键值结构")
    built = _build(root, path.name)
    assert isinstance(built, Lines)
    return built


def _build(node: yaml.Node, file: str) -> Any:
    if isinstance(node, yaml.SequenceNode):
        return [_build(child, file) for child in node.value]
    if not isinstance(node, yaml.MappingNode):
        return _scalar(node)
    lines = Lines(file, node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in lines:
            raise CatalogueRefused(file=file, line=line, reason=f"{key} 重复出现")
        lines.line_of[key] = line
        lines[key] = _build(value_node, file)
    return lines


def _scalar(node: Any) -> str | bool | int | float:
    """Return `true`, `false` and numbers as such; everything else, and all that is quoted, as text."""
    if node.style in ("'", '"') or node.tag.endswith(":str"):
        return str(node.value)
    if node.tag.endswith(":bool"):
        return str(node.value).lower() == "true"
    if node.tag.endswith(":int"):
        return int(node.value)
    return float(node.value) if node.tag.endswith(":float") else str(node.value)
