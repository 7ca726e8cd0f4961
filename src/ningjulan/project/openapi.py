"""The OpenAPI description, made without any server: routes and types are enough."""

import json
import os

import django

from ningjulan.foundation.errors import Conflict


class OutOfDate(Conflict):
    code = "openapi_out_of_date"
    message_zh = "{path} 与接口不一致：请运行 make client 并提交"
    message_en = "{path} is not what the API says: run make client and commit the result"


def schema_text() -> str:
    """Return the description as JSON that changes only when the API does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ningjulan.project.settings")
    django.setup()
    from ningjulan.project.api import api

    described = api.get_openapi_schema(path_prefix="/api/")
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
