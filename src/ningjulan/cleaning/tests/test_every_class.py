"""Every class, there and back: right samples come out as they went in, wrong ones with their reason."""

import json
from datetime import UTC, datetime

import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.samples import TENANT, Fault
from ningjulan.cleaning.contracts import COLLATED, INSTANT, Refs, SourceRef
from ningjulan.cleaning.facade import accepted_schema, clean
from ningjulan.cleaning.types import JSON_KINDS

NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
CLASSES = [data_class.id for data_class in catalog.list_classes()]

REASONS = {
    Fault.MISSING: "missing_item",
    Fault.WRONG_TYPE: "wrong_type",
    Fault.TOO_LONG: "too_long",
    Fault.NO_TIME: "bad_time",
    Fault.FROM_FUTURE: "time_in_future",
    Fault.TOO_LATE: "time_too_old",
    Fault.UNKNOWN_CODE: "unknown_code",
    Fault.OUT_OF_RANGE: "out_of_range",
    Fault.NO_POINT: "bad_coordinates",
    Fault.ABROAD: "coordinates_out_of_range",
    Fault.OTHER_AREA: "area_outside_tenant",
}
CHECK_REASONS = {
    "id_card_no": "bad_id_check_digit",
    "id_document": "bad_id_check_digit",
    "uscc": "bad_uscc_check_digit",
    "plate_no": "bad_plate_no",
    "phone": "bad_phone",
    "mobile": "bad_mobile",
    "division_code": "bad_division_code",
    "month": "bad_month",
    "hmac": "bad_hash",
}


def cleaned(class_id, records):
    lines = [json.dumps(record, ensure_ascii=False).encode() for record in records]
    return clean(class_id, lines, received_at=NOW, source=SourceRef("samples", TENANT), refs=Refs(TENANT))


@pytest.mark.parametrize("class_id", CLASSES)
def test_right_records_come_out_as_they_went_in(class_id):
    data_class = catalog.get_class(class_id)
    records = catalog.clean_samples(class_id, 40, now=NOW)

    out = cleaned(class_id, records)

    assert out.rejected.to_dicts() == []
    assert out.duplicates.is_empty()
    for row in out.accepted.iter_rows(named=True):
        record = records[row["row_no"]]
        for item in data_class.items:
            if item.id in record:
                assert _as_written(row[item.id], item) == _as_delivered(record[item.id], item), item.id
            elif item.id not in COLLATED:
                assert row[item.id] is None, item.id


@pytest.mark.parametrize("class_id", CLASSES)
def test_accepted_records_keep_the_types_and_rules_of_the_catalogue(class_id):
    records = catalog.clean_samples(class_id, 40, now=NOW, seed=1)

    accepted = cleaned(class_id, records).accepted

    frame = catalog.frame(class_id)
    assert accepted.schema == accepted_schema(class_id)
    assert accepted["occurred_at"].dtype == INSTANT
    frame.validate(accepted.select(frame.column_names()))


@pytest.mark.parametrize("class_id", CLASSES)
def test_each_wrong_record_is_rejected_for_its_one_reason(class_id):
    wrong = catalog.dirty_samples(class_id, now=NOW)

    out = cleaned(class_id, [dirty.record for dirty in wrong])

    expected = {
        row_no: [
            CHECK_REASONS[dirty.item.check] if dirty.fault is Fault.CHECK_FAILED else REASONS[dirty.fault]
        ]
        for row_no, dirty in enumerate(wrong)
    }
    assert dict(zip(out.rejected["row_no"], out.rejected["reasons"].to_list(), strict=True)) == expected
    for row, detail in zip(out.rejected["row_no"], out.rejected["detail"], strict=True):
        assert wrong[row].item.zh in detail


@pytest.mark.parametrize("class_id", CLASSES)
def test_every_class_is_asked_what_it_can_get_wrong(class_id):
    """The samples must not pass by asking nothing: each required item, code and limit is tried."""
    data_class = catalog.get_class(class_id)
    tried = {(dirty.item.id, dirty.fault) for dirty in catalog.dirty_samples(class_id, now=NOW)}

    for item in data_class.items:
        assert not item.required or (item.id, Fault.MISSING) in tried
        assert not item.code_list or (item.id, Fault.UNKNOWN_CODE) in tried
        assert item.maximum is None or (item.id, Fault.OUT_OF_RANGE) in tried
        assert not item.check or (item.id, Fault.CHECK_FAILED) in tried
    assert (data_class.time_item, Fault.FROM_FUTURE) in tried


def _as_written(value, item):
    """Return what cleaning gave, in a form that can be compared."""
    if value is not None and item.type.kind in JSON_KINDS:
        return json.loads(value)
    return value


def _as_delivered(value, item):
    """Return what was delivered, in the same form."""
    if item.type.kind == "datetime":
        return datetime.fromisoformat(value).astimezone(UTC)
    if item.type.kind == "date":
        return datetime.fromisoformat(value).date()
    if item.type.kind == "geo_point":
        return pytest.approx(value)
    return value
