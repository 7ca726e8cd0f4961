"""Who acts: every service and selector is called on behalf of an `Actor`."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    DUTY_OFFICER = "duty_officer"
    CLERK = "clerk"
    HANDLER = "handler"
    LEADER = "leader"
    STEWARD = "steward"
    ADMIN = "admin"
    GRID_WORKER = "grid_worker"
    PROPERTY = "property"
    LANDLORD = "landlord"
    AUDITOR = "auditor"
    RESIDENT = "resident"
    SYSTEM = "system"


LABEL_ZH: dict[Role, str] = {
    Role.DUTY_OFFICER: "值班长",
    Role.CLERK: "受理派遣员",
    Role.HANDLER: "处置单位",
    Role.LEADER: "街道领导",
    Role.STEWARD: "数据管理员",
    Role.ADMIN: "系统管理员",
    Role.GRID_WORKER: "网格员",
    Role.PROPERTY: "物业",
    Role.LANDLORD: "房东",
    Role.AUDITOR: "隐私与审计官",
    Role.RESIDENT: "居民",
    Role.SYSTEM: "系统",
}


@dataclass(frozen=True)
class Actor:
    """A person, or the platform itself, with what it may see.

    `area_codes` are prefixes: an actor of street `330109013` covers every community and grid below it.
    """

    user_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    area_codes: frozenset[str] = field(default_factory=frozenset)
    unit_code: str | None = None
    person_id: UUID | None = None  # a resident's own entry in the registry

    def covers(self, area_code: str) -> bool:
        """Is `area_code` within what this actor looks after?"""
        if Role.SYSTEM in self.roles:
            return True
        return any(own and area_code.startswith(own) for own in self.area_codes)

    def has(self, *roles: Role) -> bool:
        """Does this actor hold at least one of `roles`?"""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(user_id=None, name="系统", roles=frozenset({Role.SYSTEM}))
