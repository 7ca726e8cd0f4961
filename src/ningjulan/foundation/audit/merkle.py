"""Hashes of the trail: pure. Leaves and nodes are hashed apart (RFC 6962): neither passes for the other."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes

HASH_BYTES = 32
LEAF, NODE, HEAD = b"\x00", b"\x01", b"\x02"

HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {"sm3": hashes.SM3, "sha256": hashes.SHA256}
"""Name, as a head keeps it → hash. SM3 goes with SM4, SHA-256 with AES."""


def hashed(hash_name: str, data: bytes) -> bytes:
    one = hashes.Hash(HASHES[hash_name]())
    one.update(data)
    return one.finalize()


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Return one and only one way to write some facts: sorted, without blanks, instants in UTC."""
    return json.dumps(
        facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_written
    ).encode()


def leaf_of(hash_name: str, entry: Mapping[str, Any]) -> bytes:
    """Return the hash of an entry with all its columns, its number too."""
    return hashed(hash_name, LEAF + canonical(entry))


def root_of(hash_name: str, leaves: Sequence[bytes]) -> bytes:
    """Return the root over some leaves; a leaf without a partner is taken up a level as it is.

    Raises:
        ValueError: There is no leaf.
    """
    if not leaves:
        raise ValueError("a tree without leaves has no root")
    level = list(leaves)
    while len(level) > 1:
        pairs = [level[i : i + 2] for i in range(0, len(level), 2)]
        level = [hashed(hash_name, NODE + b"".join(pair)) if len(pair) == 2 else pair[0] for pair in pairs]
    return level[0]


def digest_of(hash_name: str, head: Mapping[str, Any]) -> bytes:
    """Return the hash of what a head says, which is what is signed and what the next head repeats."""
    return hashed(hash_name, HEAD + canonical(head))


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
