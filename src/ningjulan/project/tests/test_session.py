"""The live stream knows a session as Django does."""

import pytest

from ningjulan.foundation.models import User

pytestmark = pytest.mark.django_db(transaction=True)  # looking a session up renews the connection


@pytest.fixture
def officer(client):
    user = User.objects.create(username="officer", area_codes=["330109013"])
    client.force_login(user)
    return user


def actor(client):
    from ningjulan.project.asgi import _actor_of

    return _actor_of(client.cookies["sessionid"].value)


def test_session_is_its_person(client, officer):
    assert actor(client) == officer.as_actor()


def test_session_from_before_the_password_was_changed_is_nobody(client, officer):
    officer.set_password("a new and long password")
    officer.save()

    assert actor(client) is None


def test_session_of_a_closed_account_is_nobody(client, officer):
    officer.is_active = False
    officer.save()

    assert actor(client) is None


@pytest.mark.parametrize("session_id", ["", "no-such-session", "\x00"])
def test_invented_session_is_nobody(session_id):
    from ningjulan.project.asgi import _actor_of

    assert _actor_of(session_id) is None
