import json

import pytest
from typer.testing import CliRunner

from ningjulan.project.cli import app


def run(*words):
    return CliRunner().invoke(app, ["scenario", *words])


def test_list_is_json_for_programs():
    rows = json.loads(run("list", "--json").stdout)

    assert {"id", "module", "number", "status", "title_zh", "title_en", "tests", "version"} == rows[0].keys()
    assert "fire.fire_alarm" in {row["id"] for row in rows}


def test_trying_a_scenario_shows_its_stories():
    answer = run("try", "fire.lane_blocked")

    assert (answer.exit_code, answer.stdout.count("✓")) == (0, 5)


def test_trying_records_shows_what_would_be_said(tmp_path):
    file = tmp_path / "records.ndjson"
    file.write_text('{"t": "0s", "IOT12": {"device_id": "A", "alarm_kind": "FIRE"}}\n')

    answer = run("try", "fire.fire_alarm", str(file))

    assert answer.stdout.split() == ["0s", "A", "major", "1m30s", "A", "critical"]


@pytest.mark.parametrize("words", [("try", "fire.nothing"), ("try", "fire"), ("try", "nowhere.at_all")])
def test_scenario_that_is_not_there_is_refused(words):
    assert run(*words).exit_code == 1
