"""The environment of the peers that are no dependency of ours: pandas and Bytewax. Never in our lock file."""

import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent / "peers" / "requirements.txt"


def ensure(folder: Path) -> str:
    """Install the peers into `folder` unless they are there; return "" or why it could not be done."""
    mark = folder / "installed.txt"
    if mark.exists() and mark.read_text() == REQUIREMENTS.read_text():
        return ""
    for argv in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)],
    ):
        done = subprocess.run(argv, capture_output=True, check=False)
        if done.returncode != 0:
            return done.stderr.decode(errors="replace").strip().splitlines()[-1]
    mark.write_text(REQUIREMENTS.read_text())
    return ""
