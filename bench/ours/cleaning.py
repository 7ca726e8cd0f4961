"""Our cleaning alone, lines in memory to frames in memory, in one process or several.

`python -m bench.ours.cleaning JOB OUT --processes N --batch LINES`
"""

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import polars as pl
import shapely

from bench.job import ACCEPTED, LAYOUTS, Job
from bench.measuring import Watch
from ningjulan.cleaning import facade as cleaning
from ningjulan.cleaning.contracts import Cleaned, Part, Refs
from ningjulan.sources.manifest import get_source

SOURCES = {"IOT12": "town_iot", "IOT03": "town_video", "IOT10": "town_visitors"}
LINES_A_MESSAGE = 1000
UNREADABLE = ("bad_json", "not_utf8", "not_an_object")


@dataclass(frozen=True)
class Share:
    """What one process cleans: every n-th batch."""

    job: Path
    out: Path
    number: int
    n_processes: int
    batch: int

    def batches(self) -> Iterator[tuple[str, list[Part]]]:
        """Yield class and lines, in parts as large as one message of the stream."""
        received_at = datetime.fromtimestamp(Job(self.job).manifest().received_ms / 1000, UTC)
        cut = [
            (layout.class_id, lines[start : start + self.batch])
            for layout in LAYOUTS
            for lines in [Job(self.job).input(layout).read_bytes().splitlines()]
            for start in range(0, len(lines), self.batch)
        ]
        for class_id, lines in cut[self.number :: self.n_processes]:
            yield class_id, parts_of(lines, received_at)


def parts_of(lines: list[bytes], received_at: datetime) -> list[Part]:
    payloads = (b"\n".join(lines[n : n + LINES_A_MESSAGE]) for n in range(0, len(lines), LINES_A_MESSAGE))
    return [Part(payload, received_at) for payload in payloads]


def refs_of_town(town: Path, tenant_code: str) -> Refs:
    """Return the snapshot that the registry would take of the demo town."""
    empty = Refs(tenant_code)
    areas = pl.read_parquet(town / "areas.parquet")
    grids = areas.filter(pl.col("level") == "grid")
    return Refs(
        tenant_code,
        devices=pl.read_parquet(town / "devices.parquet", columns=empty.devices.columns),
        areas=areas.select(empty.areas.columns),
        buildings=pl.read_parquet(town / "buildings.parquet", columns=empty.buildings.columns),
        grid_polygons=(shapely.from_wkb(grids["outline"].to_numpy()), grids["area_code"].to_list()),
    )


def reasons(rejected: pl.DataFrame, class_id: str) -> pl.DataFrame:
    """Return our rejects in the words of the job."""
    reason = pl.col("reasons").list.first()
    unreadable = pl.when(reason.is_in(UNREADABLE)).then(pl.lit("unreadable")).otherwise(reason)
    return rejected.select(class_id=pl.lit(class_id), reason=unreadable)


def rows(accepted: pl.DataFrame, class_id: str) -> pl.DataFrame:
    """Return our accepted rows in the words of the job."""
    layout = next(layout for layout in LAYOUTS if layout.class_id == class_id)
    at_ms = pl.col("occurred_at").dt.epoch("ms")
    return accepted.with_columns(
        class_id=pl.lit(class_id), at_ms=at_ms, code=pl.col(layout.code), device_id=pl.col(layout.device)
    ).select(ACCEPTED)


def _clean(share: Share, ready: Barrier, done: Barrier) -> None:
    refs = refs_of_town(share.job.parent / "town", "330109013")
    sources = {class_id: cleaning.source_ref(get_source(name)) for class_id, name in SOURCES.items()}
    batches = list(share.batches())
    result: list[tuple[str, Cleaned]] = []
    for is_real in (False, True):  # first a little of each class, so that both have been met
        if is_real:
            ready.wait()
        for class_id, parts in batches if is_real else [(c, ps[:1]) for c, ps in dict(batches).items()]:
            cleaned = cleaning.clean_parts(class_id, parts, source=sources[class_id], refs=refs)
            if is_real:
                result.append((class_id, cleaned))
    done.wait()
    for name, frames in (
        ("accepted", [rows(cleaned.accepted, class_id) for class_id, cleaned in result]),
        ("rejected", [reasons(cleaned.rejected, class_id) for class_id, cleaned in result]),
    ):
        pl.concat(frames).write_parquet(share.out / f"{name}-{share.number}.parquet")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("job", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--batch", type=int, default=1000)
    wanted = parser.parse_args()
    if wanted.processes > 1:
        os.environ["POLARS_MAX_THREADS"] = "1"  # the processes are the threads
    context = get_context("spawn")
    ready, done = context.Barrier(wanted.processes + 1), context.Barrier(wanted.processes + 1)
    processes = [
        context.Process(
            target=_clean,
            args=(Share(wanted.job, wanted.out, n, wanted.processes, wanted.batch), ready, done),
        )
        for n in range(wanted.processes)
    ]
    for process in processes:
        process.start()
    ready.wait()
    with Watch() as watch:
        done.wait()
    for process in processes:
        process.join()
    _merge(wanted.out)
    watch.measured().print()


def _merge(out: Path) -> None:
    """Leave one row per key: across batches it is the store that recognises what came before."""
    parts = sorted(out.glob("accepted-*.parquet"))
    rows = pl.concat([pl.read_parquet(part) for part in parts]).unique(["class_id", "record_key"])
    for part in parts:
        part.unlink()
    rows.write_parquet(out / "accepted.parquet")


if __name__ == "__main__":
    main()
