"""`kill -9` of every process while the file of civic cases is imported: the balance sheet stays exact.

With the published sample at hand it is the real file, and the statistics must equal those that plain
Polars counts.
"""

import json
import time

import polars as pl
import pytest

from ningjulan.sources.civic_cases.tests.independent import FILE, expected_figures
from tests.e2e import invented_cases
from tests.e2e.platform import running, wait_for

pytestmark = pytest.mark.e2e
VICTIMS = ("worker", "nats", "relay", "postgres", "web", "worker", "postgres", "nats")


@pytest.fixture(scope="module")
def platform():
    with running("--no-demo", "--port", "8733") as platform:
        yield platform


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    if FILE.exists():
        return FILE
    return invented_cases.write(tmp_path_factory.mktemp("cases") / "cases.csv", 7000)


@pytest.fixture(scope="module")
def imported(platform, file):
    """The outcome of an import during which everything is killed, some of it twice."""
    importing = platform.start("import", str(file), "--source", "civic_cases", "--json")
    time.sleep(1.5)
    importing.kill()  # the import itself is the first victim; it is simply started again
    importing.communicate()

    importing = platform.start("import", str(file), "--source", "civic_cases", "--json")
    for victim in VICTIMS:
        platform.kill(victim)
        time.sleep(0.7)
    output, errors = importing.communicate(timeout=300)
    assert importing.returncode == 0, errors
    return json.loads(output)


def test_every_row_is_accounted_for_whatever_dies(imported, file):
    assert imported["read"] == 2 * _rows_of(file)
    assert imported["read"] == sum(
        line[kind] for line in imported["lines"] for kind in ("stored", "rejected", "duplicate")
    )
    assert {line["duplicate"] for line in imported["lines"]} == {0}
    if file == FILE:
        assert {line["class_id"]: line["stored"] for line in imported["lines"]} == {
            "BIZ16": 6952,
            "BIZ17": 6952,
        }


def test_second_import_of_the_file_adds_nothing(platform, file, imported):
    before = _stats(platform)

    again = platform.command("import", str(file), "--source", "civic_cases", "--json")

    assert again.returncode == 0, again.stderr
    assert _stats(platform) == before


def test_history_holds_every_stored_record_once(platform, imported):
    from ningjulan.observations.facade import read_history

    root = str(platform.var / "history")
    stored = {line["class_id"]: line["stored"] for line in imported["lines"]}

    def kept():
        try:
            frames = {c: read_history(root, c).select("record_key").collect()["record_key"] for c in stored}
        except FileNotFoundError:
            return None
        return frames if all(len(frames[c]) >= stored[c] for c in stored) else None

    keys = wait_for(kept, seconds=60, what="the history")

    assert {c: (len(k), k.n_unique()) for c, k in keys.items()} == {c: (n, n) for c, n in stored.items()}


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "ndjson"])
def test_file_of_any_kind_balances_and_loses_forbidden_columns(platform, tmp_path, ending):
    rows = pl.DataFrame(
        {
            "msg_id": [f"{ending}-1", f"{ending}-2", f"{ending}-1"],
            "facility_id": ["D1", "D1", "D1"],
            "event_time": ["2026-11-25 11:00:00", "2026-13-25 11:00:00", "2026-11-25 11:00:00"],
            "alarm_kind": ["火警", "NORMAL", "火警"],
            "民族": ["汉", "汉", "汉"],
        }
    )
    path = tmp_path / f"alarms.{ending}"
    write = {"csv": rows.write_csv, "xlsx": rows.write_excel, "parquet": rows.write_parquet}
    write.get(ending, rows.write_ndjson)(path)

    done = platform.command("import", str(path), "--source", "town_iot", "--json")

    result = json.loads(done.stdout)
    assert [(line["stored"], line["rejected"], line["duplicate"]) for line in result["lines"]] == [(1, 1, 1)]
    if ending != "ndjson":  # there, columns are not known before the records are read
        assert result["dropped"] == ["民族"]


@pytest.mark.skipif(not FILE.exists(), reason=f"the published sample is not at hand ({FILE})")
def test_statistics_equal_an_independent_count(platform, imported):
    expected = expected_figures(FILE)
    stats = wait_for(
        lambda: (found := _stats(platform))["settled"] == expected["settled"] and found,
        seconds=120,
        what="all cases to be settled",
    )

    assert {k: stats[k] for k in ("total", "settled", "on_time", "late")} == {
        k: expected[k] for k in ("total", "settled", "on_time", "late")
    }
    assert {row["code"]: row["n"] for row in stats["by_category"]} == _counts(expected["by_category"])
    assert {row["code"]: row["n"] for row in stats["by_community"]} == _counts(expected["by_community"])
    assert {row["month"]: row["n"] for row in stats["by_month"]} == _counts(expected["by_month"])
    assert {row["code"]: row["n"] for row in stats["by_channel"]} == _counts(expected["by_channel"])
    assert {row["kind"]: row["n"] for row in stats["placement"]} == _counts(expected["placement"])
    rates = {row["month"]: row["on_time_rate"] for row in stats["by_month"]}
    assert rates == {
        month: round(on_time / (on_time + late), 4)
        for month, (_, on_time, late) in expected["by_month"].items()
    }


def _counts(figures):
    return {key: n for key, (n, *_) in figures.items()}


def _stats(platform):
    return json.loads(platform.command("stats", "cases", "--source", "civic_cases", "--json").stdout)


def _rows_of(file):
    with file.open(encoding="utf-8-sig") as lines:
        return sum(1 for line in lines if line.strip()) - 1
