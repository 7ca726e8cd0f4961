"""What cleaning takes over from sources: their manifest, and rows of files nobody could read."""

import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.contracts import Crs, Intake
from ningjulan.cleaning.facade import source_ref
from ningjulan.cleaning.tests.samples import NOW, TENANT, cleaned, fire_alarm, only, reasons
from ningjulan.sources.contracts import REFUSED, REFUSED_REASONS
from ningjulan.sources.manifest import get_source, list_sources
from ningjulan.sources.readers import read_file


def test_every_source_that_ships_can_be_cleaned():
    assert [source_ref(source).name for source in list_sources()] == [
        source.name for source in list_sources()
    ]


def test_a_source_is_taken_over_from_its_manifest():
    ref = source_ref(get_source("civic_cases"))

    assert (ref.tenant_code, ref.crs, ref.intake) == ("440310", Crs.CGCS2000, Intake.HISTORY)
    assert ref.unknown == {"-"}
    assert ref.codes["source_channel"]["13"] == "05"


def test_rows_that_could_not_be_read_are_rejected_with_the_reason_of_the_reader(tmp_path):
    path = tmp_path / "alarms.csv"
    head = "msg_id,facility_id,event_time,alarm_kind\nM1,D1,2026-11-25 10:00:00,火警\nM2,D2\n"
    path.write_bytes(head.encode() + b"M3,\xff,,\n")
    (chunk,) = read_file(path, get_source("town_iot"))

    out = cleaned(chunk.class_id, *chunk.lines)

    assert get_source("town_iot").tenant_code == TENANT
    assert out.accepted["msg_id"].to_list() == ["M1"]
    assert out.rejected["reasons"].to_list() == [["row_broken"], ["not_utf8"]]


@pytest.mark.parametrize("class_id", ["BIZ05", "GEO05"])
@pytest.mark.parametrize("name", ["entry_source", "source"])
def test_an_item_arrives_under_its_other_name_too(class_id, name):
    (record,) = catalog.clean_samples(class_id, 1, now=NOW)
    del record["entry_source"]
    record.pop("grid_code", None)

    row = only(class_id, record | {name: "01"})

    assert row["entry_source"] == "01"


def test_only_the_reasons_of_readers_are_believed():
    assert reasons("IOT12", {REFUSED: REFUSED_REASONS[0], "raw": "x"}) == [REFUSED_REASONS[0]]
    assert cleaned("IOT12", fire_alarm(**{REFUSED: "because"})).accepted.height == 1
