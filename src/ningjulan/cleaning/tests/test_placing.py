"""Where it happened: device, own point, address, area code, community name, none; in this order."""

import polars as pl
import pytest

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import addresses
from ningjulan.cleaning.contracts import Crs, SourceRef
from ningjulan.cleaning.tests.samples import NOW, TENANT, cleaned, event, fire_alarm, only, video_alert

PLACE = ("placement", "lon", "lat", "area_code", "building_id")


def place_of(class_id, record, **options):
    row = only(class_id, record, **options)
    return tuple(row[name] for name in PLACE)


def test_a_device_gives_its_point_grid_building_and_address():
    row = only("IOT12", fire_alarm())

    assert [row[name] for name in PLACE] == ["device", 120.25, 30.23, "330109013002001", "B1"]
    assert (row["device_id"], row["grid_code"], row["address_text"]) == (
        "D1",
        "330109013002001",
        "试验路1号1幢",
    )


def test_a_device_without_a_grid_gets_it_from_its_point():
    assert place_of("IOT03", video_alert(device_id="D2"))[3] == "330109013003001"


def test_a_camera_on_a_pole_says_by_its_name_where_it_stands():
    row = only("IOT03", video_alert(device_id="D2"))

    assert (row["address_text"], row["building_id"]) == ("试验路口球机", None)


def test_a_device_without_a_point_still_gives_its_grid():
    assert place_of("IOT12", fire_alarm(facility_id="D3"))[:4] == ("none", None, None, "330109013002007")


def test_an_alarm_of_an_unknown_device_is_kept_without_a_place():
    assert place_of("IOT12", fire_alarm(facility_id="D404")) == ("none", None, None, TENANT, None)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            event(location={"lon": 120.15, "lat": 30.15}),
            ("exact", 120.15, 30.15, "330109013003001", None),
            id="own point in a grid",
        ),
        pytest.param(
            event(lon=120.15, lat="30.15"), ("exact", 120.15, 30.15, "330109013003001", None), id="two fields"
        ),
        pytest.param(
            event(location=[120.3, 30.3], area_code="330109013002"),
            ("exact", 120.3, 30.3, "330109013002", None),
            id="own point outside every grid: the area given",
        ),
        pytest.param(
            event(address_text="杭州市萧山区宁围街道试验路1号2号楼3单元401室"),
            ("address", 120.26, 30.24, "330109013002002", "B2"),
            id="address, written otherwise",
        ),
        pytest.param(
            event(address_text="重名苑3幢"), ("none", None, None, TENANT, None), id="address of two buildings"
        ),
        pytest.param(
            event(area_code="330109013002"),
            ("community_point", 120.2, 30.2, "330109013002", None),
            id="community with a point",
        ),
        pytest.param(
            event(area_code="330109013003"),
            ("community", None, None, "330109013003", None),
            id="community without a point",
        ),
        pytest.param(
            event(grid_code="330109013003001"),
            ("community", None, None, "330109013003001", None),
            id="grid given",
        ),
        pytest.param(
            event(community_name="甲一村"),
            ("community_point", 120.2, 30.2, "330109013002", None),
            id="community by name",
        ),
        pytest.param(
            event(community_name="丙三社区"), ("none", None, None, TENANT, None), id="name nobody knows"
        ),
        pytest.param(event(area_code=TENANT), ("none", None, None, TENANT, None), id="only the street"),
        pytest.param(event(location={"lon": 0, "lat": 0}), ("none", None, None, TENANT, None), id="0,0"),
        pytest.param(
            event(location={"lon": None, "lat": None}),
            ("none", None, None, TENANT, None),
            id="point of nulls",
        ),
        pytest.param(event(), ("none", None, None, TENANT, None), id="nothing"),
    ],
)
def test_the_place_of_an_event(record, expected):
    assert place_of("BIZ16", record) == expected


@pytest.mark.parametrize(
    "written",
    [
        {"lon": 120.15, "lat": 30.15},
        {"lng": "120.15", "lat": "30.15"},
        {"longitude": 120.15, "latitude": 30.15},
        {"type": "Point", "coordinates": [120.15, 30.15]},
        {"coordinates": [120.15, 30.15], "type": "Point"},
        [120.15, 30.15],
        "120.15,30.15",
        "１２０．１５，３０．１５",
        "POINT(120.15 30.15)",
        "30.15,120.15",
        '{"lon":120.15,"lat":30.15}',
    ],
    ids=str,
)
def test_points_in_many_spellings(written):
    assert place_of("BIZ16", event(location=written))[:3] == ("exact", 120.15, 30.15)


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [
        pytest.param(Crs.CGCS2000, 120.25, 30.23, id="CGCS2000"),
        pytest.param(Crs.WGS84, 120.25, 30.23, id="WGS-84"),
        pytest.param(Crs.GCJ02, 120.254472, 30.227543, id="GCJ-02"),
        pytest.param(Crs.BD09, 120.260894, 30.233803, id="BD-09"),
    ],
)
def test_every_coordinate_system_becomes_cgcs2000(crs, lon, lat):
    source = SourceRef("test", TENANT, crs=crs)

    row = only("BIZ16", event(location=[lon, lat]), source=source)

    assert (row["lon"], row["lat"]) == (pytest.approx(120.25, abs=2e-6), pytest.approx(30.23, abs=2e-6))
    assert row["location"] == {"lon": row["lon"], "lat": row["lat"]}


def test_one_batch_may_hold_all_spellings_of_points():
    spellings = [[120.15, 30.15], {"lon": 120.15, "lat": 30.15}, "30.15,120.15", None, "0,0", "here"]

    out = cleaned("BIZ16", *[event(event_no=f"E{n}", location=point) for n, point in enumerate(spellings)])

    assert out.accepted["lon"].to_list() == [120.15, 120.15, 120.15, None, None]
    assert out.rejected["row_no"].to_list() == [5]


def entry(class_id, **changes):
    """Return the first sample of a class with its optional places taken out."""
    (record,) = catalog.clean_samples(class_id, 1, now=NOW)
    return {
        name: value for name, value in (record | {"grid_code": ...} | changes).items() if value is not ...
    }


def test_a_building_named_by_the_record_is_its_place():
    row = only("IOT11", entry("IOT11", building_id="B2"))

    assert [row[name] for name in PLACE] == ["address", 120.26, 30.24, "330109013002002", "B2"]


def test_a_building_nobody_knows_is_kept_as_named():
    assert place_of("IOT11", entry("IOT11", building_id="B404")) == ("none", None, None, TENANT, "B404")


def test_an_entry_of_a_register_is_called_what_it_calls_itself():
    camera = entry("IOT01", device_id="D2", location=[120.3, 30.3], civil_code=...)
    building = entry("GEO08", building_id="B9", address_text="试验路1号2幢")

    row = only("IOT01", camera)

    assert (row["device_id"], row["lon"], row["placement"]) == ("D2", 120.3, "exact")
    assert only("GEO08", building)["building_id"] == "B9"


def test_a_grid_that_comes_with_a_point_of_another_grid_keeps_its_code():
    row = only("GEO03", entry("GEO03", grid_code="330109013002009", lon=120.15, lat=30.15))

    assert row["grid_code"] == "330109013002009"


def test_an_address_that_begins_with_its_community_is_the_same_address():
    written = pl.Series(
        ["浙江省杭州市萧山区宁围街道试验社区甲苑4幢2单元902室", "试验社区甲苑4栋", "萧山区试验社区甲苑4幢"]
    )

    keys = addresses.match_key(written)

    assert keys.unique().to_list() == ["试验社区甲苑4幢"]
