"""What other modules may ask of the store of observations."""

from ningjulan.observations.history import FLUSH_EVERY_S, History, read_history
from ningjulan.observations.selectors import balance_of_receipt, list_parked, parked_batch, records_since
from ningjulan.observations.services import (
    commit_batches,
    highest_seq,
    move_position,
    outcomes_of,
    park_batch,
    position_of,
)

__all__ = [
    "FLUSH_EVERY_S",
    "History",
    "balance_of_receipt",
    "commit_batches",
    "highest_seq",
    "list_parked",
    "move_position",
    "outcomes_of",
    "park_batch",
    "parked_batch",
    "position_of",
    "read_history",
    "records_since",
]
