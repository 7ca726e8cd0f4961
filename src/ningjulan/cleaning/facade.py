"""The door of cleaning: one pure function over one batch."""

from datetime import UTC, datetime

import polars as pl

from ningjulan.catalog import facade as catalog
from ningjulan.cleaning import pipeline
from ningjulan.cleaning.contracts import COLLATED, Cleaned, Crs, Intake, Refs, SourceRef
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
    return pipeline.clean(catalog.get_class(class_id), lines, received_at.astimezone(UTC), source, refs)


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
