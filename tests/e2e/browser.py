"""A Chromium for the browser tests: the one that is named, or found, or else installed.

`python -m tests.e2e.browser` installs one where none is found, and prints its path.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMED_BY = "NINGJULAN_CHROMIUM"
NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


class NoBrowser(RuntimeError):
    def __init__(self, reason: str) -> None:
        super().__init__(
            f"没有可用的 Chromium，也无法安装：{reason}。请安装 chromium，或用 {NAMED_BY} 指明其路径 · "
            f"No Chromium was found and none could be installed: {reason}. Install one, or set {NAMED_BY}"
        )


def works(path: str) -> bool:
    """Does it start? Ubuntu's `chromium-browser` is a stub that asks for snap instead."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find_chromium() -> str | None:
    """Return the path of a Chromium that starts, or None."""
    if named := os.environ.get(NAMED_BY):
        if not works(named):
            raise NoBrowser(f"{NAMED_BY}={named} does not start")
        return named
    found = [path for name in NAMES if (path := shutil.which(name))]
    return next((path for path in [*found, *_from_playwright()] if works(path)), None)


def _from_playwright() -> list[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return [path] if Path(path).exists() else []


def install_chromium() -> None:
    """Install one: Debian's own package as root, else the one that Playwright downloads."""
    is_root = os.geteuid() == 0
    if is_root and _is_debian():
        _run("apt-get", "update", "-q")
        _run("apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium")
        return
    with_libraries = ["--with-deps"] if is_root and shutil.which("apt-get") else []
    _run(sys.executable, "-m", "playwright", "install", *with_libraries, "chromium")


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "\nID=debian\n" in "\n" + release.read_text()


def _run(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        # To stderr: stdout is for the path.
        done = subprocess.run(command, env=environment, stdout=sys.stderr, check=False)
    except OSError as error:
        raise NoBrowser(str(error)) from None
    if done.returncode != 0:
        raise NoBrowser(f"`{' '.join(command)}` ended with {done.returncode}")


@cache
def chromium_path() -> str:
    """Return the path of a Chromium that starts; install one when there is none.

    Raises:
        NoBrowser: None can be had, with the reason.
    """
    found = find_chromium()
    if found is None:
        install_chromium()
        found = find_chromium()
    if found is None:
        raise NoBrowser("what was installed does not start; a library may be missing")
    return found


if __name__ == "__main__":
    try:
        print(chromium_path())
    except NoBrowser as missing:
        sys.exit(str(missing))
