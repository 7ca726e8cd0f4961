"""The OpenAPI description of the ingest door, made from the catalogue: one path a class."""

from collections.abc import Mapping
from typing import Any

from ningjulan.catalog.contracts import GROUPS, CodeList, DataClass
from ningjulan.catalog.schemas import codes_schema, record_schema

_REFUSED: Mapping[str, str] = {
    "401": "来源令牌缺失、错误或已作废 · The source token is missing, wrong or revoked",
    "403": "该来源未登记发送此类数据 · The source is not registered to send this class",
    "413": "请求体解压后过大 · Too large when unpacked",
    "415": "不支持的压缩方式 · Unknown content encoding",
    "422": "请求体为空或无法分行 · Empty, or no lines can be read",
    "503": "接入量过大，原样重发 · Too much at once; send it again unchanged",
}
_ABOUT = """\
每类数据一个地址。请求体为 NDJSON，每行一条记录；`application/json` 为一条记录。
答复 202 表示整批已落盘，但尚未清洗：不合格的记录随后列入拒收，附原因。
清洗认得的写法比这里写的多（全角、代码的名称、多种时间格式、GCJ-02 与 BD-09 坐标）。

One path a class. The body is NDJSON, one record a line; `application/json` is one record.
202 says that all of it is on disk, not that it is clean: what does not hold is rejected later, with reasons.
Cleaning reads more than is written here: full width, labels of codes, many forms of times, other coordinates.
"""


def ingest_description(
    classes: list[DataClass], code_lists: Mapping[str, CodeList], *, version: str
) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of `POST /ingest/{class}` for the given classes.

    Code lists and records are components, so that each is written once.
    """
    used = {item.code_list for one in classes for item in one.items if item.code_list}
    lists = {list_id: codes_schema(code_lists[list_id]) for list_id in sorted(used)}
    records = {one.id: record_schema(one, _list_reference) for one in classes}
    return {
        "openapi": "3.1.0",
        "info": {"title": "宁聚蓝 Ningjulan · 数据接入", "version": version, "description": _ABOUT},
        "tags": [
            {"name": group, "description": f"{words.zh} · {words.en}"} for group, words in GROUPS.items()
        ],
        "paths": {f"/ingest/{one.id}": {"post": _operation(one)} for one in classes},
        "components": {
            "securitySchemes": {"source": {"type": "http", "scheme": "bearer"}},
            "parameters": _PARAMETERS,
            "responses": {status: _problem(says) for status, says in _REFUSED.items()},
            "schemas": {"Receipt": _RECEIPT, "Problem": _PROBLEM, **lists, **records},
        },
    }


def _list_reference(list_id: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{list_id}"}


def _operation(data_class: DataClass) -> dict[str, Any]:
    record = {"$ref": f"#/components/schemas/{data_class.id}"}
    receipt = {"schema": {"$ref": "#/components/schemas/Receipt"}}
    return {
        "operationId": f"ingest{data_class.id}",
        "tags": [data_class.group],
        "summary": f"{data_class.zh} · {data_class.en}",
        "description": "\n\n".join(filter(None, (data_class.note_zh, data_class.note_en))),
        "security": [{"source": []}],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in _PARAMETERS],
        "requestBody": {
            "required": True,
            "content": {
                # OpenAPI 3.1 has no word for the schema of one line; 3.2 calls it itemSchema
                "application/x-ndjson": {"schema": {"type": "string"}, "x-item-schema": record},
                "application/json": {"schema": record},
            },
        },
        "responses": {
            "202": {"description": "已落盘 · On disk", "content": {"application/json": receipt}},
            **{status: {"$ref": f"#/components/responses/{status}"} for status in _REFUSED},
        },
    }


def _problem(says: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": says, "content": {"application/json": {"schema": schema}}}


_PARAMETERS: dict[str, Any] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "同一批重发时用同一个键，不会重复入库 · The same key for the same batch sent again",
        "schema": {"type": "string"},
    },
    "ContentEncoding": {
        "name": "Content-Encoding",
        "in": "header",
        "schema": {"type": "string", "enum": ["gzip", "zstd", "identity"]},
    },
}
_RECEIPT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "receipt": {"type": "string"},
        "received": {"type": "integer"},
        "batches": {"type": "integer"},
    },
    "required": ["receipt", "received", "batches"],
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
    "required": ["code", "message"],
}
