from datetime import UTC, datetime

import pytest

from ningjulan.registry import services
from ningjulan.registry import town as towns

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def town_folder(tmp_path_factory):
    """A small town, written once for the whole run."""
    folder = tmp_path_factory.mktemp("town") / "town"
    towns.build(folder, seed=3, scale=0.05)
    return folder


@pytest.fixture
def loaded(town_folder, db):
    return services.load_town(town_folder, NOW)
