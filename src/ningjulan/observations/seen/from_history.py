"""The index as the history has it: the history is the truth, and the index can always be made from it."""

import logging
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.dataset as ds
from deltalake import DeltaTable

from ningjulan.catalog import facade as catalog
from ningjulan.observations.seen.contracts import Belonging, SeenUnusable
from ningjulan.observations.seen.hashing import hashes, owners
from ningjulan.observations.seen.index import RECENT_KEYS, Part, SeenKeys

log = logging.getLogger(__name__)

_COLUMNS = ["source", "record_key", "batch_id", "row_no", "seq"]
_TOGETHER = 1 << 17


def open_seen(
    folder: Path, belonging: Belonging, position: int, *, is_ours: Callable[[str], bool] | None = None
) -> SeenKeys:
    """Return the index of a shard, complete, whatever the state of its folder.

    What it lacks it takes from the history; one that cannot be believed is made anew.

    Args:
        folder: Holds the indexes of all shards of this machine.
        belonging: Shard, number of shards, and where the history is.
        position: Up to here the history is complete; what comes after will be delivered again.
        is_ours: Does a source belong to the shard? If left out, as the stream divides them.

    Raises:
        SeenBusy: Another process has it open.
    """
    ours = is_ours or (lambda source: zlib.crc32(source.encode()) % belonging.n_shards == belonging.shard)

    def claims_after(seq: int) -> Iterator[Part]:
        return claims_in_history(belonging.history, after=seq, is_ours=ours)

    return open_index(folder / f"shard-{belonging.shard}", belonging, position, claims_after)


def open_index(
    folder: Path,
    belonging: Belonging,
    position: int,
    claims_after: Callable[[int], Iterable[Part]],
    *,
    recent_keys: int = RECENT_KEYS,
) -> SeenKeys:
    """Open an index and complete it by the claims that the history has after its own position."""
    try:
        seen = SeenKeys(folder, belonging, recent_keys=recent_keys)
        if seen.position > position:
            seen.close()
            raise SeenUnusable(why="it is ahead of the history", index=seen.position, position=position)
    except SeenUnusable as unusable:
        log.warning("making %s anew from the history: %s", folder.name, unusable)
        shutil.rmtree(folder)
        seen = SeenKeys(folder, belonging, recent_keys=recent_keys)
    try:
        seen.fill(claims_after(seen.position), position)
    except BaseException:
        seen.close()
        raise
    return seen


def claims_in_history(root: str, *, after: int, is_ours: Callable[[str], bool]) -> Iterator[Part]:
    """Yield the claims of stored rows with a sequence number above `after`, as `SeenKeys.fill` takes them.

    Also of rows beyond the position: a crash may have come between writing them and moving it.
    """
    for class_id in _classes_with_table(root):
        rows = DeltaTable(f"{root.rstrip('/')}/{class_id}").to_pyarrow_dataset()
        stretches = rows.scanner(
            columns=_COLUMNS,
            filter=ds.field("seq") > after,
            batch_size=_TOGETHER,
            batch_readahead=1,
            fragment_readahead=1,
        ).to_batches()
        for stretch in stretches:
            frame = pl.DataFrame(stretch)
            for (source,), some in frame.partition_by("source", as_dict=True).items():
                if is_ours(source):
                    yield _part(some, source, class_id)


def oldest_in_history(root: str) -> int | None:
    """Return the lowest number of the stream that any stored row has; `None` where that cannot be told.

    Read off what the tables' logs note of their files; no row is read.
    """
    lowest = []
    for class_id in _classes_with_table(root):
        files = pl.DataFrame(DeltaTable(f"{root.rstrip('/')}/{class_id}").get_add_actions(flatten=True))
        if files.is_empty():
            continue
        if "min.seq" not in files.columns or files["min.seq"].null_count():
            return None  # written before every column was noted
        lowest.append(int(files["min.seq"].min()))  # type: ignore[arg-type]
    return min(lowest, default=None)


def _part(rows: pl.DataFrame, source: str, class_id: str) -> Part:
    batches = rows["batch_id"].unique()
    owner_of = pl.DataFrame({"batch_id": batches, "owner": owners(batches.to_list())})
    owned = rows.select("batch_id").join(owner_of, on="batch_id", how="left", maintain_order="left")["owner"]
    return (
        hashes(rows["record_key"], source=source, class_id=class_id),
        owned.to_numpy(),
        rows["row_no"].to_numpy().astype(np.uint32),
        int(rows["seq"].to_numpy().max()),
    )


def _classes_with_table(root: str) -> Iterable[str]:
    """Return the classes that have a table; on a local disk also those that have left the catalogue."""
    class_ids = {data_class.id for data_class in catalog.list_classes()}
    if "://" not in root and Path(root).is_dir():
        class_ids |= {path.name for path in Path(root).iterdir()}
    return sorted(one for one in class_ids if DeltaTable.is_deltatable(f"{root.rstrip('/')}/{one}"))
