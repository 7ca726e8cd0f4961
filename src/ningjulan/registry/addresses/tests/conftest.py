from datetime import UTC, datetime

import polars as pl
import pytest
from django.contrib.auth import get_user_model

from ningjulan.registry import services
from ningjulan.registry import town as towns
from ningjulan.registry.addresses.base import AddressBase
from ningjulan.registry.addresses.town_files import base_of_files

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)

_COMMUNITIES = [
    ("330109013005", "宁安社区"),
    ("330109013017", "市心社区"),
    ("330109013205", "新华村"),
    ("330109013401", "萧山新世纪市场园区社区"),
]
_COMPOUNDS = [
    ("C1", "澜庭新村", "330109013005"),
    ("C2", "澜庭里", "330109013005"),
    ("C3", "锦绣府", "330109013017"),
    ("C4", "1组", "330109013205"),
    ("C5", "2组", "330109013205"),
    ("C6", "五号坝浜", "330109013401"),
    ("C7", "丰和大厦", "330109013017"),
]
_BUILDINGS = [
    ("B1", "C1", "5幢"),
    ("B2", "C1", "23幢"),
    ("B3", "C2", "5幢"),
    ("B4", "C3", "5幢"),
    ("B5", "C4", "12号"),
    ("B6", "C5", "12号"),
    ("B7", "C5", "30号"),
    ("B8", "C6", "234号"),
    ("B9", "C7", "1幢"),
]
_DOORS = {
    "B1": ["1单元801室", "1单元802室", "2单元801室", "2单元803室"],
    "B2": ["1单元201室"],
    "B3": ["1单元801室"],
    "B4": ["1单元801室"],
    "B5": ["101室"],
    "B6": ["101室"],
    "B7": ["101室", "201室"],
    "B8": ["101室"],
    "B9": ["1201室", "1202室"],
}
_STREET = "浙江省杭州市萧山区宁围街道"


def base_of(aliases=(), retired=()):
    """Seven compounds in four communities; addresses are named `B1/1单元801室`."""
    names = {code: name for code, name in _COMMUNITIES}
    compounds = {key: (name, names[code]) for key, name, code in _COMPOUNDS}
    texts = {key: f"{_STREET}{compounds[c][1]}{compounds[c][0]}{label}" for key, c, label in _BUILDINGS}
    doors = [(f"{key}/{door}", key, f"{texts[key]}{door}") for key, own in _DOORS.items() for door in own]
    states = [
        (*door, "AB" if door[0] in retired else "OC", f"330109013005100010005{n:09}")
        for n, door in enumerate(doors)
    ]
    return AddressBase(
        communities=frame(_COMMUNITIES, "code", "name"),
        compounds=frame(_COMPOUNDS, "id", "name", "community_code"),
        buildings=frame([(key, c, texts[key]) for key, c, _ in _BUILDINGS], "id", "compound_id", "text"),
        addresses=frame(states, "id", "building_id", "text", "state", "code"),
        aliases=frame(aliases, "text", "kind", "target"),
    )


def frame(rows, *columns):
    return pl.DataFrame(list(rows), schema=dict.fromkeys(columns, pl.String), orient="row")


@pytest.fixture(scope="module")
def base():
    return base_of()


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town") / "town"
    towns.build(folder, seed=3, scale=0.05)
    return folder


@pytest.fixture
def loaded(town_folder, db):
    """The small town, in the registry."""
    return services.load_town(town_folder, NOW)


@pytest.fixture
def signed_in(client, db):
    def sign_in(*roles, areas=("330109013",)):
        user = get_user_model().objects.create_user(
            f"{'-'.join(roles)} {areas}", password=None, area_codes=list(areas), roles=list(roles)
        )
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture(scope="session")
def town_base(town_folder):
    """The addresses of the small town, without a database."""
    return base_of_files(town_folder)
