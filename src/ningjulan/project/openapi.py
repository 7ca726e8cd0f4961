"""The OpenAPI description, made without any server: routes and types are enough."""

import json

from ningjulan.foundation.errors import Conflict
from ningjulan.project.bootstrap import set_up_django


class OutOfDate(Conflict):
    code = "openapi_out_of_date"
    message_zh = "{path} 与接口不一致：请运行 make client 并提交"
    message_en = "{path} is not what the API says: run make client and commit the result"


def schema_text() -> str:
    """Return the description as JSON that changes only when the API does."""
    set_up_django()
    from ningjulan.project.api import api

    described = api.get_openapi_schema(path_prefix="/api/")
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
