"""`make bench`: one job, one generated input, everybody who takes part, one report."""

import argparse
import json
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench import dirt, machine, peers_venv, references
from bench.job import Job
from bench.report import markdown_of, report_of, table_of
from bench.runners import RUNNERS, Outcome, Runner, Setting, run_once

HERE = Path(__file__).parent
FULL_RECORDS, QUICK_RECORDS = 500_000, 60_000
FULL_ROUNDS, QUICK_ROUNDS = 5, 1


def main() -> int:
    wanted = _arguments()
    console = Console()
    setting = _setting(wanted)
    manifest = setting.job.manifest()
    chosen = [r for r in RUNNERS if not wanted.only or any(word in r.name for word in wanted.only)]
    failed = {} if wanted.offline else _install(chosen, setting, is_quick=wanted.quick)
    ready = [runner for runner in chosen if runner.is_ready(setting)]
    left_out = {r.name: failed.get(r.package, "not installed") for r in chosen if r not in ready}
    machine_now = machine.describe()
    runs = _run_all(ready, setting, wanted.rounds, console)
    report = report_of(ready, runs, manifest, machine_now, left_out)
    wanted.report.write_text(json.dumps(report, indent=1, ensure_ascii=False))
    wanted.report.with_suffix(".md").write_text(markdown_of(report))
    console.print(table_of(report))
    ratios = report["data_plane"]["ratios"]
    console.print(", ".join(f"{name} {value}" for name, value in ratios.items()), highlight=False)
    is_right = all(outcome.verdict.matches for outcomes in runs.values() for outcome in outcomes)
    return 0 if is_right else 1


def _install(chosen: list[Runner], setting: Setting, *, is_quick: bool) -> dict[str, str]:
    """Install what the chosen peers need, the heavy ones only for a full run; return what failed, and why."""
    names = peers_venv.LIGHT if is_quick else peers_venv.ALL
    return peers_venv.ensure(setting.peers, [r.package for r in chosen if r.package in names])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--quick", action="store_true", help="a small file, one round: minutes")
    parser.add_argument("--records", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--scale", type=float, default=1.0, help="of the town: 1 has 122,000 addresses")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", help="runners with this in their name; repeatable")
    parser.add_argument("--offline", action="store_true", help="do not install the peers")
    parser.add_argument("--folder", type=Path, default=Path("var/bench"))
    parser.add_argument("--report", type=Path, default=HERE / "report.json")
    wanted = parser.parse_args()
    wanted.records = wanted.records or (QUICK_RECORDS if wanted.quick else FULL_RECORDS)
    wanted.rounds = wanted.rounds or (QUICK_ROUNDS if wanted.quick else FULL_ROUNDS)
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


def _run_all(
    runners: list[Runner], setting: Setting, rounds: int, console: Console
) -> dict[str, list[Outcome]]:
    """Run everybody in turn, round by round: what disturbs one disturbs all."""
    runs: dict[str, list[Outcome]] = defaultdict(list)
    for number in range(1, rounds + 1):
        for runner in runners:
            with console.status(f"{number}/{rounds} {runner.name}"):
                outcome = run_once(runner, setting)
            runs[runner.name].append(outcome)
            console.print(
                f"[dim]{number}/{rounds}[/] {runner.name}: {_short(outcome, setting)}", highlight=False
            )
    return runs


def _short(outcome: Outcome, setting: Setting) -> str:
    if outcome.measured is None or not outcome.verdict.matches:
        return f"[red]{outcome.error or outcome.verdict.difference}[/]"
    return f"{setting.job.manifest().n_records / outcome.measured.seconds:,.0f} records/s"


if __name__ == "__main__":
    raise SystemExit(main())
