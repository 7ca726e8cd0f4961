"""The two map files, by byte range: the basemap tiles and the points of the lit windows.

Django's FileResponse knows no ranges, and a basemap is read in some ten pieces.
"""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.models import User
from ningjulan.maps import selectors
from ningjulan.maps.domain.ranges import ByteRange, RangeUnsatisfiable, byte_range
from ningjulan.registry.contracts import TownMap

_CONTENT_TYPES = {".pmtiles": "application/vnd.pmtiles", ".f32": "application/octet-stream"}
_FOREVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"


@require_safe
def town_tiles(request: HttpRequest) -> HttpResponseBase:
    """Return (a part of) the basemap, a PMTiles file."""
    return _map_file(request, lambda town: town.tiles)


@require_safe
def town_points(request: HttpRequest) -> HttpResponseBase:
    """Return (a part of) the addresses as points: float32 rows of east, north, height in metres, and kind."""
    return _map_file(request, lambda town: town.points)


def _map_file(request: HttpRequest, file_of: Callable[[TownMap], Path]) -> HttpResponseBase:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return _problem(HTTPStatus.UNAUTHORIZED, "not_signed_in", "请先登录")
    try:
        town = selectors.get_town_map(user.as_actor())
    except NingjulanError as error:
        return _problem(error.http_status, error.code, error.message())
    answer = _file_answer(request, file_of(town), etag=f'"{town.version}"')
    # A URL that names the version never changes what it returns; any other has to ask again.
    answer["Cache-Control"] = _FOREVER if request.GET.get("v") == town.version else _ASK_AGAIN
    answer["ETag"] = f'"{town.version}"'
    answer["Accept-Ranges"] = "bytes"
    return answer


def _file_answer(request: HttpRequest, path: Path, etag: str) -> HttpResponseBase:
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    size = path.stat().st_size
    content_type = _CONTENT_TYPES[path.suffix]
    try:
        wanted = _wanted_range(request, size, etag)
    except RangeUnsatisfiable:
        refused = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    if wanted is None:
        return FileResponse(path.open("rb"), content_type=content_type)
    with path.open("rb") as file:
        file.seek(wanted.start)
        part = file.read(wanted.length)
    answer = HttpResponse(part, status=HTTPStatus.PARTIAL_CONTENT, content_type=content_type)
    answer["Content-Range"] = f"bytes {wanted.start}-{wanted.end}/{size}"
    return answer


def _wanted_range(request: HttpRequest, size: int, etag: str) -> ByteRange | None:
    """Return the range asked for; `If-Range` of another version asks for the whole new file."""
    if request.headers.get("If-Range", etag) != etag:
        return None
    return byte_range(request.headers.get("Range", ""), size)


def _problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": message}, status=status)
