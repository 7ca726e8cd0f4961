"""The rows that a replay would write, in a folder until it is applied or discarded.

    adds/        rows of the history that are to be there
    drops/       seq, row_no, day of rows that are to leave it
    rejects/     batch_id, row_no, reasons, detail, raw … of new rejects
    unrejects/   reject_id of those that are rejects no longer
    moves/       batch_id, was, now of every line whose outcome is another
    candidates/  rows that may be added, until it is settled which of them are the first of their key

Written while comparing, never changed after: what is applied is what was shown. Personal data, so mode 0700,
and erased with the decision.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from ningjulan.observations.comparing import Found, Outcome, count_settled
from ningjulan.observations.domain.replays import Diff
from ningjulan.observations.history import read_history
from ningjulan.observations.upkeep import has_table

KINDS = ("adds", "drops", "rejects", "unrejects", "moves", "candidates")
SETTLED_TOGETHER = 250_000  # candidates; each time all keys of the class are read
WHOLE = "whole"
BESIDES = ("was", "reject_id", "reasons", "version")


@dataclass(frozen=True)
class Proposal:
    """The folder of one replay."""

    folder: Path

    def begin(self) -> None:
        """Make the folder, empty."""
        self.erase()
        self.folder.mkdir(parents=True, mode=0o700)
        for kind in KINDS:
            (self.folder / kind).mkdir()

    def erase(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def seal(self) -> None:
        """Note that it is complete."""
        shutil.rmtree(self.folder / "candidates")
        (self.folder / WHOLE).touch()

    @property
    def is_whole(self) -> bool:
        return (self.folder / WHOLE).exists()

    def put(self, kind: str, frame: pl.DataFrame) -> None:
        """Append a frame of a kind; the same columns each time."""
        if not frame.is_empty():
            n = sum(1 for _ in (self.folder / kind).iterdir())
            frame.write_parquet(
                self.folder / kind / f"{n:06}.parquet", compression="zstd", compression_level=1
            )

    def parts(self, kind: str) -> Iterator[Path]:
        yield from sorted((self.folder / kind).glob("*.parquet"))

    def scan(self, kind: str) -> pl.LazyFrame | None:
        """Return all of a kind, None for nothing."""
        paths = list(self.parts(kind))
        return pl.scan_parquet(paths, missing_columns="insert", extra_columns="ignore") if paths else None

    def take(self, found: Found, rejects: pl.DataFrame) -> None:
        """Take what a group of lines has given; `rejects` are those of `found` with what the table needs."""
        self.put("adds", found.adds.drop("line"))
        self.put("drops", found.drops)
        self.put("candidates", found.candidates)
        self.put("rejects", rejects)
        self.put("unrejects", found.unrejects)
        self.put("moves", found.moves)

    def settle(self, root: str, class_id: str, diff: Diff) -> None:
        """Decide which candidates are the first of their key; the others are, or stay, duplicates.

        What is stored and stays comes first, whenever it was received; then the candidates in stream order.
        """
        waiting: list[pl.DataFrame] = []
        for path in self.parts("candidates"):
            waiting.append(pl.read_parquet(path))
            if sum(map(len, waiting)) >= SETTLED_TOGETHER:
                self._settle(pl.concat(waiting, how="diagonal_relaxed"), root, class_id, diff)
                waiting = []
        if waiting:
            self._settle(pl.concat(waiting, how="diagonal_relaxed"), root, class_id, diff)

    def _settle(self, candidates: pl.DataFrame, root: str, class_id: str, diff: Diff) -> None:
        key = ["source", "record_key"]
        taken = self.taken_keys(candidates.select(key), root, class_id)
        if (adds := self.scan("adds")) is not None:
            wanted = candidates.lazy().select(key)
            taken = pl.concat([taken, adds.select(key).join(wanted, on=key, how="semi").collect()])
        is_new = candidates.with_row_index("n").join(taken, on=key, how="anti", maintain_order="left")
        firsts = is_new.unique(key, keep="first", maintain_order=True)["n"]
        settled = candidates.with_row_index("n").with_columns(is_new=pl.col("n").is_in(firsts.implode()))
        count_settled(settled, diff)
        self.put("adds", settled.filter("is_new").drop(*BESIDES, "n", "is_new"))
        self.put("unrejects", settled.select("reject_id").drop_nulls())
        now = pl.when("is_new").then(pl.lit(int(Outcome.STORED))).otherwise(pl.lit(int(Outcome.DUPLICATE)))
        moves = settled.select("batch_id", "was", now=now.cast(pl.Int8))
        self.put("moves", moves.filter(pl.col("was") != pl.col("now")))

    def taken_keys(self, wanted: pl.DataFrame, root: str, class_id: str) -> pl.DataFrame:
        """Return those of the keys (source, record_key) that a row of the history has which is to stay."""
        key = ["source", "record_key"]
        if not has_table(root, class_id):
            return wanted.clear()
        stored = read_history(root, class_id).select(
            *key, pl.col("seq").cast(pl.Int64), pl.col("row_no").cast(pl.Int64)
        )
        have = stored.join(wanted.lazy().unique(), on=key, how="semi").collect(engine="streaming")
        if (drops := self.scan("drops")) is not None:
            have = have.lazy().join(drops, on=["seq", "row_no"], how="anti").collect(engine="streaming")
        return have.select(key)
