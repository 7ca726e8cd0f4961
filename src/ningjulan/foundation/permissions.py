"""Who may read personal data, as data: role × sensitivity × purpose × area (PR-01 … PR-06).

One table, `GRANTS`. A role that is not in it, such as a contractor's, reads nothing. Classes of data and
their sensitivity belong to the catalogue, which asks this table for them (`catalog.permissions`).

Lists show masked values only, whatever the role. Unmasked is one record, for a stated purpose, within the
areas of the actor, so many times a day. L4 has neither a list nor an export, for nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import NotAllowed


class Sensitivity(IntEnum):
    """L1 open, L2 internal, L3 personal, L4 sensitive personal information."""

    L1 = 1
    L2 = 2
    L3 = 3
    L4 = 4


class Purpose(StrEnum):
    """Why personal data are read: the codes of CL_PURPOSE_CODE, of which a role may state some."""

    EMERGENCY = "P01"
    FIRE_SAFETY = "P02"
    PUBLIC_SECURITY = "P03"
    CITY_MANAGEMENT = "P04"
    REGISTRATION = "P05"
    EPIDEMIC_CONTROL = "P06"
    CARE = "P07"
    MEDIATION = "P08"
    COMPANY_SERVICES = "P09"
    INFORMING = "P10"
    STATISTICS = "P11"
    OPERATION = "P12"
    REQUESTS = "P13"
    MISSING_PERSONS = "P14"


P = Purpose
L1, L2, L3, L4 = Sensitivity

CASE_PURPOSES = frozenset({P.CITY_MANAGEMENT, P.MEDIATION, P.REQUESTS, P.MISSING_PERSONS})
"""Purposes that are always about a case: its number is asked for. With it they may read any class (PR-05)."""


@dataclass(frozen=True)
class Grant:
    """What a role may read, each up to a sensitivity.

    Lists are masked, `reveals` is one record at a time. `sensitive_items`: also items that are sensitive by
    themselves, such as the number of an identity document. `approves`: agrees to exports others ask for.
    """

    purposes: frozenset[Purpose] = frozenset()
    lists: Sensitivity = L1
    reveals: Sensitivity = L2
    exports: Sensitivity = L1
    sensitive_items: bool = False
    approves: bool = False


def _for(*purposes: Purpose) -> frozenset[Purpose]:
    return frozenset(purposes)


GRANTS: Mapping[Role, Grant] = {
    Role.DUTY_OFFICER: Grant(
        _for(P.EMERGENCY, P.FIRE_SAFETY, P.CITY_MANAGEMENT, P.CARE, P.REQUESTS, P.MISSING_PERSONS),
        lists=L3,
        reveals=L4,
        exports=L2,
        sensitive_items=True,
    ),
    Role.CLERK: Grant(
        _for(P.EMERGENCY, P.FIRE_SAFETY, P.CITY_MANAGEMENT, P.REGISTRATION, P.MEDIATION, P.REQUESTS),
        lists=L3,
        reveals=L3,
        exports=L3,
        sensitive_items=True,
    ),
    Role.HANDLER: Grant(
        _for(P.EMERGENCY, P.FIRE_SAFETY, P.CITY_MANAGEMENT, P.MEDIATION, P.REQUESTS), lists=L2, reveals=L3
    ),
    Role.LEADER: Grant(
        _for(P.EMERGENCY, P.REGISTRATION),
        lists=L3,
        reveals=L3,
        exports=L3,
        sensitive_items=True,
        approves=True,
    ),
    Role.STEWARD: Grant(
        _for(P.REGISTRATION), lists=L3, reveals=L3, exports=L3, sensitive_items=True, approves=True
    ),
    Role.GRID_WORKER: Grant(
        _for(P.EMERGENCY, P.REGISTRATION, P.CARE), lists=L3, reveals=L4, sensitive_items=True
    ),
    Role.PROPERTY: Grant(lists=L2),  # operates a compound, knows its people from elsewhere
    Role.LANDLORD: Grant(),  # 房东: what is theirs they have given themselves
    Role.RESIDENT: Grant(),  # 居民: reads about themselves, which is no matter of this table
    Role.AUDITOR: Grant(),  # reads who read what, never what was read
    Role.ADMIN: Grant(lists=L2),  # 三员分立: runs the platform, reads nobody's data
    Role.SYSTEM: Grant(lists=L4),  # rules run inside; a person reads what they find through the roles above
}

NOTHING = Grant()


class RoleReadsNothing(NotAllowed):
    code = "role_may_not_read"
    message_zh = (
        "您的角色不能查阅此类信息（{sensitivity} 级）；确有需要，请由有权限的同事查阅，或联系管理员调整角色"
    )
    message_en = "Your role may not read this ({sensitivity}); ask a colleague who may, or an administrator"


class PurposeNotAllowed(NotAllowed):
    code = "purpose_not_allowed"
    message_zh = "不能以此目的查阅此类信息；您可选择的目的：{allowed}"
    message_en = "This may not be read for that purpose; you may state: {allowed}"


class NeverListed(NotAllowed):
    code = "never_listed"
    message_zh = "敏感个人信息（L4）不提供列表；请逐条查阅并写明事由"
    message_en = "Sensitive personal information (L4) has no lists; read one record, with a reason"


class NeverExported(NotAllowed):
    code = "never_exported"
    message_zh = "此类信息（{sensitivity} 级）不能由您导出；L4 信息任何人都不能导出"
    message_en = "You may not export this ({sensitivity}); nobody may export L4"


class ItemNotAllowed(NotAllowed):
    code = "item_not_allowed"
    message_zh = "您的角色不能查阅证件号码等敏感项；请只选择其他项，或请受理派遣员查阅"
    message_en = (
        "Your role may not read sensitive items such as document numbers; leave them out, or ask a clerk"
    )


@dataclass(frozen=True)
class Subject:
    """What is to be read: how sensitive it is and what it was collected for."""

    sensitivity: Sensitivity
    purposes: frozenset[str]


def grants_of(actor: Actor) -> list[Grant]:
    return [GRANTS.get(role, NOTHING) for role in actor.roles]


def may_list(actor: Actor, subject: Subject) -> bool:
    """May this actor see masked lists of it?"""
    return subject.sensitivity < L4 and any(g.lists >= subject.sensitivity for g in grants_of(actor))


def may_export(actor: Actor, subject: Subject) -> bool:
    """May this actor ask for an export of it? L3 needs somebody else's approval besides."""
    return subject.sensitivity < L4 and any(g.exports >= subject.sensitivity for g in grants_of(actor))


def may_approve(actor: Actor, subject: Subject) -> bool:
    """May this actor agree to an export that somebody else asked for?"""
    return may_export(actor, subject) and any(grant.approves for grant in grants_of(actor))


def may_reveal(actor: Actor, subject: Subject, *, is_sensitive: bool = False) -> bool:
    """May this actor read an item unmasked at all, given a purpose and a reason?"""
    grants = _revealing(actor, subject)
    return any(g.sensitive_items or not is_sensitive for g in grants) and bool(purposes_for(actor, subject))


def purposes_for(actor: Actor, subject: Subject) -> list[Purpose]:
    """Return the purposes for which this actor may read it unmasked, by code.

    A purpose must be one the data were collected for; the purposes of a case may read more, with its number.
    """
    stated = {purpose for grant in _revealing(actor, subject) for purpose in grant.purposes}
    return sorted(p for p in stated if p in subject.purposes or p in CASE_PURPOSES)


def check_reveal(
    actor: Actor, subject: Subject, *, purpose: str, sensitive_items: Iterable[str], area_code: str
) -> None:
    """Refuse a reading that the table does not allow. The area is refused as if nothing was there.

    Raises:
        RoleReadsNothing, PurposeNotAllowed, ItemNotAllowed: Each says what to do instead.
    """
    grants = _revealing(actor, subject) if actor.covers(area_code) else []
    if not grants:
        raise RoleReadsNothing(sensitivity=subject.sensitivity.name)
    allowed = purposes_for(actor, subject)
    if purpose not in allowed:
        raise PurposeNotAllowed(allowed="、".join(allowed))
    if any(sensitive_items) and not any(g.sensitive_items for g in grants if purpose in g.purposes):
        raise ItemNotAllowed


def _revealing(actor: Actor, subject: Subject) -> list[Grant]:
    return [g for g in grants_of(actor) if g.reveals >= subject.sensitivity]
