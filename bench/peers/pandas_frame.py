"""pandas: JSON line by line into one frame, then string methods and merges.

`python -m bench.peers.pandas_frame JOB OUT`
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from bench.job import ALERTS, CHECK_DIGITS, DWELL, LAYOUTS, STORED, WEIGHTS, Job, Layout
from bench.measuring import Watch, to_disk
from bench.peers.rules import HALF, parsed, read_lines

FULL_WIDTH = "[\u200b\u3000\ufeff\uff01-\uff5e]"
PREFIX = "^(?:浙江省)?(?:杭州市)?(?:萧山区)?(?:宁围街道)?"
EIGHT_HOURS_MS = 8 * 3_600_000


def main(job: Job, out: Path) -> None:
    received_ms = job.manifest().received_ms
    with Watch() as watch:
        accepted, rejected = zip(*(_done(job, layout, received_ms) for layout in LAYOUTS), strict=True)
        pd.concat(accepted).to_parquet(out / "accepted.parquet", index=False)
        pd.concat(rejected).to_parquet(out / "rejected.parquet", index=False)
        to_disk(out / "accepted.parquet", out / "rejected.parquet")
    watch.measured().print()


def _done(job: Job, layout: Layout, received_ms: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    lines = list(read_lines(job.input(layout)))
    records = [parsed(line) for line in lines]
    names = [layout.key, layout.device, layout.code, layout.at, layout.number, "address_text"]
    names = [*names, layout.id_no or "id_no", "lon", "lat", DWELL]
    frame = pd.DataFrame([record or {} for record in records], columns=names)
    frame["unreadable"] = [record is None for record in records]
    for name in names[:7]:
        frame[name] = _repaired(frame[name])
    _judge(frame, layout, received_ms, job.codes(layout))
    bad = frame["reason"] != ""
    rejected = pd.DataFrame(
        {
            "class_id": layout.class_id,
            "reason": frame.loc[bad, "reason"],
            "raw": [lines[row] for row in np.flatnonzero(bad)],
        }
    )
    return _placed(frame[~bad].drop_duplicates(layout.key), job, layout), rejected


def _repaired(column: pd.Series) -> pd.Series:
    text = column.where(column.isna(), column.map(str)).astype("object")
    full = text.str.contains(FULL_WIDTH, regex=True, na=False)
    text = text.where(~full, text.str.translate(HALF)).str.strip()
    return text.where(text != "", None)


def _judge(frame: pd.DataFrame, layout: Layout, received_ms: int, codes: dict[str, str]) -> None:
    number = frame[layout.number]
    value = pd.to_numeric(number, errors="coerce")
    frame["at_ms"] = _at_ms(frame[layout.at])
    frame["value"] = value.fillna(0)
    frame["id_no"] = frame[layout.id_no or "id_no"].astype("object").str.upper()
    frame["found"] = frame[layout.code].str.lower().map(codes)
    needed = [layout.key, layout.device, layout.code, layout.at]
    frame["reason"] = np.select(
        [
            frame["unreadable"],
            frame[needed].isna().any(axis=1),
            number.notna() & value.isna(),
            (value < 0) | (value > layout.number_max),
            frame["at_ms"].isna(),
            frame["at_ms"] > received_ms + layout.early_ms,
            frame["at_ms"] < received_ms - layout.late_ms,
            frame["found"].isna(),
            frame["id_no"].notna() & ~_has_check_digit(frame["id_no"]),
        ],
        [
            *("unreadable", "missing_item", "wrong_type", "out_of_range"),
            *("bad_time", "time_in_future", "time_too_old", "unknown_code", "bad_id_check_digit"),
        ],
        "",
    )


def _has_check_digit(numbers: pd.Series) -> pd.Series:
    is_right = pd.Series(data=False, index=numbers.index)
    shaped = numbers[numbers.str.fullmatch("[0-9]{17}[0-9X]", na=False)]
    if len(shaped):
        digits = np.frombuffer("".join(shaped).encode(), np.uint8).reshape(-1, 18)
        wanted = np.frombuffer(CHECK_DIGITS.encode(), np.uint8)[
            (digits[:, :17] - 48) @ np.array(WEIGHTS) % 11
        ]
        is_right[shaped.index] = wanted == digits[:, 17]
    return is_right


def _alert(frame: pd.DataFrame, layout: Layout) -> pd.Series:
    alert = pd.Series(None, index=frame.index, dtype="object")
    dwell = pd.to_numeric(frame[DWELL]).fillna(0)
    for rule in ALERTS:
        if rule.class_id == layout.class_id:
            reached = (frame["value"] >= rule.min_number) & (dwell >= rule.min_dwell_s)
            alert[(frame["found"] == rule.code) & reached] = rule.alert
    return alert


def _at_ms(text: pd.Series) -> pd.Series:
    at = pd.Series(np.nan, index=text.index)
    epoch = text.str.fullmatch(r"[0-9]{13}", na=False)
    at[epoch] = text[epoch].astype("float64")
    zoned = text.str.contains("T", na=False)
    at[zoned] = _ms(pd.to_datetime(text[zoned], format="ISO8601", utc=True, errors="coerce"))
    local = text.str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", na=False)
    local_at = pd.to_datetime(text[local], format="%Y-%m-%d %H:%M:%S", utc=True, errors="coerce")
    at[local] = _ms(local_at) - EIGHT_HOURS_MS
    chinese = text.str.contains("年", na=False)
    chinese_at = pd.to_datetime(text[chinese], format="%Y年%m月%d日%H时%M分", utc=True, errors="coerce")
    at[chinese] = _ms(chinese_at) - EIGHT_HOURS_MS
    return at


def _ms(at: pd.Series) -> pd.Series:
    return (at - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(milliseconds=1)


def _placed(good: pd.DataFrame, job: Job, layout: Layout) -> pd.DataFrame:
    devices = pd.read_parquet(job.refs / "devices.parquet")
    devices = devices.rename(columns={"device_id": layout.device})
    addresses = pd.read_parquet(job.refs / "addresses.parquet", columns=["match", "grid_code", "building_id"])
    match = good["address_text"].str.replace(" ", "", regex=False)
    match = match.str.replace(PREFIX, "", regex=True).str.replace("栋", "幢", regex=False)
    frame = good.assign(match=match).merge(devices, on=layout.device, how="left")
    frame = frame.merge(addresses, on="match", how="left", suffixes=("", "_of_address"))
    persons = pd.read_parquet(job.refs / "persons.parquet")
    frame = frame.merge(persons, on="id_no", how="left")
    grid = frame["grid_code"].fillna(_grids(frame, job)).fillna(frame["grid_code_of_address"])
    return pd.DataFrame(
        {
            "class_id": layout.class_id,
            "record_key": frame[layout.key],
            "at_ms": frame["at_ms"].astype("int64"),
            "device_id": frame[layout.device],
            "code": frame["found"],
            "grid_code": grid,
            "building_id": frame["building_id"].fillna(frame["building_id_of_address"]),
            "person_id": frame["person_id"],
            "alert": _alert(frame, layout),
        }
    )[list(STORED)]


def _grids(frame: pd.DataFrame, job: Job) -> pd.Series:
    grids = job.grids()
    codes = np.array([*grids, None], dtype=object)
    tree = shapely.STRtree([shapely.Polygon(ring) for ring in grids.values()])
    own = frame[["lon", "lat"]].to_numpy(dtype=float)
    rows = np.flatnonzero(~np.isnan(own[:, 0]))
    found = np.full(len(frame), len(grids))
    points, hits = tree.query(shapely.points(own[rows]), predicate="intersects")
    found[rows[points[::-1]]] = hits[::-1]
    return pd.Series(codes[found], index=frame.index)


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
