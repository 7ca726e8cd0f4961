"""The door, as a source sees it: real JetStream behind a plain ASGI call."""

import asyncio
import gzip
import json
from contextlib import asynccontextmanager
from secrets import token_hex

import httpx
import pytest
import zstandard

from ningjulan.foundation.bus import connect
from ningjulan.sources.door import app
from ningjulan.sources.door.app import Door, Doorkeeper
from ningjulan.sources.door.body import MAX_BODY, MAX_RECORDS
from ningjulan.sources.services import digest
from ningjulan.sources.stream import RAW, read_batch

TOKEN = "nj_town_iot_test"
RECORD = b'{"msg_id": "M1", "alarm_kind": "FIRE"}'


@asynccontextmanager
async def open_door(nats_url, tokens=None):
    nats = await connect(nats_url, name="test")
    keeper = Doorkeeper(
        read_tokens=lambda: {digest(TOKEN): "town_iot"} if tokens is None else tokens(),
        classes_of=lambda source: frozenset({"IOT12"}),
        known_classes=frozenset({"IOT12", "IOT03"}),
    )
    door = Door(keeper, nats.jetstream)
    transport = httpx.ASGITransport(app=door)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://door", headers={"Authorization": f"Bearer {TOKEN}"}
    ) as client:
        yield client, nats.jetstream()
    await nats.close()


def post(nats_url, body, *, class_id="IOT12", headers=None, **options):
    """Post one body; return the answer and the batches it left in RAW."""

    async def run():
        async with open_door(nats_url, **options) as (client, js):
            before = (await js.stream_info(RAW.name)).state.last_seq
            answer = await client.post(f"/ingest/{class_id}", content=body, headers=headers or {})
            after = (await js.stream_info(RAW.name)).state.last_seq
            stored = [await js.get_msg(RAW.name, seq) for seq in range(before + 1, after + 1)]
            return answer, [read_batch(m.seq, m.headers, m.data) for m in stored]

    return asyncio.run(run())


def test_answer_comes_after_the_batch_is_stored(nats_url):
    answer, stored = post(nats_url, RECORD + b"\n\n" + RECORD + b"\n")

    assert answer.status_code == 202
    assert answer.json()["received"] == 2
    assert [batch.lines for batch in stored] == [[RECORD, RECORD]]
    assert stored[0].source == "town_iot"
    assert stored[0].receipt_id == answer.json()["receipt"]


def test_large_body_is_cut_into_batches_that_keep_their_row_numbers(nats_url):
    answer, stored = post(nats_url, b"\n".join([RECORD] * 10_000))

    assert answer.json()["batches"] == 3
    assert sorted((b.first_row, len(b.lines)) for b in stored) == [(1, 4000), (4001, 4000), (8001, 2000)]


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        pytest.param("gzip", gzip.compress, id="gzip"),
        pytest.param("gzip", lambda b: gzip.compress(b[:9]) + gzip.compress(b[9:]), id="gzip of two members"),
        pytest.param("zstd", zstandard.compress, id="zstd"),
        pytest.param(
            "zstd", lambda b: zstandard.compress(b[:9]) + zstandard.compress(b[9:]), id="zstd of two frames"
        ),
        pytest.param("identity", bytes, id="plain"),
    ],
)
def test_compressed_body_arrives_unpacked(nats_url, encoding, pack):
    _, stored = post(nats_url, pack(RECORD), headers={"Content-Encoding": encoding})

    assert stored[0].lines == [RECORD]


def test_pretty_printed_record_is_one_record(nats_url):
    body = json.dumps({"msg_id": "M1", "note": "两\n行"}, indent=2).encode()

    answer, stored = post(nats_url, body, headers={"Content-Type": "application/json"})

    assert answer.json()["received"] == 1
    assert json.loads(stored[0].lines[0]) == {"msg_id": "M1", "note": "两\n行"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
        pytest.param(b"[" * 10_000 + b"]" * 10_000, id="nested 10,000 deep"),
        pytest.param(b'{"a": "' + b"x" * (10 * 2**20) + b'"}', id="a record of 10 MB"),
        pytest.param(b"42", id="no object"),
    ],
)
def test_bad_record_is_kept_whole_for_the_reject_table(nats_url, body):
    answer, stored = post(nats_url, RECORD + b"\n" + body + b"\n" + RECORD)

    assert answer.status_code == 202
    assert [line for batch in stored for line in batch.lines] == [RECORD, body, RECORD]


def test_repeated_idempotency_key_is_stored_once(nats_url):
    key = {"Idempotency-Key": "upload-7"}

    _, first = post(nats_url, RECORD, headers=key)
    answer, second = post(nats_url, RECORD, headers=key)

    assert (answer.status_code, len(first), len(second)) == (202, 1, 0)


def test_idempotency_key_used_again_for_something_else_swallows_nothing(nats_url):
    key = {"Idempotency-Key": "upload-8"}

    post(nats_url, RECORD, headers=key)
    _, stored = post(nats_url, b'{"msg_id": "M2"}', headers=key)

    assert [batch.lines for batch in stored] == [[b'{"msg_id": "M2"}']]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param({"class_id": "IOT99"}, 404, "unknown_class", id="unknown class"),
        pytest.param({"class_id": "IOT03"}, 403, "class_not_allowed", id="class of another source"),
        pytest.param({"headers": {"Authorization": "Bearer x"}}, 401, "token_refused", id="bad token"),
        pytest.param({"headers": {"Authorization": TOKEN}}, 401, "token_refused", id="no scheme"),
        pytest.param({"body": b" \n \n"}, 422, "body_empty", id="empty"),
        pytest.param(
            {"body": gzip.compress(RECORD * 99)[:-9], "headers": {"Content-Encoding": "gzip"}},
            400, "body_damaged", id="truncated gzip",
        ),
        pytest.param(
            {"body": b"no gzip at all", "headers": {"Content-Encoding": "gzip"}},
            400, "body_damaged", id="not gzip",
        ),
        pytest.param(
            {"body": zstandard.compress(RECORD) + RECORD, "headers": {"Content-Encoding": "zstd"}},
            400, "body_damaged", id="more behind zstd",
        ),
        pytest.param(
            {"headers": {"Idempotency-Key": "k" * 65}}, 422, "idempotency_key_refused", id="long key"
        ),
        pytest.param(
            {"headers": {"Idempotency-Key": "a b"}}, 422, "idempotency_key_refused", id="blank in a key"
        ),
        pytest.param(
            {"body": gzip.compress(b"1\n" * (MAX_RECORDS + 1)), "headers": {"Content-Encoding": "gzip"}},
            413, "too_many_records", id="bomb of records",
        ),
        pytest.param({"headers": {"Content-Encoding": "br"}}, 415, "encoding_unknown", id="brotli"),
        pytest.param({"headers": {"Content-Length": str(2**30)}}, 413, "body_too_large", id="1 GiB"),
        pytest.param({"headers": {"Content-Length": "many"}}, 400, "length_wrong", id="length no number"),
        pytest.param(
            {"body": gzip.compress(b"\0" * (MAX_BODY + 1)), "headers": {"Content-Encoding": "gzip"}},
            413, "body_too_large", id="gzip bomb",
        ),
        pytest.param(
            {"body": zstandard.compress(b"\0" * (MAX_BODY + 1)), "headers": {"Content-Encoding": "zstd"}},
            413, "body_too_large", id="zstd bomb",
        ),
    ],
)  # fmt: skip
def test_refused_request_stores_nothing_and_says_why(nats_url, change, status, code):
    answer, stored = post(nats_url, **{"body": RECORD, **change})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message"}
    assert stored == []


def test_message_follows_the_language_of_the_client(nats_url):
    answer, _ = post(nats_url, b"", headers={"Accept-Language": "en-GB"})

    assert answer.json()["message"] == "The body is empty; send one JSON record per line"


def test_endless_body_is_refused_without_being_read_to_its_end(nats_url):
    read = 0

    async def endless():
        nonlocal read
        while read < 2**30:
            read += 2**20
            yield b"\n" + b" " * (2**20 - 1)

    answer, stored = post(nats_url, endless())

    assert (answer.status_code, stored) == (413, [])
    assert read <= MAX_BODY + 2**21


EMPTY_BLOCKS = b"\0\0\0\xff\xff" * 200_000  # of deflate: they unpack to nothing


@pytest.mark.parametrize(
    ("first", "then", "code"),
    [
        pytest.param(b"", gzip.compress(b"") * 50_000, "body_damaged", id="members"),
        pytest.param(gzip.compress(b"")[:10], EMPTY_BLOCKS, "body_too_large", id="blocks"),
        pytest.param(b"", zstandard.compress(b"") * 50_000, "body_damaged", id="frames"),
    ],
)
def test_packed_emptiness_without_end_is_refused(nats_url, first, then, code):
    encoding = "zstd" if then.startswith(b"\x28\xb5\x2f\xfd") else "gzip"

    async def endless():
        yield first
        for _ in range(80):
            yield then

    answer, stored = post(nats_url, endless(), headers={"Content-Encoding": encoding})

    assert (answer.json()["code"], stored) == (code, [])


def test_body_counts_by_what_it_holds_unpacked(nats_url, monkeypatch):
    monkeypatch.setattr(app, "MAX_IN_FLIGHT", 2**20)
    body = gzip.compress(b" " * 2**21 + RECORD)

    async def run():
        async with open_door(nats_url) as (client, _):
            answer = await client.post("/ingest/IOT12", content=body, headers={"Content-Encoding": "gzip"})
            return answer, client._transport.app.in_flight

    answer, in_flight = asyncio.run(run())

    assert (answer.status_code, answer.json()["code"], in_flight) == (503, "door_busy", 0)


def test_record_larger_than_the_stream_takes_is_refused(nats_url):
    async def run():
        async with open_door(nats_url) as (client, js):
            js._nc._max_payload = 1000  # as a server with a small limit would have told
            return await client.post("/ingest/IOT12", content=b'{"a": "%s"}' % token_hex(2000).encode())

    answer = asyncio.run(run())

    assert (answer.status_code, answer.json()["code"]) == (413, "record_too_large")


def test_door_stays_open_while_the_database_is_away(nats_url):
    answers = iter([{digest(TOKEN): "town_iot"}])

    async def run():
        async with open_door(nats_url, tokens=lambda: next(answers)) as (client, _):
            door = client._transport.app
            first = await client.post("/ingest/IOT12", content=RECORD)
            door.keeper._fresh_at = -1e9  # the next request refreshes, and finds nobody
            return first, await client.post("/ingest/IOT12", content=RECORD)

    first, second = asyncio.run(run())

    assert (first.status_code, second.status_code) == (202, 202)


def test_stream_that_does_not_answer_is_said_to_be_retryable(nats_url, monkeypatch):
    monkeypatch.setattr("ningjulan.sources.stream.RAW.name", "NOT_THERE")

    async def run():
        async with open_door(nats_url) as (client, _):
            return await client.post("/ingest/IOT12", content=RECORD)

    answer = asyncio.run(run())

    assert (answer.status_code, answer.json()["code"]) == (503, "stream_down")
    assert answer.headers["retry-after"] == "2"
