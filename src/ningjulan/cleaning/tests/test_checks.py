"""Numbers of records: judged by the name the catalogue gives the item."""

import pytest

from ningjulan.catalog import contracts as catalogue
from ningjulan.cleaning.checks import CHECKS
from ningjulan.cleaning.contracts import NOTES, REASONS
from ningjulan.cleaning.numbers.tests.generated import with_id_check
from ningjulan.cleaning.tests.samples import cleaned, only, reasons, video_alert
from ningjulan.foundation import masking

PRINTED_ID = "11010519491231002X"


def resident(**changes):
    right = {"person_id": "P1", "name": "试验甲", "person_category": "01", "current_address_id": "A1"}
    return right | changes


def vehicle(**changes):
    return {"vehicle_id": "V1", "plate_no": "浙A12345", "plate_class": "02"} | changes


def organisation(**changes):
    return {"org_id": "O1", "name": "试验公司", "org_type": "01"} | changes


def test_every_check_of_the_catalogue_has_its_judge():
    assert set(CHECKS) == set(catalogue.CHECKS)


def test_numbers_come_out_in_their_one_form():
    row = only("BIZ01", resident(id_type="111", id_no=" 110105-19491231-002ｘ", phone="＋86 138 0013 8000"))

    assert (row["id_no"], row["phone"]) == (PRINTED_ID, "13800138000")


def test_numbers_delivered_as_json_numbers_keep_every_digit():
    row = only("BIZ01", resident(id_type="111", id_no=440524188001010014, phone=13800138000))

    assert (row["id_no"], row["phone"]) == ("440524188001010014", "13800138000")


def test_a_document_is_judged_by_the_kind_beside_it():
    assert only("BIZ01", resident(id_type="普通护照", id_no="e12345678"))["id_no"] == "E12345678"
    assert reasons("BIZ01", resident(id_type="111", id_no="E12345678")) == ["bad_id_no"]
    assert reasons("BIZ01", resident(id_no="E12345678")) == ["id_kind_needed"]


def test_nobody_is_born_after_the_local_day_of_receipt():
    assert only("BIZ01", resident(id_type="111", id_no=with_id_check("99999920261125001")))
    tomorrow = with_id_check("99999920261126001")

    assert reasons("BIZ01", resident(id_type="111", id_no=tomorrow)) == ["id_birth_date_in_future"]


def test_all_wrong_numbers_of_a_record_are_named_at_once_and_never_quoted():
    out = cleaned("BIZ01", resident(id_type="111", id_no="110105491231002", phone="12012345678"))

    assert out.rejected["reasons"].to_list() == [["id_no_of_15_digits", "bad_mobile"]]
    assert "证件号码（id_no）：15 位旧身份证号码已停用" in out.rejected["detail"][0]
    assert "110105" not in out.rejected["detail"][0]
    assert "1201234" not in out.rejected["detail"][0]


def test_an_object_for_a_number_is_one_fault_not_two():
    assert reasons("BIZ01", resident(phone={"home": "0571-88888888"})) == ["wrong_type"]


def test_a_repair_makes_room_before_the_length_is_judged():
    row = only("IOT03", video_alert(plate_no="蓝 浙 A · 1 2 3 4 5"))

    assert row["plate_no"] == "浙A12345"


def test_a_vehicle_without_plate_is_accepted_with_a_note():
    out = cleaned(
        "IOT03",
        video_alert(event_id="V1", plate_no="无牌"),
        video_alert(event_id="V2", plate_no="浙A12345"),
        video_alert(event_id="V3", plate_no="未识别"),
        video_alert(event_id="V3", plate_no="未识别"),
        video_alert(event_id="V4", plate_no="无牌", confidence=2),
    )

    assert out.accepted["plate_no"].to_list() == [None, "浙A12345", None]
    assert out.notes.rows() == [(0, "plate_no", "no_plate"), (2, "plate_no", "plate_not_read")]


def test_a_word_for_none_is_no_required_number():
    assert only("BIZ12", vehicle())["plate_no"] == "浙A12345"
    assert reasons("BIZ12", vehicle(plate_no="无牌")) == ["missing_item"]


def test_synthetic_people_are_noted():
    out = cleaned("BIZ01", resident(id_type="111", id_no=with_id_check("99999919900101001")))

    assert out.notes.rows() == [(0, "id_no", "synthetic_number")]


@pytest.mark.parametrize(
    ("class_id", "record", "expected"),
    [
        pytest.param(
            "BIZ10", organisation(usc_code="91350100M000100Y44"), "bad_uscc_check_digit", id="credit code"
        ),
        pytest.param("BIZ12", vehicle(plate_no="杭A12345"), "bad_plate_region", id="plate"),
        pytest.param("BIZ12", vehicle(owner_phone="88888888"), "area_code_missing", id="telephone"),
        pytest.param("BIZ01", resident(hukou_division="3301"), "bad_division_code", id="division"),
    ],
)
def test_wrong_numbers_are_rejected(class_id, record, expected):
    assert reasons(class_id, record) == [expected]


def test_every_fault_and_note_speaks_both_languages():
    assert all(sentence.zh and sentence.en for sentence in [*REASONS.values(), *NOTES.values()])


def test_every_mask_of_the_catalogue_can_be_shown():
    assert set(masking.MASKS) == set(catalogue.MASKS)
