"""What other modules may ask of the store of observations."""

from ningjulan.observations.archive import archived_up_to
from ningjulan.observations.canaries import see_canaries
from ningjulan.observations.history import FLUSH_EVERY_S, History, read_history
from ningjulan.observations.holds import hold_days, lift_hold, list_holds
from ningjulan.observations.seen import Belonging, SeenKeys, oldest_in_history, open_seen
from ningjulan.observations.selectors import balance_of_receipt, list_parked, parked_batch, records_since
from ningjulan.observations.services import (
    commit_batches,
    highest_seq,
    move_position,
    outcomes_of,
    park_batch,
    position_of,
)
from ningjulan.observations.tidying import (
    Archive,
    ask_for_tidying,
    carry_out,
    compact_busy,
    list_reports,
    next_tidying,
    plan_tidying,
    report_of,
)
from ningjulan.observations.windows import window

__all__ = [
    "FLUSH_EVERY_S",
    "Archive",
    "Belonging",
    "History",
    "SeenKeys",
    "archived_up_to",
    "ask_for_tidying",
    "balance_of_receipt",
    "carry_out",
    "commit_batches",
    "compact_busy",
    "highest_seq",
    "hold_days",
    "lift_hold",
    "list_holds",
    "list_parked",
    "list_reports",
    "move_position",
    "next_tidying",
    "oldest_in_history",
    "open_seen",
    "outcomes_of",
    "park_batch",
    "parked_batch",
    "plan_tidying",
    "position_of",
    "read_history",
    "records_since",
    "report_of",
    "see_canaries",
    "window",
]
