"""Applying a replay: the history day by day, then the balances, each once, whenever it is interrupted.

A day of the history is written anew in one commit that carries the replay's number and how far it has come;
the balances, rejects and the end of the replay are one transaction. A run that died goes on where it was.
"""

import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.dataset as ds
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake
from django.db import connection, transaction

from ningjulan.observations import replays
from ningjulan.observations.adding_up import add_up_anew
from ningjulan.observations.domain.replays import ReplayState, ReplayStep, after
from ningjulan.observations.history import read_history
from ningjulan.observations.proposal import Proposal
from ningjulan.observations.replay_models import Replay
from ningjulan.observations.upkeep import has_table, table_path

log = logging.getLogger(__name__)

TOGETHER = 65_536  # rows
STRETCH = 250_000  # rows of a day in memory at once
REJECT_COLUMNS = (
    *("batch_id", "source", "tenant_code", "class_id", "row_no", "received_at"),
    *("reasons", "detail", "raw", "cleaner_version"),
)
STORED_COUNTS = """
select count(*), sum(n_stored), sum(n_rejected), sum(n_duplicate), sum(stream_seq)
from observations_batch where {where} and n_parked = 0
"""
REJECT_COUNTS = """
select count(*), sum(reject.id), sum(reject.version), count(*) filter (where reject.state = 'open')
from observations_reject reject
where reject.batch_id in (select batch_id from observations_batch where {where} and n_parked = 0)
"""
CORRECT = """
with moved as (
  select batch_id, sum((now = 0)::int - (was = 0)::int) as stored,
         sum((now = 1)::int - (was = 1)::int) as rejected, sum((now = 2)::int - (was = 2)::int) as duplicate
  from replay_moves group by batch_id
),
corrected as (
  insert into observations_replaycorrection (replay_id, batch_id, n_stored_before, n_rejected_before,
    n_duplicate_before, n_stored, n_rejected, n_duplicate, cleaner_version_before)
  select %s, batch_id, n_stored, n_rejected, n_duplicate, n_stored + stored, n_rejected + rejected,
         n_duplicate + duplicate, cleaner_version
  from observations_batch join moved using (batch_id)
  returning batch_id, n_stored, n_rejected, n_duplicate
)
update observations_batch batch
set n_stored = corrected.n_stored, n_rejected = corrected.n_rejected, n_duplicate = corrected.n_duplicate,
    cleaner_version = %s
from corrected where corrected.batch_id = batch.batch_id
"""


def stored_hash(replay: Replay, root: str) -> str:
    """Return a hash of what is stored of the range: batches, rejects and what was done to them, history."""
    where, parameters = _where(replay)
    told: list[Any] = []
    with connection.cursor() as cursor:
        for statement in (STORED_COUNTS, REJECT_COUNTS):
            cursor.execute(statement.format(where=where), parameters)
            told.append([None if value is None else int(value) for value in cursor.fetchone()])
    return sha256(json.dumps([told, _history_counts(replay, root)]).encode()).hexdigest()


def _where(replay: Replay) -> tuple[str, dict[str, Any]]:
    where = (
        "class_id = %(class_id)s and received_at >= %(since)s and received_at < %(until)s"
        " and stream_seq <= %(upto)s and tenant_code = any(%(tenants)s)"
    )
    parameters = {"class_id": replay.class_id, "since": replay.since, "until": replay.until}
    parameters |= {"upto": replay.upto_seq, "tenants": replay.tenant_codes, "source": replay.source}
    return where + (" and source = %(source)s" if replay.source else ""), parameters


def _history_counts(replay: Replay, root: str) -> list[list[Any]]:
    if not has_table(root, replay.class_id):
        return []
    is_in = pl.col("received_at").is_between(replay.since, replay.until, closed="left")
    is_in &= pl.col("tenant_code").is_in(replay.tenant_codes) & (pl.col("seq") <= replay.upto_seq)
    if replay.source:
        is_in &= pl.col("source") == replay.source
    number = (pl.col("seq").cast(pl.Int64), pl.col("row_no").cast(pl.Int64))
    counts = (
        read_history(root, replay.class_id)
        .filter(is_in)
        .group_by("cleaner_version")
        .agg(pl.len(), *(one.sum() for one in number))
        .sort("cleaner_version")
        .collect(engine="streaming")
    )
    return [list(row) for row in counts.iter_rows()]


@dataclass(frozen=True)
class Turns:
    """How applying takes turns with what else happens.

    Args:
        writing: Keeps the caller's own appends away from a table; taken once per day.
        standing_still: While it is held nothing is processed; at its end the index of seen keys is made anew.
            Needed if records come into the history or leave it.
        goes_on: Asked between days; once it is false, the rest is left to the next call.
    """

    writing: AbstractContextManager[object]
    standing_still: AbstractContextManager[object]
    goes_on: Callable[[], bool] = lambda: True


def apply(replay_id: int, *, root: str, proposal: Proposal, turns: Turns, now: datetime) -> None:
    """Write what a replay proposes. Repeatable: after a crash it goes on where it was.

    Args:
        replay_id: Of a replay that is `applying`.
        root: Where the history is.
        proposal: The rows, as they were shown.
        turns: With appends, with processing, with whoever wants us to stop.
        now: When it is applied.

    Raises:
        ReplayOutdated: Something has changed since it was compared. Nothing was written.
    """
    replay = Replay.objects.get(pk=replay_id)
    with turns.standing_still:
        days = _days(proposal)
        done = _n_days_done(root, replay)
        if done == 0:
            _must_hold_still(replay, root, proposal)
        for number, day in enumerate(days[done:], start=done + 1):
            with turns.writing:
                _rewrite(root, replay, day, number, proposal)
            Replay.objects.filter(pk=replay_id).update(n_done=number, n_all=len(days))
            if not turns.goes_on():
                return
    _finish(replay, proposal, now)
    proposal.erase()


def _n_days_done(root: str, replay: Replay) -> int:
    if not has_table(root, replay.class_id):
        return 0
    return DeltaTable(table_path(root, replay.class_id)).transaction_version(_application(replay)) or 0


def _application(replay: Replay) -> str:
    return f"replay-{replay.pk}"


def _must_hold_still(replay: Replay, root: str, proposal: Proposal) -> None:
    """Refuse what was compared with something else than what there is now."""
    if (
        not proposal.is_whole
        or replays.is_outdated(replay)
        or replay.stored_hash != stored_hash(replay, root)
    ):
        raise replays.ReplayOutdated(replay_id=replay.pk)
    for path in proposal.parts("adds"):
        wanted = pl.read_parquet(path, columns=["source", "record_key"])
        if not proposal.taken_keys(wanted, root, replay.class_id).is_empty():  # came in the meantime
            raise replays.ReplayOutdated(replay_id=replay.pk)


def _days(proposal: Proposal) -> list[date]:
    """Return the days of the history that change, oldest first: the same each time."""
    found: set[date] = set()
    for kind in ("adds", "drops"):
        if (rows := proposal.scan(kind)) is not None:
            found |= set(rows.select(pl.col("day").unique()).collect(engine="streaming")["day"])
    return sorted(found)


def _rewrite(root: str, replay: Replay, day: date, number: int, proposal: Proposal) -> None:
    """Write a day of a class anew, without what is dropped and with what is added, in one commit."""
    path = table_path(root, replay.class_id)
    properties = CommitProperties(app_transactions=[Transaction(_application(replay), number)])
    with tempfile.TemporaryDirectory(dir=proposal.folder) as staged:
        _stage(Path(staged), root, replay.class_id, day, proposal)
        rows = ds.dataset(staged).scanner(batch_size=TOGETHER, batch_readahead=1, fragment_readahead=1)
        if has_table(root, replay.class_id):
            write_deltalake(
                path,
                rows.to_reader(),
                mode="overwrite",
                predicate=f"day = '{day.isoformat()}'",
                schema_mode="merge",
                commit_properties=properties,
            )
        else:
            Path(path).mkdir(parents=True, exist_ok=True, mode=0o700)
            write_deltalake(path, rows.to_reader(), partition_by=["day"], commit_properties=properties)


def _stage(folder: Path, root: str, class_id: str, day: date, proposal: Proposal) -> None:
    """Write what the day is to hold into files of one schema, a bounded number of rows at a time."""
    is_of_day = pl.col("day") == day
    adds = [pl.scan_parquet(path).filter(is_of_day) for path in proposal.parts("adds")]
    schema = pl.Schema({})
    stretches: Iterator[pl.LazyFrame] = iter(())
    if has_table(root, class_id):
        old = read_history(root, class_id).filter(is_of_day)
        schema = old.collect_schema()
        stretches = _stretches(old, proposal.scan("drops"), is_of_day)
    for one in adds:
        schema = pl.Schema({**one.collect_schema(), **schema})
    for n, rows in enumerate(chain(stretches, adds)):
        known = rows.collect_schema()
        columns = [pl.col(name) if name in known else pl.lit(None).alias(name) for name in schema]
        frame = rows.select(columns).cast(schema).collect(engine="streaming")
        frame.write_parquet(folder / f"{n:06}.parquet", compression="zstd", compression_level=1)


def _stretches(old: pl.LazyFrame, drops: pl.LazyFrame | None, is_of_day: pl.Expr) -> Iterator[pl.LazyFrame]:
    """Yield the rows of a day that stay, cut by sequence number."""
    n, low, high = old.select(n=pl.len(), low=pl.min("seq"), high=pl.max("seq")).collect().row(0)
    if not n:
        return
    step = -(-(high - low + 1) // -(-n // STRETCH))
    number = [pl.col("seq").cast(pl.Int64), pl.col("row_no").cast(pl.Int64)]
    for start in range(low, high + 1, step):
        is_in = pl.col("seq").is_between(start, start + step, closed="left")
        rows = old.filter(is_in)
        if drops is not None:
            gone = drops.filter(is_of_day & is_in).select(number)
            rows = rows.join(gone, left_on=number, right_on=number, how="anti")
        yield rows


@transaction.atomic
def _finish(replay: Replay, proposal: Proposal, now: datetime) -> None:
    """Correct the balances, exchange the rejects, and say that it is done: together or not at all."""
    replay = Replay.objects.select_for_update().get(pk=replay.pk)
    replay.state = after(ReplayState(replay.state), ReplayStep.FINISH).value
    replay.ended_at = now
    with connection.cursor() as cursor:
        cursor.execute("create temporary table replay_moves (batch_id text, was smallint, now smallint)")
        _copy(
            cursor, "replay_moves (batch_id, was, now)", _rows(proposal, "moves", ["batch_id", "was", "now"])
        )
        for path in proposal.parts("unrejects"):
            ids = pl.read_parquet(path)["reject_id"].to_list()
            cursor.execute("delete from observations_reject where id = any(%s)", [ids])
        columns = list(REJECT_COLUMNS)
        _copy(cursor, f"observations_reject ({', '.join(columns)})", _rows(proposal, "rejects", columns))
        cursor.execute(CORRECT, [replay.pk, replay.cleaner_version])
        cursor.execute("drop table replay_moves")
    add_up_anew(replay.pk)
    replay.save(update_fields=["state", "ended_at"])
    _overtake(replay, now)


def _rows(proposal: Proposal, kind: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    for path in proposal.parts(kind):
        yield from pl.read_parquet(path, columns=columns).select(columns).iter_rows()


def _copy(cursor: Any, target: str, rows: Iterator[tuple[Any, ...]]) -> None:
    with cursor.copy(f"copy {target} from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def _overtake(replay: Replay, now: datetime) -> None:
    """What other replays of the same time have compared is no longer so."""
    error = replays.ReplayOutdated(replay_id=replay.pk).message()
    others = Replay.objects.filter(
        class_id=replay.class_id,
        state=ReplayState.READY.value,
        since__lt=replay.until,
        until__gt=replay.since,
    )
    state = after(ReplayState.READY, ReplayStep.FAIL).value
    others.update(state=state, error=error, ended_at=now)


def changes_keys(replay: Replay) -> bool:
    """Do records come into the history or leave it?"""
    diff = replays.view_of(replay).diff
    return diff is not None and diff.n_differences > diff.n_changed
