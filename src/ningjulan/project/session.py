"""Who am I, and which towns may I see? The first thing a screen asks."""

from datetime import datetime

from django.utils import timezone
from ninja import Router, Schema

from ningjulan.foundation.api import PROBLEMS, ActorRequest
from ningjulan.foundation.models import User
from ningjulan.project import settings
from ningjulan.registry import facade as registry

router = Router(tags=["session"])


class Me(Schema):
    username: str
    display_name: str
    roles: list[str]
    unit_name: str | None


class TenantOut(Schema):
    code: str
    name_zh: str
    name_en: str
    has_map: bool


class SessionOut(Schema):
    user: Me
    tenants: list[TenantOut]
    now: datetime
    timezone: str
    demo: bool
    version: str


@router.get("/session", response={200: SessionOut, **PROBLEMS}, operation_id="getSession")
def get_session(request: ActorRequest) -> SessionOut:
    """当前用户、可见的辖区、服务器时间。"""
    actor = request.auth
    assert actor.user_id is not None, "a session belongs to a person"
    user = User.objects.get(pk=actor.user_id)
    unit = registry.find_unit(actor.unit_code) if actor.unit_code else None
    return SessionOut(
        user=Me(
            username=user.username,
            display_name=actor.name,
            roles=sorted(actor.roles),
            unit_name=unit.name if unit else None,
        ),
        tenants=[TenantOut(**vars(t)) for t in registry.tenants() if actor.covers(t.code)],
        now=timezone.now(),
        timezone=settings.TIME_ZONE,
        demo=settings.DEMO,
        version=settings.VERSION,
    )
