"""The processes of the platform, as a table. A new one is a new row."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ningjulan.foundation.servers.child import Program

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


@dataclass(frozen=True)
class Row:
    """One kind of process: `argv` after the Python interpreter, with `{…}` filled from `facts_for`."""

    name: str
    label_zh: str
    label_en: str
    argv: tuple[str, ...]
    ready_path: str | None = None  # answers 200 on the web address once it is ready
    grace_s: float = 15.0
    is_wanted: Callable[[Wanted], bool] = lambda wanted: True


ROWS: tuple[Row, ...] = (
    Row(
        name="worker",
        label_zh="数据处理",
        label_en="Worker",
        argv=("-m", "ningjulan.project.processes", "worker"),
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
        is_wanted=lambda wanted: wanted.rate > 0,
    ),
)


def facts_for(wanted: Wanted, port: int) -> dict[str, str]:
    return {"host": wanted.host, "port": str(port), "rate": f"{wanted.rate:g}", "seed": str(wanted.seed)}


def program_of(row: Row, facts: dict[str, str], env: dict[str, str]) -> Program:
    argv = (sys.executable, *(part.format(**facts) for part in row.argv))
    return Program(name=row.name, argv=argv, env=env, grace_s=row.grace_s)


def row_of(name: str) -> Row:
    return next(row for row in ROWS if row.name == name)
