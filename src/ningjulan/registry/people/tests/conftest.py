from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import override_settings

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


@pytest.fixture(scope="module")
def peopled(peopled_folder, tmp_path_factory, django_db_setup, django_db_blocker):
    """That town in the registry, sealed with keys of its own: loaded once a module, gone after it.

    The tests run in transactions within this one.
    """
    keys = tmp_path_factory.mktemp("keys") / "keys.json"
    with (
        override_settings(SEALING_KEY_FILE=keys, TOWN_FOLDER=peopled_folder),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        services.load_town(peopled_folder, NOW)
        yield load_population(peopled_folder, NOW)
        transaction.set_rollback(True)
