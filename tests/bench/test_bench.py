"""The benchmark runs and judges rightly. How fast it is, no test asks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from bench.checking import rows_hash, verdict_on
from bench.job import ACCEPTED, Manifest

ROOT = Path(__file__).parents[2]
ROWS = [("IOT12", "a", 1, "d", "FIRE", "g", None), ("IOT12", "b", 2, "d", "FIRE", None, "h")]


@pytest.mark.slow
def test_every_runner_of_our_environment_does_the_job_rightly(open_folder):
    report = open_folder / "report.json"
    arguments = ["--quick", "--records", "3000", "--scale", "0.05", "--offline"]

    done = subprocess.run(
        [sys.executable, "-m", "bench", *arguments, "--folder", str(open_folder), "--report", str(report)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    plane = json.loads(report.read_text())["data_plane"]
    runs = [*plane["ours"]["runs"], *plane["peers"]]
    assert {run["name"]: run["matches_manifest"] for run in runs} == dict.fromkeys(
        [
            *("ours, end to end", "ours, cleaning, 1 process", "ours, cleaning, 2 processes"),
            *("ours, cleaning, batches of 1,000", "plain Python loop", "DuckDB SQL", "Polars, naive"),
            "Node script",
        ],
        True,
    )
    assert plane["ours"]["end_to_end_records_per_s"] > 0
    assert plane["ours"]["cleaning_records_per_s"] > 0
    assert plane["ceiling"]["records_per_s"] > 0


def written(folder: Path, rows: list[tuple[object, ...]], n_rejected: int) -> Path:
    pl.DataFrame(rows, schema=list(ACCEPTED), orient="row").write_parquet(folder / "accepted.parquet")
    rejected = [{"class_id": "IOT12", "reason": "bad_time", "raw": "x"}] * n_rejected
    pl.DataFrame(rejected).write_ndjson(folder / "rejected.ndjson")
    return folder


@pytest.mark.parametrize(
    ("rows", "n_rejected", "is_right"),
    [
        pytest.param(ROWS, 1, True, id="as it should be"),
        pytest.param(ROWS[::-1], 1, True, id="in another order"),
        pytest.param(ROWS, 2, False, id="a reject too many"),
        pytest.param(ROWS[:1], 1, False, id="a row lost"),
        pytest.param([*ROWS, ROWS[0]], 1, False, id="a row doubled"),
        pytest.param([ROWS[0], (*ROWS[1][:5], "g", "h")], 1, False, id="another grid"),
    ],
)
def test_only_a_right_result_counts(tmp_path, rows, n_rejected, is_right):
    manifest = Manifest(
        seed=1,
        n_records=4,
        n_bytes=100,
        received_ms=0,
        accepted={"IOT12": 2},
        duplicates=1,
        rejected={"IOT12": {"bad_time": 1}},
        rows_hash=rows_hash(pl.DataFrame(ROWS, schema=list(ACCEPTED), orient="row")),
    )

    assert verdict_on(written(tmp_path, rows, n_rejected), manifest).matches == is_right
