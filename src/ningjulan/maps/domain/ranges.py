"""HTTP byte ranges (RFC 9110 §14), as far as map readers use them: one range per request."""

import re
from typing import NamedTuple

_ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


class ByteRange(NamedTuple):
    start: int
    end: int  # the last byte, included

    @property
    def length(self) -> int:
        return self.end - self.start + 1


class RangeUnsatisfiable(ValueError):
    """The range begins behind the end of the file: answered with 416."""


def byte_range(header: str, size: int) -> ByteRange | None:
    """Return the range a `Range` header asks of a file of `size` bytes.

    `None` means the whole file: no header, several ranges, or something that is no byte range, which RFC 9110
    tells servers to ignore.

    Raises:
        RangeUnsatisfiable: The range lies outside the file.
    """
    match = _ONE_RANGE.match(header.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        wanted = min(int(match[2]), size)
        if wanted == 0:
            raise RangeUnsatisfiable
        return ByteRange(size - wanted, size - 1)
    start = int(match[1])
    end = min(int(match[2]), size - 1) if match[2] else size - 1
    if match[2] and int(match[2]) < start:
        return None
    if start >= size:
        raise RangeUnsatisfiable
    return ByteRange(start, end)
