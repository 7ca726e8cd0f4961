"""Workers of several shards write one table while it is tidied: nothing is lost, nothing comes twice."""

import subprocess
import sys
import time
from datetime import date

import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from ningjulan.observations import upkeep
from ningjulan.observations.facade import read_history

pytestmark = pytest.mark.slow
N_WRITERS, N_APPENDS, N_ROWS = 3, 25, 20
OVER = date(2026, 1, 1)  # a day whose time is over: it is written, and deleted, all the while

WRITER = f"""
import sys
import time
from datetime import UTC, datetime
import polars as pl
from ningjulan.observations.history import History

shard = int(sys.argv[2])
history = History(sys.argv[1], shard)
for seq in range(1, {N_APPENDS} + 1):
    days = [datetime(2026, 1, 1, 4, tzinfo=UTC), datetime(2026, 11, 25, 4, tzinfo=UTC)]
    rows = pl.DataFrame({{
        "row_no": range({N_ROWS}), "shard": shard, "occurred_at": [days[n % 2] for n in range({N_ROWS})]
    }})
    if seq > 5:
        rows = rows.with_columns(**{{f"later_{{shard}}": pl.lit("x")}})  # a column comes to the class
    history.add("IOT12", rows, seq)
    while True:  # as the worker does: what is refused stays in memory
        try:
            history.flush()
            break
        except Exception:
            time.sleep(0.05)
"""


def tidy(root):
    """Delete, compact, vacuum: what the night does. Return whether delta-rs let us."""
    try:
        upkeep.delete_days(root, "IOT12", [OVER])
        upkeep.compact(root, "IOT12", [date(2026, 11, 25)])
        upkeep.trim(root, "IOT12")
    except (CommitFailedError, DeltaError, TableNotFoundError):
        return False
    return True


def test_writers_in_other_processes_and_the_upkeep_do_not_lose_each_others_rows(tmp_path):
    root = str(tmp_path / "history")
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, root, str(n)]) for n in range(N_WRITERS)]
    tidied = []
    while any(writer.poll() is None for writer in writers):
        time.sleep(0.05)
        tidied.append(tidy(root))
    assert [writer.wait(60) for writer in writers] == [0] * N_WRITERS

    assert any(tidied)
    assert tidy(root)
    rows = read_history(root, "IOT12").select("shard", "seq", "row_no", "day").collect()
    assert rows["day"].unique().to_list() == [date(2026, 11, 25)]
    assert len(rows.unique(["shard", "seq", "row_no"])) == len(rows)
    expected = N_APPENDS * N_ROWS // 2
    assert rows.group_by("shard").len().sort("shard").rows() == [(n, expected) for n in range(N_WRITERS)]
    versions = [DeltaTable(f"{root}/IOT12").transaction_version(f"shard-{n}") for n in range(N_WRITERS)]
    assert versions == [N_APPENDS] * N_WRITERS
