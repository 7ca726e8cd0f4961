import ast

import pytest

from ningjulan.project import scaffold
from ningjulan.scenarios.domain.reading.loading import read_scenario
from ningjulan.scenarios.domain.stories import outcomes
from ningjulan.scenarios.library import vocabulary
from ningjulan.sources import manifest


def test_a_new_scenario_is_read_and_its_first_story_fails(tmp_path):
    (path,) = scaffold.start("scenario", "fire.second_alarm", package=tmp_path)

    scenario = read_scenario(path.read_text(), vocabulary(), file=str(path))

    assert path == tmp_path / "modules" / "fire" / "scenarios" / "second_alarm.yaml"
    assert scenario.id == "fire.second_alarm"
    assert [outcome.passed for outcome in outcomes(scenario)] == [False, True]


def test_a_new_source_has_a_manifest_that_loads_and_a_test(tmp_path):
    paths = scaffold.start("source", "water_works", package=tmp_path)

    source = manifest.load(next(path for path in paths if path.name == "manifest.toml"))
    test = next(path for path in paths if path.name == "test_water_works.py")

    assert source.name == "water_works"
    assert source.token_env == "NINGJULAN_TOKEN_WATER_WORKS"
    assert 'get_source("water_works")' in test.read_text()
    assert ast.parse(test.read_text())


def test_a_new_module_can_be_read_beside_the_others(tmp_path):
    from ningjulan.scenarios import library

    scaffold.start("module", "night_market", package=tmp_path)

    assert [module.id for module in library.load(tmp_path / "modules").modules] == ["night_market"]


def test_what_exists_is_not_touched(tmp_path):
    (path,) = scaffold.start("scenario", "fire.second_alarm", package=tmp_path)
    path.write_text("mine")

    with pytest.raises(scaffold.Exists):
        scaffold.start("scenario", "fire.second_alarm", package=tmp_path)

    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("scenario", "fire", id="scenario without a module"),
        pytest.param("scenario", "../etc.passwd", id="way out of the folder"),
        pytest.param("source", "Water-Works", id="capital letters"),
        pytest.param("module", "a/b", id="slash"),
    ],
)
def test_other_names_are_refused_and_nothing_is_written(tmp_path, kind, name):
    with pytest.raises(scaffold.NameRefused):
        scaffold.start(kind, name, package=tmp_path)

    assert list(tmp_path.iterdir()) == []
