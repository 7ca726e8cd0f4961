"""What becomes of batches without a database: each line is a row, a reject, parked, or there twice."""

import json
from dataclasses import replace

import pytest

from ningjulan.cleaning.contracts import CLEANER_VERSION
from ningjulan.cleaning.tests.samples import NOW, REFS, TENANT, TOWN, fire_alarm
from ningjulan.project.runners.outcomes import Kind, outcome_schema, outcomes
from ningjulan.project.runners.snapshot import OtherCleaner, Snapshot, export_snapshot, load_snapshot
from ningjulan.sources.canary import RECEIPT
from ningjulan.sources.stream import RawBatch

SNAPSHOT = Snapshot({TOWN.name: TOWN}, {TENANT: REFS})


def batch(seq, *records, source=TOWN.name):
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in records]
    return RawBatch(f"B{seq}", "R", source, "IOT12", 1, NOW, b"\n".join(lines), seq)


def told(frame):
    """Return kind, batch and row of everything but the lines of balance, in stream order."""
    rows = frame.filter(frame["_kind"] != Kind.BATCH).sort("seq", "row_no")
    return list(rows.select("_kind", "seq", "row_no", "record_key", "_raw").iter_rows())


def balance(frame):
    lines = frame.filter(frame["_kind"] == Kind.BATCH).sort("seq")
    return list(lines.select("seq", "_n_received", "_n_rejected", "_n_parked").iter_rows())


def test_rows_and_rejects_know_their_batch_and_their_place_in_it():
    first = batch(7, fire_alarm(msg_id="A"), b"{broken")
    second = batch(9, b"[]", fire_alarm(msg_id="B"), fire_alarm(msg_id="B"))

    frame = outcomes("IOT12", [first, second], SNAPSHOT)

    assert told(frame) == [
        ("row", 7, 0, "A", None),
        ("reject", 7, 1, None, b"{broken"),
        ("reject", 9, 0, None, b"[]"),
        ("row", 9, 1, "B", None),
    ]
    assert balance(frame) == [(7, 2, 1, 0), (9, 3, 1, 0)]
    assert dict(frame.schema) == outcome_schema("IOT12")


def test_batch_that_fails_by_itself_is_parked_whole_and_the_others_are_not():
    good, strange, stray = (
        batch(1, fire_alarm()),
        batch(2, fire_alarm(), source="gone"),
        batch(3, b"x", source=""),
    )

    frame = outcomes("IOT12", [good, strange, stray], SNAPSHOT)

    assert balance(frame) == [(1, 1, 0, 0), (2, 1, 0, 1), (3, 1, 0, 1)]
    parked = frame.filter(frame["_n_parked"] > 0).sort("seq")
    assert parked["_raw"].to_list() == [strange.payload, b"x"]
    assert [why.split(":")[0] for why in parked["_detail"]] == ["UnknownSource", "NotFromOurDoors"]


def test_canary_gives_nothing():
    canary = replace(batch(1, fire_alarm()), receipt_id=RECEIPT)

    assert outcomes("IOT12", [canary], SNAPSHOT).is_empty()


def test_snapshot_brings_back_what_cleaning_needs(tmp_path):
    source = replace(TOWN, codes={"alarm_kind": {"火": "FIRE"}}, unknown=frozenset({"-", "?"}))
    records = [fire_alarm(msg_id=name, facility_id=device) for name, device in [("A", "D1"), ("B", "D2")]]
    made = Snapshot({source.name: source}, {TENANT: REFS})

    export_snapshot(tmp_path / "snapshot.zip", [source], [REFS])
    back = load_snapshot(tmp_path / "snapshot.zip")

    assert back.sources == made.sources
    assert outcomes("IOT12", [batch(1, *records)], back).equals(outcomes("IOT12", [batch(1, *records)], made))
    assert back.refs[TENANT].grid_polygons[1] == REFS.grid_polygons[1]
    assert [
        a.equals(b) for a, b in zip(back.refs[TENANT].grid_polygons[0], REFS.grid_polygons[0], strict=True)
    ]


def test_snapshot_of_another_cleaner_is_refused(tmp_path, monkeypatch):
    export_snapshot(tmp_path / "snapshot.zip", [TOWN], [REFS])
    monkeypatch.setattr("ningjulan.project.runners.snapshot.CLEANER_VERSION", "0.0.0")

    with pytest.raises(OtherCleaner) as refused:
        load_snapshot(tmp_path / "snapshot.zip")

    assert refused.value.facts == {"theirs": CLEANER_VERSION, "ours": "0.0.0"}
