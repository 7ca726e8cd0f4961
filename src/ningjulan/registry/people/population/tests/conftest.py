from ningjulan.registry.tests.conftest import town_folder  # noqa: F401
