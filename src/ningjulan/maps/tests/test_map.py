from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest
from django.contrib.auth import get_user_model

from ningjulan.registry import facade as registry

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
STREET = "330109013"


@pytest.fixture(scope="module")
def town_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town") / "town"
    registry.build_town(folder, seed=3, scale=0.05)
    return folder


@pytest.fixture
def town(town_folder, settings, db):
    settings.TOWN_FOLDER = town_folder
    return registry.load_town(town_folder, NOW)


@pytest.fixture
def signed_in(client, db):
    def sign_in(*area_codes):
        users = get_user_model().objects
        user = users.create_user(
            f"clerk{area_codes}", password=None, area_codes=list(area_codes), roles=["clerk"]
        )
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def report(client, place):
    """Have a clerk take a report at a building; return the answer."""
    body = {
        "tenant": STREET,
        "category_code": "C01",
        "level": "1",
        "title": "暴露垃圾",
        "summary": "",
        "lon": place["lon"],
        "lat": place["lat"],
        "area_code": place["grid_code"],
        "channel": "05",
    }
    answer = client.post("/api/cases", body, content_type="application/json")
    assert answer.status_code == 200, answer.content


def building_in(*prefixes):
    buildings = registry.refs(STREET).buildings
    inside = pl.any_horizontal(pl.col("grid_code").str.starts_with(prefix) for prefix in prefixes)
    return buildings.filter(inside).sort("building_id").row(0, named=True)


def test_config_says_where_the_files_are_and_where_the_town_lies(town, signed_in):
    config = signed_in(STREET).get("/api/map/config", {"tenant": STREET}).json()

    west, south, east, north = config["bounds"]
    assert config["has_map"]
    assert config["version"] == town.version
    assert config["pmtiles_url"] == f"/map/town.pmtiles?v={town.version}"
    assert config["addresses_url"] == f"/map/addresses.f32?v={town.version}"
    assert west < config["center"][0] < east
    assert south < config["center"][1] < north
    assert config["origin"] == [120.26, 30.236]


def test_points_file_and_config_put_the_addresses_where_the_registry_has_them(town, signed_in):
    client = signed_in(STREET)
    config = client.get("/api/map/config", {"tenant": STREET}).json()
    answer = client.get(config["addresses_url"])

    points = np.frombuffer(b"".join(answer.streaming_content), "<f4").reshape(-1, 4)
    lons = config["origin"][0] + points[:, 0] / config["metres_per_degree"][0]
    lats = config["origin"][1] + points[:, 1] / config["metres_per_degree"][1]
    grids = registry.grid_codes_at(STREET, lons.astype(float), lats.astype(float))
    assert len(points) == town.n_addresses
    assert sum(grid is None for grid in grids) == 0


def kinds_seen(client):
    url = client.get("/api/map/config", {"tenant": STREET}).json()["addresses_url"]
    whole = b"".join(client.get(url).streaming_content)
    part = client.get(url, headers={"Range": f"bytes=0-{len(whole) - 1}"}).content
    assert part == whole
    return url, set(np.frombuffer(whole, "<f4").reshape(-1, 4)[:, 3].astype(int))


@pytest.mark.parametrize(
    ("roles", "areas", "sees"),
    [
        (["duty_officer"], [STREET], True),
        (["grid_worker"], [STREET], True),
        (["grid_worker"], [f"{STREET}002"], False),
        (["clerk"], [STREET], False),
        (["admin"], [STREET], False),
        ([], [STREET], False),
    ],
)
def test_which_homes_need_attention_is_for_who_cares_for_the_whole_town(town, client, roles, areas, sees):
    user = get_user_model().objects.create(username="one", roles=roles, area_codes=areas)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    url, kinds = kinds_seen(client)

    assert (2 in kinds) is sees
    assert url.endswith("-care") is sees, "what a browser keeps for one is not found by another"
    assert {0, 1} <= kinds


def test_a_tenant_without_a_map_has_only_a_centre(town, signed_in):
    class Place:
        def __init__(self, code, name, lon=None, lat=None):
            self.code, self.name, self.lon, self.lat = code, name, lon, lat

    places = [Place("440310", "坪山区"), Place("440310101001", "甲社区", 114.2, 22.6)]
    registry.register_areas([*places, Place("440310101002", "乙社区", 114.4, 22.8)], source="test")

    config = signed_in(STREET, "440310").get("/api/map/config", {"tenant": "440310"}).json()

    assert not config["has_map"]
    assert config["pmtiles_url"] is None
    assert config["center"] == pytest.approx([114.3, 22.7])


def test_a_range_of_the_basemap_is_answered_with_that_part(town, town_folder, signed_in):
    content = (town_folder / "town.pmtiles").read_bytes()

    answer = signed_in(STREET).get("/map/town.pmtiles", headers={"Range": "bytes=100-299"})

    assert answer.status_code == 206
    assert answer.content == content[100:300]
    assert answer["Content-Range"] == f"bytes 100-299/{len(content)}"
    assert answer["Content-Length"] == "200"
    assert answer["Accept-Ranges"] == "bytes"


def test_the_whole_basemap_is_answered_without_a_range(town, town_folder, signed_in):
    answer = signed_in(STREET).get("/map/town.pmtiles")

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == (town_folder / "town.pmtiles").read_bytes()


def test_a_head_request_gets_no_content(town, signed_in):
    answer = signed_in(STREET).head("/map/town.pmtiles", headers={"Range": "bytes=0-9"})

    assert answer.status_code == 206
    assert answer.content == b""


def test_a_range_behind_the_end_is_refused_with_the_size(town, town_folder, signed_in):
    size = (town_folder / "town.pmtiles").stat().st_size

    answer = signed_in(STREET).get("/map/town.pmtiles", headers={"Range": f"bytes={size}-"})

    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{size}"


def test_only_a_url_with_the_present_version_is_kept_forever(town, signed_in):
    client = signed_in(STREET)
    part = {"Range": "bytes=0-9"}

    present = client.get(f"/map/town.pmtiles?v={town.version}", headers=part)
    other = client.get("/map/town.pmtiles?v=old", headers=part)
    plain = client.get("/map/town.pmtiles", headers=part)

    assert present["Cache-Control"] == "private, max-age=31536000, immutable"
    assert other["Cache-Control"] == plain["Cache-Control"] == "private, no-cache"


def test_an_unchanged_file_is_not_sent_again(town, signed_in):
    client = signed_in(STREET)
    etag = client.get("/map/addresses.f32", headers={"Range": "bytes=0-9"})["ETag"]

    assert client.get("/map/addresses.f32", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/map/addresses.f32", headers={"If-None-Match": '"old"'}).status_code == 200


def test_a_part_of_another_version_is_answered_with_the_whole_new_file(town, signed_in):
    headers = {"Range": "bytes=0-9", "If-Range": '"old"'}

    assert signed_in(STREET).get("/map/town.pmtiles", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/map/town.pmtiles", "/map/addresses.f32", "/api/map/config?tenant=330109013",
     "/api/map/devices?tenant=330109013&kind=camera", "/api/map/heat?tenant=330109013"],
)  # fmt: skip
def test_the_map_needs_a_login(town, client, path):
    answer = client.get(path)

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


def test_the_map_of_somebody_elses_area_is_not_found(town, signed_in):
    client = signed_in("440310")

    assert client.get("/map/town.pmtiles").status_code == 404
    assert client.get("/api/map/config", {"tenant": STREET}).json()["code"] == "map_not_found"
    assert client.get("/api/map/devices", {"tenant": STREET, "kind": "camera"}).json()["ids"] == []


def test_before_the_town_is_built_there_is_no_map(settings, tmp_path, signed_in):
    settings.TOWN_FOLDER = tmp_path

    client = signed_in(STREET)

    assert client.get("/map/town.pmtiles").status_code == 404
    assert not client.get("/api/map/config", {"tenant": STREET}).json()["has_map"]


def test_devices_come_as_columns_of_one_length(town, signed_in):
    devices = signed_in(STREET).get("/api/map/devices", {"tenant": STREET, "kind": "camera"}).json()

    assert devices["kind"] == "camera"
    assert {len(devices[column]) for column in ("ids", "names", "lons", "lats", "online")} == {100}
    assert set(devices["ids"]) == set(registry.refs(STREET).devices.filter(kind="camera")["device_id"])


def test_a_kind_of_device_that_does_not_exist_is_refused(town, signed_in):
    answer = signed_in(STREET).get("/api/map/devices", {"tenant": STREET, "kind": "drone"})

    assert answer.status_code == 422


def test_heat_counts_cases_where_they_are(town, signed_in):
    client = signed_in(STREET)
    first, second = building_in("330109013007"), building_in("330109013002")
    for place in (first, first, second):
        report(client, place)

    heat = client.get("/api/map/heat", {"tenant": STREET, "hours": 168}).json()

    assert [cell["n"] for cell in heat["cells"]] == [2, 1]
    assert heat["max"] == 2
    assert len(heat["cells"][0]["boundary"]) == 6


def test_heat_shows_a_community_only_its_own_cases(town, signed_in, client):
    street = signed_in(STREET)
    report(street, building_in("330109013007"))
    report(street, building_in("330109013002"))
    community = signed_in("330109013007")

    heat = community.get("/api/map/heat", {"tenant": STREET}).json()

    assert sum(cell["n"] for cell in heat["cells"]) == 1


@pytest.mark.parametrize("hours", [0, -1, 10**9])
def test_heat_over_a_senseless_time_is_refused(town, signed_in, hours):
    assert signed_in(STREET).get("/api/map/heat", {"tenant": STREET, "hours": hours}).status_code == 422
