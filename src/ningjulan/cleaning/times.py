"""Times in whatever form they come → instants. Text without a zone is meant in Asia/Shanghai."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl

from ningjulan.cleaning.contracts import INSTANT

HISTORY_BEGINS = datetime(1990, 1, 1, tzinfo=UTC)  # older dates are unset clocks
LOCAL_ZONE = "Asia/Shanghai"

# 2018-02-08T12:30:00+08:00 · 2018/2/8 12:30 · 2018.2.8 · 2018年2月8日12时30分5秒 · 20180208123000
# Polars' \d also matches the digits of other scripts, hence [0-9].
_YEAR = r"(?P<y>(?:19|2[01])[0-9]{2})"
_ZONE = r"(?P<z>[Zz]|UTC|[+-][0-9]{2}:?[0-9]{2})?$"
_WRITTEN = (
    rf"^{_YEAR}[-/.年](?P<mo>[0-9]{{1,2}})[-/.月](?P<d>[0-9]{{1,2}})日?"
    r"(?:[Tt ]*(?P<h>[0-9]{1,2})[:时点](?P<mi>[0-9]{1,2})?分?"
    rf"(?::?(?P<s>[0-9]{{1,2}})(?:[.,](?P<f>[0-9]{{1,9}}))?秒?)?)?\s*{_ZONE}"
)
_COMPACT = (
    rf"^{_YEAR}(?P<mo>[0-9]{{2}})(?P<d>[0-9]{{2}})"
    rf"(?:[Tt]?(?P<h>[0-9]{{2}})(?P<mi>[0-9]{{2}})(?:(?P<s>[0-9]{{2}})(?P<f>[0-9]{{3}})?)?)?{_ZONE}"
)
_EPOCH = r"^[0-9]{10}(?:\.[0-9]{1,9})?$|^[0-9]{13}$"
_WALL = r"^(?:19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
_ISO_LOCAL = rf"{_WALL}$"
_ISO_ZONED = rf"{_WALL}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})$"


@dataclass(frozen=True)
class Times:
    """at: instants, null where unreadable. day_only: true where only the date was written."""

    at: pl.Series
    day_only: pl.Series


def parsed(text: pl.Series) -> Times:
    """Return the instants written in `text` (repaired, half width).

    Reads ISO 8601 with or without zone, `2018/2/8 12:30`, `2018年2月8日12时30分`, a date alone (its first
    moment in Asia/Shanghai), compact digits, epoch seconds (10 digits) and milliseconds (13).

    Returns:
        `at`: Datetime(us, UTC), null where `text` is null or no such time; `day_only`.
    """
    text = text.rename("t")
    for layout, read in ((_ISO_ZONED, _iso_zoned), (_ISO_LOCAL, _iso_local)):
        if text.str.contains(layout).all():
            return Times(read(text), pl.repeat(False, len(text), dtype=pl.Boolean, eager=True))
    epoch = pl.col("t").str.contains(_EPOCH)
    number = pl.col("t").cast(pl.Float64, strict=False)
    seconds = (
        pl.when(pl.col("t").str.len_chars() >= 12, ~pl.col("t").str.contains(".", literal=True))
        .then(number / 1000)
        .otherwise(number)
    )
    from_epoch = pl.when(epoch).then((seconds * 1_000_000).round().cast(pl.Int64, strict=False)).cast(INSTANT)
    parts = pl.coalesce(
        pl.when(~epoch).then(_groups(_WRITTEN)), pl.when(~epoch).then(_groups(_COMPACT))
    ).alias("p")
    found = (
        pl.DataFrame({"t": text})
        .lazy()
        .select(from_epoch.alias("from_epoch"), parts)
        .unnest("p")
        .select(
            at=pl.coalesce("from_epoch", _from_parts()),
            day_only=pl.col("h").is_null() & pl.col("y").is_not_null(),
        )
        .collect()
    )
    return Times(at=found["at"], day_only=found["day_only"])


def _iso_local(text: pl.Series) -> pl.Series:
    """Read the form most databases write. Like `_iso_zoned` only a short way to the same result."""
    wall = text.str.replace(" ", "T", literal=True)
    wall = wall.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    local = wall.dt.replace_time_zone(LOCAL_ZONE, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _iso_zoned(text: pl.Series) -> pl.Series:
    """Read the form most systems write: ISO 8601 with a zone."""
    tidy = text.str.replace(" ", "T", literal=True).str.replace("Z", "+00:00", literal=True)
    return tidy.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", strict=False).cast(INSTANT)


def _groups(pattern: str) -> pl.Expr:
    """Return the parts of the text as a struct, null where the text does not match."""
    groups = pl.col("t").str.extract_groups(pattern)
    return pl.when(pl.col("t").str.contains(pattern)).then(
        pl.struct([groups.struct.field(name) for name in ("y", "mo", "d", "h", "mi", "s", "f", "z")])
    )


def _from_parts() -> pl.Expr:
    """Return the instant of the parts; null when they are no date (31 February) or no time (25:00)."""
    two = {name: pl.col(name).fill_null("0").str.zfill(2) for name in ("mo", "d", "h", "mi", "s")}
    written = pl.format("{}-{}-{} {}:{}:{}", "y", *(two[name] for name in ("mo", "d", "h", "mi", "s")))
    wall = written.str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", strict=False)
    fraction = pl.col("f").fill_null("0").str.pad_end(9, "0").cast(pl.Int64) // 1000
    wall = wall + pl.duration(microseconds=fraction)
    local = wall.dt.replace_time_zone(LOCAL_ZONE, ambiguous="earliest", non_existent="null")
    zoned = wall.dt.replace_time_zone("UTC") - _offset()
    return pl.when(pl.col("z").is_null()).then(local.dt.convert_time_zone("UTC")).otherwise(zoned)


def _offset() -> pl.Expr:
    zone = pl.col("z").str.replace_all(":", "", literal=True)
    sign = pl.when(zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = zone.str.slice(1, 2).cast(pl.Int64, strict=False).fill_null(0)
    minutes = zone.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    return pl.duration(minutes=sign * (hours * 60 + minutes))


def instants(at: pl.Series) -> pl.Series:
    """Return times as instants; a date begins in Asia/Shanghai."""
    if at.dtype != pl.Date:
        return at
    return at.cast(pl.Datetime("us")).dt.replace_time_zone(LOCAL_ZONE).dt.convert_time_zone("UTC")


def earliest_allowed(received_at: pl.Series, late_by: timedelta, *, history: bool) -> pl.Series | datetime:
    """Return the oldest occurrence that is accepted of each record from a live, or from a history, source."""
    return HISTORY_BEGINS if history else received_at - late_by
