"""The OpenAPI description, made without any server: routes and types are enough."""

import os
from typing import Any

import django


def schema() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ningjulan.project.settings")
    django.setup()
    from ningjulan.project.api import api

    described: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/")
    return described
