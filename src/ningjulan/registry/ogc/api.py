"""OGC API – Features over HTTP (part 1: core, GeoJSON, OpenAPI 3.0)."""

from typing import Annotated, Any
from urllib.parse import urlencode

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from ninja import Field, Router, Schema

from ningjulan.foundation.api import PROBLEMS, ActorRequest, SessionLogin
from ningjulan.foundation.models import User
from ningjulan.registry.ogc import collections
from ningjulan.registry.ogc.collections import MOST, Collection
from ningjulan.registry.ogc.keys import VALID_FOR, KeyLogin, key_for

router = Router(tags=["ogc"], auth=[SessionLogin(), KeyLogin()])

_ROOT = "/api/ogc"
_CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_CONFORMS = ("core", "oas30", "geojson")
_GEOJSON = "application/geo+json"
_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
Json = dict[str, Any]
ANY: dict[int, Any] = {200: dict[str, Any], **PROBLEMS}


class OgcKeyOut(Schema):
    """Shown once: whoever has it sees what its owner may see."""

    key: str
    valid_days: int
    url: str


@router.post(
    "/ogc/key", response={200: OgcKeyOut, **PROBLEMS}, auth=SessionLogin(), operation_id="makeOgcKey"
)
def make_key(request: ActorRequest) -> OgcKeyOut:
    """访问密钥：供 QGIS、ogr2ogr 等程序代替密码，30 天有效，只能读空间数据服务。"""
    assert isinstance(request.user, User)  # `SessionLogin` has let nobody else in
    return OgcKeyOut(
        key=key_for(request.user), valid_days=VALID_FOR.days, url=request.build_absolute_uri(_ROOT)
    )


@router.get("/ogc", response=ANY, operation_id="ogcLanding")
def landing(request: ActorRequest) -> Json:
    """空间数据服务（OGC API – Features）的入口。"""
    return {
        "title": "宁聚蓝 Ningjulan",
        "description": "网格、楼栋、标准地址、感知设备 · Grids, buildings, standard addresses, devices",
        "links": [
            _link(request, "self", ""),
            _link(request, "service-desc", "/api", type_=_OPENAPI),
            _link(request, "conformance", "/conformance"),
            _link(request, "data", "/collections"),
        ],
    }


@router.get("/ogc/conformance", response=ANY, operation_id="ogcConformance")
def conformance(request: ActorRequest) -> Json:
    """符合的规范部分。"""
    classes = [f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in _CONFORMS]
    return {"conformsTo": classes}


@router.get("/ogc/api", response=ANY, operation_id="ogcApi")
def description(request: ActorRequest) -> JsonResponse:
    """本服务的 OpenAPI 描述。"""
    query = [
        {"name": name, "in": "query", "required": False, "schema": {"type": kind}}
        for name, kind in (("bbox", "string"), ("limit", "integer"), ("offset", "integer"))
    ]
    one = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    ok = {"responses": {"200": {"description": "OK"}}}
    paths: Json = {path: {"get": ok} for path in ("/", "/conformance", "/collections")}
    for collection in collections.visible(request.auth):
        path = f"/collections/{collection.name}"
        paths[path] = {"get": ok}
        paths[f"{path}/items"] = {"get": {"parameters": query, **ok}}
        paths[f"{path}/items/{{featureId}}"] = {"get": {"parameters": [one], **ok}}
    server = request.build_absolute_uri(_ROOT)
    info = {"title": "Ningjulan", "version": "1.0"}
    said = {"openapi": "3.0.3", "info": info, "servers": [{"url": server}], "paths": paths}
    return JsonResponse(said, content_type=_OPENAPI)


@router.get("/ogc/collections", response=ANY, operation_id="ogcCollections")
def list_collections(request: ActorRequest) -> Json:
    """本人可以查阅的图层。"""
    return {
        "links": [_link(request, "self", "/collections")],
        "collections": [_described(request, one) for one in collections.visible(request.auth)],
    }


@router.get("/ogc/collections/{name}", response=ANY, operation_id="ogcCollection")
def collection(request: ActorRequest, name: str) -> Json:
    """一个图层。"""
    return _described(request, collections.get(request.auth, name))


@router.get("/ogc/collections/{name}/items", response=ANY, operation_id="ogcItems")
def items(
    request: ActorRequest,
    name: str,
    bbox: str | None = None,
    limit: Annotated[int, Field(ge=1)] = 100,
    offset: Annotated[int, Field(ge=0)] = 0,
) -> JsonResponse:
    """图层中的要素：bbox 筛选，limit、offset 分页。"""
    wanted = collections.get(request.auth, name)
    limit = min(limit, MOST)  # the standard: a larger wish is answered with what there is at most
    found = collections.page(request.auth, wanted, box=collections.box_of(bbox), limit=limit, offset=offset)
    asked = {"bbox": bbox, "limit": limit}
    links = [_items_link(request, "self", name, asked | {"offset": offset})]
    if offset + len(found.features) < found.matched:
        links.append(_items_link(request, "next", name, asked | {"offset": offset + limit}))
    if offset:
        links.append(_items_link(request, "prev", name, asked | {"offset": max(0, offset - limit)}))
    body = {
        "type": "FeatureCollection",
        "features": found.features,
        "numberMatched": found.matched,
        "numberReturned": len(found.features),
        "timeStamp": timezone.now().isoformat(),
        "links": links,
    }
    return JsonResponse(body, content_type=_GEOJSON, json_dumps_params={"ensure_ascii": False})


@router.get("/ogc/collections/{name}/items/{feature_id}", response=ANY, operation_id="ogcItem")
def item(request: ActorRequest, name: str, feature_id: str) -> JsonResponse:
    """一个要素。"""
    found = collections.feature(request.auth, collections.get(request.auth, name), feature_id)
    found["links"] = [
        _link(request, "self", f"/collections/{name}/items/{feature_id}", type_=_GEOJSON),
        _link(request, "collection", f"/collections/{name}"),
    ]
    return JsonResponse(found, content_type=_GEOJSON, json_dumps_params={"ensure_ascii": False})


def _described(request: ActorRequest, one: Collection) -> Json:
    box = collections.extent(request.auth, one)
    path = f"/collections/{one.name}"
    described: Json = {
        "id": one.name,
        "title": f"{one.title_zh} {one.title_en}",
        "itemType": "feature",
        "crs": [_CRS84],
        "links": [_link(request, "self", path), _link(request, "items", f"{path}/items", type_=_GEOJSON)],
    }
    if box is not None:
        described["extent"] = {"spatial": {"bbox": [list(box)], "crs": _CRS84}}
    return described


def _link(request: HttpRequest, rel: str, path: str, *, type_: str = "application/json") -> Json:
    return {"rel": rel, "type": type_, "href": request.build_absolute_uri(_ROOT + path)}


def _items_link(request: HttpRequest, rel: str, name: str, query: Json) -> Json:
    said = urlencode({key: value for key, value in query.items() if value is not None})
    return _link(request, rel, f"/collections/{name}/items?{said}", type_=_GEOJSON)
