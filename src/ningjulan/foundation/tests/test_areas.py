import pytest

from ningjulan.foundation.actors import SYSTEM, Actor
from ningjulan.foundation.areas import within
from ningjulan.foundation.models import User


@pytest.fixture
def people(db):
    """Accounts stand in for any table with a column of area codes."""
    for unit in ("330109013", "330109013002", "330109015"):
        User.objects.create(username=unit, unit_code=unit)


def seen_by(actor):
    return sorted(User.objects.filter(within(actor, "unit_code")).values_list("username", flat=True))


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        pytest.param({"330109013"}, ["330109013", "330109013002"], id="a street covers its communities"),
        pytest.param({"330109013002"}, ["330109013002"], id="a community does not cover its street"),
        pytest.param({"330109013002", "330109015"}, ["330109013002", "330109015"], id="several areas"),
        pytest.param(set(), [], id="no area, nothing"),
    ],
)
def test_actor_sees_what_lies_in_the_own_areas(people, areas, expected):
    assert seen_by(Actor(1, "x", area_codes=frozenset(areas))) == expected


def test_platform_sees_everything(people):
    assert len(seen_by(SYSTEM)) == 3
