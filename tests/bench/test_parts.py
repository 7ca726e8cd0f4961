"""The parts of the benchmark that could lie: counting after a kill, the load, the report."""

import json
import sys
import time
from collections import Counter

import polars as pl
import pytest
from bench import peers_venv, plots
from bench.checking import JOINED_KEY, Verdict, rows_hash
from bench.job import ACCEPTED, LAYOUTS, STORED, Job, Manifest
from bench.killing import killed
from bench.measuring import Measured
from bench.ours.load import Load
from bench.ours.platform import until
from bench.report import Further, markdown_of, report_of
from bench.runners import Command, Outcome, RunFailed, Runner, Setting

KEYS = ["a", "b", "c"]
ROWS = [("IOT12", key, 1, "d", "NORMAL", "g", None, None, None) for key in KEYS]
FIGURES = 'print(\'{"seconds": 1, "cpu_s": 1, "peak_mb": 1}\')'
WRITE = """
import json, sys, time
from pathlib import Path
out = Path(sys.argv[1])
is_first = not (out / "_begun").exists()
(out / "_begun").touch()
keys = {first} if is_first else {second}
rows = [dict(zip({columns}, ("IOT12", key, 1, "d", "NORMAL", "g", None, None, None))) for key in keys]
with (out / "accepted.ndjson").open({mode!r}) as file:
    file.writelines(json.dumps(row) + "\\n" for row in rows)
(out / "rejected.ndjson").write_text(json.dumps({{"class_id": "IOT12", "reason": "bad_time"}}) + "\\n")
(out / "_written").touch()
if is_first:
    time.sleep(60)
"""


@pytest.fixture
def setting(tmp_path) -> Setting:
    job = Job(tmp_path / "job")
    job.folder.mkdir()
    rows = pl.DataFrame(ROWS, schema=list(STORED), orient="row", infer_schema_length=None)
    rows.select("record_key").write_parquet(job.truth)
    job.write_manifest(
        Manifest(
            seed=1,
            n_records=4,
            n_bytes=100,
            received_ms=0,
            accepted={"IOT12": 3},
            duplicates=0,
            rejected={"IOT12": {"bad_time": 1}},
            rows_hash=rows_hash(rows, ACCEPTED),
            joined={"persons": 0},
            joined_hash=rows_hash(rows, JOINED_KEY),
            raised={},
        )
    )
    return Setting(job, tmp_path)


def writing(first: list[str], second: list[str], mode: str) -> Runner:
    """Return a runner that writes some keys and hangs; started again, it writes others and ends."""
    program = WRITE.format(first=first, second=second, mode=mode, columns=list(STORED)) + FIGURES
    return Runner(
        "it", "peer", "?", lambda setting: Command((sys.executable, "-c", program, str(setting.out)))
    )


@pytest.mark.parametrize(
    ("runner", "kept", "lost", "doubled"),
    [
        pytest.param(writing(KEYS[:1], KEYS, "w"), 1 / 3, 0, 0, id="starts over"),
        pytest.param(writing(KEYS[:1], KEYS, "a"), 1 / 3, 0, 1, id="appends to what it had"),
        pytest.param(writing(KEYS[:2], KEYS[2:], "w"), 2 / 3, 2, 0, id="goes on, but forgot"),
        pytest.param(writing(KEYS[:2], KEYS[2:], "a"), 2 / 3, 0, 0, id="goes on where it was"),
    ],
)
def test_what_a_kill_loses_and_doubles_is_counted(setting, runner, kept, lost, doubled):
    def wait(share: float) -> None:
        until((setting.out / "_written").exists, every_s=0.01)

    found = killed(runner, setting, wait)

    assert (round(found.kept, 3), found.lost, found.doubled) == (round(kept, 3), lost, doubled)
    assert found.matches_manifest == (lost == doubled == 0)


def test_who_is_through_before_the_kill_is_not_called_safe(setting):
    program = f"{FIGURES}; open(sys.argv[1] + '/done', 'w')"
    through = Runner(
        "it",
        "peer",
        "?",
        lambda setting: Command((sys.executable, "-c", "import sys; " + program, str(setting.out))),
    )

    def wait(share: float) -> None:
        until((setting.out / "done").exists, every_s=0.01)
        time.sleep(0.5)  # it has nothing left to do but to end

    with pytest.raises(RunFailed):
        killed(through, setting, wait)


def test_the_load_never_repeats_a_key_but_those_that_no_pattern_finds(tmp_path):
    for layout in LAYOUTS:
        lines = [{layout.key: f"{n:032x}", layout.at: 1} for n in range(5)]
        (tmp_path / layout.file).write_text(
            "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
        )
    load = Load(Job(tmp_path), {layout.class_id: "t" for layout in LAYOUTS}, post_lines=2)

    posts = [load.post(n) for n in range(4 * 9)]

    names = {layout.key for layout in LAYOUTS}
    keys = [
        next(value for name, value in json.loads(line).items() if name in names)
        for post in posts
        for line in post.body.splitlines()
    ]
    assert len(keys) == 4 * 15
    assert len(set(keys)) == 4 * 5  # the three classes share theirs here
    assert len({post.key for post in posts}) == len(posts)


def report(further: Further) -> dict[str, object]:
    ours = Runner("ours, end to end", "ours", "all of it", lambda setting: Command(()))
    peer = Runner("peer", "peer", "nothing", lambda setting: Command(()))
    runs = {
        ours.name: [Outcome(Measured(2.0, 3.0, 100), Verdict(True), 1.0)],
        peer.name: [Outcome(Measured(1.0, 3.0, 100), Verdict(False, "other rows"), 1.0)],
    }
    manifest = Manifest(1, 100, 1000, 0, {"IOT12": 100}, 0, {}, "", {}, "", {})
    machine = {"cpu": "c", "cores": 2, "memory_gb": 1, "python": "3", "load_before": [0.0]}
    return report_of([ours, peer], runs, manifest, machine, {"absent": "not installed"}, further)


def test_a_wrong_peer_has_no_rate_and_an_absent_one_its_reason():
    found = report(Further())

    plane = found["data_plane"]
    assert plane["ours"]["end_to_end_records_per_s"] == 50
    assert plane["peers"][0]["records_per_s"] is None
    assert not plane["peers"][0]["matches_manifest"]
    assert plane["ratios"]["end_to_end_of_best_peer"] is None
    assert "Left out: absent: not installed" in markdown_of(found)


def test_kills_the_steady_rate_the_long_line_and_the_registry_are_told():
    points = [
        {"records": n * 10**6, "seconds": 1.0, "cpu_s": {"worker": 2.0}, "worker_mb": 9, "disk_mb": 7}
        for n in (1, 2)
    ]
    further = Further(
        {"ours, end to end": {"kept": 0.5, "lost": 3, "doubled": 4, "again_s": 1.0}},
        {"error": "it broke"},
        {"our whole way": {"points": points, "stopped": ""}, "the index": {"error": "no room"}},
        {"people": {"registered": {"cpu_s": 61.5}, "people": 298000}},
    )

    text = markdown_of(report(further))

    assert "| 50% | 3 | 4 |" in text
    assert "Steady rate: it broke" in text
    assert "| 2 | 2.00 | 9 | 7 |" in text
    assert "the index: no room" in text
    assert "| people | registered cpu s | 61.5 |" in text
    assert "| people | people | 298,000 |" in text


def test_pictures_come_for_light_and_for_dark_pages(tmp_path):
    points = [
        {"records": n * 10**6, "seconds": 1.0, "cpu_s": {"worker": 2.0}, "worker_mb": 9, "disk_mb": 7}
        for n in (1, 2)
    ]

    drawn = plots.draw(report(Further(long={"our way": {"points": points, "stopped": ""}})), tmp_path)

    assert {path.name for path in drawn} == {
        *("speed-light.svg", "speed-dark.svg", "long-our-way-light.svg", "long-our-way-dark.svg"),
    }
    assert all(
        "ours, end to end" in (tmp_path / f"speed-{theme}.svg").read_text() for theme in ("light", "dark")
    )


def test_every_peer_of_an_environment_of_its_own_has_its_list():
    from bench.runners import RUNNERS

    wanted = {runner.package for runner in RUNNERS if runner.package}
    listed = {path.stem for path in peers_venv.REQUIREMENTS.glob("*.txt")} | {"node_red"}
    assert wanted == listed
    assert set(peers_venv.HEAVY) <= wanted


def test_engines_that_start_slowly_run_fewer_rounds_than_the_rest():
    from bench.__main__ import FULL_ROUNDS, HEAVY_ROUNDS, in_round
    from bench.runners import RUNNERS

    runs = Counter(r.name for n in range(1, FULL_ROUNDS + 1) for r in in_round(n, list(RUNNERS)))

    assert {r.name: runs[r.name] for r in RUNNERS} == {
        r.name: HEAVY_ROUNDS if r.package in peers_venv.HEAVY else FULL_ROUNDS for r in RUNNERS
    }


def test_a_peer_that_cannot_be_installed_says_why(tmp_path, monkeypatch):
    (tmp_path / "nobody.txt").write_text("/nowhere/nobody-1.0-py3-none-any.whl\n")
    monkeypatch.setattr(peers_venv, "REQUIREMENTS", tmp_path)

    failed = peers_venv.ensure(tmp_path / "peers", ["nobody"])

    assert "nobody" in failed["nobody"]
    assert not peers_venv.is_installed(tmp_path / "peers", "nobody")
