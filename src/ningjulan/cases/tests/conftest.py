import pytest

from ningjulan.cases.tests.making import CITY_UNIT, FIRE_UNIT, HERE, TENANT, THERE
from ningjulan.registry import facade as registry
from ningjulan.registry.contracts import Area, Unit


@pytest.fixture
def town(db):
    """A street with two communities and four units."""
    registry.register_areas(
        [
            Area(TENANT, "宁围街道", "street", "", None, None, 0),
            Area(HERE, "振宁社区", "community", TENANT, 120.25, 30.23, 0),
            Area(THERE, "金二社区", "community", TENANT, 120.26, 30.24, 0),
        ]
    )
    registry.register_units(
        [
            Unit(FIRE_UNIT, "微型消防站", "fire_station", TENANT),
            Unit(CITY_UNIT, "综合执法队", "enforcement", TENANT),
            Unit("U-COM2", "振宁社区居委会", "community", HERE),
            Unit("U-COM3", "金二社区居委会", "community", THERE),
        ]
    )
