"""A whole platform for a test: `ningjulan run` in a folder of its own, as a user starts it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ningjulan.foundation.servers.child import recorded

START_WITHIN_S = 240
COMMAND = (str(Path(sys.executable).with_name("ningjulan")),)


@dataclass(frozen=True)
class Platform:
    """A running platform, as one sees it from outside."""

    var: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return str(self.status()["url"])

    @property
    def demo(self) -> dict[str, Any]:
        demo: dict[str, Any] = json.loads((self.var / "demo.json").read_text())
        return demo

    def command(self, *arguments: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=environment(self.var), capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment(self.var), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.command("status", "--json").stdout)
        return found

    def kill(self, name: str) -> None:
        """`kill -9`, as the kernel would when memory runs out. Waits for a victim that is restarting."""
        victim = wait_for(lambda: recorded(self.var / "run" / f"{name}.json"), seconds=60, what=name)
        victim.kill()


def environment(var: Path) -> dict[str, str]:
    """The suite's own servers are not this platform's: only the folder is handed on."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NINGJULAN_")}
    return kept | {"NINGJULAN_VAR": str(var), "NINGJULAN_LANG": "zh"}


@contextmanager
def running(*options: str) -> Iterator[Platform]:
    """Run a platform with a folder of its own until the block ends; then stop it as Ctrl-C does.

    The folder is not pytest's: every run of pytest closes its folders to the account PostgreSQL runs as.
    """
    var = Path(tempfile.mkdtemp(prefix="ningjulan-e2e-"))
    try:
        yield from _running(var, options)
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _running(var: Path, options: tuple[str, ...]) -> Iterator[Platform]:
    with (var / "run.log").open("wb") as output:
        process = subprocess.Popen(
            [*COMMAND, "run", *options], env=environment(var), stdout=output, stderr=subprocess.STDOUT
        )
    platform = Platform(var, process)
    try:
        _wait_ready(platform)
        yield platform
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=90)
    assert code == 0, (var / "run.log").read_text()[-2000:]


def _wait_ready(platform: Platform) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while platform.status()["state"] != "ready":
        log = (platform.var / "run.log").read_text()
        assert platform.process.poll() is None, f"it ended while starting:\n{log[-3000:]}"
        assert time.monotonic() < deadline, f"it did not start within {START_WITHIN_S} s:\n{log[-3000:]}"
        time.sleep(0.5)


def wait_for(condition: Any, *, seconds: float, what: str) -> Any:
    """Return the first true answer of `condition()`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {what}")
