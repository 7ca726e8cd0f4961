import pytest
from django.contrib.auth import get_user_model

STREET = "330109013"


@pytest.fixture
def signed_in(client, db):
    def sign_in(*area_codes):
        user = get_user_model().objects.create_user(
            "clerk", password=None, area_codes=list(area_codes), roles=["clerk"]
        )
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


def test_areas_are_the_communities_and_grids_one_looks_after(loaded, signed_in):
    areas = signed_in(STREET).get("/api/areas", {"tenant": STREET}).json()

    assert {area["level"] for area in areas} == {"community", "grid"}
    assert len(areas) == 50
    assert sum(area["n_addresses"] for area in areas if area["level"] == "grid") == 6_100
    assert set(areas[0]) == {"code", "name", "level", "parent_code", "lon", "lat", "n_addresses"}


def test_areas_of_somebody_elses_tenant_are_not_shown(loaded, signed_in):
    assert signed_in("440310").get("/api/areas", {"tenant": STREET}).json() == []


def test_units_are_listed_with_the_area_they_serve(loaded, signed_in):
    units = signed_in(STREET).get("/api/units", {"tenant": STREET}).json()

    assert {"code": "330109013002-WXZ", "name": "振宁社区微型消防站", "kind": "micro_fire_station",
            "area_code": "330109013002"} in units  # fmt: skip


@pytest.mark.parametrize("path", ["/api/areas?tenant=330109013", "/api/units?tenant=330109013"])
def test_places_need_a_login(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"
