"""What `pipeline` asks of the kernel."""

from collections.abc import Mapping

import polars as pl

from ningjulan.catalog.contracts import DataClass, Item
from ningjulan.cleaning.contracts import SourceRef
from ningjulan.cleaning.kernel import recognising
from ningjulan.cleaning.kernel.plan import plan_of
from ningjulan.cleaning.kernel.recognising import Recognised


def recognised(
    data_class: DataClass,
    items: Mapping[str, Item],
    payload: bytes,
    received_at: pl.Series,
    source: SourceRef,
) -> Recognised | None:
    """Return the plainly good rows; `None` where the class, the source or the size is not for the kernel."""
    plan = plan_of(data_class, items, source)
    if plan is None or not recognising.can_hold(payload):
        return None
    return recognising.recognised(plan, payload, received_at)
