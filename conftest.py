"""The suite runs on the PostgreSQL and NATS that `make run` starts, in a folder of its own."""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import django
import hypothesis
import pytest

from ningjulan.foundation.servers.embedded import servers

# Machines are shared: how long an example takes says nothing about our code.
hypothesis.settings.register_profile(
    "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")

_VAR = Path(tempfile.mkdtemp(prefix="ningjulan-test-"))
_stack = ExitStack()
_stack.callback(shutil.rmtree, _VAR, ignore_errors=True)
_addresses = _stack.enter_context(servers(_VAR))
atexit.register(_stack.close)

os.environ |= _addresses.as_environment() | {
    "NINGJULAN_VAR": str(_VAR),
    "NINGJULAN_SECRET_KEY": "only for tests",
    "DJANGO_SETTINGS_MODULE": "ningjulan.project.settings",
    "PGOPTIONS": "-c ningjulan.trail_may_be_emptied=on",  # tests of transactions empty all tables
}
django.setup()  # pytest-django looks for settings before this file has started the servers


@pytest.fixture(scope="session")
def nats_url() -> str:
    """A real JetStream with the platform's streams."""
    from ningjulan.foundation.bus import EVENTS, ensure_streams
    from ningjulan.sources.stream import RAW

    asyncio.run(ensure_streams(_addresses.nats_url, RAW, EVENTS))
    return _addresses.nats_url


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for servers of the test's own. Not `tmp_path`: pytest closes what lies above that to other
    accounts whenever it starts, and PostgreSQL does not run as root."""
    with tempfile.TemporaryDirectory(prefix="ningjulan-test-", ignore_cleanup_errors=True) as name:
        yield Path(name)
