"""Matching a whole file: a row that says how far it is, done a stretch at a time by a background process.

A stretch is written down together with the counts, so that whoever takes the job up again after a kill
goes on where the last one stood. Files lie in `<folder>/<job id>/`: `texts.parquet` with every column as
uploaded, and a part of the result for each stretch.
"""

import csv
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import fastexcel
import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate

from ningjulan.catalog.permissions import check_list
from ningjulan.foundation.actors import Actor
from ningjulan.registry.addresses import deciding, matching, scoring
from ningjulan.registry.addresses.base import exact_keys
from ningjulan.registry.addresses.bases import Base, base_of
from ningjulan.registry.addresses.errors import (
    ColumnMissing,
    FileUnreadable,
    JobNotDone,
    JobNotFound,
    TooManyRows,
)
from ningjulan.registry.addresses.normalising import normalised
from ningjulan.registry.addresses.selectors import ADDRESS_CLASS
from ningjulan.registry.models import AddressJob
from ningjulan.sources.csv_text import CsvRow, csv_rows, header_of

MOST_ROWS = 500_000
STRETCH = 20_000
_OWN = ["_decision", "_area_code", "_key"]  # of no use to who reads the result
_AS_SENT = "原行"
_ENCODINGS = ("utf-8-sig", "gb18030")
_LIKELY = ("地址", "住址", "address", "addr")
DECISION_ZH = {"automatic": "自动匹配", "clerk": "待人工认定", "new": "疑似新地址", "empty": "空白"}
LEVEL_ZH = {"address": "户室", "building": "楼栋", "compound": "小区"}


@dataclass(frozen=True)
class JobView:
    id: UUID
    tenant_code: str
    file_name: str
    column: str
    state: str
    problem: str
    by_name: str
    at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    n_rows: int
    n_done: int
    n_automatic: int
    n_clerk: int
    n_new: int
    n_empty: int


def read_table(name: str, content: bytes) -> pl.DataFrame:
    """Return the table in a CSV or XLSX file, every cell as text.

    Raises:
        FileUnreadable: It is neither.
    """
    try:
        if name.lower().endswith(".xlsx"):
            sheet = fastexcel.read_excel(content).load_sheet(0, dtypes="string")
            return pl.DataFrame(sheet.to_arrow()).select(pl.all().cast(pl.String))
        return _csv(content)
    except (OSError, ValueError, csv.Error, pl.exceptions.PolarsError, fastexcel.FastExcelError) as error:
        raise FileUnreadable(name=name[:80]) from error


def _csv(content: bytes) -> pl.DataFrame:
    """Return the rows of a CSV file. One that has not as many cells as the header is kept whole in `原行`."""
    text = _decoded(content)
    raw: list[str] = []
    reader = csv.reader(_noted_lines(text, raw), strict=True)
    names = header_of(reader)
    if not any(names):
        raise ValueError("no header")
    columns = _unlike(names)
    rows = [_cells(row, len(names)) for row in csv_rows(reader, raw, len(names))]
    table = pl.DataFrame(rows, schema=dict.fromkeys([*columns, _AS_SENT], pl.String), orient="row")
    return table.drop(_AS_SENT) if table[_AS_SENT].null_count() == len(table) else table


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise ValueError("no text that we know")


def _noted_lines(text: str, raw: list[str]) -> Iterator[str]:
    """Yield the lines of a file, each noted in `raw` when it is taken."""
    for line in io.StringIO(text, newline=""):
        raw.append(line)
        yield line


def _cells(row: CsvRow, n: int) -> list[str | None]:
    if row.fault is None:
        return [*(cell or None for cell in row.cells), None]
    cells: list[str | None] = [cell or None for cell in row.cells[:n]]
    return [*cells, *[None] * (n - len(cells)), row.text]


def _unlike(names: list[str]) -> list[str]:
    """Return the names so that no two are the same, and none is empty or one of ours."""
    seen: dict[str, None] = {}
    for n, name in enumerate(names, start=1):
        wished = name or f"列{n}"
        seen[wished if wished not in seen and wished != _AS_SENT else f"{wished}_{n}"] = None
    return list(seen)


def likely_column(columns: list[str]) -> str | None:
    """Return the column that looks like the address, by its name."""
    return next((c for word in _LIKELY for c in columns if word in c.lower()), None)


def submit(
    actor: Actor, tenant_code: str, file_name: str, content: bytes, *, column: str | None, now: datetime
) -> JobView:
    """Take a file in; a background process matches it.

    Raises:
        FileUnreadable, ColumnMissing, TooManyRows: With what to do about it.
    """
    check_list(actor, ADDRESS_CLASS)
    table = read_table(file_name, content)
    column = column or likely_column(table.columns) or ""
    if column not in table.columns:
        raise ColumnMissing(column=column[:40], columns="、".join(table.columns)[:200])
    if len(table) > MOST_ROWS:
        raise TooManyRows(rows=f"{len(table):,}", most=f"{MOST_ROWS:,}")
    job = AddressJob(
        tenant_code=tenant_code, file_name=Path(file_name).name[:200], column=column[:100],
        by=actor.user_id, by_name=actor.name, at=now, n_rows=len(table),
    )  # fmt: skip
    folder = folder_of(job.id)
    folder.mkdir(parents=True)
    table.write_parquet(folder / "texts.parquet")
    job.save(force_insert=True)
    return _view(job)


def folder_of(job_id: UUID) -> Path:
    return Path(settings.ADDRESS_JOB_FOLDER) / str(job_id)


def list_jobs(actor: Actor, tenant_code: str) -> list[JobView]:
    """Return the last jobs of the actor, the latest first."""
    check_list(actor, ADDRESS_CLASS)
    rows = AddressJob.objects.filter(tenant_code=tenant_code, by=actor.user_id)
    return [_view(row) for row in rows.order_by("-at")[:20]]


def get_job(actor: Actor, job_id: UUID) -> JobView:
    return _view(_job(actor, job_id))


def _job(actor: Actor, job_id: UUID) -> AddressJob:
    job = AddressJob.objects.filter(pk=job_id, by=actor.user_id).first()
    if job is None:
        raise JobNotFound(job_id=str(job_id))
    return job


def _view(job: AddressJob) -> JobView:
    return JobView(**{name: getattr(job, name) for name in JobView.__dataclass_fields__})


def cancel(actor: Actor, job_id: UUID, *, now: datetime) -> JobView:
    """Stop a job that is not done; what it has found so far stays readable."""
    job = _job(actor, job_id)
    AddressJob.objects.filter(pk=job.pk, state__in=["waiting", "running"]).update(
        state="cancelled", ended_at=now
    )
    job.refresh_from_db()
    return _view(job)


def result(actor: Actor, job_id: UUID) -> tuple[str, Iterator[bytes]]:
    """Return the name and the bytes of the result as CSV that Excel opens: what was sent, and what was found.

    Raises:
        JobNotDone: It is still at work.
    """
    job = _job(actor, job_id)
    if job.state in ("waiting", "running"):
        raise JobNotDone(job_id=str(job_id))
    return f"{Path(job.file_name).stem}-匹配结果.csv", _lines(folder_of(job.id))


def _lines(folder: Path) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    header = True
    for part in sorted(folder.glob("part-*.parquet")):
        yield pl.read_parquet(part).write_csv(include_header=header).encode()
        header = False


def next_job() -> UUID | None:
    """Return the job to go on with: one that somebody began before one that waits."""
    rows = AddressJob.objects.filter(state__in=["running", "waiting"]).order_by("state", "at")
    return rows.values_list("pk", flat=True).first()


def carry_out(job_id: UUID, *, now: Callable[[], datetime], goes_on: Callable[[], bool]) -> None:
    """Match a job, a stretch at a time, until it is done, cancelled or we are told to stop."""
    while goes_on() and _one_stretch(job_id, now()):
        pass


def _one_stretch(job_id: UUID, now: datetime) -> bool:
    """Match the next stretch; return whether there may be another."""
    job = AddressJob.objects.get(pk=job_id)
    if job.state not in ("waiting", "running"):
        return False
    folder = folder_of(job.id)
    try:
        rows = pl.scan_parquet(folder / "texts.parquet").slice(job.n_done, STRETCH).collect()
    except (OSError, pl.exceptions.PolarsError):
        job.state, job.problem, job.ended_at = "failed", "上传的文件已不在，请重新上传", now
        job.save(update_fields=["state", "problem", "ended_at"])
        return False
    base = base_of(job.tenant_code, localdate(now))
    found = _found(rows, job.column, base)
    part = folder / f"part-{job.n_done:08}.parquet"
    found.drop(_OWN).write_parquet(part.with_suffix(".tmp"))
    part.with_suffix(".tmp").replace(part)
    return _noted(job, found, now)


@transaction.atomic
def _noted(job: AddressJob, found: pl.DataFrame, now: datetime) -> bool:
    """Count a stretch and put what it leaves open into the clerk's queue, together or not at all."""
    locked = AddressJob.objects.select_for_update().get(pk=job.pk)
    if locked.state not in ("waiting", "running") or locked.n_done != job.n_done:
        return False
    counts = dict(found["_decision"].value_counts().iter_rows())
    for name in ("automatic", "clerk", "new", "empty"):
        setattr(locked, f"n_{name}", getattr(locked, f"n_{name}") + counts.get(name, 0))
    locked.n_done += len(found)
    locked.started_at = locked.started_at or now
    is_done = locked.n_done >= locked.n_rows
    locked.state, locked.ended_at = ("done", now) if is_done else ("running", None)
    locked.save()
    deciding.ask(locked.tenant_code, _open(found, locked.column), job_id=locked.pk, now=now)
    return not is_done


def _open(found: pl.DataFrame, column: str) -> list[deciding.Asking]:
    texts = found.filter(pl.col("_decision").is_in(["clerk", "new"]))
    once = texts.group_by("_key", maintain_order=True).agg(
        pl.first(column).alias("text"),
        pl.first("匹配得分").alias("score"),
        pl.first("_area_code"),
        n_times=pl.len(),
    )
    return [
        deciding.Asking(row["text"], row["_key"], row["score"], row["_area_code"] or "", row["n_times"])
        for row in once.iter_rows(named=True)
    ]


def _found(rows: pl.DataFrame, column: str, base: Base) -> pl.DataFrame:
    """Return the rows as uploaded and, beside them, what each address was found to mean and why."""
    texts = rows[column]
    is_empty = texts.is_null() | (texts.str.strip_chars() == "")
    answers = matching.matched(texts, base.addresses)
    decision = pl.Series("decision", ["empty"] * len(rows)).zip_with(is_empty, answers["decision"])
    shown = pl.concat([_shown(level, answers, base) for level in ("address", "building", "compound")])
    place = answers.with_row_index("n").join(shown, on="n", how="left", maintain_order="left")
    reason = pl.Series(reasons(texts, answers, base))
    is_found = decision == scoring.Decision.AUTOMATIC.value
    return rows.with_columns(
        _decision=decision,
        匹配结果=decision.replace_strict(DECISION_ZH, return_dtype=pl.String),
        匹配得分=answers["score"],
        匹配层级=place["level"].replace_strict(LEVEL_ZH, default=None, return_dtype=pl.String),
        匹配地址=place["text"],
        匹配代码=place["code"],
        匹配标识=place["id"].zip_with(is_found, pl.Series([None] * len(rows), dtype=pl.String)),
        匹配经度=place["lon"],
        匹配纬度=place["lat"],
        匹配说明=reason,
        _area_code=place["area_code"],
        _key=exact_keys(normalised(texts), base.addresses.regions),
    )


def _shown(level: str, answers: pl.DataFrame, base: Base) -> pl.DataFrame:
    """Return what places of one level show: `n`, `id`, `text`, `code`, `lon`, `lat`, `area_code`."""
    at = answers.with_row_index("n").filter(pl.col("level") == level)
    rows = at["row"]
    if level == "compound":
        table = base.addresses.compounds[rows].select(
            "id", text="name", code=pl.lit(None, pl.String), lon=pl.lit(None, pl.Float64),
            lat=pl.lit(None, pl.Float64), area_code="community_code",
        )  # fmt: skip
    elif level == "building":
        table = base.addresses.buildings[rows].select("id", "text", code=pl.lit(None, pl.String))
        table = table.hstack(base.building_points[rows].rename({"grid_code": "area_code"}))
    else:
        table = base.addresses.addresses[rows].select("id", "text", "code")
        table = table.hstack(base.points[rows].rename({"grid_code": "area_code"}))
    return table.insert_column(0, at["n"])


def reasons(texts: pl.Series, answers: pl.DataFrame, base: Base) -> list[str | None]:
    """Return in words why each answer is not certain, null where nothing has to be said."""
    rows = (answers["manner"] != "exact").fill_null(value=True).arg_true()
    ranked = matching.candidates(normalised(texts.gather(rows)), base.addresses)
    first = ranked.unique("text", keep="first", maintain_order=True)
    words: list[str | None] = [None] * len(texts)
    for n in rows:
        words[n] = "没有相近的地址" if (texts[n] or "").strip() else "地址为空"
    places: list[int] = rows.to_list()
    for row in first.iter_rows(named=True):
        said = [
            f"{scoring.LABEL_ZH[element]}{scoring.VERDICT_ZH[row[f'v_{element}']]}"
            for element in scoring.ELEMENTS
            if row[f"v_{element}"] in scoring.VERDICT_ZH
        ]
        words[places[row["text"]]] = "；".join(said) or None
    return words


def forget(older_than: datetime) -> int:
    """Delete the files of jobs that ended long ago; their rows stay. Return how many."""
    rows = AddressJob.objects.filter(ended_at__lt=older_than)
    folders = [folder for folder in map(folder_of, rows.values_list("pk", flat=True)) if folder.exists()]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    return len(folders)
