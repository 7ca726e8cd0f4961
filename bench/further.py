"""What is measured besides the rounds: kills, a steady rate, many millions, the registry."""

import json
import shutil
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console

from bench.killing import Killed, killed, ours_killed
from bench.measuring import Measured
from bench.runners import Command, Outcome, RunFailed, Runner, Setting, figures_of, output_of, started


def killings(
    runners: Sequence[Runner], setting: Setting, runs: Mapping[str, Sequence[Outcome]], console: Console
) -> dict[str, dict[str, Any]]:
    """Kill once, in the middle of the work, everybody who keeps a result; return runner → what came of it."""
    found = {}
    for runner in runners:
        figures = [(one.cold_start_s, one.measured.seconds) for one in runs[runner.name] if one.measured]
        is_whole_way = runner.name == "ours, end to end"
        if not figures or runner.kind == "ceiling" or (runner.kind == "ours" and not is_whole_way):
            continue
        after_s = statistics.median(cold + seconds / 2 for cold, seconds in figures)
        with console.status(f"kill -9 {runner.name}"):
            found[runner.name] = _killed(runner, setting, after_s, is_ours=is_whole_way)
        console.print(f"[dim]kill -9[/] {runner.name}: {found[runner.name]}", highlight=False)
    return found


def _killed(runner: Runner, setting: Setting, after_s: float, *, is_ours: bool) -> dict[str, Any]:
    try:
        outcome: Killed = (
            ours_killed(runner, setting)
            if is_ours
            else killed(runner, setting, lambda share: time.sleep(share * after_s))
        )
    except RunFailed as error:
        return {"error": str(error)}
    return outcome.as_dict()


def steady(setting: Setting, rate: int, seconds: float, console: Console) -> dict[str, Any]:
    """Return the figures of our whole way at a steady rate."""
    options = ("--rate", str(rate), "--seconds", f"{seconds:g}")
    with console.status(f"{rate:,} records/s for {seconds:g} s"):
        try:
            measured: Measured = figures_of(started(_ours("steady", setting, *options)))
        except RunFailed as error:
            return {"error": str(error)}
    console.print(f"[dim]steady[/] {measured.extra}", highlight=False)
    return {"seconds": measured.seconds, "peak_mb": measured.peak_mb} | measured.extra


def long_series(setting: Setting, millions: int, keys: int, console: Console) -> dict[str, Any]:
    """Return what a million records cost, one after the other, on our whole way and in the index of keys."""
    commands = {
        "our whole way": _ours("long", setting, "--millions", str(millions)),
        "the index of seen keys": Command(
            (sys.executable, "-m", "bench.ours.seen_keys", str(setting.out), "--millions", str(keys))
        ),
    }
    found = {}
    for name, command in commands.items():
        _empty(setting)
        with console.status(name):
            try:
                found[name] = json.loads(output_of(started(command)))
            except RunFailed as error:
                found[name] = {"error": str(error)}
        console.print(f"[dim]long[/] {name}: {found[name].get('error', 'done')}", highlight=False)
    return found


REGISTRY = {  # what of the registry is measured → the program, the options it takes at the scale of the town
    "addresses": ("registry_addresses", ()),
    "people": ("registry_people", ("--scale",)),
    "resolution": ("registry_resolution", ("--scale",)),
}


def registry(setting: Setting, scale: float, console: Console) -> dict[str, Any]:
    """Return the figures of the registry: addresses matched, people registered and found, files imported."""
    found = {}
    for name, (module, options) in REGISTRY.items():
        told = [str(scale)] if options else [str(setting.town.resolve())]
        command = Command((sys.executable, "-m", f"bench.ours.{module}", *options, *told))
        with console.status(f"registry: {name}"):
            try:
                found[name] = json.loads(output_of(started(command)))
            except RunFailed as error:
                found[name] = {"error": str(error)}
        console.print(f"[dim]registry[/] {name}: {found[name]}", highlight=False)
    return found


def _ours(module: str, setting: Setting, *options: str) -> Command:
    _empty(setting)
    folders = (str(setting.job.folder), str(setting.out), str(setting.town.resolve()))
    return Command((sys.executable, "-m", f"bench.ours.{module}", *folders, *options))


def _empty(setting: Setting) -> None:
    shutil.rmtree(setting.out, ignore_errors=True)
    setting.out.mkdir(parents=True)
