"""What every endpoint shares: the session login, the actor on the request, the one error shape."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from ninja import Schema
from ninja.security import APIKeyCookie
from pydantic import field_validator

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.models import User


class ActorRequest(HttpRequest):
    """A request that has passed `SessionLogin`. Only a type: views read `request.auth`."""

    auth: Actor


class SessionLogin(APIKeyCookie):
    """Signed in with the session cookie; writes also need the CSRF token."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        user = request.user
        return user.as_actor() if isinstance(user, User) and user.is_active else None


def authenticated_at(request: HttpRequest) -> datetime | None:
    """Return when this session last proved who it is: by signing in, or by the password given again."""
    records = get_authentication_records(request, request.user)
    return datetime.fromtimestamp(records[-1]["at"], UTC) if records else None


class Input(Schema):
    """Base of what is sent to us. Its text can be stored: no zero byte, no half character."""

    @field_validator("*")
    @classmethod
    def text_can_be_stored(cls, value: Any) -> Any:
        if isinstance(value, str) and ("\x00" in value or any("\ud800" <= c <= "\udfff" for c in value)):
            raise ValueError("含有无法保存的字符（空字符或不完整的字符）")
        return value


class Problem(Schema):
    """The one error shape: a code for programs, a sentence for people."""

    code: str
    message: str


PROBLEMS: dict[int, Any] = {status: Problem for status in (401, 403, 404, 409, 422)}
