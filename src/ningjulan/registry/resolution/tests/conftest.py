"""A few people in the registry. Nobody exists: numbers of region 999999, telephones that begin with 000."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest

from ningjulan.foundation.actors import Actor, Role
from ningjulan.registry.models import Address, Person, Residency
from ningjulan.registry.people.changing import apply, begin
from ningjulan.registry.people.numbers import sealed
from ningjulan.registry.tests.conftest import loaded, town_folder  # noqa: F401

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 25)
STREET = "330109013"
STEWARD = Actor(1, "数据管理员", frozenset({Role.STEWARD, Role.CLERK}), frozenset({STREET}))


@pytest.fixture
def homes(loaded):  # noqa: F811
    """Dwellings of the small town, in the order of their codes."""
    return list(Address.objects.filter(use_type="1").order_by("code")[:50])


@pytest.fixture
def register(homes):
    """Register one person who lives in a dwelling; return the person's id."""

    def put(
        name="王秀英", birth_date=date(1956, 3, 4), home=0, phone="00011112222", id_no=None, sex="2"
    ) -> UUID:
        person_id = uuid4()
        address = homes[home]
        common = {"area_code": address.grid_code, "valid_from": date(2020, 1, 1), "source": "02"}
        person = Person(
            entity_id=person_id, name=name, sex=sex, birth_date=birth_date, person_category="11",
            **sealed(Person, "id_no", id_no), **sealed(Person, "phone", phone), **common,
        )  # fmt: skip
        lives = Residency(entity_id=uuid4(), person_id=person_id, house_id=address.pk, **common)
        change = begin(actor=STEWARD, now=NOW.replace(hour=1), kind="edit", source="desk", reason="登记")
        apply(change, [person, lives])
        return person_id

    return put
