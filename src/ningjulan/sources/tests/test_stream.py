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
