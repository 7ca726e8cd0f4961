"""Replays: the raw lines of a stretch of the past, cleaned by today's rules and compared with what is stored.

Reads the archive, so what the stream still has must be archived first. Nothing is written but the replay's
own folder and its diff. Memory is bounded by a group of lines, whatever the length of the stretch.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
from django.db import connection
from django.db.models import Sum

from ningjulan.catalog import facade as catalog
from ningjulan.catalog.contracts import DataClass
from ningjulan.cleaning import facade as cleaning
from ningjulan.cleaning.contracts import CLEANER_VERSION, INSTANT, Part
from ningjulan.observations import facade as observations
from ningjulan.observations import replays
from ningjulan.observations.applying import stored_hash
from ningjulan.observations.archive import archived
from ningjulan.observations.comparing import Again, Lines, Shown, compare
from ningjulan.observations.domain.replays import Diff, ReplayState, ReplayStep, after
from ningjulan.observations.domain.retention import STREET
from ningjulan.observations.proposal import Proposal
from ningjulan.observations.replay_models import Replay
from ningjulan.observations.showing import personal_columns
from ningjulan.observations.upkeep import has_table, retention_of
from ningjulan.observations.windows import history_schema
from ningjulan.registry import facade as registry
from ningjulan.sources import facade as sources
from ningjulan.sources.manifest import Source
from ningjulan.sources.stream import RawBatch

TOGETHER_LINES = 64_000  # cleaned and compared in one go …
TOGETHER_BATCHES = 5_000  # … of so many batches at most
FACTS = """
select batch_id, stream_seq, n_stored, n_rejected, n_parked, cleaner_version
from observations_batch where batch_id = any(%s) and tenant_code = any(%s)
"""
REJECTS = """
select batch_id, row_no, id, reasons, cleaner_version,
       state = 'open' and not exists (select from observations_rejectstep step where reject_id = reject.id)
from observations_reject reject where batch_id = any(%s)
"""
REJECTS_SCHEMA = {
    "batch_id": pl.String(),
    "upload_row": pl.Int64(),
    "reject_id": pl.Int64(),
    "reasons": pl.List(pl.String()),
    "reject_version": pl.String(),
    "is_open": pl.Boolean(),
}


@dataclass(frozen=True)
class _Before:
    """What the store says of some batches.

    facts:   batch → number of the delivery that counts, stored, rejected, parked, version of the cleaner.
    stored:  The rows of the history.
    rejects: `REJECTS_SCHEMA`. `upload_row` counts from 1 in the upload; `is_open`: no clerk has touched it.
    """

    facts: dict[str, tuple[int, int, int, int, str]]
    stored: pl.DataFrame
    rejects: pl.DataFrame


@dataclass(frozen=True)
class _Left:
    """The lines of a batch that are compared, and their rows in it: those a clerk has dealt with are not."""

    batch: RawBatch
    rows: np.ndarray
    lines: list[bytes]


def propose(
    replay_id: int,
    *,
    root: str,
    archive: Path,
    proposal: Proposal,
    now: datetime,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Compare, and keep the diff and the rows. Begins anew if it was interrupted.

    Args:
        replay_id: Of a replay that waits, or whose comparison was interrupted.
        root: Where the history is.
        archive: Everything up to the present must be in there.
        proposal: Takes the rows.
        now: Decides what is no longer kept.
        goes_on: Asked between groups; once it is false, nothing is proposed.
    """
    replay = _begun(replay_id)
    proposal.begin()
    diff = Diff()
    comparison = _Comparison(replay, root, proposal, diff, now)
    n_done = 0
    for group in _groups(_wanted(replay, archive)):
        comparison.take(group)
        n_done += sum(batch.n_lines for batch in group)
        Replay.objects.filter(pk=replay.pk).update(n_done=n_done)
        if not goes_on():
            return
    proposal.settle(root, replay.class_id, diff)
    proposal.seal()
    diff.n_without_raw = replay.n_all - comparison.n_seen
    _propose(replay, diff, stored_hash(replay, root), now)


def _begun(replay_id: int) -> Replay:
    """Note by which rules, and up to where, the replay compares."""
    replay = Replay.objects.get(pk=replay_id)
    replay.state = after(ReplayState(replay.state), ReplayStep.BEGIN).value
    replay.upto_seq = observations.position_of(0)
    replay.cleaner_version = CLEANER_VERSION
    replay.rules_hash = replays.rules_hash(replay.class_id, replays.sources_of(replay))
    batches = replays.batches_of(replay)
    replay.n_all = batches.aggregate(n=Sum("n_received"))["n"] or 0
    replay.n_done = 0
    replay.save()
    return replay


def _propose(replay: Replay, diff: Diff, stored: str, now: datetime) -> None:
    replay.refresh_from_db()
    replay.state = after(ReplayState(replay.state), ReplayStep.PROPOSE).value
    replay.diff, replay.stored_hash, replay.ready_at = asdict(diff), stored, now
    replay.n_done = replay.n_all
    replay.save()


def _wanted(replay: Replay, archive: Path) -> Iterator[RawBatch]:
    return archived(
        archive, replay.class_id, since=replay.since, until=replay.until, source=replay.source or None
    )


def _groups(batches: Iterator[RawBatch]) -> Iterator[list[RawBatch]]:
    """Yield batches in stretches of bounded length."""
    group: list[RawBatch] = []
    n_lines = 0
    for batch in batches:
        if group and (n_lines + batch.n_lines > TOGETHER_LINES or len(group) == TOGETHER_BATCHES):
            yield group
            group, n_lines = [], 0
        group.append(batch)
        n_lines += batch.n_lines
    if group:
        yield group


class _Comparison:
    """Goes through the raw lines of a replay, a group at a time."""

    def __init__(self, replay: Replay, root: str, proposal: Proposal, diff: Diff, now: datetime) -> None:
        self.replay, self.root, self.proposal, self.diff = replay, root, proposal, diff
        self.n_seen = 0  # lines of batches that count, and whose raw lines are there
        self._today = now.astimezone(STREET).date()
        self._class = catalog.get_class(replay.class_id)
        self._shown = _shown(self._class)

    def take(self, batches: Sequence[RawBatch]) -> None:
        """Compare those of the batches that count and of which the store has everything."""
        before = self._before(batches)
        by_source: dict[str, list[RawBatch]] = defaultdict(list)
        for batch in self._to_be_compared(batches, before):
            by_source[batch.source].append(batch)
        for name, together in by_source.items():
            source = sources.get_source(name)
            alone = self._class.same_content_within is not None  # a repetition must not depend on the company
            for part in ([batch] for batch in together) if alone else [together]:
                self._compare(part, source, before)

    def _before(self, batches: Sequence[RawBatch]) -> _Before:
        ids = [batch.batch_id for batch in batches]
        with connection.cursor() as cursor:
            cursor.execute(FACTS, [ids, self.replay.tenant_codes])
            facts = {row[0]: row[1:] for row in cursor.fetchall()}
            cursor.execute(REJECTS, [ids])
            rejects = pl.DataFrame(cursor.fetchall(), schema=REJECTS_SCHEMA, orient="row")
        return _Before(facts, self._stored(batches), rejects)

    def _stored(self, batches: Sequence[RawBatch]) -> pl.DataFrame:
        if not has_table(self.root, self._class.id):
            numbers = {"row_no": pl.Int64(), "seq": pl.Int64(), "day": pl.Date()}
            return pl.DataFrame(schema=history_schema(self._class) | numbers)
        seqs = [batch.seq for batch in batches]
        ids = pl.Series([batch.batch_id for batch in batches])
        is_in = pl.col("seq").is_between(min(seqs), max(seqs)) & pl.col("batch_id").is_in(ids.implode())
        rows = observations.read_history(self.root, self._class.id).filter(is_in).collect()
        return rows.with_columns(pl.col("row_no", "seq").cast(pl.Int64))

    def _to_be_compared(self, batches: Sequence[RawBatch], before: _Before) -> Iterator[RawBatch]:
        """Yield the deliveries that count, if the store still has, or already has, all that came of them."""
        n_stored = _counted(before.stored["batch_id"])
        n_rejected = _counted(before.rejects["batch_id"])
        for batch in batches:
            fact = before.facts.get(batch.batch_id)
            if fact is None or fact[0] != batch.seq or batch.seq > (self.replay.upto_seq or 0):
                continue
            if sources.find_source(batch.source) is None:  # nobody can say any more what its words mean
                continue
            self.n_seen += batch.n_lines
            found = n_stored.get(batch.batch_id, 0), n_rejected.get(batch.batch_id, 0)
            if fact[3]:
                self.diff.n_parked += batch.n_lines
            elif found != fact[1:3]:
                self.diff.n_not_whole += batch.n_lines
            else:
                yield batch

    def _compare(self, batches: Sequence[RawBatch], source: Source, before: _Before) -> None:
        left = _left(batches, before.rejects)
        self.diff.n_by_hand += sum(batch.n_lines for batch in batches) - sum(len(one.rows) for one in left)
        if not left:
            return
        facts = _facts(left, before)
        cleaned = cleaning.clean_parts(
            self._class.id,
            [Part(b"\n".join(one.lines), one.batch.received_at) for one in left],
            source=cleaning.source_ref(source),
            refs=registry.refs(source.tenant_code),
        )
        stored = before.stored.join(facts.select("line", "batch_id", "row_no"), on=["batch_id", "row_no"])
        lines = Lines(
            facts=_judged_by(facts, stored),
            stored=stored,
            rejected=facts.filter(pl.col("reject_id").is_not_null()).select("line", "reject_id", "reasons"),
        )
        again = Again(
            accepted=_for_history(cleaned.accepted, facts, source),
            rejected=cleaned.rejected.select(
                pl.col("row_no").cast(pl.Int64).alias("line"), "reasons", "detail"
            ),
        )
        found = compare(lines, again, self.diff, self._shown, today=self._today)
        raw = [line for one in left for line in one.lines]
        self.proposal.take(found, self._rejects(found.rejects, facts, raw, source))

    def _rejects(
        self, found: pl.DataFrame, facts: pl.DataFrame, raw: list[bytes], source: Source
    ) -> pl.DataFrame:
        """Return new rejects with what their table needs. That it was a replay stands behind the reasons."""
        mark = pl.lit([f"replay:{self.replay.pk}"], pl.List(pl.String))
        return (
            found.join(facts.select("line", "upload_row", "received_at"), on="line")
            .with_columns(
                source=pl.lit(source.name),
                tenant_code=pl.lit(source.tenant_code),
                class_id=pl.lit(self._class.id),
                reasons=pl.col("reasons").list.concat(mark),
                raw=pl.Series([raw[line] for line in found["line"]], dtype=pl.Binary),
                cleaner_version=pl.lit(self.replay.cleaner_version),
                row_no=pl.col("upload_row"),
            )
            .drop("line", "upload_row")
        )


def _shown(data_class: DataClass) -> Shown:
    """Return what of a class may be shown in a diff: of a sensitive class nothing, nor what is personal."""
    hidden = set(cleaning.accepted_schema(data_class.id)) if data_class.sensitivity == "L4" else set()
    mask_of = {item.id: item.mask for item in data_class.items if item.mask} if not hidden else {}
    masks = {item: mask_of.get(item) for item in hidden | personal_columns(data_class)}
    return Shown(masks, retention_of(data_class).keep_items)


def _left(batches: Sequence[RawBatch], rejects: pl.DataFrame) -> list[_Left]:
    """Leave out the lines that a clerk has dealt with: they must not come in a second time."""
    settled: dict[str, set[int]] = defaultdict(set)
    for batch_id, row in rejects.filter(~pl.col("is_open")).select("batch_id", "upload_row").iter_rows():
        settled[batch_id].add(row)
    left = []
    for batch in batches:
        lines, gone = batch.lines, settled.get(batch.batch_id, set())
        rows = [row for row in range(len(lines)) if batch.first_row + row not in gone]
        if rows:
            left.append(_Left(batch, np.array(rows), [lines[row] for row in rows] if gone else lines))
    return left


def _facts(left: Sequence[_Left], before: _Before) -> pl.DataFrame:
    """Return what is known of each line: where it came from, and the reject it is, if it is one."""
    n_rows = [len(one.rows) for one in left]
    of_batch = pl.DataFrame(
        {
            "batch_id": [one.batch.batch_id for one in left],
            "seq": pl.Series([one.batch.seq for one in left], dtype=pl.Int64),
            "first_row": pl.Series([one.batch.first_row for one in left], dtype=pl.Int64),
            "received_at": pl.Series([one.batch.received_at for one in left], dtype=INSTANT),
            "version": [before.facts[one.batch.batch_id][4] for one in left],
        }
    )
    return (
        of_batch[np.repeat(np.arange(len(left)), n_rows)]
        .with_columns(
            line=pl.int_range(sum(n_rows), dtype=pl.Int64, eager=True),
            row_no=pl.Series(np.concatenate([one.rows for one in left]), dtype=pl.Int64),
        )
        .with_columns(upload_row=pl.col("first_row") + pl.col("row_no"))
        .join(before.rejects, on=["batch_id", "upload_row"], how="left", maintain_order="left")
    )


def _judged_by(facts: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Say which version of the cleaner has judged each line last: that may have been in a replay."""
    of_stored = stored.select("line", stored_version="cleaner_version")
    version = pl.coalesce("stored_version", "reject_version", "version")
    return (
        facts.join(of_stored, on="line", how="left", maintain_order="left")
        .with_columns(version=version)
        .select("line", "batch_id", "seq", "row_no", "version")
    )


def _for_history(accepted: pl.DataFrame, facts: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Return rows as the history keeps them, with their `line`."""
    rows = accepted.with_columns(line=pl.col("row_no").cast(pl.Int64)).drop("row_no")
    came_with = facts.select("line", "row_no", "batch_id", "received_at", "seq")
    return rows.join(came_with, on="line", maintain_order="left").with_columns(
        source=pl.lit(source.name),
        tenant_code=pl.lit(source.tenant_code),
        cleaner_version=pl.lit(CLEANER_VERSION),
    )


def _counted(batch_ids: pl.Series) -> dict[str, int]:
    return dict(batch_ids.value_counts().iter_rows())
