"""What the kernel takes upon itself: the plainly good, in usual spellings. The rest it leaves to others."""

import json

import polars as pl
import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import CHECKS
from ningjulan.cleaning.contracts import INSTANT, SourceRef
from ningjulan.cleaning.kernel import checks, facade
from ningjulan.cleaning.pipeline import items_to_read
from ningjulan.cleaning.tests.samples import NOW, TOWN, event, fire_alarm, lines_of, video_alert


def recognised(class_id, *records, source=TOWN):
    data_class = catalog.get_class(class_id)
    lines = lines_of(*records)
    received_at = pl.Series([NOW] * len(lines), dtype=INSTANT)
    return facade.recognised(data_class, items_to_read(data_class), b"\n".join(lines), received_at, source)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(fire_alarm(), id="as it should be"),
        pytest.param(fire_alarm(msg_id="Ｍ１", facility_id=" D1\t"), id="full width and blanks"),
        pytest.param(fire_alarm(alarm_kind="火警"), id="label for code"),
        pytest.param(fire_alarm(alarm_kind="fire", status_bits="2"), id="lower case, number as text"),
        pytest.param(fire_alarm(event_time=int(NOW.timestamp() * 1000)), id="milliseconds"),
        pytest.param(fire_alarm(event_time="2026年11月25日10时5分"), id="time in Chinese"),
        pytest.param(fire_alarm(event_time="2026-11-25 10:05:00.25"), id="local time"),
        pytest.param(fire_alarm(recv_time=None, whatever="x", lon=120.15, lat=30.15), id="more than we know"),
        pytest.param(json.dumps(fire_alarm(alarm_kind="火警")).encode(), id="escaped"),
    ],
)
def test_usual_spellings_are_recognised(record):
    found = recognised("IOT12", record)

    assert found.good.height == 1
    assert found.good["alarm_kind"].to_list() == ["FIRE"]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff{}", id="not UTF-8"),
        pytest.param(json.dumps(fire_alarm()).encode()[:-1], id="cut off"),
        pytest.param(json.dumps(fire_alarm()).encode() + b"}", id="more behind it"),
        pytest.param(b'{"x":1,"x":1}', id="a key twice, though unknown"),
        pytest.param(fire_alarm(status_bits=65536), id="out of range"),
        pytest.param(fire_alarm(status_bits=1.5), id="not whole"),
        pytest.param(fire_alarm(alarm_kind="?"), id="unknown code"),
        pytest.param(fire_alarm(msg_id=...), id="required item missing"),
        pytest.param(fire_alarm(msg_id="x" * 37), id="too long"),
        pytest.param(fire_alarm(event_time="2026-02-30 10:00:00"), id="no such day"),
        pytest.param(fire_alarm(event_time="2026-11-25T11:00:00+08:00"), id="from the future"),
        pytest.param(fire_alarm(lon=12.5, lat=41.9), id="abroad"),
        pytest.param(fire_alarm(area_code="330106"), id="another district"),
    ],
)
def test_what_may_be_wrong_is_left_to_others(record):
    found = recognised("IOT12", record)

    assert found.good.is_empty()
    assert found.doubtful.tolist() == [0]


def test_doubtful_lines_are_found_again_in_the_payload():
    lines = lines_of(fire_alarm(), b"{]", fire_alarm(msg_id="M2"), b"")

    found = recognised("IOT12", *lines)

    payload = b"\n".join(lines)
    assert found.good["row_no"].to_list() == [0, 2]
    assert [payload[start:end] for start, end in found.doubtful_lines()] == [b"{]", b""]


def test_texts_of_any_length_arrive_whole():
    texts = ["x" * n for n in (1, 4, 11, 12, 13, 31, 32)] + ["雾" * n for n in (3, 4, 5)]

    found = recognised("BIZ16", *(event(title=text, description=text) for text in texts))

    assert found.good["title"].to_list() == texts


def test_points_and_plates_are_recognised():
    place = recognised("BIZ16", event(location={"lon": 120.15, "lat": 30.15}), event(location="120.15,30.15"))
    plate = recognised("IOT03", video_alert(region=...))

    assert place.good["own_lon"].to_list() == [120.15, 120.15]
    assert plate.good["plate_no"].to_list() == ["浙A12345"]


def test_a_source_with_words_for_unknown_is_left_to_others():
    assert recognised("IOT12", fire_alarm(), source=SourceRef("s", TOWN.tenant_code, unknown={"-"})) is None


def test_every_check_of_the_catalogue_has_its_judge():
    assert set(checks.BY_NAME) == set(CHECKS)
