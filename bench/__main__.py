"""`make bench`: one job, one generated input, everybody who takes part, one report."""

import argparse
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from bench import dirt, machine, peers_venv, plots, references
from bench.further import killings, long_series, registry, steady
from bench.job import Job
from bench.report import Further, markdown_of, report_of, table_of
from bench.runners import RUNNERS, Outcome, Runner, Setting, run_once

HERE = Path(__file__).parent
FULL_RECORDS, QUICK_RECORDS = 500_000, 60_000
FULL_ROUNDS, HEAVY_ROUNDS, QUICK_ROUNDS = 5, 2, 1
STAGES = ("speed", "kill", "steady", "long", "registry")


def main() -> int:
    wanted = _arguments()
    console = Console(width=None if Console().is_terminal else 160)
    setting = _setting(wanted)
    if "speed" not in wanted.stages:
        return _only_further(wanted, setting, console)
    chosen, left_out = _chosen(wanted)
    failed = (
        {} if wanted.offline else peers_venv.ensure(setting.peers, [r.package for r in chosen if r.package])
    )
    ready = [runner for runner in chosen if runner.is_ready(setting)]
    left_out |= {r.name: failed.get(r.package, "not installed") for r in chosen if r not in ready}
    machine_now = machine.describe()
    runs = _run_all(ready, setting, wanted.rounds, console)
    further = _further(wanted, setting, console, ready, runs)
    report = report_of(ready, runs, setting.job.manifest(), machine_now, left_out, further)
    _write(report, wanted.report)
    console.print(table_of(report))
    ratios = report["data_plane"]["ratios"]
    console.print(", ".join(f"{name} {value}" for name, value in ratios.items()), highlight=False)
    return 0 if _is_right(runs, further) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="a small file, one round: minutes")
    parser.add_argument("--records", type=int)
    parser.add_argument("--rounds", type=int, help="at most 2 of them for engines that start slowly")
    parser.add_argument("--scale", type=float, default=1.0, help="of the town: 1 has 122,000 addresses")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="runners with this in their name; repeatable")
    parser.add_argument(
        "--stages", nargs="+", choices=STAGES, help="some of it; without speed, the rest stays"
    )
    parser.add_argument("--rate", type=int, default=30_000, help="records/s of the steady load")
    parser.add_argument("--seconds", type=float, help="of the steady load")
    parser.add_argument("--millions", type=int, default=5, help="through our whole way, for the long line")
    parser.add_argument("--keys", type=int, default=20, help="million keys, through the index alone")
    parser.add_argument("--offline", action="store_true", help="do not install the peers")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    parser.add_argument("--report", type=Path, default=HERE / "report.json")
    wanted = parser.parse_args()
    wanted.records = wanted.records or (QUICK_RECORDS if wanted.quick else FULL_RECORDS)
    wanted.rounds = wanted.rounds or (QUICK_ROUNDS if wanted.quick else FULL_ROUNDS)
    wanted.seconds = wanted.seconds or (5 if wanted.quick else 60)
    wanted.stages = wanted.stages or (STAGES[:3] if wanted.quick else STAGES)
    wanted.folder = wanted.folder.resolve()
    return wanted


def _setting(wanted: argparse.Namespace) -> Setting:
    """Make what is missing: town, reference tables, input. An input of yesterday would be too old to take."""
    now = datetime.now(UTC)
    setting = Setting(
        Job(wanted.folder / f"job-{wanted.records}-{wanted.seed}-{wanted.scale:g}"), wanted.folder
    )
    references.build_town(setting.town, wanted.scale)
    if not dirt.is_fresh(setting.job.folder, now):
        references.write_references(setting.town, setting.job.refs)
        dirt.write_job(setting.job, n_records=wanted.records, seed=wanted.seed, received_at=now)
    return setting


def _chosen(wanted: argparse.Namespace) -> tuple[list[Runner], dict[str, str]]:
    """Return who takes part, and who does not: QUICK has no time for engines that start slowly."""
    chosen = [r for r in RUNNERS if not wanted.only or any(word in r.name for word in wanted.only)]
    slow = [r for r in chosen if wanted.quick and r.package in peers_venv.HEAVY]
    return [r for r in chosen if r not in slow], {r.name: "not in the quick run" for r in slow}


def _run_all(
    runners: list[Runner], setting: Setting, rounds: int, console: Console
) -> dict[str, list[Outcome]]:
    """Run everybody in turn, round by round: what disturbs one disturbs all."""
    runs: dict[str, list[Outcome]] = defaultdict(list)
    for number in range(1, rounds + 1):
        for runner in in_round(number, runners):
            with console.status(f"{number}/{rounds} {runner.name}"):
                outcome = run_once(runner, setting)
            runs[runner.name].append(outcome)
            console.print(
                f"[dim]{number}/{rounds}[/] {runner.name}: {_short(outcome, setting)}", highlight=False
            )
    return runs


def in_round(number: int, runners: list[Runner]) -> list[Runner]:
    """Return who runs in a round: most of the time of a whole run is the engines that start slowly."""
    return [r for r in runners if number <= HEAVY_ROUNDS or r.package not in peers_venv.HEAVY]


def _further(
    wanted: argparse.Namespace,
    setting: Setting,
    console: Console,
    runners: list[Runner],
    runs: dict[str, list[Outcome]],
) -> Further:
    """Measure what the rounds do not: kills, steady rate, long line, registry. QUICK kills only ours."""
    killed = {}
    if "kill" in wanted.stages:
        those = [runner for runner in runners if runner.kind == "ours" or not wanted.quick]
        killed = killings(those, setting, runs, console)
    return Further(
        killed,
        steady(setting, wanted.rate, wanted.seconds, console) if "steady" in wanted.stages else {},
        long_series(setting, wanted.millions, wanted.keys, console) if "long" in wanted.stages else {},
        registry(setting, wanted.scale, console) if "registry" in wanted.stages else {},
    )


def _only_further(wanted: argparse.Namespace, setting: Setting, console: Console) -> int:
    """Measure the steady rate, the long line or the registry anew and put it into the last report."""
    if wanted.report.exists():
        report = json.loads(wanted.report.read_text())
    else:
        report = report_of([], {}, setting.job.manifest(), machine.describe(), {}, Further())
    further = _further(wanted, setting, console, [], {})
    for name in ("steady", "long"):
        if found := getattr(further, name):
            report["data_plane"][name] = found
    if further.registry:
        report["registry"] = dict(further.registry)
    _write(report, wanted.report)
    return 0 if _is_right({}, further) else 1


def _write(report: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    path.with_suffix(".md").write_text(markdown_of(report))
    plots.draw(report, path.with_suffix(""))


def _is_right(runs: dict[str, list[Outcome]], further: Further) -> bool:
    parts = [*further.killed.values(), further.steady, *further.long.values(), *further.registry.values()]
    return all(one.verdict.matches for outcomes in runs.values() for one in outcomes) and not any(
        "error" in part for part in parts
    )


def _short(outcome: Outcome, setting: Setting) -> str:
    if outcome.measured is None or not outcome.verdict.matches:
        return f"[red]{outcome.error or outcome.verdict.difference}[/]"
    return f"{setting.job.manifest().n_records / outcome.measured.seconds:,.0f} records/s"


if __name__ == "__main__":
    raise SystemExit(main())
