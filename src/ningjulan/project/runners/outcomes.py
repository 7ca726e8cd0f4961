"""What becomes of batches where no database is at hand: rows, rejects and one line of balance, in one frame.

Pure. What one batch finds in an earlier one, a key brought before or a batch delivered before, is for
whoever collects the frames: see `spark/sink.py`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import numpy as np
import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning.contracts import CLEANER_VERSION, INSTANT, Part
from ningjulan.cleaning.facade import accepted_schema, clean_parts
from ningjulan.observations.contracts import CleanedBatches
from ningjulan.project.runners.snapshot import Snapshot
from ningjulan.sources.canary import is_canary
from ningjulan.sources.manifest import UnknownSource
from ningjulan.sources.stream import RawBatch


class Kind(StrEnum):
    ROW = "row"
    REJECT = "reject"
    BATCH = "batch"


BATCH_COLUMNS: Mapping[str, pl.DataType] = {
    "_receipt_id": pl.String(),
    "_first_row": pl.Int32(),
    "_n_received": pl.Int32(),
    "_n_rejected": pl.Int32(),
    "_n_parked": pl.Int32(),
}
REJECT_COLUMNS: Mapping[str, pl.DataType] = {
    "_reasons": pl.List(pl.String()),
    "_detail": pl.String(),  # of a parked batch: why
    "_raw": pl.Binary(),
}


class NotFromOurDoors(Exception):
    """A message of the stream that is no batch."""


def history_schema(class_id: str) -> dict[str, pl.DataType]:
    """Return the columns that the history keeps of a class, but for the day it is parted by."""
    came_with: dict[str, pl.DataType] = {
        "source": pl.String(),
        "tenant_code": pl.String(),
        "batch_id": pl.String(),
        "received_at": INSTANT,
        "cleaner_version": pl.String(),
        "seq": pl.Int64(),
    }
    return accepted_schema(class_id) | {"row_no": pl.Int32()} | came_with  # Delta knows no unsigned numbers


def outcome_schema(class_id: str) -> dict[str, pl.DataType]:
    """Return the columns of `outcomes`: `_kind`, the history's, then those of rejects and of batches."""
    return {"_kind": pl.String(), **history_schema(class_id), **REJECT_COLUMNS, **BATCH_COLUMNS}


def outcomes(class_id: str, batches: Sequence[RawBatch], snapshot: Snapshot) -> pl.DataFrame:
    """Clean batches of one class; give every row and reject, and a line for each batch.

    A batch that fails by itself is parked: its line has it whole, and why. Canaries give nothing.

    Args:
        class_id: What all batches are of.
        batches: In stream order.
        snapshot: Sources and places.

    Returns:
        Columns of `outcome_schema`. Per batch: rows + rejects + parked ≤ received; the rest stands in the
        batches already.
    """
    frames = [
        frame
        for together in _together(class_id, [batch for batch in batches if not is_canary(batch)])
        for frame in _outcomes(together, snapshot)
    ]
    schema = outcome_schema(class_id)
    empty = pl.DataFrame(schema=schema)
    filled = [
        empty,
        *(frame.cast({n: t for n, t in schema.items() if n in frame.columns}) for frame in frames),
    ]
    return pl.concat(filled, how="diagonal").select(*schema)


def _together(class_id: str, batches: Iterable[RawBatch]) -> list[list[RawBatch]]:
    """Group what may be cleaned as one, as the worker does: content is compared within a batch only."""
    alone = catalog.get_class(class_id).same_content_within is not None
    groups: dict[tuple[object, ...], list[RawBatch]] = defaultdict(list)
    for place, batch in enumerate(batches):
        groups[batch.source, place if alone else None].append(batch)
    return list(groups.values())


def _outcomes(batches: list[RawBatch], snapshot: Snapshot) -> list[pl.DataFrame]:
    try:
        one = _cleaned(batches, snapshot)
    except Exception as error:
        if len(batches) == 1:
            return [_parked(batches[0], error, snapshot)]
        return [frame for batch in batches for frame in _outcomes([batch], snapshot)]
    return [_rows(one), _rejects(one), _lines(one)]


def _cleaned(batches: list[RawBatch], snapshot: Snapshot) -> CleanedBatches:
    name = batches[0].source
    if not name:
        raise NotFromOurDoors
    if name not in snapshot.sources:
        raise UnknownSource(source=name[:64])
    source = snapshot.sources[name]
    cleaned = clean_parts(
        batches[0].class_id,
        [Part(batch.payload, batch.received_at) for batch in batches],
        source=source,
        refs=snapshot.refs[source.tenant_code],
    )
    return CleanedBatches(batches, source.tenant_code, cleaned, CLEANER_VERSION)


def _came_with(one: CleanedBatches, rows: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Number rows within their batch, and say which that was."""
    place = one.batch_of(rows["row_no"])
    batches = pl.DataFrame(
        {
            "batch_id": [batch.batch_id for batch in one.batches],
            "received_at": pl.Series([batch.received_at for batch in one.batches], dtype=INSTANT),
            "seq": pl.Series([batch.seq for batch in one.batches], dtype=pl.Int64),
        }
    )[place]
    return rows.with_columns(
        pl.Series("row_no", rows["row_no"].to_numpy() - one.first_rows[place], pl.Int32),
        _kind=pl.lit(kind.value),
        source=pl.lit(one.source),
        tenant_code=pl.lit(one.tenant_code),
        batch_id=batches["batch_id"],
        received_at=batches["received_at"],
        cleaner_version=pl.lit(one.cleaner_version),
        seq=batches["seq"],
    )


def _rows(one: CleanedBatches) -> pl.DataFrame:
    return _came_with(one, one.cleaned.accepted, Kind.ROW)


def _rejects(one: CleanedBatches) -> pl.DataFrame:
    rejected = one.cleaned.rejected
    lines = [batch.lines for batch in one.batches] if len(rejected) else []
    places = one.batch_of(rejected["row_no"]).tolist()
    rows = (rejected["row_no"].to_numpy() - one.first_rows[places]).tolist() if places else []
    raw = [lines[place][row] for place, row in zip(places, rows, strict=True)]
    frame = rejected.rename({"reasons": "_reasons", "detail": "_detail"})
    return _came_with(one, frame.with_columns(pl.Series("_raw", raw, pl.Binary)), Kind.REJECT)


def _lines(one: CleanedBatches) -> pl.DataFrame:
    places = one.batch_of(one.cleaned.rejected["row_no"])
    n_rejected = np.bincount(places, minlength=len(one.batches)).tolist()
    return pl.DataFrame(
        [
            _line(batch, one.tenant_code) | {"_n_rejected": n, "_n_parked": 0}
            for batch, n in zip(one.batches, n_rejected, strict=True)
        ],
        schema=_LINE,
    )


def _parked(batch: RawBatch, error: Exception, snapshot: Snapshot) -> pl.DataFrame:
    source = snapshot.sources.get(batch.source)
    line = _line(batch, source.tenant_code if source else "")
    why = {"_n_rejected": 0, "_n_parked": batch.n_lines, "_detail": f"{type(error).__name__}: {error}"[:2000]}
    return pl.DataFrame([line | why | {"_raw": batch.payload}], schema=_LINE)


_LINE: dict[str, pl.DataType] = {
    "_kind": pl.String(),
    "source": pl.String(),
    "tenant_code": pl.String(),
    "batch_id": pl.String(),
    "received_at": INSTANT,
    "cleaner_version": pl.String(),
    "seq": pl.Int64(),
    **REJECT_COLUMNS,
    **BATCH_COLUMNS,
}


def _line(batch: RawBatch, tenant_code: str) -> dict[str, object]:
    return {
        "_kind": Kind.BATCH.value,
        "source": batch.source,
        "tenant_code": tenant_code,
        "batch_id": batch.batch_id,
        "received_at": batch.received_at,
        "cleaner_version": CLEANER_VERSION,
        "seq": batch.seq,
        "_receipt_id": batch.receipt_id,
        "_first_row": batch.first_row,
        "_n_received": batch.n_lines,
    }
