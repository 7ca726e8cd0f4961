import json
from datetime import date

import pytest
from django.contrib.auth import get_user_model

from ningjulan.registry.models import Person, Residency
from ningjulan.registry.models.changes import known, valid
from ningjulan.registry.people.numbers import opened

STREET = "330109013"
TODAY = date(2026, 11, 25)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("peopled")]


@pytest.fixture
def clerk(client):
    user = get_user_model().objects.create_user(
        "clerk", password=None, area_codes=[STREET], roles=["clerk", "steward"]
    )
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent(client, method, path, **body):
    return getattr(client, method)(path, json.dumps(body), content_type="application/json")


def test_from_a_dwelling_to_a_person_edited_and_undone(clerk):
    person = Person.objects.filter(known(), valid(TODAY), phone_index__isnull=False).order_by("pk").first()
    home = Residency.objects.get(known(), valid(TODAY), person_id=person.entity_id)

    dwelling = clerk.get(f"/api/dwellings/{home.house_id}").json()
    people = {m["person_id"] for household in dwelling["households"] for m in household["members"]}
    assert str(person.entity_id) in people
    assert opened(person, "phone") not in json.dumps(dwelling)

    page = clerk.get(f"/api/people/{person.entity_id}").json()
    assert page["may_edit"]
    edited = sent(
        clerk,
        "patch",
        f"/api/people/{person.entity_id}",
        values={"workplace": "示例公司"},
        version=page["sheet"]["version"],
        reason="上门核实",
    )
    assert edited.status_code == 200, edited.content
    stale = sent(
        clerk,
        "patch",
        f"/api/people/{person.entity_id}",
        values={"workplace": "别的公司"},
        version=page["sheet"]["version"],
        reason="上门核实",
    )
    assert (stale.status_code, stale.json()["code"]) == (409, "changed_meanwhile")

    undone = sent(clerk, "post", f"/api/changes/{edited.json()['id']}/undo", reason="记错了人")
    assert undone.status_code == 200, undone.content
    history = clerk.get(f"/api/people/{person.entity_id}/history").json()
    assert [entry["undone"] for entry in history if entry["change_id"] == edited.json()["id"]] == [True]


def test_a_refusal_names_the_field_in_words(clerk):
    person = Person.objects.filter(known(), valid(TODAY)).order_by("pk").first()

    answer = sent(
        clerk,
        "patch",
        f"/api/people/{person.entity_id}",
        values={"birth_date": "2031-01-01"},
        version=person.pk,
        reason="更正",
    )

    assert answer.status_code == 422
    assert answer.json()["message"].startswith("出生日期晚于今天")


@pytest.mark.parametrize(
    "path",
    [
        "/api/people?tenant=330109013&q=王",
        "/api/people/00000000-0000-7000-8000-000000000000",
        "/api/dwellings/00000000-0000-7000-8000-000000000000",
        "/api/completeness?tenant=330109013",
        "/api/changes?tenant=330109013",
    ],
)
def test_people_need_a_login(client, path):
    assert client.get(path).status_code == 401


def test_completeness_is_answered_per_community(clerk, peopled):
    rows = clerk.get("/api/completeness", {"tenant": STREET}).json()

    assert sum(row["people"] for row in rows) == peopled.counts["membership"]
    assert all(row["people_verified"] <= row["people"] for row in rows)
