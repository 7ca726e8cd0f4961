from datetime import UTC, datetime

import pytest

from ningjulan.registry import services
from ningjulan.registry import town as towns
from ningjulan.registry.people.loading import load_population
from ningjulan.registry.people.population import build

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def peopled_folder(tmp_path_factory):
    """A small town with its people, written once for the whole run."""
    folder = tmp_path_factory.mktemp("peopled") / "town"
    build(folder, towns.build(folder, seed=3, scale=0.05))
    return folder


@pytest.fixture
def peopled(peopled_folder, settings, tmp_path, db):
    """That town in the registry, sealed with keys of its own."""
    settings.SEALING_KEY_FILE = tmp_path / "keys.json"
    settings.TOWN_FOLDER = peopled_folder
    services.load_town(peopled_folder, NOW)
    return load_population(peopled_folder, NOW)
