"""The scan, run as pre-commit runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCAN = Path(__file__).parents[2] / ".ci" / "hooks" / "scan.py"
# Taken apart, so that this file passes the scan. Region 110101 exists; the number is nobody's we know of.
SOMEBODYS = "110101" + "19900307" + "7977"


def scan(*paths):
    return subprocess.run([sys.executable, SCAN, *paths], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"id_card_no = '{SOMEBODYS}'", id="identity number"),
        pytest.param(f"身份证{SOMEBODYS}，", id="between Chinese characters"),
        pytest.param("-----BEGIN " + "PRIVATE KEY-----", id="private key"),
        pytest.param("-----BEGIN " + "OPENSSH PRIVATE KEY-----", id="ssh key"),
        pytest.param("token = gh" + "p_" + "a1B2" * 9, id="GitHub token"),
        pytest.param("AK" + "IA" + "ABCDEFGH12345678", id="AWS key"),
    ],
)
def test_refused(tmp_path, line):
    file = tmp_path / "rows.csv"
    file.write_text(f"first line\n{line}\n")

    done = scan(file)

    assert done.returncode == 1
    assert done.stderr.startswith(f"{file}:2: ")
    assert SOMEBODYS not in done.stderr


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("11010519491231002X", id="printed example of GB 11643"),
        pytest.param("99999919900307" + "7978", id="region nobody has"),
        pytest.param("110101" + "19900307" + "7978", id="wrong check character"),
        pytest.param("110101" + "19901307" + "7977", id="no such date"),
        pytest.param(f"a{SOMEBODYS}b", id="inside a hash"),
        pytest.param("330109013002001", id="grid code"),
    ],
)
def test_let_through(tmp_path, line):
    file = tmp_path / "rows.csv"
    file.write_text(line)

    assert scan(file).returncode == 0


def test_binary_and_missing_files_are_passed_over(tmp_path):
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\0" + SOMEBODYS.encode())

    assert scan(picture, tmp_path / "deleted.txt").returncode == 0
