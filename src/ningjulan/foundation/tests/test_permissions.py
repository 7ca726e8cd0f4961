import pytest

from ningjulan.foundation import permissions
from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.foundation.permissions import (
    GRANTS,
    ItemNotAllowed,
    Purpose,
    PurposeNotAllowed,
    RoleReadsNothing,
    Sensitivity,
    Subject,
)

GRID = "330109013012001"
PERSON = Subject(Sensitivity.L3, frozenset({"P05", "P01"}))
CARE = Subject(Sensitivity.L4, frozenset({"P07"}))


def who(*roles: Role, area: str = "330109013") -> Actor:
    return Actor(1, "x", frozenset(roles), frozenset({area}))


def read(actor: Actor, subject: Subject, purpose: str, *sensitive: str) -> None:
    permissions.check_reveal(actor, subject, purpose=purpose, sensitive_items=sensitive, area_code=GRID)


def test_every_role_has_a_line():
    assert set(GRANTS) == set(Role)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_lists_or_exports_sensitive_personal_information(role):
    actor = SYSTEM if role is Role.SYSTEM else who(role)

    assert not permissions.may_list(actor, CARE)
    assert not permissions.may_export(actor, CARE)


@pytest.mark.parametrize("subject", [PERSON, CARE])
@pytest.mark.parametrize(
    "roles", [(), (Role.ADMIN,), (Role.AUDITOR,), (Role.RESIDENT,), (Role.LANDLORD,), (Role.PROPERTY,)]
)
def test_who_has_no_duty_reads_nothing(roles, subject):
    actor = who(*roles)

    assert not permissions.may_list(actor, subject)
    assert not permissions.may_reveal(actor, subject)
    with pytest.raises(RoleReadsNothing):
        read(actor, subject, "P05")


@pytest.mark.parametrize(
    ("role", "subject", "purposes"),
    [
        (Role.CLERK, PERSON, ["P01", "P04", "P05", "P08", "P13"]),
        (Role.CLERK, CARE, []),
        (Role.GRID_WORKER, PERSON, ["P01", "P05"]),
        (Role.GRID_WORKER, CARE, ["P07"]),
        (Role.DUTY_OFFICER, CARE, ["P04", "P07", "P13", "P14"]),
        (Role.LEADER, PERSON, ["P01", "P05"]),
    ],
)
def test_a_role_states_its_purposes_for_what_was_collected_for_them(role, subject, purposes):
    assert permissions.purposes_for(who(role), subject) == purposes


def test_another_purpose_is_refused_and_the_right_ones_are_named():
    with pytest.raises(PurposeNotAllowed) as refused:
        read(who(Role.GRID_WORKER), PERSON, Purpose.CARE)

    assert "P01、P05" in refused.value.message("zh")


def test_another_grid_is_as_if_nothing_was_there():
    with pytest.raises(RoleReadsNothing):
        read(who(Role.GRID_WORKER, area="330109013013"), PERSON, "P05")


def test_a_handling_unit_reads_telephones_but_no_document_numbers():
    read(who(Role.HANDLER), PERSON, Purpose.REQUESTS)

    with pytest.raises(ItemNotAllowed):
        read(who(Role.HANDLER), PERSON, Purpose.REQUESTS, "id_no")


def test_a_sensitive_item_needs_a_role_that_may_read_it_for_that_very_purpose():
    both = who(Role.HANDLER, Role.LEADER)

    read(both, PERSON, Purpose.REGISTRATION, "id_no")
    with pytest.raises(ItemNotAllowed):
        read(both, PERSON, Purpose.REQUESTS, "id_no")


def test_exports_are_asked_for_by_some_and_approved_by_others():
    assert permissions.may_export(who(Role.CLERK), PERSON)
    assert not permissions.may_approve(who(Role.CLERK), PERSON)
    assert permissions.may_approve(who(Role.LEADER), PERSON)
    assert not permissions.may_export(who(Role.GRID_WORKER), PERSON)
