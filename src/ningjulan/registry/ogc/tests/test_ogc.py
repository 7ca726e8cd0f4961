"""OGC API – Features: what the standard asks for, who sees what, and a real client."""

import base64
from datetime import UTC, datetime

import pyogrio
import pytest
import shapely
from django.contrib.auth import get_user_model

from ningjulan.registry import services
from ningjulan.registry import town as towns
from ningjulan.registry.models import Address, Area, Building
from ningjulan.registry.ogc.keys import actor_of, key_for

STREET = "330109013"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town") / "town"
    towns.build(folder, seed=3, scale=0.05)
    return folder


@pytest.fixture
def loaded(town_folder, db):
    return services.load_town(town_folder, NOW)


def account(*roles, areas=(STREET,)):
    return get_user_model().objects.create_user(
        f"{'-'.join(roles)}-{len(areas)}",
        password="as long as it is secret",
        area_codes=list(areas),
        roles=list(roles),
    )


@pytest.fixture
def steward(loaded, client):
    user = account("steward")
    client.force_login(user, backend=BACKEND)
    return client


def get(client, path="", **query):
    return client.get(f"/api/ogc{path}", query).json()


def basic(key):
    return {"Authorization": f"Basic {base64.b64encode(f'someone:{key}'.encode()).decode()}"}


def test_the_landing_page_leads_everywhere(steward):
    links = {link["rel"]: link["href"] for link in get(steward)["links"]}

    assert set(links) == {"self", "service-desc", "conformance", "data"}
    for href in links.values():
        assert steward.get(href).status_code == 200
    assert any(uri.endswith("/conf/geojson") for uri in get(steward, "/conformance")["conformsTo"])


def test_every_collection_says_where_it_lies(steward):
    found = get(steward, "/collections")["collections"]

    assert [one["id"] for one in found] == ["grids", "buildings", "addresses", "devices"]
    west, south, east, north = found[2]["extent"]["spatial"]["bbox"][0]
    assert 119 < west < east < 121
    assert 29 < south < north < 31


def test_pages_lead_through_every_feature_once(steward):
    path, seen = "/collections/grids/items", []
    page = get(steward, path, limit=17)
    while True:
        seen += [feature["id"] for feature in page["features"]]
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        page = steward.get(following[0]).json()

    assert len(seen) == len(set(seen)) == page["numberMatched"]
    assert set(seen) == set(Area.objects.filter(level="grid").values_list("code", flat=True))


def test_a_box_holds_what_meets_it(steward):
    building = Building.objects.order_by("code").first()
    shape = shapely.from_wkb(bytes(building.footprint))
    corner = shape.bounds[2] - 1e-7, shape.bounds[3] - 1e-7
    box = ",".join(f"{v:.8f}" for v in (building.lon, building.lat, *corner))

    inside = get(steward, "/collections/buildings/items", bbox=box, limit=1000)["features"]
    outside = get(steward, "/collections/buildings/items", bbox="100,20,101,21")

    assert str(building.id) in [feature["id"] for feature in inside]
    wanted = shapely.box(building.lon, building.lat, *corner)
    assert all(shapely.geometry.shape(feature["geometry"]).intersects(wanted) for feature in inside)
    assert (outside["features"], outside["numberMatched"]) == ([], 0)


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "2,0,1,1", "0,0,nan,1", "-200,0,1,1"])
def test_a_box_that_is_none_is_refused(steward, bbox):
    answer = steward.get("/api/ogc/collections/grids/items", {"bbox": bbox})

    assert (answer.status_code, answer.json()["code"]) == (422, "bbox_refused")


def test_one_feature_by_its_id(steward):
    address = Address.objects.order_by("code").first()

    found = get(steward, f"/collections/addresses/items/{address.id}")
    nothing = steward.get("/api/ogc/collections/addresses/items/none-such")

    assert found["geometry"] == {"type": "Point", "coordinates": [address.lon, address.lat]}
    assert found["properties"]["address_code"] == address.code
    assert "occupancy" not in found["properties"]
    assert (nothing.status_code, nothing.json()["code"]) == (404, "feature_not_found")


def test_one_sees_ones_own_area_only(loaded, client):
    grid = Address.objects.order_by("code").first().grid_code
    client.force_login(account("grid_worker", areas=(grid,)), backend=BACKEND)

    found = get(client, "/collections/addresses/items", limit=10_000)

    assert found["numberMatched"] == Address.objects.filter(grid_code=grid).count()
    assert {feature["properties"]["grid_code"] for feature in found["features"]} == {grid}


def test_a_role_without_the_class_has_no_collection_of_it(loaded, client):
    client.force_login(account("resident"), backend=BACKEND)

    names = [one["id"] for one in get(client, "/collections")["collections"]]
    answer = client.get("/api/ogc/collections/addresses/items")

    assert "addresses" not in names
    assert "devices" not in names
    assert (answer.status_code, answer.json()["code"]) == (404, "collection_not_found")


def test_a_key_opens_the_service_and_nothing_else(loaded, client):
    key = key_for(account("steward"))

    assert client.get("/api/ogc/collections", headers=basic(key)).status_code == 200
    assert client.get("/api/ogc", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert client.get("/api/areas", {"tenant": STREET}, headers=basic(key)).status_code == 401
    assert client.post("/api/ogc/key", headers=basic(key)).status_code in (401, 403)


@pytest.mark.parametrize("authorization", ["Basic !!", "Basic YTpi", "Bearer x", "Digest x", "", "Basic"])
def test_what_is_no_key_opens_nothing(loaded, client, authorization):
    assert client.get("/api/ogc", headers={"Authorization": authorization}).status_code == 401


def test_a_key_dies_with_the_password_and_the_account(loaded):
    user = account("steward")
    key = key_for(user)
    user.set_password("another one, just as long")
    user.save()
    newer = key_for(user)
    user.is_active = False
    user.save()

    assert actor_of(key) is None
    assert actor_of(newer) is None


def test_a_key_is_given_to_whoever_is_signed_in(steward):
    made = steward.post("/api/ogc/key").json()

    assert actor_of(made["key"]).area_codes == {STREET}
    assert made["url"].endswith("/api/ogc")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_gdal_reads_it_as_qgis_does(town_folder, live_server, monkeypatch):
    services.load_town(town_folder, NOW)
    monkeypatch.setenv("GDAL_HTTP_USERPWD", f"someone:{key_for(account('steward'))}")
    monkeypatch.setenv("no_proxy", "*")

    source = f"OAPIF:{live_server.url}/api/ogc"
    layers = [name for name, _ in pyogrio.list_layers(source)]
    table = pyogrio.raw.read_arrow(source, layer="grids")[1]

    assert layers == ["grids", "buildings", "addresses", "devices"]
    assert table.num_rows == Area.objects.filter(level="grid").count()
