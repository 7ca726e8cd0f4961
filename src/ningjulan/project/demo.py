"""Demo accounts and source tokens. Only for the demo town on loopback; a real installation has neither.

The password is made once per installation and kept, readable by the owner only, in `<var>/demo.json`.
"""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from ningjulan.foundation.actors import Role
from ningjulan.foundation.models import User
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources


@dataclass(frozen=True)
class Account:
    username: str
    display_name: str
    roles: tuple[Role, ...]
    unit: str = ""
    areas: tuple[str, ...] | None = None  # default: all there are


AREAS = ("330109013", "440310")  # the demo town, and the district of the sample of civic cases
ACCOUNTS = (
    Account("duty", "值班长（演示）", (Role.DUTY_OFFICER, Role.CLERK)),
    Account("clerk", "派遣员（演示）", (Role.CLERK,), "社会治理中心"),
    Account("leader", "街道领导（演示）", (Role.LEADER,), "党政综合办"),
    Account("steward", "数据管理员（演示）", (Role.STEWARD,), "数据资源办"),
    Account("grid_worker", "网格员（演示）", (Role.GRID_WORKER,), "振宁社区", ("330109013002",)),
    Account("auditor", "隐私与审计官（演示）", (Role.AUDITOR,), "纪检监察办"),
    Account("resident", "居民（演示）", (Role.RESIDENT,), areas=()),
    Account("admin", "系统管理员（演示）", (Role.ADMIN, Role.STEWARD, Role.DUTY_OFFICER, Role.CLERK)),
)


@dataclass(frozen=True)
class Demo:
    """What a newcomer needs to look around: one password for all accounts, one token per source."""

    password: str
    tokens: dict[str, str]


def find_demo(var: Path) -> Demo | None:
    """Return what `prepare` has made, or None where there is no demo."""
    path = var / "demo.json"
    return Demo(**json.loads(path.read_text())) if path.exists() else None


@transaction.atomic
def prepare(var: Path, now: datetime) -> Demo:
    """Make the demo accounts and tokens, or return those made before. Repeatable.

    Without `<var>/demo.json` all accounts get a new password.
    """
    path = var / "demo.json"
    demo = find_demo(var) or Demo(_password(), {})
    live = sources.live_tokens()
    for source in sources.list_sources():
        token = demo.tokens.get(source.name)
        if token is None or sources.digest(token) not in live:
            demo.tokens[source.name] = sources.make_token(source=source.name, now=now, note="演示")
    hashed = None if path.exists() else make_password(demo.password)  # slow on purpose, so only once
    for account in ACCOUNTS:
        _ensure(account, hashed)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"password": demo.password, "tokens": demo.tokens}, indent=1))
    return demo


def _password() -> str:
    """Return ten digits and letters that can be read out on the phone."""
    return "-".join(
        "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(3)
    )


def _ensure(account: Account, hashed: str | None) -> None:
    user, _ = User.objects.get_or_create(username=account.username)
    user.display_name = account.display_name
    user.roles = [role.value for role in account.roles]
    user.area_codes = list(AREAS if account.areas is None else account.areas)
    user.unit_code = account.unit
    if Role.RESIDENT in account.roles:
        user.person_id = registry.find_demo_resident()
    user.is_staff = user.is_superuser = Role.ADMIN in account.roles
    if hashed is not None:
        user.password = hashed
    user.save()
