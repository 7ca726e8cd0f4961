import subprocess
import sys
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[2] / ".ci" / "hooks" / "commit_message.py"


def check(tmp_path, message):
    file = tmp_path / "COMMIT_EDITMSG"
    file.write_text(message)
    return subprocess.run([sys.executable, HOOK, file], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param("cases: Refuse dispatch without a deadline.\n", id="subject alone"),
        pytest.param("cases: Refuse it.\n\nBecause it was silent.\n", id="with a body"),
        pytest.param("registry/town: Draw the river.\n", id="area in two parts"),
        pytest.param("cases: Refuse it.\n# a comment of git's\n", id="comments do not count"),
        pytest.param("Merge branch 'main'\n", id="git's own"),
    ],
)
def test_accepted(tmp_path, message):
    assert check(tmp_path, message).returncode == 0


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        pytest.param("Fix things.\n", "area:", id="no area"),
        pytest.param("cases: refuse it.\n", "area:", id="small letter"),
        pytest.param("cases: Refuse it\n", "area:", id="no full stop"),
        pytest.param("\n", "area:", id="empty"),
        pytest.param(f"cases: {'Refuse ' * 10}it.\n", "72", id="too long"),
        pytest.param("cases: Refuse it.\nBecause.\n", "empty line", id="body sticks to the subject"),
    ],
)
def test_refused(tmp_path, message, complaint):
    done = check(tmp_path, message)

    assert done.returncode == 1
    assert complaint in done.stderr
