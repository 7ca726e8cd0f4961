"""Where a value stands in the buffer and what it is: one number a value.

A buffer is the payload with `PADDING` behind it, then room for texts that had to be rewritten. So text may be
read eight bytes at a time everywhere.
"""

from ningjulan.cleaning.kernel.compiling import Flags, Ints, compiled

PADDING = 64
EXTRA = 512  # of a buffer, besides three times the payload
LONGEST = 2**20  # of a record, see `syntax.MAX_BYTES`; so lengths fit their 24 bits
LARGEST_BUFFER = 2**31

ABSENT = 0
STRING = 1
INTEGER = 2
DECIMAL = 3
TRUE = 4
FALSE = 5
POINT = 6


@compiled
def span_of(kind: int, start: int, length: int) -> int:
    return (start << 32) | (kind << 24) | length


@compiled
def kind_of(span: int) -> int:
    return (span >> 24) & 0xFF


@compiled
def start_of(span: int) -> int:
    return span >> 32


@compiled
def length_of(span: int) -> int:
    return span & 0xFFFFFF


@compiled
def require(spans: Ints, doubt: Flags) -> None:
    """Doubt the records without a value."""
    for row in range(len(spans)):
        if spans[row] == ABSENT:
            doubt[row] = True
