"""One platform with the demo town for all modules that need none of their own: starting takes a minute."""

import pytest

from tests.e2e.platform import running


@pytest.fixture(scope="session")
def platform():
    with running("--rate", "0", "--port", "8734") as platform:
        yield platform
