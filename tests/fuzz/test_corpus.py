"""The corpus, input by input; and a short search, always the same, for what it does not hold."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz.__main__ import TARGETS, target_of
from tests.fuzz.target import CORPUS

ROOT = Path(__file__).parents[2]
INPUTS = [
    pytest.param(folder.name, path, id=f"{folder.name}/{path.name}")
    for folder in sorted(CORPUS.iterdir())
    for path in sorted(folder.iterdir())
]
RUNS = {"door": 1000, "files": 60, "messages": 3000, "lines": 110, "records": 15}


@pytest.mark.parametrize(("name", "path"), INPUTS)
def test_every_input_of_the_corpus_keeps_what_is_promised(name, path):
    target_of(name).one(path.read_bytes())


def test_the_corpus_begins_with_what_the_generators_write():
    written = {(name, title.replace(" ", "-")) for name in TARGETS for title, _ in target_of(name).seeds()}

    assert written <= {(folder.name, path.name) for folder in CORPUS.iterdir() for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this platform")
@pytest.mark.parametrize("name", TARGETS)
def test_short_search_finds_nothing(name, tmp_path):
    command = [sys.executable, "-m", "tests.fuzz", name, f"--runs={RUNS[name]}", "--seed=1"]

    done = subprocess.run(
        [*command, f"--found={tmp_path}"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr[-4000:]
