"""The door of cleaning: one pure function over one batch, whose records came at one moment or at several."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass
from ningjulan.cleaning import pipeline
from ningjulan.cleaning.contracts import COLLATED, INSTANT, Cleaned, Crs, Intake, Part, Refs, SourceRef
from ningjulan.cleaning.switch import kernel_is_on
from ningjulan.cleaning.types import dtype_of
from ningjulan.sources.manifest import Source


def clean(
    class_id: str, lines: list[bytes], *, received_at: datetime, source: SourceRef, refs: Refs
) -> Cleaned:
    """Split one batch of raw records of one class into accepted, rejected and duplicate.

    Pure: no database, clock, network or log; the same input gives the same output. Every line of `lines`
    comes out exactly once, identified by its index `row_no`, whatever bytes it holds.

    Args:
        class_id: Class of the catalogue.
        lines: n records, one JSON object each (NDJSON without the line ends).
        received_at: When the door took the batch (aware). Future and late records are judged against it.
        source: Whose records these are: coordinates, names and codes it uses.
        refs: Devices, areas and grids of the tenant.

    Returns:
        `Cleaned`: k accepted, m rejected with reasons, n - k - m duplicates.

    Raises:
        UnknownClass: The catalogue has no such class.
    """
    data_class = catalog.get_class(class_id)
    source = _with_other_names(source, data_class)
    moments = _moments([received_at], [len(lines)])
    payload = b"\n".join(lines)
    if not lines or payload.count(b"\n") >= len(
        lines
    ):  # a line that holds a line end is one record all the same
        return pipeline.clean_lines(data_class, lines, moments, source, refs)
    return pipeline.clean(data_class, payload, moments, source, refs, compiled=kernel_is_on())


def clean_parts(
    class_id: str,
    parts: Sequence[Part],
    *,
    source: SourceRef,
    refs: Refs,
    compiled: bool | None = None,
) -> Cleaned:
    """Split what came at several moments in one go: many small batches cost little more than one large one.

    As `clean` of each part, `row_no` counting on through all of them (`Cleaned.cut` parts them again); only
    duplicates are found across the parts as well. What a part holds is judged against its own `received_at`.

    Args:
        class_id: Class of the catalogue.
        parts: What the doors took, in order; n lines in all.
        source: Whose records these are.
        refs: Devices, areas and grids of the tenant.
        compiled: Use the compiled kernel; it changes nothing but the time. By default as `switch` says.

    Raises:
        UnknownClass: The catalogue has no such class.
    """
    data_class = catalog.get_class(class_id)
    source = _with_other_names(source, data_class)
    moments = _moments([part.received_at for part in parts], [part.n_lines for part in parts])
    if not parts:
        return pipeline.clean_lines(data_class, [], moments, source, refs)
    payload = b"\n".join(part.payload for part in parts)
    is_compiled = kernel_is_on() if compiled is None else compiled
    return pipeline.clean(data_class, payload, moments, source, refs, compiled=is_compiled)


def _with_other_names(source: SourceRef, data_class: DataClass) -> SourceRef:
    """Return the source with the names that items of the class may have besides their own."""
    others = {item.also: item.id for item in data_class.items if item.also}
    return replace(source, columns=others | dict(source.columns)) if others else source


def _moments(received_at: Sequence[datetime], n_lines: Sequence[int]) -> pl.Series:
    """Return when each line was received."""
    at = pl.Series("received_at", received_at, dtype=INSTANT)
    return at.gather(np.repeat(np.arange(len(at)), n_lines))


def source_ref(source: Source) -> SourceRef:
    """Return what cleaning must know of a source, from its manifest."""
    return SourceRef(
        name=source.name,
        tenant_code=source.tenant_code,
        crs=Crs(source.crs),
        intake=Intake(source.intake),
        columns=source.columns,
        codes=source.codes,
        unknown=source.unknown,
    )


def accepted_schema(class_id: str) -> dict[str, pl.DataType]:
    """Return the columns of `Cleaned.accepted` for a class, in order."""
    data_class = catalog.get_class(class_id)
    items = {item.id: dtype_of(item) for item in data_class.items if item.id not in COLLATED}
    return {"row_no": pl.UInt32(), **items, **COLLATED}
