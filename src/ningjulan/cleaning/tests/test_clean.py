"""What cleaning promises, record by record."""

import json
from datetime import UTC, date, datetime

import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import UnknownClass
from ningjulan.catalog.schemas import ADDED
from ningjulan.cleaning.contracts import COLLATED, REASONS, Intake, Refs, SourceRef
from ningjulan.cleaning.facade import accepted_schema
from ningjulan.cleaning.tests.samples import (
    NOW,
    RIGHT,
    TENANT,
    TOWN,
    cleaned,
    event,
    fire_alarm,
    only,
    reasons,
    video_alert,
)
from ningjulan.cleaning.types import words_of_list
from ningjulan.cleaning.words import normalised


@pytest.mark.parametrize("class_id", RIGHT)
def test_a_right_record_is_accepted_with_all_columns(class_id):
    out = cleaned(class_id, RIGHT[class_id]())

    assert out.rejected.to_dicts() == []
    assert dict(out.accepted.schema) == accepted_schema(class_id)


@pytest.mark.parametrize("class_id", RIGHT)
def test_an_empty_batch_has_the_same_columns(class_id):
    out = cleaned(class_id, refs=Refs(TENANT))

    assert dict(out.accepted.schema) == accepted_schema(class_id)
    assert (out.accepted.height, out.rejected.height, out.duplicates.height) == (0, 0, 0)


def test_the_catalogue_names_the_columns_cleaning_adds():
    assert list(ADDED) == list(COLLATED)


def test_an_unknown_class_is_not_cleaned():
    with pytest.raises(UnknownClass):
        cleaned("IOT00", {})


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"", "bad_json", id="empty"),
        pytest.param(b'{"msg_id": "M1"', "bad_json", id="cut off"),
        pytest.param(b'{"msg_id": NaN}', "bad_json", id="NaN"),
        pytest.param(b'{"status_bits": 1e999}', "bad_json", id="number without end"),
        pytest.param('{"msg_id": "火警"}'.encode("gb18030"), "not_utf8", id="GB 18030"),
        pytest.param(b"\xff\xfe", "not_utf8", id="no text at all"),
        pytest.param(b"[1, 2]", "not_an_object", id="list"),
        pytest.param(b'"M1"', "not_an_object", id="string"),
        pytest.param(b"null", "not_an_object", id="null"),
        pytest.param(b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "too_deep", id="10,000 lists deep"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "too_deep", id="10,000 objects deep"),
        pytest.param(b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "too_deep", id="40 lists deep"),
        pytest.param(b'{"msg_id": "' + b"x" * 2**20 + b'"}', "record_too_large", id="over 1 MiB"),
        pytest.param(b'{"msg_id":"M1","msg_id":"M2"}', "duplicate_key", id="key twice"),
        pytest.param(b'{"msg_id" :"M1","msg_id": "M2"}', "duplicate_key", id="key twice, spaced"),
        pytest.param(b'{"a":{"b":1,"b":2},"c":"\\":"}', "duplicate_key", id="key twice, inside"),
    ],
)
def test_a_line_that_is_no_record_is_kept_with_its_reason(line, reason):
    assert reasons("IOT12", line) == [reason]


def test_good_rows_of_a_mixed_batch_are_kept():
    out = cleaned("IOT12", b"\xff", fire_alarm(msg_id="M1"), b"{", fire_alarm(msg_id="M2"), b"[]")

    assert out.accepted["row_no"].to_list() == [1, 3]
    assert out.rejected["row_no"].to_list() == [0, 2, 4]


def test_many_lists_side_by_side_are_not_deep():
    assert only("IOT03", video_alert(region=[[0.1, 0.2]] * 100))["event_id"] == "V1"


def test_a_record_written_over_several_lines_is_one_record():
    line = b'{\n  "msg_id": "M1",\r\n  "facility_id": "D1",\n "event_time": 1795568400, "alarm_kind": "FIRE"}'

    assert only("IOT12", line)["occurred_at"] == datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(fire_alarm(alarm_kind=...), ["missing_item"], id="absent"),
        pytest.param(fire_alarm(alarm_kind=None), ["missing_item"], id="null"),
        pytest.param(fire_alarm(msg_id=" 　"), ["missing_item"], id="blank"),
        pytest.param(fire_alarm(msg_id="\u200b"), ["missing_item"], id="invisible"),
        pytest.param(fire_alarm(msg_id={"a": 1}), ["wrong_type"], id="object where text is due"),
        pytest.param(fire_alarm(msg_id=["M1"]), ["wrong_type"], id="list where text is due"),
        pytest.param(fire_alarm(msg_id="x" * 37), ["too_long"], id="too long"),
        pytest.param(fire_alarm(status_bits="two"), ["wrong_type"], id="word for a number"),
        pytest.param(fire_alarm(status_bits=2.5), ["wrong_type"], id="fraction for a whole number"),
        pytest.param(fire_alarm(status_bits=65536), ["out_of_range"], id="17 bits"),
        pytest.param(fire_alarm(alarm_kind="SMOKE"), ["unknown_code"], id="unknown code"),
        pytest.param(fire_alarm(event_time="yesterday"), ["bad_time"], id="no time"),
        pytest.param(fire_alarm(event_time="2026-02-30 10:00:00"), ["bad_time"], id="30 February"),
        pytest.param(fire_alarm(event_time="2046-11-25 10:20:00"), ["time_in_future"], id="20 years ahead"),
        pytest.param(fire_alarm(event_time="2006-11-25 10:20:00"), ["time_too_old"], id="20 years behind"),
        pytest.param(
            fire_alarm(status_bits=-1, alarm_kind="?", event_time="2046-11-25"),
            ["out_of_range", "unknown_code", "time_in_future"],
            id="all at once",
        ),
    ],
)
def test_doubtful_values_are_rejected(record, expected):
    assert reasons("IOT12", record) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(video_alert(confidence=1.01), ["out_of_range"], id="confidence over 1"),
        pytest.param(video_alert(confidence="NaN"), ["wrong_type"], id="NaN as text"),
        pytest.param(video_alert(region="[[0.1,"), ["wrong_type"], id="broken JSON inside"),
        pytest.param(video_alert(device_id=...), ["missing_item"], id="no device"),
    ],
)
def test_doubtful_video_alerts_are_rejected(record, expected):
    assert reasons("IOT03", record) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(event(location="here"), ["bad_coordinates"], id="words for a point"),
        pytest.param(event(location=[2.35, 48.86]), ["coordinates_out_of_range"], id="Paris"),
        pytest.param(event(lon=2.35, lat=48.86), ["coordinates_out_of_range"], id="Paris, as two fields"),
        pytest.param(event(area_code="440310101"), ["area_outside_tenant"], id="another district"),
        pytest.param(event(grid_code="3301090130020"), ["area_outside_tenant"], id="13 digits"),
        pytest.param(event(title="很" * 101), ["too_long"], id="title of 101 characters"),
    ],
)
def test_doubtful_events_are_rejected(record, expected):
    assert reasons("BIZ16", record) == expected


def test_the_ten_minutes_ahead_are_allowed_and_not_a_second_more():
    assert only("IOT12", fire_alarm(event_time="2026-11-25 10:40:00"))
    assert reasons("IOT12", fire_alarm(event_time="2026-11-25 10:40:01")) == ["time_in_future"]


def test_a_live_record_may_be_late_by_its_class_and_not_a_second_more():
    assert only("IOT12", fire_alarm(event_time="2026-11-18 10:30:00"))
    assert reasons("IOT12", fire_alarm(event_time="2026-11-18 10:29:59")) == ["time_too_old"]


def test_history_may_be_old_but_not_an_unset_clock():
    history = SourceRef("test", TENANT, intake=Intake.HISTORY)

    assert only("BIZ16", event(report_time="2018-02-08"), source=history)
    assert reasons("BIZ16", event(report_time="1970-01-01"), source=history) == ["time_too_old"]
    assert reasons("BIZ16", event(report_time="2046-01-01"), source=history) == ["time_in_future"]


def test_certain_repairs():
    row = only(
        "IOT12",
        {
            "msg_id": "　Ｍ１\u200b ",
            "facility_id": "D1",
            "event_time": "２０２６年１１月２５日 １０：２０",
            "alarm_kind": "火警",
            "status_bits": "2.0",
            "confirm_result": "生活用火",
        },
    )

    assert (row["msg_id"], row["alarm_kind"], row["status_bits"], row["confirm_result"]) == (
        "M1",
        "FIRE",
        2,
        "5",
    )
    assert row["event_time"] == datetime(2026, 11, 25, 2, 20, tzinfo=UTC)


def test_chinese_punctuation_of_sentences_is_left_alone():
    row = only("BIZ16", event(title="［北门］路灯不亮，请修（２盏）", description="[急] 见附件"))

    assert row["title"] == "［北门］路灯不亮，请修（2盏）"
    assert row["description"] == "[急] 见附件"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("5", "05"),
        (5, "05"),
        ("12345热线", "05"),
        ("居民上报", "04"),
        ("居民上报(你盯我办)", "04"),
        ("IoT sensor", "01"),
    ],
)
def test_codes_by_value_short_value_or_label(written, code):
    assert only("BIZ16", event(source_channel=written))["source_channel"] == code


def test_a_code_means_itself_in_every_list():
    codes = [(each.id, code) for each in catalog.list_code_lists() for code in each.by_code]

    assert [words_of_list(list_id).get(normalised([code])[0]) for list_id, code in codes] == [
        c for _, c in codes
    ]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param([["a\\b", 'say "x"'], {'k"': "\n\x01"}], id="escapes"),
        pytest.param({"现场（１）": "，＂"}, id="full width"),
        pytest.param([1, 2.5, None, True, -1e-7], id="numbers"),
    ],
)
def test_json_items_are_kept_as_they_are(written):
    assert json.loads(only("IOT03", video_alert(region=written))["region"]) == written
    assert json.loads(only("IOT03", video_alert(region=json.dumps(written)))["region"]) == written


def test_a_line_only_the_slow_reader_can_read_changes_nothing_for_its_neighbours():
    endless = json.dumps(video_alert(event_id="V2", algo_version=...)).encode()[:-1] + b', "x": ' + b"9" * 400
    alone = only("IOT03", video_alert(confidence=1e-5))

    out = cleaned("IOT03", video_alert(confidence=1e-5), endless + b"}", b"{")

    assert out.accepted["event_id"].to_list() == ["V1", "V2"]
    assert out.accepted.row(0, named=True) == alone
    assert reasons("IOT03", endless.replace(b'"x"', b'"dwell_seconds"') + b"}") == ["wrong_type"]


def test_a_renamed_field_may_bear_the_name_of_another_item():
    source = SourceRef("test", TENANT, columns={"dedupe_key": "event_no"})

    row = only("BIZ16", event(event_no=..., dedupe_key="E9"), source=source)

    assert (row["event_no"], row["dedupe_key"]) == ("E9", "E9")


def test_an_object_in_a_renamed_field_is_found():
    source = SourceRef("test", TENANT, columns={"id": "msg_id"})

    assert reasons("IOT12", fire_alarm(msg_id=..., id={"a": 1}), source=source) == ["wrong_type"]
    assert only("IOT12", fire_alarm(msg_id=..., id="[1]"), source=source)["msg_id"] == "[1]"


def test_the_source_has_its_own_names_codes_and_word_for_unknown():
    source = SourceRef(
        "test",
        TENANT,
        columns={"id": "event_no", "what": "category_code"},
        codes={"category_code": {"摊": "C02"}},
        unknown=frozenset({"-"}),
    )
    record = event(event_no=..., category_code=..., id="E9", what="摊", subcategory="-")

    row = only("BIZ16", record, source=source)

    assert (row["event_no"], row["category_code"], row["subcategory"]) == ("E9", "C02", None)
    assert reasons("BIZ16", event(category_code="-"), source=source) == ["missing_item"]


def test_the_sentence_says_what_to_do_and_quotes_the_value():
    detail = cleaned("IOT12", fire_alarm(alarm_kind="SMOKE")).rejected["detail"][0]

    assert detail == "归一化状态（alarm_kind）：代码表中没有此值，请核对或在来源对照表中补充，收到“SMOKE”"


def test_personal_values_are_never_quoted():
    detail = cleaned("IOT03", video_alert(plate_no="浙A" + "9" * 20)).rejected["detail"][0]

    assert "车牌号" in detail
    assert "9" not in detail


def test_the_first_of_two_equal_keys_counts():
    out = cleaned("IOT12", fire_alarm(status_bits=2), fire_alarm(status_bits=3), fire_alarm(msg_id="M2"))

    assert out.accepted["row_no"].to_list() == [0, 2]
    assert out.duplicates.to_dicts() == [{"row_no": 1, "record_key": "M1", "reason": "same_key"}]


def test_a_rejected_record_makes_no_duplicate_of_the_next():
    out = cleaned("IOT12", fire_alarm(alarm_kind="?"), fire_alarm())

    assert (out.rejected["row_no"].to_list(), out.accepted["row_no"].to_list()) == ([0], [1])


def test_steps_of_one_case_are_different_records():
    step = {"case_no": "K1", "stage": "2", "action": "register", "action_time": "2026-11-25 10:00"}

    out = cleaned("BIZ17", step, step | {"stage": "3", "action": "dispatch"}, step)

    assert out.accepted["record_key"].n_unique() == 2
    assert out.duplicates["row_no"].to_list() == [2]


def test_a_time_never_delivered_says_so():
    row = only("BIZ17", {"case_no": "K1", "stage": "6", "action": "close"})

    assert (row["action_time"], row["time_precision"]) == (None, "received")
    assert row["occurred_at"] == datetime(2026, 11, 25, 2, 30, tzinfo=UTC)


def test_a_class_dated_by_the_day_begins_in_the_town():
    (roster,) = catalog.clean_samples("BIZ31", 1, now=NOW)
    roster |= {"duty_date": "2026-11-25"}

    row = only("BIZ31", roster | {"grid_code": None})

    assert (row["duty_date"], row["time_precision"]) == (date(2026, 11, 25), "day")
    assert row["occurred_at"] == datetime(2026, 11, 24, 16, tzinfo=UTC)
    assert reasons("BIZ31", roster | {"duty_date": "2036-11-25"}) == ["time_in_future"]


def test_every_reason_speaks_both_languages():
    assert all(reason.zh and reason.en for reason in REASONS.values())


def test_nothing_is_read_that_the_catalogue_does_not_name():
    row = only("BIZ16", event(face_id="F1", 民族="汉"), source=TOWN)

    assert not {"face_id", "民族"} & set(row)
