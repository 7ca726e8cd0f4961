"""What holds for every answer: one error shape under `/api/`, and what a browser may load on our pages."""

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Styles may stand in elements: Ant Design and MapLibre write them. Workers come from blobs: MapLibre's.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: (
        "bad_request",
        "请求无法识别，请核对地址与主机名",
        "This request makes no sense; check address and host",
    ),
    404: ("not_found", "没有这个接口", "There is no such endpoint"),
    405: ("method_refused", "此接口不接受这种请求方法", "This endpoint does not take this method"),
}
INTERNAL = ("internal_error", "系统内部错误，已记录，请联系管理员", "Internal error; it has been recorded")


def content_policy(get_response: GetResponse) -> GetResponse:
    """Tell the browser to load and run nothing but what comes from here."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

    return answer


def one_error_shape(get_response: GetResponse) -> GetResponse:
    """Give what Django itself answers under `/api/` the shape of all our errors."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            return get_response(request)
        if "\0" in unquote(request.META.get("QUERY_STRING", "")):  # PostgreSQL can neither store nor seek it
            texts = ("not_valid", "查询中含有空字符", "The query holds a zero byte")
            return _problem(request, 422, texts)
        response = get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type", "").startswith(
            "application/json"
        ):
            return response
        return _problem(request, response.status_code, PROBLEMS.get(response.status_code, INTERNAL))

    return answer


def _problem(request: HttpRequest, status: int, texts: tuple[str, str, str]) -> JsonResponse:
    code, zh, en = texts
    message = en if request.headers.get("Accept-Language", "").startswith("en") else zh
    return JsonResponse({"code": code, "message": message}, status=status)
