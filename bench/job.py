"""The job that everybody does, and the folder it comes in.

Three classes of records arrive as NDJSON, dirty: the state of fire devices (IOT12), video alerts (IOT03)
and visitors (IOT10). Per line:

1.  Parse. What is not one JSON object in UTF-8 is `unreadable`.
2.  Repair text: full-width forms (U+FF01–U+FF5E, U+3000) to half width, zero-width marks (U+200B, U+FEFF)
    out, blanks around it away. What is then empty is absent.
3.  Key, device (of a visitor: the address visited), code and time are needed: else `missing_item`.
4.  The number may come as text: else `wrong_type`; outside its range `out_of_range`.
5.  Time as one of: ISO 8601 with offset or Z; `YYYY-MM-DD HH:MM:SS` or `YYYY年M月D日H时M分`, meant in UTC+8;
    milliseconds since 1970. Else `bad_time`; later than received + the class's limit `time_in_future`;
    earlier than received - the class's limit `time_too_old`.
6.  Code: the code in any case, or its Chinese label: else `unknown_code`. A visitor's identity number has 18
    characters, the last one perhaps X in either case, and fits its check digit (GB 11643): else
    `bad_id_check_digit`.
7.  Of the lines that are left, the first of each key counts; the others are duplicates.
8.  Join: the device's grid and building; without a known device the grid around the record's own point, then
    that of its address. The building is the device's, then that of the address: compared without
    `浙江省杭州市萧山区宁围街道` or parts of it, without blanks, with 幢 for 栋. The person with the identity
    number, of 298,000.
9.  Store: accepted rows with the columns of `STORED`, rejected lines with `class_id, reason, raw`.
10. Thresholds: `alert` of an accepted row is the name of the rule of `ALERTS` that it fulfils, else null.

No line breaks two rules, so that the order in which they are looked at does not matter.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ACCEPTED = ("class_id", "record_key", "at_ms", "device_id", "code", "grid_code", "building_id")
JOINED = ("person_id", "alert")
STORED = (*ACCEPTED, *JOINED)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # of the first 17 digits
CHECK_DIGITS = "10X98765432"  # by the weighted sum modulo 11


@dataclass(frozen=True)
class Layout:
    """How a class spells the parts that the job speaks of."""

    class_id: str
    file: str
    key: str
    device: str
    code: str
    at: str
    number: str
    number_max: float
    is_whole: bool  # the number is an integer
    late_ms: int
    early_ms: int
    id_no: str = ""  # the item with an identity number


@dataclass(frozen=True)
class Threshold:
    """Rule 10: an accepted row of the class and code whose number and stay reach both limits.

    They are the conditions of the platform's scenarios S10, S13, S16. An absent number or stay counts as 0.
    """

    alert: str
    class_id: str
    code: str
    min_number: float = 0
    min_dwell_s: int = 0


ALERTS = (
    Threshold("fire_alarm", "IOT12", "FIRE"),
    Threshold("lane_blocked", "IOT03", "A07", min_number=0.8, min_dwell_s=180),
    Threshold("street_vendor", "IOT03", "A02", min_number=0.75, min_dwell_s=180),
)
DWELL = "dwell_seconds"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LAYOUTS = (
    Layout(
        "IOT12",
        "fire.ndjson",
        *("msg_id", "facility_id", "alarm_kind", "event_time", "status_bits"),
        number_max=65535,
        is_whole=True,
        late_ms=7 * DAY_MS,
        early_ms=10 * 60_000,
    ),
    Layout(
        "IOT03",
        "video.ndjson",
        *("event_id", "device_id", "algo_code", "occur_time", "confidence"),
        number_max=1,
        is_whole=False,
        late_ms=DAY_MS,
        early_ms=10 * 60_000,
    ),
    Layout(
        "IOT10",
        "visitors.ndjson",
        *("visit_id", "visit_address_id", "id_type", "valid_from", "pass_count"),
        number_max=10_000,
        is_whole=True,
        late_ms=7 * DAY_MS,
        early_ms=30 * DAY_MS,
        id_no="id_no",
    ),
)


@dataclass(frozen=True)
class Manifest:
    """What is in the files, in truth: what a right result looks like.

    received_ms: The moment against which early and late are judged.
    rejected:    Class → reason → lines.
    rows_hash:   SHA-256 over the accepted rows, sorted: whose order of output differs has the same hash.
    joined:      How many of them have a person, and how many each alert.
    joined_hash: As `rows_hash`, over key, person and alert.
    raised:      Scenario → the keys it must raise an alert for: rule 10, seen by building or by camera.
    """

    seed: int
    n_records: int
    n_bytes: int
    received_ms: int
    accepted: dict[str, int]
    duplicates: int
    rejected: dict[str, dict[str, int]]
    rows_hash: str
    joined: dict[str, int]
    joined_hash: str
    raised: dict[str, list[str]]


@dataclass(frozen=True)
class Job:
    """A folder with the input, the reference tables and the manifest.

    `refs/` holds `devices.parquet` (device_id, grid_code, building_id), `addresses.parquet` (122,000 of them:
    match = the text as rule 8 compares it, building_id, grid_code), `buildings.parquet` (each with its own
    address), `persons.parquet` (298,000: id_no, person_id), `grids.json` (code → outer ring) and `codes.json`
    (class → word in lower case → code).
    """

    folder: Path

    @property
    def refs(self) -> Path:
        return self.folder / "refs"

    @property
    def truth(self) -> Path:
        """The keys of the accepted rows, for those who count; no runner may look."""
        return self.folder / "truth.parquet"

    def input(self, layout: Layout) -> Path:
        return self.folder / layout.file

    def manifest(self) -> Manifest:
        return Manifest(**json.loads((self.folder / "manifest.json").read_text()))

    def write_manifest(self, manifest: Manifest) -> None:
        text = json.dumps(asdict(manifest), indent=1, ensure_ascii=False)
        (self.folder / "manifest.json").write_text(text)

    def grids(self) -> dict[str, list[list[float]]]:
        return self._json("grids.json")

    def codes(self, layout: Layout) -> dict[str, str]:
        """Return word in lower case → code."""
        words: dict[str, str] = self._json("codes.json")[layout.class_id]
        return words

    def _json(self, name: str) -> Any:
        return json.loads((self.refs / name).read_text())
