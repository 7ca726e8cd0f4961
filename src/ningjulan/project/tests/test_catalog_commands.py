"""`ningjulan catalog …` in the terminal."""

import json

import pytest
from typer.testing import CliRunner

from ningjulan.project.commands.records import app


@pytest.fixture
def said(monkeypatch):
    def said(*arguments, lang="zh"):
        monkeypatch.setenv("NINGJULAN_LANG", lang)
        result = CliRunner().invoke(app, ["catalog", *arguments], catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    return said


def test_stats_as_json_are_the_published_numbers(said):
    counted = json.loads(said("stats", "--json"))

    assert (counted["classes"], counted["core_items"], counted["all_items"]) == (69, 372, 809)
    assert counted["by_group"] == {"iot": 25, "geo": 13, "business": 31}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ["消防报警与部件状态", "P02 消防安全", "归一化状态", "NORMAL 正常"]),
        ("en", ["Fire alarm and unit status", "P02 Fire safety", "Outcome of a fire alarm check"]),
    ],
)
def test_show_explains_a_class_in_the_readers_language(said, lang, words):
    shown = " ".join(said("show", "iot12", lang=lang).split())

    assert all(word in shown for word in [*words, "alarm_kind", "CL_FIRE_STATE"])


def test_show_without_a_class_lists_all(said):
    assert said("show").count("\nBIZ") == 31


def test_docs_are_written_and_then_hold(said, tmp_path):
    said("docs", "--out", str(tmp_path))

    assert "71" in said("docs", "--out", str(tmp_path), "--check")
