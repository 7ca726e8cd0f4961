"""The rules of the job in plain Python, for the peers that work line by line."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from operator import mul
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import shapely

from bench.job import ALERTS, CHECK_DIGITS, DWELL, LAYOUTS, WEIGHTS, Job, Layout, Threshold

HALF = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20, 0x200B: None, 0xFEFF: None}
has_full = re.compile("[\u200b\u3000\ufeff\uff01-\uff5e]").search
as_chinese = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日(\d{1,2})时(\d{1,2})分").fullmatch
as_local = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").fullmatch
without_prefix = re.compile("^(?:浙江省)?(?:杭州市)?(?:萧山区)?(?:宁围街道)?").sub
LOCAL = timezone(timedelta(hours=8))

Row = tuple[str, str, int, str, str, str | None, str | None, str | None, str | None]


def repaired(value: Any) -> str:
    """Return the value as repaired text, "" where there is nothing."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else str(value)
    return (text.translate(HALF) if has_full(text) else text).strip()


def milliseconds(text: str) -> int | None:
    """Return the moment written in `text`, None where there is none."""
    try:
        if len(text) == 13 and text.isdigit():
            return int(text)
        if found := as_chinese(text):
            at = datetime(*(int(part) for part in found.groups()), tzinfo=LOCAL)  # type: ignore[misc,arg-type]
        elif as_local(text):
            at = datetime.fromisoformat(text).replace(tzinfo=LOCAL)
        else:
            at = datetime.fromisoformat(text)
            if at.tzinfo is None:
                return None
    except ValueError:
        return None
    return round(at.timestamp() * 1000)


def has_check_digit(number: str) -> bool:
    """Does an identity number, X in upper case, end in the digit that the others ask for?"""
    if len(number) != 18 or not number[:17].isdecimal():
        return False
    return CHECK_DIGITS[sum(map(mul, WEIGHTS, map(int, number[:17]))) % 11] == number[17]


def match_of(address: str) -> str:
    return without_prefix("", repaired(address).replace(" ", ""), count=1).replace("栋", "幢")


@dataclass
class References:
    """The reference tables as dictionaries."""

    devices: dict[str, tuple[str, str | None]]
    addresses: dict[str, tuple[str, str]]
    persons: dict[str, str]
    alerts: dict[tuple[str, str], Threshold]
    codes: dict[str, dict[str, str]]
    received_ms: int

    def __init__(self, job: Job) -> None:
        devices = pq.read_table(job.refs / "devices.parquet").to_pydict()
        places = zip(devices["grid_code"], devices["building_id"], strict=True)
        self.devices = dict(zip(devices["device_id"], places, strict=True))
        addresses = pq.read_table(job.refs / "addresses.parquet").to_pydict()
        of_match = zip(addresses["building_id"], addresses["grid_code"], strict=True)
        self.addresses = dict(zip(addresses["match"], of_match, strict=True))
        persons = pq.read_table(job.refs / "persons.parquet").to_pydict()
        self.persons = dict(zip(persons["id_no"], persons["person_id"], strict=True))
        self.alerts = {(rule.class_id, rule.code): rule for rule in ALERTS}
        self.codes = {layout.class_id: job.codes(layout) for layout in LAYOUTS}
        self.received_ms = job.manifest().received_ms
        self._grids = list(job.grids())
        self._tree = shapely.STRtree([shapely.Polygon(ring) for ring in job.grids().values()])

    def grid_at(self, lon: float, lat: float) -> str | None:
        found = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self._grids[min(found)] if len(found) else None


def judged(  # noqa: C901, PLR0911, PLR0912  a script of an afternoon looks like this, and calls cost time
    record: dict[str, Any], layout: Layout, refs: References
) -> Row | str:
    """Return the accepted row, or the reason why there is none. Duplicates are not looked for."""
    key, device = repaired(record.get(layout.key)), repaired(record.get(layout.device))
    word, at_text = repaired(record.get(layout.code)), repaired(record.get(layout.at))
    if not (key and device and word and at_text):
        return "missing_item"
    value: float = 0
    if number := repaired(record.get(layout.number)):
        try:
            value = int(number) if layout.is_whole else float(number)
        except ValueError:
            return "wrong_type"
        if not 0 <= value <= layout.number_max:
            return "out_of_range"
    at_ms = milliseconds(at_text)
    if at_ms is None:
        return "bad_time"
    if at_ms > refs.received_ms + layout.early_ms:
        return "time_in_future"
    if at_ms < refs.received_ms - layout.late_ms:
        return "time_too_old"
    code = refs.codes[layout.class_id].get(word.lower())
    if code is None:
        return "unknown_code"
    person = alert = None
    if layout.id_no and (id_no := repaired(record.get(layout.id_no)).upper()):
        if not has_check_digit(id_no):
            return "bad_id_check_digit"
        person = refs.persons.get(id_no)
    rule = refs.alerts.get((layout.class_id, code))
    if rule and value >= rule.min_number and (record.get(DWELL) or 0) >= rule.min_dwell_s:
        alert = rule.alert
    grid, building = refs.devices.get(device, (None, None))
    if grid is None and record.get("lon") is not None:
        grid = refs.grid_at(record["lon"], record["lat"])
    if address := record.get("address_text"):
        of_building, of_grid = refs.addresses.get(match_of(address), (None, None))
        grid, building = grid or of_grid, building or of_building
    return layout.class_id, key, at_ms, device, code, grid, building, person, alert


def read_lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
