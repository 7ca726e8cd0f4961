"""The scenarios and modules of this installation, read once from `modules/`."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from ningjulan.catalog import facade as catalog
from ningjulan.scenarios.contracts import FACT_KINDS, ScenarioNotFound, ScenarioRefused
from ningjulan.scenarios.domain.expressions import Kind
from ningjulan.scenarios.domain.language import PURPOSES_ZH, Item, Label, Scenario, Vocabulary
from ningjulan.scenarios.domain.reading.loading import read_label, read_scenario
from ningjulan.scenarios.domain.reading.located import Entry, read

log = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parents[1] / "modules"
_COLOR = re.compile(r"#[0-9a-f]{6}")
_KINDS = {
    **dict.fromkeys(("string", "text", "code", "ref"), Kind.TEXT),
    **dict.fromkeys(("int", "decimal"), Kind.NUMBER),
    "bool": Kind.FLAG,
    "datetime": Kind.INSTANT,
}


@dataclass(frozen=True)
class Module:
    """One of the eight modules: a name, a colour, a place in the menu."""

    id: str
    title: Label
    color: str
    order: int


@dataclass(frozen=True)
class Library:
    scenarios: Mapping[str, Scenario]
    modules: tuple[Module, ...]
    refused: tuple[ScenarioRefused, ...]  # these do not run; all others do

    def get(self, scenario_id: str) -> Scenario:
        try:
            return self.scenarios[scenario_id]
        except KeyError:
            raise ScenarioNotFound(scenario_id=scenario_id[:80]) from None

    def in_force(self, at: datetime) -> list[Scenario]:
        return [scenario for scenario in self.scenarios.values() if scenario.is_in_force(at)]


@cache
def vocabulary() -> Vocabulary:
    """Return what scenarios may name: the catalogue's fields, fact kinds, purposes, categories."""
    classes = catalog.list_classes()
    return Vocabulary(
        fields={one.id: _items(one.id) for one in classes},
        late_by={one.id: one.late_by for one in classes},
        facts=FACT_KINDS,
        purposes=frozenset(PURPOSES_ZH),
        categories=frozenset(catalog.code_list("CL_CATEGORY").by_code),
    )


def _items(class_id: str) -> dict[str, Item]:
    return {
        name: Item(_KINDS.get(facts.type, Kind.OTHER), facts.pi or "", facts.zh)
        for name, facts in catalog.fields_of(class_id).items()
    }


@cache
def library() -> Library:
    """Return all scenarios. A file that is refused is logged and left out; the others go on."""
    return load(FOLDER)


def load(folder: Path) -> Library:
    """Read all modules below `folder` and their scenarios."""
    modules, scenarios, refused = [], {}, []
    for file in sorted(folder.glob("*/module.yaml")):
        modules.append(_read_module(file))
        for path in sorted(file.parent.glob("scenarios/*.yaml")):
            try:
                scenario = read_file(path)
            except ScenarioRefused as refusal:
                log.error("%s", refusal.message())
                refused.append(refusal)
            else:
                scenarios[scenario.id] = scenario
    return Library(scenarios, tuple(sorted(modules, key=lambda module: module.order)), tuple(refused))


def read_file(path: Path) -> Scenario:
    """Read one scenario file, or raise `ScenarioRefused`."""
    return read_scenario(_text_of(path), vocabulary(), file=_shown(path))


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        raise ScenarioRefused(file=_shown(path), line=1, reason="不是 UTF-8 文本") from None
    except OSError as error:
        raise ScenarioRefused(file=_shown(path), line=1, reason=f"无法读取：{error.strerror}") from None


def _shown(path: Path) -> str:
    known = path.resolve()
    return str(known.relative_to(FOLDER.parent)) if known.is_relative_to(FOLDER.parent) else str(path)


def _read_module(path: Path) -> Module:
    root = read(_text_of(path), _shown(path))
    parts = root.keys(("title", "color", "order"))
    return Module(
        id=path.parent.name,
        title=read_label(parts["title"]),
        color=_read_color(parts["color"]),
        order=parts["order"].whole(1, 99),
    )


def _read_color(entry: Entry) -> str:
    color = entry.text(7)
    if not _COLOR.fullmatch(color):
        entry.refuse("color 应为 #rrggbb（小写）")
    return color
