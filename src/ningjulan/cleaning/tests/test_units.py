"""Numbers that bring their unit."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import UNITS, Item, ItemType
from ningjulan.cleaning.tests.samples import NOW, cleaned, only, reasons, video_alert
from ningjulan.cleaning.units import bare


def item_in(unit):
    return Item("x", "试验", "Test", ItemType("decimal(10,3)", "decimal", 10, 3), unit=unit)


def number(written, unit):
    text, findings = bare(pl.Series([written]), item_in(unit), None)
    return "unknown_unit" if any(finding.bad.any() for finding in findings) else float(text[0])


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("350kPa", "MPa", 0.35),
        ("0.35 Mpa", "kPa", 350),
        ("1.2 m", "cm", 120),
        ("1.2米", "mm", 1200),
        ("3 公里", "m", 3000),
        ("10 m/s", "km/h", 36),
        ("36 km/h", "m/s", 10),
        ("2小时", "min", 120),
        ("90 min", "s", 5400),
        ("0.3A", "mA", 300),
        ("30毫安", "A", 0.03),
        ("1500 g", "kg", 1.5),
        ("2公斤", "kg", 2),
        ("0.5 mg/m3", "μg/m³", 500),
        ("50 ug/L", "mg/L", 0.05),
        ("-3.5 °C", "℃", -3.5),
        ("65%", "%RH", 65),
        ("65 %RH", "%RH", 65),
        ("1e3 mm", "m", 1),
        ("5人", "人", 5),
        ("1.5万元", "元", 15000),
        ("36", "m/s", 36),
    ],
)
def test_certain_conversions(written, unit, expected):
    assert number(written, unit) == expected


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        pytest.param("50 psi", "MPa", id="not exact"),
        pytest.param("100 °F", "℃", id="not exact, shifted"),
        pytest.param("3 kg", "m", id="another quantity"),
        pytest.param("5 M", "m", id="million, metre or month"),
        pytest.param("30 MA", "mA", id="mega or milli"),
        pytest.param("60 dB", "dB(A)", id="unweighted"),
        pytest.param("5 mPa", "MPa", id="milli is not mega"),
        pytest.param("65%", "m", id="percent of what"),
    ],
)
def test_doubtful_units_are_not_converted(written, unit):
    assert number(written, unit) == "unknown_unit"


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_of_the_catalogue_is_known(unit):
    assert number(f"7 {unit}", unit) == 7


@settings(deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from(["mm", "cm", "m", "km"]), st.sampled_from(["mm", "cm", "m", "km"])
)
def test_there_and_back_is_the_same(n, one, other):
    there = number(f"{n} {one}", other)

    assert number(f"{there!r} {other}", one) == pytest.approx(n, rel=1e-12)


@pytest.mark.parametrize("written", ["0E0", "1e5", "1e5000", "inf", "nan"])
def test_an_exponent_is_no_unit_in_whatever_company(written):
    company = pl.Series([written, "3 km", "?"])

    text, findings = bare(company, item_in("m"), None)

    assert text.to_list() == [written, "3000.0", "?"]
    assert not any(finding.bad.any() for finding in findings)


def test_a_record_is_judged_by_its_converted_number():
    assert only("IOT03", video_alert(dwell_seconds="2 分钟"))["dwell_seconds"] == 120
    assert reasons("IOT03", video_alert(dwell_seconds="8 天")) == ["out_of_range"]
    assert reasons("IOT03", video_alert(dwell_seconds="1.5 秒")) == ["wrong_type"]
    assert reasons("IOT03", video_alert(dwell_seconds="2 盏")) == ["unknown_unit"]
    assert reasons("IOT03", video_alert(dwell_seconds="很久")) == ["wrong_type"]


def test_the_sentence_names_the_unit_and_the_limits():
    out = cleaned(
        "IOT03",
        video_alert(event_id="V1", dwell_seconds="2 盏"),
        video_alert(event_id="V2", dwell_seconds=-1),
    )

    unit, limits = out.rejected["detail"]
    assert "按本项单位填写数值（s），收到“2 盏”" in unit
    assert "（0 至 604800 s），收到“-1”" in limits


def pressure(**changes):
    (record,) = catalog.clean_samples("IOT13", 1, now=NOW)
    right = {"analog_type": "4", "value": 0.35, "unit": "MPa", "low_limit": 0.1, "high_limit": 1.0}
    return record | right | changes


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, (0.35, 0.1, "MPa"), id="as the quantity has it"),
        pytest.param({"value": "350 kPa"}, (0.35, 0.1, "MPa"), id="unit beside the number"),
        pytest.param(
            {"value": 350, "low_limit": 100, "unit": "KPa"}, (0.35, 0.1, "MPa"), id="unit of its own"
        ),
        pytest.param({"unit": None}, (0.35, 0.1, None), id="no unit"),
        pytest.param({"unit": "兆帕"}, (0.35, 0.1, "MPa"), id="Chinese unit"),
    ],
)
def test_a_measurement_is_in_the_unit_of_its_quantity(changes, expected):
    row = only("IOT13", pressure(**changes))

    assert (row["value"], row["low_limit"], row["unit"]) == expected


@pytest.mark.parametrize(
    "changes", [{"value": "35 ℃"}, {"unit": "V"}, {"analog_type": "0", "value": "350 kPa", "unit": None}]
)
def test_a_unit_of_another_quantity_is_rejected(changes):
    assert reasons("IOT13", pressure(**changes)) == ["unknown_unit"]
