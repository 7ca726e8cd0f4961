"""The benchmark runs and judges rightly. How fast it is, no test asks."""

import json
import os
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from bench.checking import JOINED_KEY, Beyond, rows_hash, verdict_on
from bench.job import ACCEPTED, CHECK_DIGITS, STORED, Manifest
from bench.references import id_no

from ningjulan.cleaning.numbers.identity import id_card_no

ROOT = Path(__file__).parents[2]
ROWS = [
    ("IOT12", "a", 1, "d", "NORMAL", "g", None, None, None),
    ("IOT12", "b", 2, "d", "FIRE", None, "h", None, "fire_alarm"),
]


@pytest.mark.slow
def test_every_runner_of_our_environment_does_the_job_rightly(open_folder):
    report = open_folder / "report.json"
    arguments = [
        "--quick",
        "--records",
        "3000",
        "--scale",
        "0.05",
        "--offline",
        "--rate",
        "1000",
        "--seconds",
        "2",
    ]

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
    assert set(plane["left_out"]) == {
        "Node-RED",
        "pandas",
        "Bytewax",
        "Pathway",
        "PySpark local[2]",
        "PyFlink",
    }
    killed = next(run["killed"] for run in runs if run["name"] == "ours, end to end")
    assert (killed["lost"], killed["doubled"], killed["matches_manifest"]) == (0, 0, True)
    assert plane["steady"]["p99_ms"] >= plane["steady"]["p50_ms"] > 0
    assert "p99" in report.with_suffix(".md").read_text()


def written(folder: Path, rows: list[tuple[object, ...]], n_rejected: int) -> Path:
    pl.DataFrame(rows, schema=list(STORED), orient="row").write_parquet(folder / "accepted.parquet")
    rejected = [{"class_id": "IOT12", "reason": "bad_time", "raw": "x"}] * n_rejected
    pl.DataFrame(rejected).write_ndjson(folder / "rejected.ndjson")
    return folder


@pytest.fixture
def manifest() -> Manifest:
    rows = pl.DataFrame(ROWS, schema=list(STORED), orient="row")
    return Manifest(
        seed=1,
        n_records=4,
        n_bytes=100,
        received_ms=0,
        accepted={"IOT12": 2},
        duplicates=1,
        rejected={"IOT12": {"bad_time": 1}},
        rows_hash=rows_hash(rows, ACCEPTED),
        joined={"persons": 0, "fire_alarm": 1},
        joined_hash=rows_hash(rows, JOINED_KEY),
        raised={"fire_alarm": ["h"]},
    )


@pytest.mark.parametrize(
    ("rows", "n_rejected", "is_right"),
    [
        pytest.param(ROWS, 1, True, id="as it should be"),
        pytest.param(ROWS[::-1], 1, True, id="in another order"),
        pytest.param(ROWS, 2, False, id="a reject too many"),
        pytest.param(ROWS[:1], 1, False, id="a row lost"),
        pytest.param([*ROWS, ROWS[0]], 1, False, id="a row doubled"),
        pytest.param([ROWS[0], (*ROWS[1][:5], "g", *ROWS[1][6:])], 1, False, id="another grid"),
        pytest.param([ROWS[0], (*ROWS[1][:7], "R1", "fire_alarm")], 1, False, id="another person"),
        pytest.param([ROWS[0], (*ROWS[1][:8], None)], 1, False, id="an alert missed"),
    ],
)
def test_only_a_right_result_counts(tmp_path, manifest, rows, n_rejected, is_right):
    assert verdict_on(written(tmp_path, rows, n_rejected), manifest).matches == is_right


@pytest.mark.parametrize(("keys", "is_right"), [(["h", "h"], True), (["other"], False), ([], False)])
def test_the_platforms_scenarios_must_have_raised_what_rule_10_says(tmp_path, manifest, keys, is_right):
    folder = written(tmp_path, ROWS, 1)
    raised = {"alert": ["fire_alarm"] * len(keys), "key": keys}
    pl.DataFrame(raised, schema={"alert": pl.String, "key": pl.String}).write_parquet(
        folder / "raised.parquet"
    )

    assert verdict_on(folder, manifest, Beyond.RAISED).matches == is_right


def test_parts_in_a_folder_count_and_an_engines_notes_do_not(tmp_path, manifest):
    written(tmp_path, ROWS, 1)
    (tmp_path / "accepted").mkdir()
    (tmp_path / "accepted.parquet").rename(tmp_path / "accepted" / "part-0")
    (tmp_path / "accepted" / "_SUCCESS").touch()

    assert verdict_on(tmp_path, manifest).matches


def test_identity_numbers_of_the_job_are_right_by_the_platforms_own_rules():
    dice = random.Random(1)
    numbers = pl.Series([id_no(dice) for _ in range(200)])
    wrong = numbers.str.slice(0, 17) + numbers.str.slice(17).replace_strict(
        dict(zip(CHECK_DIGITS, CHECK_DIGITS[1:] + CHECK_DIGITS[0], strict=True))
    )

    assert id_card_no(numbers, today=date(2026, 1, 1)).faults.null_count() == len(numbers)
    assert set(id_card_no(wrong, today=date(2026, 1, 1)).faults) == {"bad_id_check_digit"}
