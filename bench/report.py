"""From the runs to `report.json` and to the table a person reads."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.box import MARKDOWN
from rich.table import Table

from bench.job import Manifest
from bench.runners import Outcome, Runner

TARGETS = {
    "end_to_end_records_per_s": 300_000,
    "cleaning_2_processes_records_per_s": 1_000_000,
    "of_best_peer": 3.0,
    "ceiling_over_end_to_end": 2.5,
    "steady_p50_ms": 250,
    "steady_p99_ms": 1000,
    "steady_cpu_share": 0.4,
    "worker_mb": 1536,
    "worker_cold_start_s": 5,
}
HEAD = (
    *("", "records/s", "slowest – fastest", "CPU s/million", "peak MB", "cold start s"),
    *("right", "readable at kill -9", "lost", "doubled"),
)
_OURS = {  # runner → where its rate stands in the report
    "ours, end to end": "end_to_end_records_per_s",
    "ours, cleaning, 1 process": "cleaning_1_process_records_per_s",
    "ours, cleaning, 2 processes": "cleaning_2_processes_records_per_s",
    "ours, cleaning, batches of 1,000": "cleaning_small_batches_records_per_s",
}

Runs = Mapping[str, Sequence[Outcome]]


@dataclass(frozen=True)
class Further:
    """What was measured besides the rounds.

    killed: Runner → what `killing.Killed` says, or why it could not be had.
    steady: Figures of `ours.steady`; {} where it was not asked for, `error` where it failed.
    long:   Name of a series → `points` and `stopped` of `ours.long` and `ours.seen_keys`.
    registry: Part of the registry → the figures of its program.
    """

    killed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steady: Mapping[str, Any] = field(default_factory=dict)
    long: Mapping[str, Any] = field(default_factory=dict)
    registry: Mapping[str, Any] = field(default_factory=dict)


def row_of(runner: Runner, outcomes: Sequence[Outcome], n_records: int) -> dict[str, Any]:
    """Return the medians of a runner's runs. One wrong run makes the runner wrong: it has no rate."""
    wrong = next((one for one in outcomes if not one.verdict.matches), None)
    row: dict[str, Any] = {"name": runner.name, "durable": runner.durable, "n_runs": len(outcomes)}
    if runner.is_judged:
        row["matches_manifest"] = wrong is None
    if wrong is not None:
        return row | {"records_per_s": None, "difference": wrong.error or wrong.verdict.difference}
    figures = [(one.measured, one.cold_start_s) for one in outcomes if one.measured is not None]
    seconds = [measured.seconds for measured, _ in figures]
    extra = {
        name: round(statistics.median(m.extra[name] for m, _ in figures), 3) for name in figures[0][0].extra
    }
    return row | {
        "records_per_s": round(n_records / statistics.median(seconds)),
        "slowest_fastest": [round(n_records / max(seconds)), round(n_records / min(seconds))],
        "cpu_s_per_million": round(statistics.median(m.cpu_s for m, _ in figures) / n_records * 1e6, 2),
        "peak_mb": max(measured.peak_mb for measured, _ in figures),
        "cold_start_s": round(statistics.median(cold for _, cold in figures), 2),
        "extra": extra,
    }


def report_of(
    runners: Sequence[Runner],
    runs: Runs,
    manifest: Manifest,
    machine: Mapping[str, Any],
    left_out: Mapping[str, str],
    further: Further,
) -> dict[str, Any]:
    """Return the report. `data_plane` is what other programs read; its names stay."""
    rows = {
        r.name: row_of(r, runs[r.name], manifest.n_records) | {"killed": further.killed.get(r.name)}
        for r in runners
        if runs.get(r.name)
    }
    kinds = {runner.name: runner.kind for runner in runners}
    ours = {_OURS[name]: row["records_per_s"] for name, row in rows.items() if name in _OURS}
    ours["cleaning_records_per_s"] = ours.get("cleaning_2_processes_records_per_s")
    ceiling = next((row for name, row in rows.items() if kinds[name] == "ceiling"), {"records_per_s": None})
    peers = [row for name, row in rows.items() if kinds[name] == "peer"]
    return {
        "data_plane": {
            "ours": ours | {"runs": [row for name, row in rows.items() if kinds[name] == "ours"]},
            "peers": peers,
            "ceiling": ceiling,
            "targets": TARGETS,
            "ratios": _ratios(ours, peers, ceiling),
            "steady": dict(further.steady),
            "long": dict(further.long),
            "left_out": dict(left_out),
        },
        "registry": dict(further.registry),
        "job": {
            "n_records": manifest.n_records,
            "n_bytes": manifest.n_bytes,
            "seed": manifest.seed,
            "accepted": sum(manifest.accepted.values()),
            "rejected": sum(sum(counts.values()) for counts in manifest.rejected.values()),
            "duplicates": manifest.duplicates,
        },
        "machine": dict(machine),
    }


def _ratios(
    ours: Mapping[str, Any], peers: Sequence[Mapping[str, Any]], ceiling: Mapping[str, Any]
) -> dict[str, float | None]:
    end_to_end = ours.get("end_to_end_records_per_s")
    best = max((peer["records_per_s"] for peer in peers if peer["records_per_s"]), default=None)
    return {
        "end_to_end_of_target": _ratio(end_to_end, TARGETS["end_to_end_records_per_s"]),
        "end_to_end_of_best_peer": _ratio(end_to_end, best),
        "ceiling_of_end_to_end": _ratio(ceiling["records_per_s"], end_to_end),
    }


def _ratio(above: float | None, below: float | None) -> float | None:
    return round(above / below, 3) if above and below else None


def table_of(report: Mapping[str, Any]) -> Table:
    """Return the report as a table for the terminal."""
    table = Table(box=MARKDOWN)
    for name in HEAD:
        table.add_column(name, no_wrap=not name)
    for row in all_rows(report):
        table.add_row(*_cells(row))
    return table


def markdown_of(report: Mapping[str, Any]) -> str:
    """Return the report as Markdown: for `report.md` and to quote."""
    machine, job = report["machine"], report["job"]
    taken_on = (
        f"{job['n_records']:,} records, {job['n_bytes'] / 1e6:.0f} MB, seed {job['seed']}; {machine['cpu']}, "
        f"{machine['cores']} cores, {machine['memory_gb']} GB; Python {machine['python']}; "
        f"load before {machine['load_before'][0]}."
    )
    plane = report["data_plane"]
    lines = [
        taken_on,
        "",
        "| " + " | ".join((*HEAD, "durable")) + " |",
        "| --- |" + " ---: |" * 5 + " --- |" + " ---: |" * 3 + " --- |",
        *("| " + " | ".join((*_cells(row), row["durable"])) + " |" for row in all_rows(report)),
        "",
        *(f"Left out: {name}: {why}" for name, why in plane["left_out"].items()),
    ]
    lines += ["", *_picture("report/speed", "records a second, runner by runner")]
    registry = _registry_lines(report.get("registry", {}))
    for part in (_steady_lines(plane["steady"]), _long_lines(plane["long"]), registry):
        lines += ["", *part] if part else []
    return "\n".join(lines).rstrip() + "\n"


def _picture(file: str, text: str) -> list[str]:
    """Return a picture of `plots` that fits the page it stands on."""
    return [
        "<picture>",
        f'<source media="(prefers-color-scheme: dark)" srcset="{file}-dark.svg">',
        f'<img alt="{text}" src="{file}-light.svg">',
        "</picture>",
        "",
    ]


def _steady_lines(steady: Mapping[str, Any]) -> list[str]:
    if not steady:
        return []
    if "error" in steady:
        return [f"Steady rate: {steady['error']}"]
    told = (
        f"Steady {steady['records_per_s']:,.0f} records/s for {steady['seconds']:.0f} s, from the appointed "
        f"time of the request to stored: p50 {steady['p50_ms']:.0f} ms, p99 {steady['p99_ms']:.0f} ms, "
        f"at most {steady['max_ms']:.0f} ms; {steady['behind_s']:.1f} s of work left at the end; "
        f"{steady['cpu_share']:.0%} of the cores, without the sender "
        f"{steady['cpu_share_without_sender']:.0%}; worker {steady['worker_peak_mb']} MB."
    )
    return [told]


def _long_lines(long: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, series in long.items():
        if "error" in series:
            lines.append(f"{name}: {series['error']}")
            continue
        points = series["points"]
        lines += _picture(f"report/long-{name.replace(' ', '-')}", f"{name}: CPU seconds of each million")
        shown = sorted({0, len(points) // 4, len(points) // 2, 3 * len(points) // 4, len(points) - 1})
        lines += [
            f"{name}, to {points[-1]['records'] / 1e6:.0f} million {series['stopped']}".rstrip() + ":",
            "",
            "| million | CPU s of this million | MB of the process | MB on disk |",
            "| ---: | ---: | ---: | ---: |",
            *(
                f"| {points[n]['records'] / 1e6:.0f} | {sum(points[n]['cpu_s'].values()):.2f} "
                f"| {points[n]['worker_mb']} | {points[n]['disk_mb']} |"
                for n in shown
            ),
            "",
        ]
    return lines


def _registry_lines(registry: Mapping[str, Any]) -> list[str]:
    """Return a table of all figures of the registry."""
    if not registry:
        return []
    rows = [
        f"| {part} | {name} | {told} |" for part, figures in registry.items() for name, told in _flat(figures)
    ]
    return ["| registry | figure | |", "| --- | --- | ---: |", *rows]


def _flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name} ")
        else:
            yield (
                before + name.replace("_", " "),
                f"{value:,}" if isinstance(value, int | float) else str(value),
            )


def all_rows(report: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    plane = report["data_plane"]
    return [
        *plane["ours"]["runs"],
        *([plane["ceiling"]] if "name" in plane["ceiling"] else []),
        *plane["peers"],
    ]


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    if row["records_per_s"] is None:
        return row["name"], "–", "", "", "", "", f"no: {row['difference'][:80]}", "", "", ""
    slowest, fastest = row["slowest_fastest"]
    return (
        row["name"],
        f"{row['records_per_s']:,}",
        f"{slowest:,} – {fastest:,}",
        f"{row['cpu_s_per_million']:.1f}",
        str(row["peak_mb"]),
        f"{row['cold_start_s']:.1f}",
        "yes" if "matches_manifest" in row else "not judged",
        *_killed_cells(row["killed"]),
    )


def _killed_cells(killed: Mapping[str, Any] | None) -> tuple[str, str, str]:
    if killed is None or "error" in killed:
        return ("", "", "") if killed is None else ("", killed["error"][:40], "")
    return f"{killed['kept']:.0%}", f"{killed['lost']:,}", f"{killed['doubled']:,}"
