"""The input that all runners get: samples of several classes, right and wrong, and what no door sends.

Two sources of each half of the stream; records come again in other batches, batches come again under other
numbers, and out of order.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ningjulan.catalog import facade as catalog
from ningjulan.sources.stream import RawBatch

SENT_BY = {
    "town_iot": ("IOT12", "IOT04"),
    "town_video": ("IOT03", "IOT04"),
    "hotline_12345": ("BIZ16",),
    "resident_reports": ("BIZ16",),
}
CLASSES = ("BIZ16", "IOT03", "IOT04", "IOT12")
N_BATCHES, N_FRESH, N_AGAIN, N_WRONG = 6, 40, 15, 15
RIGHT = {c: N_BATCHES * N_FRESH * sum(c in classes for classes in SENT_BY.values()) for c in CLASSES}
"""Class → its records that are right and come for the first time."""
NO_JSON = (b'{"broken": ', b"\xff\xfe{}", b"[1, 2]", b"")


@dataclass(frozen=True)
class Sending:
    """A batch, and under which name it is sent again, if it is."""

    batch: RawBatch
    again: str = ""


def sendings(now: datetime, devices: list[str]) -> list[Sending]:
    """Return what is sent, in the order in which it is sent; the same for the same arguments."""
    dice = random.Random(7)  # samples, not secrets
    made = [
        batch
        for source, classes in SENT_BY.items()
        for class_id in classes
        for batch in _batches(source, class_id, now, devices, dice)
    ]
    dice.shuffle(made)
    again = [Sending(batch, again="once more") for batch in dice.sample(made, len(made) // 4)]
    stranger = replace(made[0], batch_id=f"stranger:{now.timestamp()}", source="source_that_has_gone")
    return [*(Sending(batch) for batch in made), *again, Sending(stranger)]


def _batches(
    source: str, class_id: str, now: datetime, devices: list[str], dice: random.Random
) -> Iterator[RawBatch]:
    records = catalog.clean_samples(class_id, N_BATCHES * N_FRESH, now=now)
    pool = [_line(record, devices, dice) for record in records]
    wrong = [json.dumps(one.record).encode() for one in catalog.dirty_samples(class_id, now=now)]
    for number in range(N_BATCHES):
        until = (number + 1) * N_FRESH
        again = dice.choices(pool[:until], k=N_AGAIN)  # of earlier batches, and of this one
        lines = [
            *pool[until - N_FRESH : until],
            *again,
            *dice.choices(wrong, k=N_WRONG),
            dice.choice(NO_JSON),
        ]
        dice.shuffle(lines)
        name = f"{source}:{class_id}:{number}:{now.timestamp()}"  # the stream knows those of an earlier test
        at = now + timedelta(seconds=number)
        yield RawBatch(name, f"{source}:{class_id}", source, class_id, 1, at, b"\n".join(lines))


def _line(record: dict[str, object], devices: list[str], dice: random.Random) -> bytes:
    """Let half of the records name a device that the registry knows, and none an area that is nobody's."""
    known = {name for name in ("device_id", "facility_id") if name in record and dice.random() < 0.5}
    changes = {name: dice.choice(devices) for name in known}
    kept = {name: value for name, value in record.items() if name != "grid_code"}
    return json.dumps(kept | changes, ensure_ascii=False).encode()
