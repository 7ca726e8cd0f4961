"""The processes of the platform, as a table. A new one is a new row."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ningjulan.foundation.servers.child import Program

PATIENCE_S = 10  # so long another host's shard must be nobody's before we take it
PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Wanted:
    """What the caller of `ningjulan run` asked for."""

    var: Path
    port: int | None = None  # None: 8000 or the next free one
    host: str = "127.0.0.1"
    rate: float = 5.0  # simulated records per second; 0: none
    seed: int = 7
    scale: float = 1.0
    demo: bool = True
    workers_only: bool = False  # on a further host: the servers, the web and the rest run elsewhere
    shards: tuple[int, ...] | None = None  # those taken at once; the others only when left alone. None: all


@dataclass(frozen=True)
class Row:
    """One kind of process: `argv` after the Python interpreter, with `{…}` filled from `facts_for`."""

    name: str
    label_zh: str
    label_en: str
    argv: tuple[str, ...]
    ready_path: str | None = None  # answers 200 on the web address once it is ready
    grace_s: float = 15.0
    is_wanted: Callable[[Wanted], bool] = lambda wanted: not wanted.workers_only
    per_shard: bool = False  # one for each shard of the stream

    def name_of(self, shard: int) -> str:
        return f"{self.name}-{shard}" if shard else self.name


ROWS: tuple[Row, ...] = (
    Row(
        name="worker",
        label_zh="数据处理",
        label_en="Worker",
        argv=("-m", "ningjulan.project.processes", "worker", "{shard}", "--patience", "{patience}"),
        is_wanted=lambda wanted: True,
        per_shard=True,
    ),
    Row(
        name="relay",
        label_zh="事件转发",
        label_en="Relay",
        argv=("-m", "ningjulan.project.processes", "relay"),
    ),
    Row(
        name="web",
        label_zh="网页与接口",
        label_en="Web",
        argv=(
            *("-m", "granian", "--interface", "asgi", "--workers", "1", "--workers-kill-timeout", "3s"),
            *("--host", "{host}", "--port", "{port}", "ningjulan.project.asgi:application"),
        ),
        ready_path="/healthz",
    ),
    Row(
        name="simulator",
        label_zh="模拟数据",
        label_en="Simulator",
        argv=("-m", "ningjulan.project.processes.simulator", "--rate", "{rate}", "--seed", "{seed}"),
        grace_s=5.0,
        is_wanted=lambda wanted: wanted.rate > 0 and not wanted.workers_only,
    ),
)


def facts_for(wanted: Wanted, port: int, shard: int = 0) -> dict[str, str]:
    is_ours = wanted.shards is None or shard in wanted.shards
    return {
        "host": wanted.host,
        "port": str(port),
        "rate": f"{wanted.rate:g}",
        "seed": str(wanted.seed),
        "shard": str(shard),
        "patience": "0" if is_ours else str(PATIENCE_S),
    }


def program_of(row: Row, facts: dict[str, str], env: dict[str, str]) -> Program:
    argv = (sys.executable, *(part.format(**facts) for part in row.argv))
    name = row.name_of(int(facts["shard"])) if row.per_shard else row.name
    return Program(name=name, argv=argv, env=env, grace_s=row.grace_s)


def row_of(name: str) -> Row:
    return next(row for row in ROWS if row.name == name)
