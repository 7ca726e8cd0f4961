"""Polars as the guide shows it: one lazy query, one regular expression after the other, whole file at once.

`python -m bench.peers.polars_naive JOB OUT`
"""

import sys
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from bench.job import ALERTS, CHECK_DIGITS, DWELL, LAYOUTS, STORED, WEIGHTS, Job, Layout
from bench.measuring import Watch, to_disk

FULL = [chr(code + 0xFEE0) for code in range(0x21, 0x7F)] + ["\u3000", "\u200b", "\ufeff"]
HALF = [chr(code) for code in range(0x21, 0x7F)] + [" ", "", ""]
CHINESE = r"^(\d{4})年(\d{1,2})月(\d{1,2})日(\d{1,2})时(\d{1,2})分$"


def main(job: Job, out: Path) -> None:
    received_ms = job.manifest().received_ms
    with Watch() as watch:
        accepted, rejected = zip(*(_done(job, layout, received_ms) for layout in LAYOUTS), strict=True)
        pl.concat(accepted).write_parquet(out / "accepted.parquet")
        pl.concat(rejected).write_parquet(out / "rejected.parquet")
        to_disk(out / "accepted.parquet", out / "rejected.parquet")
    watch.measured().print()


def _done(job: Job, layout: Layout, received_ms: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    lines = _lines(job.input(layout)).with_row_index("line")
    judged = _judged(lines, layout, received_ms, job.codes(layout))
    rejected = judged.filter(pl.col("reason").is_not_null()).select(
        pl.lit(layout.class_id).alias("class_id"), "reason", "raw"
    )
    good = judged.filter(pl.col("reason").is_null()).unique("record_key", keep="first", maintain_order=True)
    return _placed(good, job, layout), rejected


def _lines(path: Path) -> pl.DataFrame:
    """Read lines as text; where they are not UTF-8, as null."""
    raw = pl.Series("raw", path.read_bytes().splitlines(), dtype=pl.Binary)
    return pl.DataFrame({"raw": raw, "text": [_decoded(line) for line in raw]})


def _decoded(line: bytes) -> str | None:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    return text if text.startswith("{") and text.endswith("}") and '"' in text else None


def _repaired(name: str) -> pl.Expr:
    text = pl.col(name).str.replace_many(FULL, HALF).str.strip_chars()
    return pl.when(text != "").then(text).alias(name)


def _judged(lines: pl.DataFrame, layout: Layout, received_ms: int, codes: dict[str, str]) -> pl.DataFrame:
    names = (layout.key, layout.device, layout.code, layout.at, layout.number, "address_text", "lon", "lat")
    names += (DWELL, layout.id_no or "id_no")
    fields = pl.Struct({name: pl.String for name in names})
    frame = lines.with_columns(pl.col("text").str.json_decode(fields).alias("record"))
    frame = frame.unnest("record").with_columns(
        *(_repaired(name) for name in names),
        unreadable=pl.col("text").is_null(),
    )
    number = pl.col(layout.number)
    frame = frame.with_columns(
        record_key=layout.key,
        at_ms=_at_ms(layout.at),
        word=layout.code,
        id_no=pl.col(layout.id_no or "id_no").str.to_uppercase(),
        value=number.cast(pl.Int64 if layout.is_whole else pl.Float64, strict=False),
    ).with_columns(pl.col("word").str.to_lowercase().replace_strict(codes, default=None).alias("found"))
    needed = (layout.key, layout.device, layout.code, layout.at)
    return frame.with_columns(
        reason=pl.when("unreadable")
        .then(pl.lit("unreadable"))
        .when(pl.any_horizontal(pl.col(name).is_null() for name in needed))
        .then(pl.lit("missing_item"))
        .when(number.is_not_null() & pl.col("value").is_null())
        .then(pl.lit("wrong_type"))
        .when(~pl.col("value").is_between(0, layout.number_max))
        .then(pl.lit("out_of_range"))
        .when(pl.col("at_ms").is_null())
        .then(pl.lit("bad_time"))
        .when(pl.col("at_ms") > received_ms + layout.early_ms)
        .then(pl.lit("time_in_future"))
        .when(pl.col("at_ms") < received_ms - layout.late_ms)
        .then(pl.lit("time_too_old"))
        .when(pl.col("found").is_null())
        .then(pl.lit("unknown_code"))
        .when(pl.col("id_no").is_not_null() & ~_has_check_digit())
        .then(pl.lit("bad_id_check_digit"))
    )


def _has_check_digit() -> pl.Expr:
    number = pl.col("id_no")
    weighted = (number.str.slice(i, 1).cast(pl.Int32, strict=False) * w for i, w in enumerate(WEIGHTS))
    wanted = (pl.sum_horizontal(*weighted, ignore_nulls=False) % 11).replace_strict(
        dict(enumerate(CHECK_DIGITS)), default=None, return_dtype=pl.String
    )
    return (number.str.contains("^[0-9]{17}[0-9X]$") & (number.str.slice(17) == wanted)).fill_null(False)


def _alert(layout: Layout) -> pl.Expr:
    alert = pl.lit(None, pl.String)
    for rule in ALERTS:
        if rule.class_id == layout.class_id:
            reached = (pl.col("value").fill_null(0) >= rule.min_number) & (
                pl.col(DWELL).cast(pl.Int64).fill_null(0) >= rule.min_dwell_s
            )
            alert = (
                pl.when((pl.col("found") == rule.code) & reached).then(pl.lit(rule.alert)).otherwise(alert)
            )
    return alert


def _at_ms(name: str) -> pl.Expr:
    text = pl.col(name)
    zoned = text.str.replace("Z", "+00:00").str.to_datetime("%Y-%m-%dT%H:%M:%S%:z", strict=False)
    local = text.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    parts = text.str.extract_groups(CHINESE)
    chinese = pl.datetime(*(parts.struct.field(str(n)).cast(pl.Int32, strict=False) for n in (1, 2, 3, 4, 5)))
    eight_hours = 8 * 3_600_000
    return pl.coalesce(
        pl.when(text.str.contains(r"^\d{13}$")).then(text.cast(pl.Int64, strict=False)),
        zoned.dt.epoch("ms"),
        local.dt.epoch("ms") - eight_hours,
        chinese.dt.epoch("ms") - eight_hours,
    ).alias("at_ms")


def _placed(good: pl.DataFrame, job: Job, layout: Layout) -> pl.DataFrame:
    devices = pl.read_parquet(job.refs / "devices.parquet").select(
        pl.col("device_id").alias(layout.device), d_grid="grid_code", d_building="building_id"
    )
    addresses = pl.read_parquet(job.refs / "addresses.parquet").select(
        "match", b_grid="grid_code", b_building="building_id"
    )
    persons = pl.read_parquet(job.refs / "persons.parquet")
    match = (
        pl.col("address_text")
        .str.replace_all(" ", "")
        .str.replace("^(?:浙江省)?(?:杭州市)?(?:萧山区)?(?:宁围街道)?", "")
        .str.replace_all("栋", "幢")
    )
    frame = good.with_columns(match=match)
    frame = frame.join(devices, on=layout.device, how="left").join(addresses, on="match", how="left")
    frame = frame.join(persons, on="id_no", how="left")
    return (
        frame.with_columns(p_grid=_grids(frame, job))
        .with_columns(
            class_id=pl.lit(layout.class_id),
            device_id=layout.device,
            code="found",
            alert=_alert(layout),
            grid_code=pl.coalesce("d_grid", "p_grid", "b_grid"),
            building_id=pl.coalesce("d_building", "b_building"),
        )
        .select(STORED)
    )


def _grids(frame: pl.DataFrame, job: Job) -> pl.Series:
    grids = job.grids()
    codes = [*grids, None]
    tree = shapely.STRtree([shapely.Polygon(ring) for ring in grids.values()])
    found = np.full(frame.height, len(grids))
    own = frame.select(pl.col("lon", "lat").cast(pl.Float64)).to_numpy()
    rows = np.flatnonzero(~np.isnan(own[:, 0]))
    points, hits = tree.query(shapely.points(own[rows]), predicate="intersects")
    found[rows[points[::-1]]] = hits[::-1]
    return pl.Series(codes, dtype=pl.String).gather(found)


if __name__ == "__main__":
    main(Job(Path(sys.argv[1])), Path(sys.argv[2]))
