import pytest

from ningjulan.catalog import facade, permissions
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.permissions import NeverExported, NeverListed, Purpose, RoleReadsNothing

CLERK = Actor(1, "x", frozenset({Role.CLERK}), frozenset({"330109013"}))
HANDLER = Actor(2, "y", frozenset({Role.HANDLER}), frozenset({"330109013"}))


def test_the_purposes_are_those_of_the_code_list():
    assert {p.value for p in Purpose} == set(facade.code_list("CL_PURPOSE_CODE").by_code)


def test_the_catalogue_gives_a_class_its_level():
    assert permissions.may_list(CLERK, "BIZ01")
    assert not permissions.may_list(CLERK, "BIZ09")
    assert permissions.may_reveal(HANDLER, "BIZ01", "phone")
    assert not permissions.may_reveal(HANDLER, "BIZ01", "id_no")
    assert not permissions.may_reveal(HANDLER, "BIZ01", "no_such_item")


def test_refusals_say_what_to_do_instead():
    with pytest.raises(NeverListed, match="never_listed"):
        permissions.check_list(CLERK, "BIZ09")
    with pytest.raises(RoleReadsNothing):
        permissions.check_list(HANDLER, "BIZ01")
    with pytest.raises(NeverExported):
        permissions.check_export(HANDLER, "BIZ01")
    permissions.check_list(CLERK, "BIZ01")
    permissions.check_export(CLERK, "BIZ01")
