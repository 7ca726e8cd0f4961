"""Fuzzing what lies in the stream: a message that none of our doors wrote must be told apart, not believed.

What is believed must be storable, or else it cannot even be parked, and the stream stands still.

Input: as many header lines as the first byte says, then the payload.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from ningjulan.observations.models import Batch
from ningjulan.sources.stream import BATCH_BYTES, BATCH_RECORDS, RawBatch, cut, packed, read_batch
from tests.fuzz.target import Choices, Target

COLUMNS = ("batch_id", "receipt_id", "source", "class_id")
NAMES = ("Nj-Batch", "Nj-Receipt", "Nj-Source", "Nj-Class", "Nj-First-Row", "Nj-Received", "Nj-Packed")
NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
LARGEST_INT = 2**31 - 1


def one(data: bytes) -> None:
    choices = Choices(data)
    n_headers = choices.number() % 16
    *lines, payload = choices.rest().split(b"\r\n", n_headers)
    headers = dict(_pair(line) for line in lines)
    _check_cut(payload)
    try:
        batch = read_batch(7, headers, payload)
    except (KeyError, ValueError):
        return
    for name in COLUMNS:
        text = getattr(batch, name)
        assert len(text) <= Batch._meta.get_field(name).max_length
        assert "\0" not in text
    assert 0 <= batch.first_row + batch.n_lines <= LARGEST_INT
    assert batch.received_at.tzinfo is not None
    assert read_batch(7, batch.headers(), packed(batch)) == batch


def _pair(line: bytes) -> tuple[str, str]:
    name, _, value = line.decode("utf-8", "replace").partition(":")
    return NAMES[int(name) % len(NAMES)] if name.isdecimal() else name, value.strip()


def _check_cut(payload: bytes) -> None:
    """However a body is cut into batches, it is the same body, and every line keeps its number."""
    found = list(cut(payload))
    assert b"\n".join(batch for _, batch in found) == payload
    n_before = 0
    for first, batch in found:
        n_lines = batch.count(b"\n") + 1
        assert first == n_before + 1
        assert n_lines <= BATCH_RECORDS
        assert len(batch) <= BATCH_BYTES or n_lines == 1
        n_before += n_lines


def seeds() -> Iterator[tuple[str, bytes]]:
    lines = b'{"msg_id":"M1"}\n{"msg_id":"M2"}'
    batch = RawBatch("town_iot:k:IOT12:1:ab", "town_iot:k", "town_iot", "IOT12", 1, NOW, lines)
    large = RawBatch("town_iot:l:IOT12:1:ab", "town_iot:l", "town_iot", "IOT12", 1, NOW, lines * 40)
    for name, sent in (("plain", batch), ("packed", large)):
        yield name, message(sent.headers(), packed(sent))
    whole = batch.headers()
    yield "no header", message({}, lines)
    yield "early year", message(whole | {"Nj-Received": "0001-01-01T00:00:00+23:00"}, lines)
    yield "great row", message(whole | {"Nj-First-Row": "9" * 30}, lines)
    yield "long name", message(whole | {"Nj-Class": "IOT12" * 9}, lines)
    yield "says too much", message(large.headers() | {"Nj-Packed": str(2**62)}, packed(large))
    frame = b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + b"\x01\x00\x00"
    yield "says that it is enormous", message(whole | {"Nj-Packed": str(2**40)}, frame)
    yield "many lines", message(whole, b"\n" * (BATCH_RECORDS + 2))


def message(headers: dict[str, str], payload: bytes) -> bytes:
    lines = [f"{NAMES.index(n) if n in NAMES else n}:{value}" for n, value in headers.items()]
    return bytes([len(lines)]) + "\r\n".join([*lines, ""]).encode() + payload


TARGET = Target(one, seeds)
