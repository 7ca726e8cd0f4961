"""Is a result right? What a runner wrote, read back and compared with the manifest."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import polars as pl

from bench.job import ACCEPTED, JOINED, STORED, Manifest

JOINED_KEY = ("record_key", *JOINED)


class Beyond(StrEnum):
    """What a runner does with accepted rows beyond placing them, and is judged by too."""

    NOTHING = "nothing"
    JOINED = "joined"  # persons and thresholds, as columns
    RAISED = "raised"  # the platform's scenarios; who is who it does not look up yet


@dataclass(frozen=True)
class Verdict:
    matches: bool
    difference: str = ""


def rows_hash(rows: pl.DataFrame, columns: Sequence[str]) -> str:
    """Return SHA-256 over these columns of the rows, whatever their order."""
    text = rows.select(pl.col(name).cast(pl.String).fill_null("-") for name in columns)
    lines = text.select(pl.concat_str(columns, separator="|").alias("row"))["row"].sort()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def verdict_on(out: Path, manifest: Manifest, beyond: Beyond = Beyond.JOINED) -> Verdict:
    """Compare what lies in `out` (`accepted.*`, `rejected.*`; Parquet, NDJSON) with the truth."""
    accepted, rejected = (
        read_result(out, "accepted", _columns(beyond)),
        read_result(out, "rejected", ("class_id", "reason")),
    )
    if accepted is None or rejected is None:
        return Verdict(False, "no output")
    counts = dict(accepted.group_by("class_id").len().iter_rows())
    if counts != manifest.accepted:
        return Verdict(False, f"accepted {counts}, should be {manifest.accepted}")
    reasons: dict[str, dict[str, int]] = {}
    for class_id, reason, n in rejected.group_by("class_id", "reason").len().sort("reason").iter_rows():
        reasons.setdefault(class_id, {})[reason] = n
    if reasons != manifest.rejected:
        return Verdict(False, f"rejected {reasons}, should be {manifest.rejected}")
    if accepted.height + rejected.height + manifest.duplicates != manifest.n_records:
        return Verdict(False, "accepted, rejected and duplicates are not all there was")
    if rows_hash(accepted, ACCEPTED) != manifest.rows_hash:
        return Verdict(False, "other accepted rows")
    return _beyond(out, accepted, manifest, beyond)


def _beyond(out: Path, accepted: pl.DataFrame, manifest: Manifest, beyond: Beyond) -> Verdict:
    if beyond is Beyond.JOINED and rows_hash(accepted, JOINED_KEY) != manifest.joined_hash:
        return Verdict(False, "other persons or alerts")
    if beyond is Beyond.RAISED:
        raised = pl.read_parquet(out / "raised.parquet").group_by("alert").agg(pl.col("key").unique().sort())
        found = dict(raised.iter_rows())
        if wrong := [name for name, keys in manifest.raised.items() if keys != found.get(name, [])]:
            return Verdict(False, f"scenarios raised other alerts: {', '.join(wrong)}")
    return Verdict(True)


def _columns(beyond: Beyond) -> tuple[str, ...]:
    return STORED if beyond is Beyond.JOINED else ACCEPTED


def read_result(out: Path, name: str, columns: Sequence[str]) -> pl.DataFrame | None:
    """Return these columns of a result, None where there is no file."""
    files = [file for path in sorted(out.glob(f"{name}*")) for file in _parts(path)]
    frames = [_frame(file, columns) for file in files]
    return pl.concat(frames) if frames else None


def _parts(path: Path) -> list[Path]:
    """Return the files of a result: engines write folders, with notes of their own among the parts."""
    if path.is_file():
        return [path]
    found = (file for file in sorted(path.rglob("*")) if file.is_file())
    return [
        file
        for file in found
        if not any(part.startswith((".", "_")) for part in file.relative_to(path).parts)
    ]


def _frame(file: Path, columns: Sequence[str]) -> pl.DataFrame:
    schema = {name: pl.Int64() if name == "at_ms" else pl.String() for name in columns}
    with file.open("rb") as opened:
        is_parquet = opened.read(4) == b"PAR1"
    if is_parquet:
        return pl.read_parquet(file, columns=[*schema]).select(
            pl.col(name).cast(kind) for name, kind in schema.items()
        )
    return pl.read_ndjson(file, schema=schema) if file.stat().st_size else pl.DataFrame(schema=schema)
