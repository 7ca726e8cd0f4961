"""What stands for a key, and for who claimed it. Stored on disk: changing a value here needs a new FORMAT."""

import hashlib
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from ningjulan.observations.seen import kernels


def hashes(record_keys: pl.Series | pa.Array | pa.ChunkedArray, *, source: str, class_id: str) -> np.ndarray:
    """Return the 128 bits that stand for each key of a source and class, shape (n, 2), uint64.

    SipHash-2-4, keyed by source and class: a source that makes up keys cannot make them meet another's. The
    same on every machine and in every version.

    Raises:
        ValueError: A key is null.
    """
    k0, k1 = np.frombuffer(_digest(f"{source}\0{class_id}", 16), "<u8").astype(np.uint64)
    keys = record_keys.to_arrow() if isinstance(record_keys, pl.Series) else record_keys
    if keys.null_count:
        raise ValueError(f"{keys.null_count} keys of {source} {class_id} are null")
    out = np.empty((len(keys), 2), np.uint64)
    at = 0
    for chunk in keys.chunks if isinstance(keys, pa.ChunkedArray) else [keys]:
        text = chunk.cast(pa.large_string())
        _, offsets, data = text.buffers()
        if len(text) == 0:
            continue
        starts = np.frombuffer(offsets, np.int64)[text.offset : text.offset + len(text) + 1]
        letters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
        letters.flags.writeable = starts.flags.writeable = False  # one compiled form for all of them
        kernels.siphash_128(letters, starts, k0, k1, out[at : at + len(text)])
        at += len(text)
    return out


def owners(batch_ids: Sequence[str]) -> np.ndarray:
    """Return the 64 bits that stand for each batch."""
    return np.frombuffer(b"".join(_digest(one, 8) for one in batch_ids), "<u8").astype(np.uint64)


def tags(owner: np.ndarray | np.uint64, rows: np.ndarray) -> np.ndarray:
    """Return the 64 bits that stand for a row of a batch: who has claimed a key."""
    with np.errstate(over="ignore"):
        mixed = owner + rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()
