"""What other modules may ask of the store of observations."""

from ningjulan.observations.history import FLUSH_EVERY_S, History, read_history
from ningjulan.observations.selectors import balance_of_receipt, records_since
from ningjulan.observations.services import commit_batches, move_position, position_of

__all__ = [
    "FLUSH_EVERY_S",
    "History",
    "balance_of_receipt",
    "commit_batches",
    "move_position",
    "position_of",
    "read_history",
    "records_since",
]
