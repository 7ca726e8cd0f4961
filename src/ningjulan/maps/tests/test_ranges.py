import pytest

from ningjulan.maps.domain.ranges import ByteRange, RangeUnsatisfiable, byte_range

SIZE = 1000


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("", None, id="no header: whole file"),
        pytest.param("bytes=0-126", ByteRange(0, 126), id="the head of a PMTiles file"),
        pytest.param("bytes=0-0", ByteRange(0, 0), id="one byte"),
        pytest.param("bytes=990-", ByteRange(990, 999), id="open end"),
        pytest.param("bytes=990-5000", ByteRange(990, 999), id="end behind the file is cut"),
        pytest.param("bytes=-10", ByteRange(990, 999), id="suffix"),
        pytest.param("bytes=-5000", ByteRange(0, 999), id="suffix longer than the file"),
        pytest.param("bytes=0-1,5-6", None, id="several ranges: whole file"),
        pytest.param("bytes=5-3", None, id="end before start is ignored"),
        pytest.param("bytes=-", None, id="no numbers"),
        pytest.param("items=0-1", None, id="another unit is ignored"),
        pytest.param("bytes=a-b", None, id="no digits"),
    ],
)
def test_range_header_is_read_as_the_standard_says(header, expected):
    assert byte_range(header, SIZE) == expected


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_outside_the_file_is_unsatisfiable(header):
    with pytest.raises(RangeUnsatisfiable):
        byte_range(header, SIZE)
