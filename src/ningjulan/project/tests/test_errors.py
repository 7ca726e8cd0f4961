"""Whatever goes wrong under /api/ has one shape, and every page says what a browser may load."""

import pytest
from django.db import OperationalError

from ningjulan.foundation.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client):
    client.force_login(User.objects.create(username="one", area_codes=["330109013"]))
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        pytest.param("get", "/api/nothing/here", {}, 404, "not_found", id="no such endpoint"),
        pytest.param("delete", "/api/cases", {}, 405, "method_refused", id="wrong method"),
        pytest.param("get", "/api/session", {"HTTP_HOST": "evil"}, 400, "bad_request", id="foreign host"),
        pytest.param("get", "/api/areas?tenant=%00", {}, 422, "not_valid", id="zero byte"),
        pytest.param("get", "/api/alerts?tenant=%00", {}, 422, "not_valid", id="zero byte elsewhere"),
        pytest.param(
            "post", "/api/cases", {"data": b"x" * (21 * 2**20), "content_type": "application/json"},
            413, "body_too_large", id="21 MiB",
        ),
    ],
)  # fmt: skip
def test_error_has_the_one_shape(browser, method, path, options, status, code):
    answer = getattr(browser, method)(path, **options)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message"}


def test_database_that_is_away_is_said_to_come_back(browser, monkeypatch):
    def away(self):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(User, "as_actor", away)

    answer = browser.get("/api/session")

    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily_down")


@pytest.mark.parametrize("path", ["/", "/api/session", "/admin/"])
def test_browser_is_told_to_load_only_what_is_ours(client, path):
    policy = client.get(path).headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "script-src" not in policy  # as strict as the default


def test_there_is_one_way_to_sign_in(client):
    answer = client.post("/admin/login/", {"username": "a", "password": "b"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
