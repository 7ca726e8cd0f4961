"""`ningjulan run`: starts everything in order, keeps it running, and stops it in the opposite order.

It knows no Django: migrations and the demo town are the work of a child (`prepare`), so that what watches
stays small. Every child ends with the supervisor, even when that is killed.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.table import Table

from ningjulan.foundation.errors import InputRefused, NingjulanError
from ningjulan.foundation.servers import places
from ningjulan.foundation.servers.addresses import Addresses
from ningjulan.foundation.servers.child import Child, Program, dies_with, end_orphans, rotate
from ningjulan.foundation.servers.contracts import PortInUse, ServerSlow
from ningjulan.foundation.servers.nats import Nats
from ningjulan.foundation.servers.postgres import Postgres
from ningjulan.project.language import say
from ningjulan.project.processes.asking import shards_at
from ningjulan.project.processes.ownership import note_platform, owning
from ningjulan.project.processes.restarts import LIMIT, Restarts
from ningjulan.project.processes.steps import step
from ningjulan.project.processes.table import ROWS, Row, Wanted, facts_for, program_of

log = logging.getLogger(__name__)
FIRST_PORT = 8000
READY_WITHIN_S = 90.0
ROTATE_EVERY_S = 60.0
SHARED = ("DATABASE_URL", "NATS_URL", "HISTORY_URL", "ARCHIVE_FOLDER", "SECRET_KEY")
"""What hosts of one platform have in common. The archive's folder also has the replays beside it."""


class KeepsDying(NingjulanError):
    code = "keeps_dying"
    message_zh = "{name} 一分钟内退出 {n} 次，平台已停止。日志 {log} 的最后几行：\n{lines}"
    message_en = "{name} died {n} times in a minute, so everything was stopped. Last lines of {log}:\n{lines}"


class NotPrepared(NingjulanError):
    code = "not_prepared"
    message_zh = "启动准备未完成，原因见上"
    message_en = "The preparation did not finish; the reason is above"


class AddressesMissing(InputRefused):
    code = "addresses_missing"
    message_zh = "另一台主机只运行数据处理时，须与主平台一致地设置：{names}"
    message_en = "A host that runs workers only needs these set, as where the platform runs: {names}"


class _StopAsked(BaseException):
    """Ctrl-C or SIGTERM while starting. No Exception: nothing on the way is to take it for an error."""


class Slot:
    """A place that is to be filled: its program, the child in it, and when a new one is due."""

    def __init__(self, program: Program, var: Path) -> None:
        self.program = program
        self._var = var
        self._restarts = Restarts()
        self._due_at: float | None = None
        self.child = Child(program, var)

    def tend(self, now: float) -> float | None:
        """Notice a death, start anew when that is due. Return the seconds until there is something to do.

        Raises:
            KeepsDying: The fifth death within a minute.
        """
        if self._due_at is None:
            if self.child.is_alive():
                return None
            self._due_at = now + self._delay(now)
        if now < self._due_at:
            return self._due_at - now
        self._due_at = None
        self.child = Child(self.program, self._var)
        return None

    def _delay(self, now: float) -> float:
        name, child = self.program.name, self.child
        child.end_stragglers()
        delay = self._restarts.delay_after_death(now)
        log.warning("%s ended with %s; starting it again", name, child.exit_code)
        if delay is None:
            raise KeepsDying(name=name, n=LIMIT, log=str(child.log), lines="\n".join(child.last_lines(12)))
        return delay


class Supervisor:
    """Runs one platform, once.

    Args:
        wanted: What was asked for.
        console: Where the steps are shown.
        rows: The processes to run beside the two servers.
        prepare: What is done, in the environment of the processes, before they start.
    """

    def __init__(
        self,
        wanted: Wanted,
        console: Console,
        *,
        rows: tuple[Row, ...] = ROWS,
        prepare: Callable[[Wanted, dict[str, str]], None] | None = None,
    ) -> None:
        self.wanted = wanted
        self._rows = rows
        self._prepare = prepare or prepare_in_child
        self.var = wanted.var.resolve()
        self.console = console
        self._slots: list[Slot] = []
        self._wake = threading.Event()
        self._is_stopping = False
        self._is_starting = True

    def run(self) -> None:
        """Start, watch until told to stop, stop.

        Raises:
            NingjulanError: It could not start, or a child kept dying; everything is stopped again by then.
        """
        places.make_folders(self.var)
        with owning(self.var):
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(signum, self._stop_asked)
            signal.signal(signal.SIGCHLD, lambda signum, frame: self._wake.set())
            try:
                self._start()
                self._is_starting = False
                self._watch()
            except _StopAsked:
                pass
            finally:
                self._is_starting = False
                self._stop()

    def _stop_asked(self, signum: int, frame: FrameType | None) -> None:
        already, self._is_stopping = self._is_stopping, True
        self._wake.set()
        if self._is_starting and not already:
            raise _StopAsked

    def _start(self) -> None:
        self._end_orphans()
        if self.wanted.workers_only:
            _check_addresses()
        database_url = self._start_server(Postgres(self.var), "数据库 PostgreSQL", "PostgreSQL")
        nats_url = self._start_server(Nats(self.var), "消息队列 NATS", "NATS")
        port = 0 if self.wanted.workers_only else self._choose_port()
        web_url = f"http://{self.wanted.host}:{port}" if port else None
        addresses = Addresses(database_url, nats_url, web_url)
        note_platform(self.var, addresses)
        environment = self._environment(addresses)
        if not self.wanted.workers_only:
            self._prepare(self.wanted, environment)
        with step(self.console, "启动进程", "Processes"):
            for row in (row for row in self._rows if row.is_wanted(self.wanted)):
                for shard in range(shards_at(nats_url) if row.per_shard else 1):
                    facts = facts_for(self.wanted, port, shard)
                    self._slots.append(Slot(program_of(row, facts, environment), self.var))
                self._wait_ready(row, web_url)
        note_platform(self.var, addresses, ready=True, has_servers=True)
        self._welcome(web_url)

    def _end_orphans(self) -> None:
        """End what a killed supervisor left: before a port is chosen, as its web server may hold ours."""
        for row in self._rows:
            records = [self.var / "run" / f"{row.name}.json"]
            records += (self.var / "run").glob(f"{row.name}-*.json") if row.per_shard else []
            for record in records:
                end_orphans(record, stop_signal=signal.SIGTERM, grace_s=row.grace_s)

    def _start_server(self, server: Postgres | Nats, zh: str, en: str) -> str:
        given = os.environ.get(server.variable)
        if given:
            self.console.print(say(f"使用外部{zh}", f"Using an external {en}"))
            return given
        with step(self.console, zh, en):
            server.prepare()
            slot = Slot(server.program(), self.var)
            self._slots.append(slot)
            server.wait_ready(slot.child)
        return server.url

    def _choose_port(self) -> int:
        host, wanted = self.wanted.host, self.wanted.port
        if wanted is None:
            return places.first_free_port(FIRST_PORT, host)
        if not places.is_free(wanted, host):
            raise PortInUse(port=wanted)
        return wanted

    def _environment(self, addresses: Addresses) -> dict[str, str]:
        return addresses.as_environment() | {
            "NINGJULAN_VAR": str(self.var),
            "NINGJULAN_TOWN_FOLDER": os.environ.get("NINGJULAN_TOWN_FOLDER", str(self.var / "town")),
            "NINGJULAN_DEMO": "1" if self.wanted.demo else "0",
            "DJANGO_SETTINGS_MODULE": "ningjulan.project.settings",
            "PYTHONUNBUFFERED": "1",
        }

    def _wait_ready(self, row: Row, web_url: str | None) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        while web_url and row.ready_path is not None and not _answers(web_url + row.ready_path):
            self._tend()
            if time.monotonic() > deadline:
                raise ServerSlow(
                    name=row.name, seconds=round(READY_WITHIN_S), log=str(self._slots[-1].child.log)
                )
            time.sleep(0.1)

    def _watch(self) -> None:
        rotated_at = time.monotonic()
        while not self._is_stopping:
            self._wake.wait(timeout=self._tend())
            self._wake.clear()
            if time.monotonic() - rotated_at > ROTATE_EVERY_S:
                rotated_at = time.monotonic()
                for slot in self._slots:
                    rotate(slot.child.log)

    def _tend(self) -> float:
        """Tend every slot; return the seconds until one wants it again, at most two."""
        now = time.monotonic()
        return min(slot.tend(now) or 2.0 for slot in self._slots)

    def _stop(self) -> None:
        """Let the processes drain, then stop NATS, then PostgreSQL: nobody loses what it still writes to."""
        if not self._slots:
            return
        n_servers = sum(slot.program.name in (Postgres.name, Nats.name) for slot in self._slots)
        servers, processes = self._slots[:n_servers], self._slots[n_servers:]
        with step(self.console, "正在停止", "Stopping"):
            for slot in processes:
                slot.child.ask_to_stop()
            for slot in [*processes, *reversed(servers)]:
                slot.child.stop()

    def _welcome(self, web_url: str | None) -> None:
        self.console.print()
        if web_url is None:
            self.console.print(say("数据处理已就绪，按 Ctrl-C 停止。", "The workers run; Ctrl-C stops them."))
            return
        self.console.print(f"[bold]{say('宁聚蓝已就绪', 'Ningjulan is ready')}[/]  {web_url}/")
        if accounts := _demo_accounts(self.var):
            table = Table(box=None, pad_edge=False)
            for heading in (say("演示账号", "Demo account"), say("密码", "Password"), say("角色", "Role")):
                table.add_column(heading)
            for account in accounts:
                table.add_row(*account)
            self.console.print(table)
        self.console.print(say("按 Ctrl-C 停止，数据保留。", "Ctrl-C stops it; the data stay."), style="dim")


def _check_addresses() -> None:
    missing = [f"NINGJULAN_{name}" for name in SHARED if not os.environ.get(f"NINGJULAN_{name}")]
    if missing:
        raise AddressesMissing(names="、".join(missing))


def prepare_in_child(wanted: Wanted, environment: dict[str, str]) -> None:
    """Run the steps that need Django, in a process of their own that shares our terminal."""
    command = [sys.executable, "-m", "ningjulan.project.processes.prepare"]
    command += ["--seed", str(wanted.seed), "--scale", f"{wanted.scale:g}"]
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        preexec_fn=dies_with(os.getpid(), signal.SIGTERM),  # noqa: PLW1509  # as in Child
    )
    try:
        code = process.wait()
    finally:
        process.terminate()
        process.wait()
    if code != 0:
        raise NotPrepared


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _demo_accounts(var: Path) -> list[list[str]]:
    """Return username, password and role of the demo accounts, as `prepare` has left them."""
    try:
        accounts: list[list[str]] = json.loads((var / "run" / "accounts.json").read_text())
    except (OSError, ValueError):
        return []
    return accounts
