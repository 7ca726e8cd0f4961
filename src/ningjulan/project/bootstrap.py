"""Django for a process that was not started by it."""

import os

import django


def set_up_django() -> None:
    """Set Django up with our settings. What the environment says by now is what counts."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ningjulan.project.settings")
    django.setup()
