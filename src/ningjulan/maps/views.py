"""The two map files, by byte range: the basemap tiles and the points of the lit windows.

Django's FileResponse knows no ranges, and a basemap is read in some ten pieces.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import numpy as np
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from ningjulan.foundation.actors import Actor
from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.models import User
from ningjulan.maps import selectors
from ningjulan.maps.domain.ranges import ByteRange, RangeUnsatisfiable, byte_range
from ningjulan.registry.contracts import TownMap

_CONTENT_TYPES = {".pmtiles": "application/vnd.pmtiles", ".f32": "application/octet-stream"}
_FOREVER = "private, max-age=31536000, immutable"
_ASK_AGAIN = "private, no-cache"
REGISTERED, ATTENTION = 0, 2  # kinds of a point


@dataclass(frozen=True)
class _MapFile:
    """A file as one actor sees it: what lies on the disk, or other bytes in its place."""

    path: Path
    version: str
    content: bytes | None = None

    @property
    def etag(self) -> str:
        return f'"{self.version}"'

    @property
    def size(self) -> int:
        return self.path.stat().st_size if self.content is None else len(self.content)

    def open(self) -> BinaryIO:
        return self.path.open("rb") if self.content is None else io.BytesIO(self.content)


@require_safe
def town_tiles(request: HttpRequest) -> HttpResponseBase:
    """Return (a part of) the basemap, a PMTiles file."""
    return _map_file(request, _tiles_for)


@require_safe
def town_points(request: HttpRequest) -> HttpResponseBase:
    """Return (a part of) the addresses as points: float32 rows of east, north, height in metres, and kind."""
    return _map_file(request, _points_for)


def _tiles_for(_: Actor, town: TownMap) -> _MapFile:
    return _MapFile(town.tiles, town.version)


def _points_for(actor: Actor, town: TownMap) -> _MapFile:
    version = selectors.points_version(actor, town)
    if selectors.shows_attention(actor, town):
        return _MapFile(town.points, version)
    return _MapFile(town.points, version, _without_attention(town.points, town.version))


@lru_cache(maxsize=1)
def _without_attention(points: Path, _version: str) -> bytes:
    """Return the points with homes that need attention like any other: 2 MB for a town, made once."""
    rows = np.fromfile(points, "<f4").reshape(-1, 4)
    rows[rows[:, 3] == ATTENTION, 3] = REGISTERED
    return rows.tobytes()


def _map_file(request: HttpRequest, file_for: Callable[[Actor, TownMap], _MapFile]) -> HttpResponseBase:
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return _problem(HTTPStatus.UNAUTHORIZED, "not_signed_in", "请先登录")
    actor = user.as_actor()
    try:
        file = file_for(actor, selectors.get_town_map(actor))
    except NingjulanError as error:
        return _problem(error.http_status, error.code, error.message())
    answer = _file_answer(request, file)
    # A URL that names the version never changes what it returns; any other has to ask again.
    answer["Cache-Control"] = _FOREVER if request.GET.get("v") == file.version else _ASK_AGAIN
    answer["ETag"] = file.etag
    answer["Accept-Ranges"] = "bytes"
    return answer


def _file_answer(request: HttpRequest, file: _MapFile) -> HttpResponseBase:
    if request.headers.get("If-None-Match") == file.etag:
        return HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    size = file.size
    content_type = _CONTENT_TYPES[file.path.suffix]
    try:
        wanted = _wanted_range(request, size, file.etag)
    except RangeUnsatisfiable:
        refused = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    if wanted is None:
        return FileResponse(file.open(), content_type=content_type)
    with file.open() as opened:
        opened.seek(wanted.start)
        part = opened.read(wanted.length)
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
