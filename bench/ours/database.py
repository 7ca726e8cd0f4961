"""A PostgreSQL of its own with our tables, for a program that measures what needs no other process."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_database() -> Iterator[Path]:
    """Have Django set up on an empty database for the block; give the folder that goes with it."""
    from ningjulan.foundation.servers.embedded import servers

    with tempfile.TemporaryDirectory(prefix="ningjulan-bench-", ignore_cleanup_errors=True) as name:
        var = Path(name)
        var.chmod(0o755)  # PostgreSQL does not run as root
        with servers(var) as addresses:
            os.environ |= addresses.as_environment() | {
                "NINGJULAN_VAR": str(var),
                "NINGJULAN_SECRET_KEY": "only for the bench",
                "DJANGO_SETTINGS_MODULE": "ningjulan.project.settings",
            }
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", verbosity=0)
            yield var
