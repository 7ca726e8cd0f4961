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

from bench.checking import JOINED_KEY, rows_hash
from bench.job import ACCEPTED, ALERTS, DAY_MS, DWELL, HOUR_MS, LAYOUTS, STORED, Job, Layout, Manifest
from bench.references import check_digit, id_no

SHARES = {"IOT12": 0.66, "IOT03": 0.28, "IOT10": 0.06}
SHARE_SENT_AGAIN = 0.02
SHARE_UNKNOWN_DEVICE = 0.02
SHARE_STRANGERS = 0.1  # visitors who are none of the 298,000
SPREAD_MS = 6 * HOUR_MS  # the records of one job lie in the six hours before it, nearly in order
JITTER_MS, SHARE_HELD_BACK, HELD_BACK_MS = 60_000, 0.02, HOUR_MS

CODES = {  # what a street's systems mostly say: that all is well. One message in 5,000 is a fire alarm
    "IOT12": {"NORMAL": 0.9668, "TEST": 0.015, "FAULT": 0.010, "OFFLINE": 0.008, "FIRE": 0.0002},
    "IOT03": {
        "A05": 0.376,
        "A06": 0.26,
        "A01": 0.24,
        "A16": 0.06,
        "A10": 0.03,
        "A04": 0.03,
        "A03": 0.002,
        "A02": 0.0015,
        "A07": 0.0005,  # rubbish, street vendors, blocked fire lanes
    },
    "IOT10": {"111": 0.97, "112": 0.02, "113": 0.01},
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
    "bad_id_check_digit": 0.004,
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
    persons: list[tuple[str, str]]  # (identity number, person)


def write_job(job: Job, *, n_records: int, seed: int, received_at: datetime) -> Manifest:
    """Write the input files and the manifest of a job whose reference tables are there."""
    places = _read_places(job)
    dice = random.Random(seed)  # noqa: S311  dice, not secrets
    writer = _Writer(places, dice, int(received_at.timestamp() * 1000))
    for layout, n in _counts(n_records).items():
        labels = {code: word for word, code in job.codes(layout).items()}
        with job.input(layout).open("wb") as file:
            file.writelines(line + b"\n" for line in writer.lines(layout, n, labels))
    rows = pl.DataFrame(writer.rows, schema=list(STORED), orient="row", infer_schema_length=None)
    rows.select("record_key").write_parquet(job.truth)
    manifest = Manifest(
        seed=seed,
        n_records=n_records,
        n_bytes=sum(job.input(layout).stat().st_size for layout in LAYOUTS),
        received_ms=writer.received_ms,
        accepted=dict(Counter(row[0] for row in writer.rows)),
        duplicates=writer.n_duplicates,
        rejected={class_id: dict(sorted(counts.items())) for class_id, counts in writer.rejected.items()},
        **_truth_of(rows),
    )
    job.write_manifest(manifest)
    return manifest


def _counts(n_records: int) -> dict[Layout, int]:
    counts = {layout: round(n_records * SHARES[layout.class_id]) for layout in LAYOUTS}
    return counts | {LAYOUTS[0]: counts[LAYOUTS[0]] + n_records - sum(counts.values())}


def _truth_of(rows: pl.DataFrame) -> dict[str, Any]:
    """Return what the manifest says of the accepted rows."""
    by_alert = rows.filter(pl.col("alert").is_not_null()).group_by("alert").len().sort("alert")
    seen_by = {"fire_alarm": pl.coalesce("building_id", "device_id"), "lane_blocked": pl.col("device_id")}
    return {
        "rows_hash": rows_hash(rows, ACCEPTED),
        "joined": {"persons": rows["person_id"].count()} | dict(by_alert.iter_rows()),
        "joined_hash": rows_hash(rows, JOINED_KEY),
        "raised": {
            alert: rows.filter(pl.col("alert") == alert)
            .select(key.unique().sort().alias("key"))["key"]
            .to_list()
            for alert, key in seen_by.items()
        },
    }


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
        pl.read_parquet(job.refs / "persons.parquet").rows(),
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
        self.person_of = dict(places.persons)

    def lines(self, layout: Layout, n: int, labels: dict[str, str]) -> list[bytes]:
        written: list[tuple[bytes, str | None]] = []
        codes, weights = zip(*CODES[layout.class_id].items(), strict=True)
        reasons = [None, *BROKEN]
        shares = [1 - sum(BROKEN.values()), *BROKEN.values()]
        for place, (code, reason) in enumerate(
            zip(self.dice.choices(codes, weights, k=n), self.dice.choices(reasons, shares, k=n), strict=True)
        ):
            if reason == "bad_id_check_digit" and not layout.id_no:
                reason = None  # noqa: PLW2901  a defect that this class cannot have
            if written and self.dice.random() < SHARE_SENT_AGAIN:  # by a gateway that saw no answer
                again = written[self.dice.randrange(max(0, len(written) - 5000), len(written))]
                self._count(layout, again[1], is_again=True)
                written.append(again)
                continue
            record, row = self._record(layout, code, labels, self._moment(place / n))
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

    def _moment(self, progress: float) -> int:
        """Return when a record happened: records come nearly in order; some were held back somewhere."""
        late = self.dice.randrange(HELD_BACK_MS if self.dice.random() < SHARE_HELD_BACK else JITTER_MS)
        return self.received_ms - round((1 - progress) * SPREAD_MS) - late

    def _record(
        self, layout: Layout, code: str, labels: dict[str, str], at_ms: int
    ) -> tuple[dict[str, Any], tuple[Any, ...]]:
        key = f"{self.dice.getrandbits(128):032x}"
        device, grid, building, own = self._place(layout)
        address: str | None = None
        if layout.class_id == "IOT10" or (layout.class_id == "IOT03" and self.dice.random() < 0.5):
            match, of_address, its_grid = self.dice.choice(self.places.addresses)
            address = self._address(match)
            grid, building = grid or its_grid, building or of_address
        written, at_ms = self._time(at_ms)
        number = self._number(layout)
        rest = self._rest(layout)
        who, person = self._who() if layout.id_no else (None, None)
        record = {
            layout.key: self._dirty(key),
            layout.device: self._dirty(device),
            layout.code: self._word(code, labels[code]),
            layout.at: written,
            layout.number: self._dirty(str(number)) if self.dice.random() < 0.05 else number,
            **({layout.id_no: who} if who else {}),
            **({"lon": own[0], "lat": own[1]} if own else {}),
            **({"address_text": address} if address else {}),
            **rest,
        }
        alert = _alert(layout.class_id, code, number, rest.get(DWELL, 0))
        return record, (layout.class_id, key, at_ms, device, code, grid, building, person, alert)

    def _place(self, layout: Layout) -> tuple[str, str | None, str | None, tuple[float, float] | None]:
        """Return a device, its grid and building, and a point of the record's own where it has one."""
        if layout.class_id == "IOT10":
            return f"AD{self.dice.randrange(10**6):06d}", None, None, None
        if self.dice.random() >= SHARE_UNKNOWN_DEVICE:
            return *self.dice.choice(self.places.devices[layout.class_id]), None
        own = self.dice.choice(self.places.points) if self.dice.random() < 0.5 else None
        return f"X{self.dice.randrange(10**6):06d}", self.places.grid_at(*own) if own else None, None, own

    def _who(self) -> tuple[str, str | None]:
        """Return an identity number as somebody typed it, and the person if it is one of ours."""
        number, person = self.dice.choice(self.places.persons)
        if self.dice.random() < SHARE_STRANGERS:
            while (number := id_no(self.dice)) in self.person_of:
                pass
            person = None  # type: ignore[assignment]
        written = number.lower() if self.dice.random() < 0.1 else number
        return self._dirty(written), person

    def _rest(self, layout: Layout) -> dict[str, Any]:
        """Further items that such a system sends; most of them the job stores nowhere, but must read."""
        if layout.class_id == "IOT12":
            return {"type_flag": 2}
        if layout.class_id == "IOT10":
            return {"visitor_name": "访客", "purpose": "1"}
        return {"algo_version": "sim-1", DWELL: self.dice.randrange(1800)}

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

    def _number(self, layout: Layout) -> float:
        # Another value each time: who says the same twice within minutes may count as sending again.
        return len(self.rows) % round(layout.number_max) if layout.is_whole else round(self.dice.random(), 4)

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
            "missing_item": (self.dice.choice(self._needed(layout)), None),
            "wrong_type": (layout.number, "N/A"),
            "out_of_range": (layout.number, layout.number_max + 5),
            "bad_time": (layout.at, self.dice.choice(("昨天下午", "2026-02-31 08:00:00", "25:61"))),
            "time_in_future": (layout.at, self.received_ms + 60 * DAY_MS),
            "time_too_old": (layout.at, self.received_ms - 30 * DAY_MS),
            "unknown_code": (layout.code, "ZZ9"),
            "bad_id_check_digit": (layout.id_no, self._wrong_id_no()),
        }[reason]
        if value is None and self.dice.random() < 0.5:
            return _encoded({name: v for name, v in record.items() if name != item})
        return _encoded(record | {item: value})

    def _needed(self, layout: Layout) -> tuple[str, ...]:
        # The catalogue lets a visitor's kind of document be absent: that defect is not made.
        code = () if layout.class_id == "IOT10" else (layout.code,)
        return (layout.key, layout.device, layout.at, *code)

    def _wrong_id_no(self) -> str:
        digits = self.dice.choice(self.places.persons)[0][:17]
        return digits + self.dice.choice([d for d in "0123456789X" if d != check_digit(digits)])

    def _unreadable(self, line: bytes) -> bytes:
        chance = self.dice.random()
        if chance < 0.5:
            return line[: self.dice.randrange(20, len(line) - 5)]  # cut off, perhaps inside a character
        if chance < 0.8:
            return line.replace(b'"', b"'")
        return b"[" + line + b"]" if chance < 0.9 else b"\xff\xfe" + line[2:]


def _alert(class_id: str, code: str, number: float, dwell_s: int) -> str | None:
    for rule in ALERTS:
        if (rule.class_id, rule.code) == (class_id, code):
            return rule.alert if number >= rule.min_number and dwell_s >= rule.min_dwell_s else None
    return None


def _encoded(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()


def is_fresh(path: Path, now: datetime) -> bool:
    """Is the job in `path` still of today? Video alerts are taken for 24 hours; the oldest here has 6."""
    try:
        received_ms = Job(path).manifest().received_ms
    except (FileNotFoundError, TypeError, ValueError):
        return False
    return now.timestamp() * 1000 - received_ms < 12 * HOUR_MS
