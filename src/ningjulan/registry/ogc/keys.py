"""Keys for programs that cannot sign in: they read the spatial services, nothing else."""

import base64
import binascii
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest
from ninja.security.base import AuthBase

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.models import User

VALID_FOR = timedelta(days=30)
_SALT = "ningjulan.registry.ogc"


def key_for(user: User) -> str:
    """Return a key that shows what the user may see, for `VALID_FOR` or until the password changes."""
    return signing.dumps({"user": user.pk, "hash": user.get_session_auth_hash()}, salt=_SALT, compress=True)


def actor_of(key: str) -> Actor | None:
    """Return whose key this is; `None` if it is none, too old, or its user gone or with a new password."""
    try:
        said = signing.loads(key, salt=_SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    user = get_user_model().objects.filter(pk=said["user"], is_active=True).first()
    if not isinstance(user, User) or said["hash"] != user.get_session_auth_hash():
        return None
    return user.as_actor()


class KeyLogin(AuthBase):
    """A key as the password of HTTP basic authentication (whatever the name), or as a bearer token."""

    openapi_type: str = "http"
    openapi_scheme: str = "basic"

    def __call__(self, request: HttpRequest) -> Any | None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return actor_of(value.strip())
        if scheme.lower() != "basic":
            return None
        try:
            _, _, key = base64.b64decode(value, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return actor_of(key)
