"""The description of the ingest door that follows from the catalogue."""

import json

from ningjulan.catalog import facade
from ningjulan.catalog.contracts import GROUPS

DESCRIBED = facade.ingest_description(version="1.0")


def test_every_class_has_its_path_and_its_record():
    classes = {data_class.id for data_class in facade.list_classes()}

    assert set(DESCRIBED["paths"]) == {f"/ingest/{class_id}" for class_id in classes}
    assert classes <= set(DESCRIBED["components"]["schemas"])
    assert {tag["name"] for tag in DESCRIBED["tags"]} == set(GROUPS)


def test_every_reference_leads_somewhere():
    text = json.dumps(DESCRIBED)

    for part in text.split('"$ref": "#/')[1:]:
        found = DESCRIBED
        for name in part.split('"')[0].split("/"):
            found = found[name]
        assert found


def test_a_record_says_what_the_catalogue_says():
    record = DESCRIBED["components"]["schemas"]["IOT06"]

    assert record["required"] == ["record_id", "device_id", "pass_time"]
    assert record["properties"]["plate_no"] == {
        "type": "string",
        "title": "号牌号码",
        "maxLength": 12,
        "description": "Plate number；机动车号牌 GA 36，含新能源",
        "x-level": "L3",
        "x-personal-information": "personal",
    }
    speed = record["properties"]["speed"]
    assert (speed["minimum"], speed["maximum"], speed["description"]) == (0, 300, "Speed；单位：km/h")
    assert record["properties"]["plate_color"]["$ref"] == "#/components/schemas/CL_PLATE_COLOR"
    assert {"const": "2", "title": "蓝色（小型） · Blue (small vehicles)"} in DESCRIBED["components"][
        "schemas"
    ]["CL_PLATE_COLOR"]["oneOf"]


def test_a_register_may_bring_when_an_entry_was_made():
    records = DESCRIBED["components"]["schemas"]

    assert records["GEO08"]["properties"]["recorded_at"]["format"] == "date-time"
    assert "recorded_at" not in records["IOT12"]["properties"]


def test_a_shape_is_geojson():
    boundary = DESCRIBED["components"]["schemas"]["GEO03"]["properties"]["boundary"]

    assert boundary["properties"]["type"] == {"const": "MultiPolygon"}
