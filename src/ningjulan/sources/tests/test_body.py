"""A body as lines: stored as sent, without blanks around a line and without empty lines."""

from hypothesis import given
from hypothesis import strategies as st

from ningjulan.sources.door.body import BodyEmpty, records_of

PIECES = st.lists(
    st.sampled_from([b"{}", b'{"a": " 1 "}', b"cut off", b"\n", b" ", b"\r", b"\t"]), max_size=30
)


@given(PIECES)
def test_every_line_stays_and_no_blank_around_one(pieces):
    body = b"".join(pieces)
    wanted = [line.strip(b"\r \t") for line in body.split(b"\n") if line.strip(b"\r \t")]

    try:
        records = records_of(body, "application/x-ndjson")
    except BodyEmpty:
        assert wanted == []
    else:
        assert records.split(b"\n") == wanted
