"""Fuzzing the cleaners with lines: bytes of any kind, as a line of any class from any source.

Input: class, source, form, then the lines. A form says how they come: in one part, in several that came at
different moments, or one by one, where a line may hold line ends.
"""

import random
from collections.abc import Iterator
from datetime import timedelta

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.contracts import Part
from ningjulan.cleaning.kernel.tests.spellings import SOURCES, records
from ningjulan.cleaning.tests.samples import NOW, REFS
from tests.fuzz.fates import check_lines, check_parts
from tests.fuzz.target import Choices, Target

CLASSES = [data_class.id for data_class in catalog.list_classes()]
FORMS = ("one part", "parts", "lines")
RECORD_END = b"\x1e"  # between lines that may hold line ends
HEAD = 3  # bytes of choices
AT = (NOW, NOW - timedelta(hours=3), NOW + timedelta(hours=30))


def one(data: bytes) -> None:
    choices = Choices(data)
    class_id, source, form = (choices.one_of(options) for options in (CLASSES, SOURCES, FORMS))
    body = choices.rest()
    if form == "one part":
        check_parts(class_id, [Part(body, NOW)], source, REFS)
    elif form == "parts":
        payloads = body.split(b"\n\n")
        parts = [Part(payload, AT[n % len(AT)]) for n, payload in enumerate(payloads)]
        check_parts(class_id, parts, source, REFS)
    else:
        check_lines(class_id, body.split(RECORD_END), Part(b"", NOW), source, REFS)


def seeds() -> Iterator[tuple[str, bytes]]:
    """Give one input per class: right, wrong and oddly spelt records, in turn from every source and form."""
    for number, class_id in enumerate(CLASSES):
        head = bytes([number, number % len(SOURCES), number % len(FORMS)])
        dice = random.Random(f"fuzz/{class_id}")
        chosen = sorted(records(class_id, dice), key=len)[:3]
        separator = (b"\n", b"\n\n", RECORD_END)[number % len(FORMS)]
        yield class_id, head + separator.join(chosen)


def words() -> Iterator[bytes]:
    """Give what records are made of: names and codes of the catalogue, and what JSON is built from."""
    yield from (b'{"', b'":', b'","', b"[1]", b"null", b"true", b"1e308", b"\\u0000", b"\\ud800", b"\n\n")
    for data_class in catalog.list_classes():
        yield from (f'"{item.id}":'.encode() for item in data_class.items)
    yield from (b'"lon":', b'"lat":', b'"area_code":', b'"address_text":', b'"_refused":"row_broken"')


def mutated(data: bytes, largest: int, seed: int) -> bytes:
    """Put a line of the class, spelt anew, in the place of another; or ask the same of another class."""
    dice = random.Random(seed)
    head, body = bytearray(data[:HEAD].ljust(HEAD, b"\0")), data[HEAD:]
    if dice.random() < 0.3:
        head[dice.randrange(HEAD)] = dice.randrange(256)
    class_id = CLASSES[head[0] % len(CLASSES)]
    lines = body.split(b"\n")
    lines[dice.randrange(len(lines))] = dice.choice(records(class_id, dice))
    return (bytes(head) + b"\n".join(lines))[:largest]


TARGET = Target(one, seeds, words, mutated)
