import pytest
from django.contrib.auth import get_user_model

from ningjulan.registry.models import Duplicate
from ningjulan.registry.resolution.tests.conftest import STREET
from ningjulan.registry.resolution.tests.test_taking import somebody, taken


@pytest.fixture
def sign_in(client, db):
    def as_(*roles):
        user = get_user_model().objects.create_user(
            "clerk", password=None, area_codes=[STREET], roles=list(roles)
        )
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_


@pytest.fixture
def pair(register, homes):
    register(id_no="99999919560304002X")
    taken(somebody(homes, name="王秀芝"))
    return Duplicate.objects.get()


def test_pairs_are_shown_masked_and_explained(pair, sign_in):
    answer = sign_in("clerk").get("/api/duplicates", {"tenant": STREET}).json()

    shown = answer["items"][0]
    assert (shown["left"]["name"], shown["right"]["name"]) == ("王**", "王**")
    assert (shown["right"]["id_no"], shown["right"]["phone"]) == ("9****************X", "***")
    assert shown["right"]["birth_date"] == "1956-**-**"
    reasons = {reason["field"]: reason for reason in shown["reasons"]}
    assert reasons["birth_date"]["level_label"]["zh"] == "相同"
    text = str(answer)
    assert "秀" not in text
    assert "00011112222" not in text


def test_a_decision_and_its_way_back(pair, sign_in):
    client = sign_in("clerk")

    decided = client.post(
        f"/api/duplicates/{pair.pk}/decide", {"verdict": "not_same"}, "application/json"
    ).json()
    assert (decided["state"], decided["decided_by"] != "") == ("not_same", True)
    assert client.get("/api/duplicates", {"tenant": STREET}).json()["total"] == 0

    again = client.post(f"/api/duplicates/{pair.pk}/undo").json()
    assert again["state"] == "open"


def test_who_may_not_list_people_may_not_list_pairs(pair, sign_in):
    answer = sign_in("handler").get("/api/duplicates", {"tenant": STREET})

    assert answer.status_code == 403


def test_a_look_up_tells_why_and_shows_nobody(pair, sign_in):
    asked = {"name": "王秀英", "birth_date": "1956-03-04", "phone": "00011112222"}

    found = sign_in("clerk").post("/api/duplicates/lookup", asked, "application/json").json()

    assert set(found[0]) == {"person_id", "bits", "reasons"}
    assert found[0]["bits"] > 7
