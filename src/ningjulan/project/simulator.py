"""`ningjulan simulate`: a living street. Sends believable traffic through the front door, like any source."""

import heapq
import itertools
import json
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from ningjulan.foundation.errors import InputRefused
from ningjulan.project.traffic import Record, Scenery, Street
from ningjulan.registry import facade as registry

log = logging.getLogger(__name__)

TENANT = "330109013"
STEP_S = 1.0
BATCH = 500
GIVE_UP_S = 60.0


class TownMissing(InputRefused):
    code = "town_missing"
    message_zh = "登记库里还没有演示街道的设备，请先运行 ningjulan run 或 ningjulan town"
    message_en = (
        "The registry has no devices of the demo town yet; run `ningjulan run` or `ningjulan town` first"
    )


def scenery() -> Scenery:
    """Return the cameras, fire devices and buildings of the demo town.

    Raises:
        TownMissing: The town has not been loaded.
    """
    refs = registry.refs(TENANT)
    cameras = refs.devices.filter(kind="camera").select("device_id", "lon", "lat")
    fire = refs.devices.filter(kind="fire").drop_nulls("building_id").select("device_id", "building_id")
    buildings = refs.buildings.drop_nulls(["lon", "lat"])
    if cameras.is_empty() or fire.is_empty() or buildings.is_empty():
        raise TownMissing
    return Scenery(cameras, fire, buildings)


@dataclass
class Later:
    """Records whose time has not come: a detector that resets in ten minutes is not told today."""

    _heap: list[tuple[datetime, int, Record]] = field(default_factory=list)
    _count: Iterator[int] = field(default_factory=itertools.count)

    def put(self, records: Iterable[Record]) -> None:
        for record in records:
            heapq.heappush(self._heap, (record.at, next(self._count), record))

    def due(self, now: datetime) -> list[Record]:
        """Take out and return what has happened by `now`, in order."""
        records = []
        while self._heap and self._heap[0][0] <= now:
            records.append(heapq.heappop(self._heap)[2])
        return records


def bodies(records: Iterable[Record]) -> dict[tuple[str, str], list[bytes]]:
    """Group records into NDJSON bodies of at most `BATCH` lines, by source and class."""
    lines: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for record in records:
        lines[record.source, record.class_id].append(json.dumps(record.items, ensure_ascii=False).encode())
    return {
        who: [b"\n".join(of[i : i + BATCH]) for i in range(0, len(of), BATCH)] for who, of in lines.items()
    }


def simulate(
    *,
    url: str,
    tokens: Mapping[str, str],
    rate: float,
    minutes: float | None,
    seed: int,
    on_sent: Callable[[int], None],
) -> int:
    """Send traffic until `minutes` have passed (None: for ever) and return how many records were taken.

    Args:
        url: Address of the front door.
        tokens: Source → token.
        rate: Routine records a second; what happens on the street comes on top. 0 sends nothing.
        seed: Decides where things gather; each run has traffic of its own.
        on_sent: Told the running total after each step.
    """
    if rate <= 0:
        return 0
    street, later, sent = Street(scenery(), seed, run=time.time_ns() % 2**32), Later(), 0
    end = None if minutes is None else time.monotonic() + minutes * 60
    last = datetime.now(UTC)
    with httpx.Client(base_url=url, timeout=20) as client:
        while end is None or time.monotonic() < end:
            time.sleep(STEP_S)
            now = datetime.now(UTC)
            last = max(last, now - timedelta(seconds=30))  # after a pause, go on from here
            later.put(street.slice(last, (now - last).total_seconds(), rate))
            last = now
            for (source, class_id), parts in bodies(later.due(now)).items():
                for part in parts:
                    sent += _send(client, f"/ingest/{class_id}", tokens[source], part)
            on_sent(sent)
    return sent


def _send(client: httpx.Client, path: str, token: str, body: bytes) -> int:
    """Post one body, again and again while the front is away; return how many records it took."""
    since = time.monotonic()
    while True:
        try:
            answer = client.post(path, content=body, headers={"Authorization": f"Bearer {token}"})
            if answer.status_code == 202:
                return int(answer.json()["received"])
            if answer.status_code < 500:
                raise InputRefused(answer=answer.text[:200])
        except httpx.TransportError as error:
            log.warning("the front is away: %s", error)
        if time.monotonic() - since > GIVE_UP_S:
            log.warning("gave up on %d bytes after %.0f s", len(body), GIVE_UP_S)
            return 0
        time.sleep(1)
