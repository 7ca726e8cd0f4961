"""Makes the input of a job: records as a town's systems send them, and what is right about each of them.

Most lines are clean. The shares of the dirt are the tables below; each line has at most one defect for which
it must be rejected, so that its reason is certain. Same seed and same moment, same bytes.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import shapely

from bench.checking import rows_hash
from bench.job import ACCEPTED, HOUR_MS, LAYOUTS, Job, Layout, Manifest

SHARE_OF_FIRE = 0.7
SHARE_SENT_AGAIN = 0.02
SHARE_UNKNOWN_DEVICE = 0.02
SPREAD_MS = 6 * HOUR_MS  # the records of one job lie in the six hours before it

CODES = {  # what a street's systems mostly say, in a night and a day without a catastrophe
    "IOT12": {"NORMAL": 0.970, "TEST": 0.010, "FAULT": 0.010, "OFFLINE": 0.0095, "FIRE": 0.0005},
    "IOT03": {"A01": 0.3, "A05": 0.3, "A06": 0.2, "A04": 0.1, "A16": 0.06, "A10": 0.03, "A02": 0.01},
}
BROKEN: dict[str, float] = {
    "unreadable": 0.004,
    "missing_item": 0.004,
    "wrong_type": 0.003,
    "out_of_range": 0.002,
    "bad_time": 0.003,
    "time_in_future": 0.003,
    "time_too_old": 0.003,
    "unknown_code": 0.004,
}
_LOCAL = timezone(timedelta(hours=8))
_FULL = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
_PREFIXES = ("浙江省杭州市萧山区宁围街道", "杭州市萧山区宁围街道", "萧山区宁围街道", "宁围街道", "")


@dataclass(frozen=True)
class _Places:
    """What there is in the town, as plain lists to draw from."""

    devices: dict[str, list[tuple[str, str, str | None]]]  # class → (device, grid, building)
    addresses: list[tuple[str, str, str]]  # (match, building, grid), those that name a building 幢
    points: list[tuple[float, float]]
    grid_at: Callable[[float, float], str | None]


def write_job(job: Job, *, n_records: int, seed: int, received_at: datetime) -> Manifest:
    """Write the input files and the manifest of a job whose reference tables are there."""
    places = _read_places(job)
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    writer = _Writer(places, dice, int(received_at.timestamp() * 1000))
    n_fire = round(n_records * SHARE_OF_FIRE)
    for layout, n in zip(LAYOUTS, (n_fire, n_records - n_fire), strict=True):
        labels = {code: word for word, code in job.codes(layout).items()}
        with job.input(layout).open("wb") as file:
            file.writelines(line + b"\n" for line in writer.lines(layout, n, labels))
    manifest = Manifest(
        seed=seed,
        n_records=n_records,
        n_bytes=sum(job.input(layout).stat().st_size for layout in LAYOUTS),
        received_ms=writer.received_ms,
        accepted=dict(Counter(row[0] for row in writer.rows)),
        duplicates=writer.n_duplicates,
        rejected={class_id: dict(sorted(counts.items())) for class_id, counts in writer.rejected.items()},
        rows_hash=rows_hash(pl.DataFrame(writer.rows, schema=list(ACCEPTED), orient="row")),
    )
    job.write_manifest(manifest)
    return manifest


def _read_places(job: Job) -> _Places:
    devices = pl.read_parquet(job.refs / "devices.parquet")
    addresses = pl.read_parquet(job.refs / "addresses.parquet")
    grids = job.grids()
    tree, codes = shapely.STRtree([shapely.Polygon(ring) for ring in grids.values()]), list(grids)

    def grid_at(lon: float, lat: float) -> str | None:
        found = tree.query(shapely.Point(lon, lat), predicate="intersects")
        return codes[min(found)] if len(found) else None

    kinds = {"IOT12": "fire", "IOT03": "camera"}
    columns = ("device_id", "grid_code", "building_id")
    return _Places(
        {c: devices.filter(pl.col("kind") == k).select(columns).rows() for c, k in kinds.items()},
        addresses.filter(pl.col("match").str.contains("幢"))
        .select("match", "building_id", "grid_code")
        .rows(),
        addresses.select("lon", "lat").rows(),
        grid_at,
    )


class _Writer:
    """Writes lines and keeps the truth about them."""

    def __init__(self, places: _Places, dice: random.Random, received_ms: int) -> None:
        self.places = places
        self.dice = dice
        self.received_ms = received_ms
        self.rows: list[tuple[Any, ...]] = []
        self.rejected: dict[str, Counter[str]] = defaultdict(Counter)
        self.n_duplicates = 0

    def lines(self, layout: Layout, n: int, labels: dict[str, str]) -> list[bytes]:
        written: list[tuple[bytes, str | None]] = []
        codes, weights = zip(*CODES[layout.class_id].items(), strict=True)
        reasons = [None, *BROKEN]
        shares = [1 - sum(BROKEN.values()), *BROKEN.values()]
        for code, reason in zip(
            self.dice.choices(codes, weights, k=n), self.dice.choices(reasons, shares, k=n), strict=True
        ):
            if written and self.dice.random() < SHARE_SENT_AGAIN:  # by a gateway that saw no answer
                again = written[self.dice.randrange(max(0, len(written) - 5000), len(written))]
                self._count(layout, again[1], is_again=True)
                written.append(again)
                continue
            record, row = self._record(layout, code, labels)
            line = _encoded(record) if reason is None else self._spoilt(layout, record, reason)
            if reason is None:
                self.rows.append(row)
            self._count(layout, reason, is_again=False)
            written.append((line, reason))
        return [line for line, _ in written]

    def _count(self, layout: Layout, reason: str | None, *, is_again: bool) -> None:
        if reason is not None:
            self.rejected[layout.class_id][reason] += 1
        else:
            self.n_duplicates += is_again

    def _record(
        self, layout: Layout, code: str, labels: dict[str, str]
    ) -> tuple[dict[str, Any], tuple[Any, ...]]:
        key = f"{self.dice.getrandbits(128):032x}"
        at_ms = self.received_ms - self.dice.randrange(SPREAD_MS)
        device, grid, building = self.dice.choice(self.places.devices[layout.class_id])
        address: str | None = None
        own: tuple[float, float] | None = None
        is_known = self.dice.random() >= SHARE_UNKNOWN_DEVICE
        if not is_known:
            device, grid, building = f"X{self.dice.randrange(10**6):06d}", None, None  # type: ignore[assignment]
            if self.dice.random() < 0.5:
                own = self.dice.choice(self.places.points)
                grid = self.places.grid_at(*own)  # type: ignore[assignment]
        if layout.class_id == "IOT03" and self.dice.random() < 0.5:
            match, of_address, its_grid = self.dice.choice(self.places.addresses)
            address = self._address(match)
            grid, building = grid or its_grid, building or of_address
        written, at_ms = self._time(at_ms)
        record = {
            layout.key: self._dirty(key),
            layout.device: self._dirty(device),
            layout.code: self._word(code, labels[code]),
            layout.at: written,
            layout.number: self._number(layout),
            **({"lon": own[0], "lat": own[1]} if own else {}),
            **({"address_text": address} if address else {}),
            **self._rest(layout),
        }
        return record, (layout.class_id, key, at_ms, device, code, grid, building)

    def _rest(self, layout: Layout) -> dict[str, Any]:
        """Items the job stores nowhere, but that a system sends and a parser must read."""
        if layout.class_id == "IOT12":
            return {"type_flag": 2}
        return {"algo_version": "sim-1", "dwell_seconds": self.dice.randrange(3600)}

    def _dirty(self, text: str) -> str:
        chance = self.dice.random()
        if chance < 0.02:
            return text.translate(_FULL)
        if chance < 0.04:
            return f" {text}\t"
        return f"\u200b{text}" if chance < 0.045 else text

    def _word(self, code: str, label: str) -> str:
        chance = self.dice.random()
        if chance < 0.05:
            return label
        return code.lower() if chance < 0.10 else self._dirty(code)

    def _number(self, layout: Layout) -> Any:
        # Another value each time: who says the same twice within minutes may count as sending again.
        number = len(self.rows) % 65536 if layout.is_whole else round(self.dice.random(), 4)
        return self._dirty(str(number)) if self.dice.random() < 0.05 else number

    def _time(self, at_ms: int) -> tuple[Any, int]:
        """Return a moment as some system writes it, and what is left of it in that form."""
        chance = self.dice.random()
        second = at_ms - at_ms % 1000
        local = datetime.fromtimestamp(second / 1000, _LOCAL)
        if chance < 0.80:
            return local.isoformat(), second
        if chance < 0.88:
            return f"{local:%Y-%m-%d %H:%M:%S}", second
        if chance < 0.92:
            return f"{local.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", second
        if chance < 0.96:
            return at_ms, at_ms
        if chance < 0.98:
            return local.isoformat().translate(_FULL), second
        minute = at_ms - at_ms % 60_000
        return f"{local.year}年{local.month}月{local.day}日{local.hour}时{local.minute}分", minute

    def _address(self, match: str) -> str:
        text = self.dice.choice(_PREFIXES) + match
        chance = self.dice.random()
        if chance < 0.15:
            return text.replace("幢", "栋")
        if chance < 0.25:
            return text.translate(_FULL)
        return " ".join(text.partition("社区")) if chance < 0.30 else text

    def _spoilt(self, layout: Layout, record: dict[str, Any], reason: str) -> bytes:
        if reason == "unreadable":
            return self._unreadable(_encoded(record))
        item, value = {
            "missing_item": (self.dice.choice((layout.key, layout.device, layout.code, layout.at)), None),
            "wrong_type": (layout.number, "N/A"),
            "out_of_range": (layout.number, layout.number_max + 5),
            "bad_time": (layout.at, self.dice.choice(("昨天下午", "2026-02-31 08:00:00", "25:61"))),
            "time_in_future": (layout.at, self.received_ms + 30 * 24 * HOUR_MS),
            "time_too_old": (layout.at, self.received_ms - 30 * 24 * HOUR_MS),
            "unknown_code": (layout.code, "ZZ9"),
        }[reason]
        if value is None and self.dice.random() < 0.5:
            return _encoded({name: v for name, v in record.items() if name != item})
        return _encoded(record | {item: value})

    def _unreadable(self, line: bytes) -> bytes:
        chance = self.dice.random()
        if chance < 0.5:
            return line[: self.dice.randrange(20, len(line) - 5)]  # cut off, perhaps inside a character
        if chance < 0.8:
            return line.replace(b'"', b"'")
        return b"[" + line + b"]" if chance < 0.9 else b"\xff\xfe" + line[2:]


def _encoded(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def is_fresh(path: Path, now: datetime) -> bool:
    """Is the job in `path` still of today? Video alerts are taken for 24 hours; the oldest here has 6."""
    try:
        received_ms = Job(path).manifest().received_ms
    except (FileNotFoundError, TypeError, ValueError):
        return False
    return now.timestamp() * 1000 - received_ms < 12 * HOUR_MS
