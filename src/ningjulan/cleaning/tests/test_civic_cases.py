"""Civic cases from file to records: invented rows, and the published file itself where it is at hand."""

from datetime import UTC, datetime

import polars as pl
import pytest

from ningjulan.cleaning.contracts import Cleaned, Refs
from ningjulan.cleaning.facade import clean, source_ref
from ningjulan.sources.civic_cases.tests.independent import FILE, expected_figures
from ningjulan.sources.civic_cases.tests.sample_rows import SOURCE, file_of, needs_sample
from ningjulan.sources.readers import areas_in, read_file, units_in

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def refs_of(path):
    areas = pl.DataFrame(areas_in(path, SOURCE), schema_overrides={"lon": pl.Float64, "lat": pl.Float64})
    return Refs(SOURCE.tenant_code, areas=areas.rename({"code": "area_code"}))


def cleaned(path, class_id):
    refs, source = refs_of(path), source_ref(SOURCE)
    parts = [
        clean(class_id, chunk.lines, received_at=NOW, source=source, refs=refs)
        for chunk in read_file(path, SOURCE)
        if chunk.class_id == class_id
    ]
    return Cleaned(
        *(pl.concat(getattr(p, side) for p in parts) for side in ("accepted", "rejected", "duplicates"))
    )


def test_one_row_is_one_event(tmp_path):
    event = cleaned(file_of(tmp_path, {}), "BIZ16").accepted.row(0, named=True)

    assert (event["event_no"], event["category_code"], event["source_channel"]) == (
        "20180301101000007",
        "C02",
        "05",
    )
    assert (event["report_time"], event["time_precision"]) == (datetime(2018, 2, 28, 16, tzinfo=UTC), "day")
    assert (event["area_code"], event["placement"], event["lon"]) == ("440310101031", "community", None)
    assert event["description"] == "市容类 / 占道类 / 试验细类；性质：投诉；来源：热线"


def test_one_row_is_one_step_that_closed_it(tmp_path):
    step = cleaned(file_of(tmp_path, {"ACHIEVE_STATUS": "overtime"}), "BIZ17").accepted.row(0, named=True)

    assert (step["event_no"], step["stage"], step["action"]) == ("20180301101000007", "6", "close")
    assert (step["overdue_flag"], step["to_org"], step["source_text"]) == (True, "440310-501", "子一社区")
    assert (step["action_time"], step["time_precision"]) == (None, "received")


def test_a_case_still_being_handled_is_neither_on_time_nor_late(tmp_path):
    step = cleaned(file_of(tmp_path, {"ACHIEVE_STATUS": "intime_to"}), "BIZ17").accepted.row(0, named=True)

    assert (step["stage"], step["action"], step["overdue_flag"]) == ("4", "handle", None)


@pytest.mark.parametrize(
    ("change", "class_id", "reasons"),
    [
        pytest.param({"EVENT_TYPE_ID": "77", "MAIN_TYPE_ID": "7"}, "BIZ16", ["unknown_code"], id="type"),
        pytest.param({"EVENT_SRC_ID": "99"}, "BIZ16", ["unknown_code"], id="channel without a map"),
        pytest.param({"EVENT_SRC_ID": "-"}, "BIZ16", ["missing_item"], id="channel unknown"),
        pytest.param({"create_time": "2018-02-30"}, "BIZ16", ["bad_time"], id="no such day"),
        pytest.param({"ACHIEVE_STATUS": "lost"}, "BIZ17", ["unknown_code"], id="outcome without a map"),
    ],
)
def test_a_code_without_a_map_is_rejected_not_guessed(tmp_path, change, class_id, reasons):
    assert cleaned(file_of(tmp_path, change), class_id).rejected["reasons"].to_list() == [reasons]


def test_a_row_without_a_place_stays_in_the_district(tmp_path):
    row = {"STREET_ID": "-", "STREET_NAME": "-", "COMMUNITY_ID": "-", "COMMUNITY_NAME": "-"}

    event = cleaned(file_of(tmp_path, row), "BIZ16").accepted.row(0, named=True)

    assert (event["event_no"], event["area_code"], event["placement"]) == (
        "20180301000000007",
        "440310",
        "none",
    )


def test_only_a_plausible_community_point_is_used(tmp_path):
    near = [
        {"COMMUNITY_ID": f"1000{n}", "long": f"114.3{n}", "lat": "22.7", "rec_id": str(n)} for n in range(4)
    ]
    far = {"COMMUNITY_ID": "10009", "long": "113.8", "lat": "22.7", "rec_id": "9"}

    events = cleaned(file_of(tmp_path, *near, far), "BIZ16").accepted.sort("event_no")

    assert events["placement"].to_list() == ["community_point"] * 4 + ["community"]
    assert events["lon"].to_list() == [114.30, 114.31, 114.32, 114.33, None]


def test_a_record_keeps_the_spelling_of_its_unit(tmp_path):
    names = {"0": ("600", "甲队"), "1": ("600", "甲队（甲一街道办事处）"), "2": ("-", "-")}
    rows = [{"rec_id": n, "DISPOSE_UNIT_ID": u, "DISPOSE_UNIT_NAME": name} for n, (u, name) in names.items()]

    steps = cleaned(file_of(tmp_path, *rows), "BIZ17").accepted

    assert steps["to_org"].to_list() == ["440310-600"] * 2 + [None]
    assert steps["source_text"].to_list() == ["甲队", "甲队（甲一街道办事处）", None]


def test_a_broken_row_is_one_reject_and_no_step(tmp_path):
    path = file_of(tmp_path, {}, "only,three,cells", {"rec_id": "8"})

    assert cleaned(path, "BIZ16").rejected["reasons"].to_list() == [["row_broken"]]
    assert cleaned(path, "BIZ17").accepted["external_no"].to_list() == ["7", "8"]


@needs_sample
@pytest.mark.parametrize("class_id", ["BIZ16", "BIZ17"])
def test_every_published_row_comes_out(class_id):
    out = cleaned(FILE, class_id)

    assert out.accepted.height + out.rejected.height + out.duplicates.height == 6952
    assert out.rejected["reasons"].to_list() == []
    assert out.accepted["record_key"].n_unique() == 6952


@needs_sample
def test_the_published_cases_count_as_plain_polars_counts_them():
    events, steps = cleaned(FILE, "BIZ16").accepted, cleaned(FILE, "BIZ17").accepted
    names = {unit.code: unit.name for unit in units_in(FILE, SOURCE)}
    cases = events.join(steps.select("event_no", "overdue_flag", "stage", "to_org"), on="event_no")
    cases = cases.with_columns(
        community=pl.when(pl.col("area_code").str.len_chars() >= 12).then(
            pl.col("area_code").str.slice(0, 12)
        ),
        month=pl.col("report_time").dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m"),
        unit=pl.col("to_org").replace_strict(names, default=None),
    )

    def counted(key):
        late = pl.col("overdue_flag")
        grouped = (
            cases.drop_nulls(key).group_by(key).agg(pl.len(), (~late).sum().alias("on_time"), late.sum())
        )
        return {code: tuple(numbers) for code, *numbers in grouped.iter_rows()}

    assert expected_figures(FILE) == {
        "total": cases.height,
        "settled": cases.filter(stage="6").height,
        "on_time": cases.filter(overdue_flag=False).height,
        "late": cases.filter(overdue_flag=True).height,
        "by_category": counted("category_code"),
        "by_subcategory": counted("subcategory"),
        "by_community": counted("community"),
        "by_month": counted("month"),
        "by_channel": counted("source_channel"),
        "by_unit": counted("unit"),
        "placement": counted("placement"),
    }
