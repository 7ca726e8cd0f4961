"""The `history` commands, on the servers of the test run."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from typer.testing import CliRunner

from ningjulan.observations.facade import History
from ningjulan.observations.models import HistoryRead
from ningjulan.observations.querying import ReasonNeeded
from ningjulan.project import settings
from ningjulan.project.cli import app

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=200)  # plates are kept for 90


@pytest.fixture(autouse=True)
def _plates(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "HISTORY_URL", str(tmp_path))
    frame = pl.DataFrame(
        {"record_key": ["a", "b"], "plate_no": ["浙A00001", "浙A00002"], "occurred_at": [NOW, OLD]},
        schema_overrides={"occurred_at": pl.Datetime("us", "UTC")},
    )
    history = History(str(tmp_path), shard=0)
    history.add("IOT06", frame, 1)
    history.flush()


def run(*words):
    result = CliRunner().invoke(app, ["history", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_query_prints_json_and_csv():
    sql = "select record_key, 1.5 as x from IOT06 order by record_key"

    assert json.loads(run("query", sql, "--json").stdout) == [
        {"record_key": "a", "x": "1.5"},
        {"record_key": "b", "x": "1.5"},
    ]
    assert run("query", sql, "--csv").stdout == "record_key,x\na,1.5\nb,1.5\n"


def test_query_says_that_there_is_more():
    result = run("query", "select record_key from IOT06 order by record_key", "--csv", "--limit", "1")

    assert result.stdout == "record_key\na\n"
    assert "--limit" in result.stderr


def test_personal_item_needs_a_reason_on_the_command_line():
    sql = "select plate_no from IOT06 order by plate_no limit 1"
    with pytest.raises(ReasonNeeded):
        run("query", sql)

    assert run("query", sql, "--csv", "--reason", "核查漏报的车辆").stdout == "plate_no\n浙A00001\n"
    assert HistoryRead.objects.get().reason == "核查漏报的车辆"


def test_tidying_says_first_and_does_then_and_leaves_held_days():
    day = OLD.astimezone().date()
    held = [(day - timedelta(days=1)).isoformat(), (day + timedelta(days=1)).isoformat()]
    run("hold", "IOT06", *held, "--reason", "调查取证")
    (hold,) = json.loads(run("holds", "--json").stdout)
    (planned,) = json.loads(run("tidy", "--dry-run", "--json").stdout)
    assert (planned["class_id"], planned["delete"], len(planned["held"])) == ("IOT06", [], 1)

    run("lift", str(hold["id"]))
    report = json.loads(run("tidy", "--json").stdout)

    assert [(p["class_id"], p["n_rows"]) for p in report["purged"]] == [("IOT06", 1)]
    assert report["is_authentic"]
    assert json.loads(run("report", "--json").stdout) == [report]
    assert json.loads(run("query", "select record_key from IOT06", "--json").stdout) == [{"record_key": "a"}]


@pytest.mark.parametrize("words", [("tidy", "--dry-run"), ("tidy",), ("report",), ("holds",)])
def test_every_command_has_words_for_people(words):
    run("tidy")

    assert run(*words).stdout.strip()
