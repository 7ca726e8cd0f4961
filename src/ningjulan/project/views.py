"""Pages that are no API: the front end's one HTML page, and the health of this process."""

from pathlib import Path

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

APP = Path(settings.PACKAGE) / "project" / "static" / "app" / "index.html"
NOT_BUILT = "<!doctype html><meta charset=utf-8><title>宁聚蓝</title><p>界面尚未构建，请运行 make setup。"


@require_GET
@ensure_csrf_cookie
def front_page(request: HttpRequest) -> HttpResponse:
    """Return the front end's page for every address of its own; it does the routing."""
    if not APP.exists():
        return HttpResponse(NOT_BUILT, status=503)
    return HttpResponse(APP.read_bytes(), headers={"Cache-Control": "no-cache"})


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether this process can reach PostgreSQL. Needs no login and tells nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except Error:
        return JsonResponse({"status": "database_away"}, status=503)
    return JsonResponse({"status": "ok"})
