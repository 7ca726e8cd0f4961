import shutil

import pytest

from ningjulan.scenarios import library
from ningjulan.scenarios.checking import StoryFailed, check, check_all
from ningjulan.scenarios.commands import (
    ModuleNotFound,
    NameRefused,
    list_rows,
    try_scenario,
)
from ningjulan.scenarios.contracts import ScenarioRefused


@pytest.fixture
def folder(tmp_path):
    """A copy of the modules that a test may write to."""
    return shutil.copytree(library.FOLDER, tmp_path / "modules")


def test_all_scenarios_are_sound():
    assert check_all() == len(list_rows()) == 3


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("fire", NameRefused),
        ("fire.Big", NameRefused),
        ("../x.y", NameRefused),
        ("traffic.jam", ModuleNotFound),
    ],
)
def test_name_that_leads_nowhere_is_refused(folder, name, error):
    with pytest.raises(error):
        try_scenario(name, folder=folder)


def test_trying_names_the_story_that_fails_and_its_line(folder):
    path = folder / "fire" / "scenarios" / "lane_blocked.yaml"
    path.write_text(path.read_text().replace("dwell_seconds: 180", "dwell_seconds: 170"))

    trial = try_scenario("fire.lane_blocked", folder=folder)

    assert not trial.passed
    assert trial.lines[0].startswith("✗ 停留满三分钟")
    assert "应为 0s C1 minor、30m C1 cleared，实际 不预警" in trial.lines[1]


def test_trying_a_scenario_runs_its_stories():
    trial = try_scenario("city_order.street_vendor")

    assert trial.passed
    assert all(line.startswith("✓") for line in trial.lines)


def test_trying_a_file_tells_what_would_be_said(tmp_path):
    file = tmp_path / "records.ndjson"
    file.write_text(
        '{"t": "0s", "IOT12": {"device_id": "A", "building_id": "B1", "alarm_kind": "FIRE"}}\n\n'
        '{"t": "30s", "IOT12": {"device_id": "B", "building_id": "B1", "alarm_kind": "FIRE"}}\n'
    )

    trial = try_scenario("fire.fire_alarm", file)

    assert [line.split() for line in trial.lines] == [["0s", "B1", "major"], ["30s", "B1", "critical"]]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[" * 5_000,
        "[]",
        "{}",
        '{"t": "0s"}',
        '{"t": "soon", "IOT12": {}}',
        '{"t": "0s", "IOT03": {}}',
        '{"t": "0s", "IOT12": {"colour": "red"}}',
        '{"t": "0s", "IOT12": 3}',
    ],
)
def test_record_that_cannot_be_read_is_refused_with_its_line(tmp_path, line):
    file = tmp_path / "records.ndjson"
    file.write_text(f"\n{line}\n")

    with pytest.raises(ScenarioRefused) as refused:
        try_scenario("fire.fire_alarm", file)

    assert refused.value.facts["line"] == 2


def test_broken_file_is_left_out_and_the_others_go_on(folder):
    broken = folder / "fire" / "scenarios" / "fire_alarm.yaml"
    broken.write_text(broken.read_text().replace("purpose: P02", "purpose: P99"))

    found = library.load(folder)

    assert "fire.lane_blocked" in found.scenarios
    assert "fire.fire_alarm" not in found.scenarios
    assert len(found.refused) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"[]", b"scenario: fire.fire_alarm"])
def test_file_that_is_no_scenario_is_refused(folder, content):
    path = folder / "fire" / "scenarios" / "fire_alarm.yaml"
    path.write_bytes(content)

    with pytest.raises(ScenarioRefused):
        library.read_file(path)


def test_story_that_does_not_hold_is_named(folder):
    path = folder / "fire" / "scenarios" / "lane_blocked.yaml"
    path.write_text(path.read_text().replace("dwell_seconds: 175", "dwell_seconds: 185"))

    with pytest.raises(StoryFailed) as failed:
        check(library.read_file(path))

    assert failed.value.facts["story"] == "停留不足三分钟不预警"


def test_param_that_no_story_holds_in_place_is_refused(folder):
    path = folder / "fire" / "scenarios" / "lane_blocked.yaml"
    path.write_text(path.read_text().replace("dwell_seconds: 175", "dwell_seconds: 100"))

    with pytest.raises(ScenarioRefused) as refused:
        check(library.read_file(path))

    assert "dwell" in refused.value.facts["reason"]
