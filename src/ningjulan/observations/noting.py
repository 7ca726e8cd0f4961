"""Counting what cleaning noted of records, and why duplicates are ones: sums per hour, never per record.

Counted once per batch, in the transaction of its commit. A replay corrects balances, not these.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import connection

from ningjulan.cleaning.contracts import REPEATS, Reason
from ningjulan.observations.contracts import Committed

DUPLICATES = {
    "same_key": Reason("相同标识的记录已经收到过", "A record with the same key had come before"),
    "same_content": REPEATS["same_content"],
}
"""Why a line is a duplicate: code → sentence. Whether the first one came in the same batch or in an earlier
one is not told apart: it depends on which batches a worker happened to clean together."""

_ADD = """
insert into observations_notehour (source, class_id, tenant_code, hour, note, n)
values (%s, %s, %s, %s, %s, %s)
on conflict on constraint observations_note_is_counted_once
do update set n = observations_notehour.n + excluded.n
"""

Place = tuple[str, str, str, datetime, str]  # source, class, tenant, hour, note


def count_notes(done: Sequence[Committed]) -> None:
    """Add what new batches bring to the sums. Must run in the transaction that commits them."""
    sums: Counter[Place] = Counter()
    for one in done:
        if one.fresh.any():
            _count(one, sums)
    if sums:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD, [(*place, n) for place, n in sorted(sums.items())])


def _count(one: Committed, sums: Counter[Place]) -> None:
    batches, cleaned = one.of.batches, one.of.cleaned
    counted: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(batches), np.int64))
    for rows, kind in ((cleaned.notes, "note"), (cleaned.duplicates, "reason")):
        for (code,), some in rows.partition_by(kind, as_dict=True).items() if len(rows) else ():
            counted[str(code)] += np.bincount(one.of.batch_of(some["row_no"]), minlength=len(batches))
    if len(cleaned.accepted) > len(one.rows):
        n_accepted = np.bincount(one.of.batch_of(cleaned.accepted["row_no"]), minlength=len(batches))
        n_first = np.bincount(one.rows["batch"].to_numpy(), minlength=len(batches))
        counted["same_key"] += n_accepted - n_first
    for code, n_of in counted.items():
        for place in np.flatnonzero((n_of > 0) & one.fresh).tolist():
            hour = batches[place].received_at.replace(minute=0, second=0, microsecond=0)
            sums[one.of.source, one.of.class_id, one.of.tenant_code, hour, code] += int(n_of[place])
