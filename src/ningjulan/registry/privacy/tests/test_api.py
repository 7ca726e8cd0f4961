import time

import pytest
from django.utils import timezone

from ningjulan.foundation.audit.heads import seal_waiting
from ningjulan.foundation.models import User
from ningjulan.registry.privacy.tests.conftest import PERSON, STREET, VALUES

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ASKED = {
    "kind": "person",
    "id": str(PERSON),
    "items": ["phone"],
    "purpose": "P05",
    "reason": "入户核对登记地址",
}


@pytest.fixture
def sign_in(client):
    def sign_in(role, *, seconds_ago=0, **more):
        user = User.objects.create(
            username=role, display_name="李四", roles=[role], area_codes=[STREET], **more
        )
        client.force_login(user, backend=BACKEND)
        session = client.session
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - seconds_ago}]
        session.save()
        return client

    return sign_in


def post(client, path, body=None):
    return client.post(path, body or {}, content_type="application/json")


def test_the_dialog_learns_what_may_be_asked(sign_in):
    choices = sign_in("clerk").get("/api/reveal", {"kind": "person", "id": str(PERSON)}).json()

    assert choices["quota_left"] == 50
    assert choices["shown_seconds"] == 60
    assert {"code": "phone", "zh": "联系方式", "en": "Telephone", "shown": "***"} in choices["items"]
    assert {"code": "P13", "zh": "群众诉求办理", "en": "Handling of requests", "needs_case": True} in choices[
        "purposes"
    ]
    assert not any(value in str(choices) for value in (VALUES["phone"], VALUES["id_no"]))


def test_a_reading_goes_from_the_clerk_to_the_auditor_and_the_resident(sign_in):
    shown = post(sign_in("clerk"), "/api/reveal", ASKED)
    assert (shown.status_code, shown.json()["values"]) == (200, {"phone": VALUES["phone"]})

    (seen,) = sign_in("auditor").get("/api/readings").json()["items"]
    assert (seen["actor_name"], seen["label"], seen["class_zh"]) == ("李四", "张**", "实有人口基础信息")
    assert (seen["items"][0]["zh"], seen["purpose"]["zh"]) == ("联系方式", "人口房屋登记")
    assert VALUES["phone"] not in str(seen)

    mine = sign_in("resident", person_id=PERSON).get("/api/my/readings").json()["items"]
    assert [(one["id"], one["reason"], one["roles"][0]["zh"]) for one in mine] == [
        (shown.json()["reading_id"], "入户核对登记地址", "受理派遣员")
    ]


def test_an_old_session_is_asked_for_its_password(sign_in):
    answer = post(sign_in("clerk", seconds_ago=3601), "/api/reveal", ASKED)

    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication_needed")


def test_a_residents_record_is_theirs_unmasked_with_words_for_codes(sign_in):
    items = sign_in("resident", person_id=PERSON).get("/api/my/record").json()["items"]

    assert {item["id"]: item["value"] for item in items} == VALUES
    assert next(i for i in items if i["id"] == "person_category")["value_zh"] == "户籍人口"


def test_a_resident_asks_why_once_and_in_words(sign_in):
    number = post(sign_in("clerk"), "/api/reveal", ASKED).json()["reading_id"]
    resident = sign_in("resident", person_id=PERSON)

    asked = post(resident, f"/api/my/readings/{number}/question", {"text": "我没有报过案，为何查看？"})

    assert asked.json() == ["我没有报过案，为何查看？"]
    assert resident.get("/api/my/readings").json()["items"][0]["questions"] == ["我没有报过案，为何查看？"]


@pytest.mark.parametrize("role", ["clerk", "admin", "resident", "steward"])
@pytest.mark.parametrize(
    ("method", "path"), [("get", "/api/readings"), ("get", "/api/audit/heads"), ("post", "/api/audit/verify")]
)
def test_the_trail_is_for_the_auditor_alone(sign_in, role, method, path):
    answer = getattr(sign_in(role), method)(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "only_for_auditors")


@pytest.mark.parametrize("path", ["/api/my/record", "/api/my/readings"])
def test_ones_own_pages_are_for_residents_alone(sign_in, path):
    answer = sign_in("clerk", person_id=PERSON).get(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "only_for_residents")


def test_the_auditor_sees_heads_and_verifies(sign_in):
    post(sign_in("clerk"), "/api/reveal", ASKED)
    head = seal_waiting(timezone.now())
    auditor = sign_in("auditor")

    (shown,) = auditor.get("/api/audit/heads").json()["items"]
    verified = post(auditor, "/api/audit/verify").json()

    assert (shown["n_entries"], shown["digest"]) == (1, bytes(head.digest).hex())
    assert (verified["is_whole"], verified["n_heads"], verified["findings"]) == (True, 1, [])
    assert auditor.get("/api/audit/heads").json()["n_waiting"] == 1, "verifying is on record itself"
