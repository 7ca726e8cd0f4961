import pytest

from ningjulan.registry.domain import codes


@pytest.mark.parametrize(
    ("code", "level", "parent", "community"),
    [
        pytest.param("330109", "district", None, None, id="district"),
        pytest.param("330109013", "street", "330109", None, id="street"),
        pytest.param("330109013002", "community", "330109013", "330109013002", id="community"),
        pytest.param("330109013002001", "grid", "330109013002", "330109013002", id="grid"),
    ],
)
def test_level_and_parent_follow_from_the_length(code, level, parent, community):
    assert codes.level_of(code) == level
    assert codes.parent_of(code) == parent
    assert codes.community_of(code) == community


def test_other_lengths_are_no_area_codes():
    with pytest.raises(ValueError, match="not an area code"):
        codes.level_of("33010901")


def test_check_character_is_that_of_the_printed_example():
    assert codes.check_character("11010519491231002") == "X"  # GB 11643, printed example


def test_address_code_refuses_a_changed_digit():
    body = "33010901300210001000102003001"
    code = body + codes.check_character(body)

    assert codes.is_address_code(code)
    assert not codes.is_address_code("4" + code[1:])
    assert not codes.is_address_code(code[:-1])


def test_device_code_is_laid_out_as_rule_a():
    code = codes.device_code(civil_code="33010913", industry="08", device_type="132", sequence=1)

    assert code == "33010913081326000001"


def test_tenant_is_the_most_specific_area_that_covers():
    tenants = ["440310", "330109013", "330109"]

    assert codes.tenant_of("330109013002001", tenants) == "330109013"
    assert codes.tenant_of("440310101014", tenants) == "440310"
    assert codes.tenant_of("110101", tenants) is None
