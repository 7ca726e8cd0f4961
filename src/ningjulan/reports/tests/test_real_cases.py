"""The published cases of a real district, counted twice: by us, and by plain Polars from the file itself.

The file is not part of the project; the test looks for it and says when it is absent.
"""

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import polars as pl
import pytest

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import Delivery
from ningjulan.cleaning import facade as cleaning
from ningjulan.registry import facade as registry
from ningjulan.reports.commands import stats_cases
from ningjulan.sources import facade as sources

SAMPLES = Path(os.environ.get("NINGJULAN_SAMPLE_DATA", Path(__file__).parents[4] / "../shared/data"))
FILE = SAMPLES / "pingshan_events" / "dev_to_2018-10.csv"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILE.exists(), reason=f"real sample not found: {FILE}")


def take_in_the_file() -> None:
    source = sources.get_source("civic_cases")
    registry.register_areas(sources.areas_in(FILE, source), source=source.name)
    registry.register_units(sources.units_in(FILE, source), source=source.name)
    for chunk in sources.read_file(FILE, source):
        cleaned = cleaning.clean(
            chunk.class_id,
            chunk.lines,
            received_at=NOW,
            source=cleaning.source_ref(source),
            refs=registry.refs(source.tenant_code),
        )
        rows = cleaned.accepted.to_dicts()
        delivery = Delivery(
            chunk.class_id, source.name, source.tenant_code, cases.Intake.HISTORY, msgspec.to_builtins(rows)
        )
        cases.take_in_records(delivery=delivery, now=NOW)


def rate(rows: pl.DataFrame) -> float:
    return round((rows["ACHIEVE_STATUS"] == "intime").mean(), 4)


@pytest.mark.django_db
def test_figures_equal_a_count_made_from_the_file():
    plain = pl.read_csv(FILE, infer_schema=False)
    take_in_the_file()

    stats = stats_cases(source="civic_cases")

    assert (stats["total"], stats["settled"]) == (len(plain), len(plain))
    assert stats["on_time"] == (plain["ACHIEVE_STATUS"] == "intime").sum()
    assert stats["late"] == (plain["ACHIEVE_STATUS"] == "overtime").sum()
    assert stats["on_time_rate"] == rate(plain)
    assert stats["period"] == {"from": plain["create_time"].min(), "to": plain["create_time"].max()}
    months = plain.group_by(pl.col("create_time").str.slice(0, 7).alias("month"))
    assert {(m["month"], m["n"], m["on_time_rate"]) for m in stats["by_month"]} == {
        (month, len(rows), rate(rows)) for (month,), rows in months
    }
    types = plain.filter(pl.col("SUB_TYPE_NAME") != "-")["SUB_TYPE_NAME"].str.strip_chars().value_counts()
    assert {(s["name"], s["n"]) for s in stats["by_subcategory"]} == set(types.iter_rows())
    assert sum(p["n"] for p in stats["placement"]) == len(plain)
