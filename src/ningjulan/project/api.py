"""The HTTP API: every module's router, one login, one error shape."""

import logging

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from ningjulan.foundation.api import SessionLogin
from ningjulan.foundation.errors import NingjulanError, TemporarilyDown
from ningjulan.project import (
    settings,
    wiring,  # noqa: F401  # the API answers with the modules wired to each other
)

log = logging.getLogger(__name__)

api = NinjaAPI(
    title="宁聚蓝 Ningjulan",
    version=settings.VERSION,
    auth=SessionLogin(),
    docs_url=None,
    urls_namespace="api",
)
for module in ("catalog", "observations", "registry", "scenarios", "cases", "reports", "maps"):
    api.add_router("/", f"ningjulan.{module}.api.router")
api.add_router("/", "ningjulan.registry.people.api.router")
api.add_router("/", "ningjulan.registry.privacy.api.router")
api.add_router("/", "ningjulan.registry.addresses.api.router")
api.add_router("/", "ningjulan.registry.ogc.api.router")
api.add_router("/", "ningjulan.registry.resolution.api.router")
api.add_router("/", "ningjulan.registry.importing.api.router")
api.add_router("/", "ningjulan.registry.collecting.api.router")
for part in ("session", "trying", "lineage_api"):
    api.add_router("/", f"ningjulan.project.{part}.router")


def _problem(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    return api.create_response(request, {"code": code, "message": message}, status=status)


def _language(request: HttpRequest) -> str:
    return request.headers.get("Accept-Language", "zh")[:2]


@api.exception_handler(NingjulanError)
def _anticipated(request: HttpRequest, error: NingjulanError) -> HttpResponse:
    return _problem(request, error.http_status, error.code, error.message(_language(request)))


@api.exception_handler(AuthenticationError)
def _not_signed_in(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    message = "Please sign in" if _language(request) == "en" else "请先登录"
    return _problem(request, 401, "not_signed_in", message)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:]) or "body"
    return _problem(request, 422, "not_valid", f"{field}：{first['msg']}")


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    code = "csrf_failed" if "CSRF" in str(error) else "refused"
    return _problem(request, error.status_code, code, str(error))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    english = _language(request) == "en"
    return _problem(request, 413, "body_too_large", "The body is too large" if english else "提交的内容过大")


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def _database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("the database is away on %s %s: %s", request.method, request.path, type(error).__name__)
    return _anticipated(request, TemporarilyDown())


@api.exception_handler(Exception)
def _unanticipated(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("unanticipated error on %s %s", request.method, request.path)
    return _problem(request, 500, "internal_error", "系统内部错误，已记录，请联系管理员")
