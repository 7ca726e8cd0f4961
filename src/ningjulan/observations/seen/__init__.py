"""The keys that a shard has seen: who brought a record first. See README.md."""

from ningjulan.observations.seen.contracts import Belonging, SeenBusy, SeenUnusable
from ningjulan.observations.seen.from_history import oldest_in_history, open_seen
from ningjulan.observations.seen.hashing import hashes, owners
from ningjulan.observations.seen.index import Claims, SeenKeys

__all__ = [
    "Belonging",
    "Claims",
    "SeenBusy",
    "SeenKeys",
    "SeenUnusable",
    "hashes",
    "oldest_in_history",
    "open_seen",
    "owners",
]
