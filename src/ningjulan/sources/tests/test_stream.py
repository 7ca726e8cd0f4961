"""Batches as the stream keeps them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.sources import stream
from ningjulan.sources.stream import RawBatch, cut, packed, read_batch

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LINES = st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line), min_size=1, max_size=60)


def batch(payload: bytes) -> RawBatch:
    return RawBatch("r:1", "r", "town_iot", "IOT12", 1, NOW, payload, 7)


@given(st.binary(max_size=2000))
def test_stored_batch_reads_back_as_it_was(payload):
    raw = batch(payload)

    assert read_batch(7, raw.headers(), packed(raw)) == raw


def test_records_that_repeat_each_other_take_little_room():
    raw = batch(b"\n".join(b'{"msg_id": "M%d", "alarm_kind": "FIRE"}' % n for n in range(1000)))

    assert len(packed(raw)) < len(raw.payload) / 4


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Nj-Received": "0001-01-01T00:00:00+23:00"}, id="before all calendars"),
        pytest.param({"Nj-First-Row": "9" * 12}, id="row that no upload has"),
        pytest.param({"Nj-First-Row": "-1"}, id="row before the first"),
        pytest.param({"Nj-Class": "IOT12" * 2}, id="class longer than its column"),
        pytest.param({"Nj-Batch": "b" * 201}, id="batch longer than its column"),
        pytest.param({"Nj-Source": "town\0iot"}, id="text that no database takes"),
    ],
)
def test_what_could_not_even_be_parked_is_no_batch(change):
    raw = batch(b"{}\n{}")

    with pytest.raises(ValueError):  # noqa: PT011  # the worker asks for no more
        read_batch(7, raw.headers() | change, raw.payload)


def test_a_packing_that_says_it_is_enormous_is_not_unpacked():
    frame = b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + b"\x01\x00\x00"

    with pytest.raises(ValueError, match="larger than any door takes"):
        read_batch(7, batch(b"").headers() | {"Nj-Packed": str(2**40)}, frame)


@pytest.mark.parametrize(
    ("data", "size"),
    [
        pytest.param(b"no frame", 8, id="not packed"),
        pytest.param(packed(batch(b"x" * 5000)), 10**6, id="shorter than it says"),
        pytest.param(packed(batch(b"x" * 5000))[:-4], 5000, id="cut off"),
    ],
)
def test_message_that_does_not_unpack_is_none_of_ours(data, size):
    with pytest.raises(ValueError, match="packed"):
        read_batch(7, batch(b"x").headers() | {"Nj-Packed": str(size)}, data)


@given(lines=LINES, records=st.integers(1, 9), size=st.integers(1, 80))
def test_cutting_keeps_every_line_in_its_place(lines, records, size):
    with pytest.MonkeyPatch.context() as limits:
        limits.setattr(stream, "BATCH_RECORDS", records)
        limits.setattr(stream, "BATCH_BYTES", size)

        parts = [(first, part.split(b"\n")) for first, part in cut(b"\n".join(lines))]

    assert [line for _, part in parts for line in part] == lines
    assert [first for first, _ in parts] == [1 + sum(len(p) for _, p in parts[:n]) for n in range(len(parts))]
    for _, part in parts:
        assert len(part) <= records
        assert len(part) == 1 or sum(map(len, part)) + len(part) - 1 <= size
