import pytest

from ningjulan.registry import facade as registry
from ningjulan.registry.contracts import Area, Unit
from ningjulan.reports.tests.making import HERE, TENANT, THERE, UNIT


@pytest.fixture
def town(db):
    """A street with two communities and a unit."""
    registry.register_areas(
        [
            Area(TENANT, "宁围街道", "street", "", None, None, 0),
            Area(HERE, "振宁社区", "community", TENANT, 120.25, 30.23, 0),
            Area(THERE, "金二社区", "community", TENANT, 120.26, 30.24, 0),
        ]
    )
    registry.register_units([Unit(UNIT, "综合执法队", "enforcement", TENANT)])
