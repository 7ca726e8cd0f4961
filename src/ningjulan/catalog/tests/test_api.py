"""The catalogue over HTTP."""

import pytest

from ningjulan.catalog import facade

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader", password="synthetic-8-words"))
    return client


def test_categories_in_both_languages(reader):
    answer = reader.get("/api/categories")

    assert len(answer.json()) == 18
    assert {"code": "C06", "zh": "消防安全", "en": "Fire safety"} in answer.json()


def test_a_code_list(reader):
    answer = reader.get("/api/code-lists/CL_EVENT_LEVEL")

    assert [code["zh"] for code in answer.json()] == ["一般", "较大", "重大", "紧急"]


def test_classes_and_one_class(reader):
    classes = reader.get("/api/classes").json()
    found = reader.get("/api/classes/IOT03").json()

    assert [c["id"] for c in classes] == [c.id for c in facade.list_classes()]
    assert (found["n_items"], found["n_core_items"], found["late_by_s"]) == (14, 5, 86400)
    plate = next(item for item in found["items"] if item["id"] == "plate_no")
    assert (plate["level"], plate["pi"], plate["mask"], plate["type"]) == (
        "L3",
        "personal",
        "plate",
        "string(12)",
    )
    assert {"id": "plate", "zh": "隐去中段", "en": "middle hidden"} in found["masks"]
    assert [check["id"] for check in found["checks"]] == ["plate_no"]
    assert [found["code_lists"][n]["id"] for n in (0, 1)] == ["CL_AI_EVENT", "CL_REVIEW"]
    assert found["purposes"][0] == {"code": "P04", "zh": "城市管理执法", "en": "City management"}
    assert found["record_schema"]["required"] == ["event_id", "device_id", "algo_code", "occur_time"]


def test_the_catalogue_counted_by_group(reader):
    found = reader.get("/api/catalog").json()

    assert (found["n_classes"], found["n_core_items"], found["n_items"]) == (69, 372, 809)
    assert [(g["zh"], g["n_classes"], g["n_core_items"], g["n_items"]) for g in found["groups"]] == [
        ("物联感知", 25, 125, 275),
        ("空间地理信息", 13, 65, 153),
        ("业务应用", 31, 182, 381),
    ]


def test_all_items_by_name(reader):
    found = reader.get("/api/catalog/items").json()

    assert len(found) == 809
    assert {"class_id": "IOT12", "id": "facility_id", "zh": "设施编号", "en": "Facility id"} in found


def test_all_code_lists_say_how_far_they_can_be_trusted(reader):
    found = {one["id"]: one for one in reader.get("/api/code-lists").json()}

    assert len(found) == facade.stats().code_lists
    assert (found["CL_SEX"]["basis"], len(found["CL_SEX"]["codes"])) == ("memory", 4)


def test_the_ingest_door_is_described(reader):
    answer = reader.get("/api/ingest-openapi.json")

    assert answer.headers["content-type"].startswith("application/json")
    assert len(answer.json()["paths"]) == 69


@pytest.mark.parametrize(
    ("path", "code"),
    [("/api/classes/IOT00", "unknown_class"), ("/api/code-lists/CL_NO", "unknown_code_list")],
)
def test_what_the_catalogue_does_not_know_is_not_found(reader, path, code):
    answer = reader.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize(
    "path",
    [
        "categories",
        "code-lists",
        "code-lists/CL_CATEGORY",
        "catalog",
        "classes",
        "classes/IOT12",
        "ingest-openapi.json",
    ],
)
def test_a_session_is_needed(client, path):
    assert client.get(f"/api/{path}").status_code == 401
