import pytest
from django.core.exceptions import ValidationError

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.models import User


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"roles": ["king"]}, "roles", id="no such role"),
        pytest.param({"roles": "clerk"}, "roles", id="roles that are no list"),
        pytest.param({"area_codes": [""]}, "area_codes", id="an empty code covers the whole country"),
        pytest.param({"area_codes": ["33"]}, "area_codes", id="a province"),
        pytest.param({"area_codes": [330109013]}, "area_codes", id="a number"),
    ],
)
def test_account_with_impossible_rights_is_refused(change, field):
    user = User(
        **{"username": "x", "password": "x", "roles": ["clerk"], "area_codes": ["330109013"], **change}
    )

    with pytest.raises(ValidationError) as refused:
        user.full_clean()

    assert set(refused.value.message_dict) == {field}


@pytest.mark.django_db
def test_account_with_rights_is_taken():
    User(username="x", password="x", roles=["clerk"], area_codes=["330109013", "440310"]).full_clean()


def test_empty_area_code_covers_nothing():
    assert not Actor(1, "x", area_codes=frozenset({""})).covers("330109013")
