"""Pictures of a report, each for light and for dark pages: who is how fast, and what millions cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from bench.report import all_rows

PARTS = ("worker", "postgres", "nats", "door", "relay", "sender")
_PART_COLOURS = ("#3b82f6", "#14b8a6", "#f59e0b", "#a855f7", "#ec4899", "#94a3b8")


@dataclass(frozen=True)
class Theme:
    name: str
    paper: str
    ink: str
    faint: str
    kinds: Mapping[str, str]  # kind of runner → colour


THEMES = (
    Theme(
        "light", "#ffffff", "#1f2937", "#d1d5db", {"ours": "#2563eb", "ceiling": "#9ca3af", "peer": "#6b9080"}
    ),
    Theme(
        "dark", "#0d1117", "#e6edf3", "#30363d", {"ours": "#60a5fa", "ceiling": "#6e7681", "peer": "#7fb5a0"}
    ),
)


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw what the report has into `folder`; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row for row in all_rows(report) if row["records_per_s"]]
    drawn = []
    for theme in THEMES:
        with mpl.rc_context(_style(theme)):
            if rows:
                drawn.append(_bars(rows, report, theme, folder))
            for name, series in report["data_plane"]["long"].items():
                if series.get("points"):
                    drawn.append(_line(name, series["points"], theme, folder))
    return drawn


def _style(theme: Theme) -> dict[str, Any]:
    ink = dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), theme.ink)
    paper = dict.fromkeys(("figure.facecolor", "axes.facecolor", "savefig.facecolor"), theme.paper)
    return {
        **ink,
        **paper,
        "axes.edgecolor": theme.faint,
        "grid.color": theme.faint,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "font.size": 10,
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "bench",
    }


def _bars(rows: Sequence[Mapping[str, Any]], report: Mapping[str, Any], theme: Theme, folder: Path) -> Path:
    """Draw records a second and processor seconds per million, the runners one below the other."""
    kinds = _kinds(report)
    names = [row["name"] for row in rows]
    colours = [theme.kinds[kinds[name]] for name in names]
    figure, (rate, cost) = plt.subplots(
        1, 2, figsize=(11, 0.4 * len(rows) + 1.2), sharey=True, layout="constrained"
    )
    for axes, key, title, form in (
        (rate, "records_per_s", "records/s", "{:,.0f}"),
        (cost, "cpu_s_per_million", "CPU s per million", "{:,.1f}"),
    ):
        bars = axes.barh(names, [row[key] for row in rows], color=colours)
        axes.bar_label(bars, labels=[form.format(row[key]) for row in rows], padding=4, color=theme.ink)
        axes.set_title(title, loc="left", color=theme.ink)
        axes.margins(x=0.16)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(length=0)
    rate.invert_yaxis()
    return _saved(figure, folder / f"speed-{theme.name}.svg")


def _kinds(report: Mapping[str, Any]) -> dict[str, str]:
    plane = report["data_plane"]
    of_peers = {row["name"]: "peer" for row in plane["peers"]}
    return (
        of_peers
        | {row["name"]: "ours" for row in plane["ours"]["runs"]}
        | {plane["ceiling"].get("name", ""): "ceiling"}
    )


def _line(name: str, points: Sequence[Mapping[str, Any]], theme: Theme, folder: Path) -> Path:
    """Draw what each million cost, by part, against the millions."""
    figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
    millions = [point["records"] / 1e6 for point in points]
    parts = [part for part in (*PARTS, "index") if part in points[0]["cpu_s"]]
    colours = dict(zip(PARTS, _PART_COLOURS, strict=True)) | {"index": theme.kinds["ours"]}
    axes.stackplot(
        millions,
        *([point["cpu_s"][part] for point in points] for part in parts),
        labels=parts,
        colors=[colours[part] for part in parts],
    )
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_xlim(millions[0], millions[-1])
    axes.set_xlabel("million records")
    axes.set_title(f"{name}: CPU s of each million", loc="left", color=theme.ink)
    axes.grid(axis="y", linewidth=0.5)
    _legend(axes, parts)
    return _saved(figure, folder / f"long-{name.replace(' ', '-')}-{theme.name}.svg")


def _legend(axes: Axes, parts: Sequence[str]) -> None:
    if len(parts) > 1:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, reverse=True)


def _saved(figure: Any, path: Path) -> Path:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
    return path
