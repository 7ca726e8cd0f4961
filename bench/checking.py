"""Is a result right? What a runner wrote, read back and compared with the manifest."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from bench.job import ACCEPTED, Manifest


@dataclass(frozen=True)
class Verdict:
    matches: bool
    difference: str = ""


def rows_hash(rows: pl.DataFrame) -> str:
    """Return SHA-256 over the accepted rows, whatever their order."""
    text = rows.select(pl.col(name).cast(pl.String).fill_null("-") for name in ACCEPTED)
    lines = text.select(pl.concat_str(ACCEPTED, separator="|").alias("row"))["row"].sort()
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def verdict_on(out: Path, manifest: Manifest) -> Verdict:
    """Compare what lies in `out` (`accepted.*`, `rejected.*`; Parquet, NDJSON) with the truth."""
    accepted, rejected = _read(out, "accepted"), _read(out, "rejected")
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
    if rows_hash(accepted) != manifest.rows_hash:
        return Verdict(False, "other accepted rows")
    return Verdict(True)


def _read(out: Path, name: str) -> pl.DataFrame | None:
    files = sorted(out.glob(f"{name}*"))
    if not files:
        return None
    columns = [*ACCEPTED] if name == "accepted" else ["class_id", "reason"]
    frames = [_frame(file).select(columns) for file in files]
    return pl.concat(frames, how="vertical_relaxed")


def _frame(file: Path) -> pl.DataFrame:
    if file.suffix == ".parquet":
        return pl.read_parquet(file)
    return pl.read_ndjson(file, infer_schema_length=None)
