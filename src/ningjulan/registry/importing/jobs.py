"""A file on its way into the registry: uploaded, mapped, looked at, taken a stretch at a time.

Rows, counts and rejects of a stretch are written together. Whoever takes the job up again after a kill goes
on behind the last stretch; nothing is half-written, nothing counted twice.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import polars as pl
from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from ningjulan.cleaning import facade as cleaning
from ningjulan.cleaning.contracts import Cleaned, Part
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.sealing import seal, unseal
from ningjulan.registry.addresses.bases import base_of
from ningjulan.registry.addresses.matching import matched
from ningjulan.registry.domain.codes import is_uuid
from ningjulan.registry.importing import grids, reading
from ningjulan.registry.importing.errors import (
    AlreadyStarted,
    AnswerNeeded,
    ImportNotFound,
    MappingRefused,
    OnlyStewardsImport,
    reason_of,
)
from ningjulan.registry.importing.mapping import ADDRESS_TEXT, manifest_toml, source_of, targets
from ningjulan.registry.importing.reading import Stretch
from ningjulan.registry.models import Address, ImportJob, ImportReject, SourceMapping
from ningjulan.registry.resolution.deciding import FEW, Known, everybody
from ningjulan.registry.resolution.records import ROW_KEY
from ningjulan.registry.resolution.taking import Came, Taken, take
from ningjulan.registry.selectors import snapshot
from ningjulan.sources.facade import Source

Outcome = TypeVar("Outcome", Taken, grids.GridsTaken)
SEALED_ROW = "registry_importreject.row_sealed"
_ROLES = (Role.CLERK, Role.STEWARD, Role.GRID_WORKER)


@dataclass(frozen=True)
class Chosen:
    """How a clerk wants a file read.

    columns: Column → item. defaults: item → value for all rows, where no column says it.
    """

    name: str
    class_id: str
    columns: Mapping[str, str]
    defaults: Mapping[str, str]
    crs: str = "cgcs2000"


def visible(actor: Actor) -> QuerySet[ImportJob]:
    """Return the imports an actor may see: their own, all of them as a data steward of the area."""
    own = Q(by=actor.user_id)
    if actor.has(Role.STEWARD, Role.SYSTEM):
        for code in actor.area_codes:
            own |= Q(tenant_code__startswith=code)
    return ImportJob.objects.filter(own) if actor.has(*_ROLES, Role.SYSTEM) else ImportJob.objects.none()


def get_job(job_id: UUID, actor: Actor) -> ImportJob:
    job = visible(actor).filter(pk=job_id).first()
    if job is None:
        raise ImportNotFound(job_id=str(job_id))
    return job


def submit(actor: Actor, tenant_code: str, file_name: str, content: bytes, *, now: datetime) -> ImportJob:
    """Keep an uploaded file until it has been mapped and imported.

    Raises:
        OnlyStewardsImport: The actor may not import.
        FileNotReadable, FileRefused: With what to do about it.
    """
    if not actor.has(*_ROLES):
        raise OnlyStewardsImport
    job_id = uuid4()
    folder = Path(settings.IMPORT_FOLDER) / str(job_id)
    folder.mkdir(parents=True, mode=0o700)
    path = folder / f"upload{Path(file_name).suffix.lower()}"
    path.write_bytes(content)
    reading.look_at(path, 1)
    return ImportJob.objects.create(
        id=job_id, file_name=Path(file_name).name[:200], file_path=str(path), n_bytes=len(content),
        digest=hashlib.sha256(content).hexdigest(), tenant_code=tenant_code, state="uploaded", at=now,
        by=actor.user_id, by_name=actor.name, area_codes=sorted(actor.area_codes),
    )  # fmt: skip


def preview(job: ImportJob, chosen: Chosen, *, now: datetime, n_rows: int = 20) -> Cleaned:
    """Clean the first rows as the import would; nothing is written. Raises `MappingRefused`."""
    source = _source(job.tenant_code, chosen)
    stretch = next(reading.read(Path(job.file_path), source))
    lines = _completed(stretch.lines[:n_rows], source, chosen.defaults, 0)
    return _cleaned(lines, source, now)


def start(job_id: UUID, chosen: Chosen, *, actor: Actor, now: datetime, answered: bool = False) -> ImportJob:
    """Save the mapping and let a background process import the file.

    Raises:
        MappingRefused: See `mapping.source_of`; or a required item has neither column nor value.
        AlreadyStarted: Somebody has started it.
        AnswerNeeded: Its coordinates look like another system's; say which, or that they are right.
    """
    job = get_job(job_id, actor)
    _check_complete(chosen)
    source = _source(job.tenant_code, chosen)
    if chosen.class_id == "GEO03" and chosen.crs in ("cgcs2000", "wgs84") and not answered:
        _ask_about_offset(job, chosen)
    manifest = {
        "name": chosen.name, "class_id": chosen.class_id, "columns": dict(source.columns),
        "defaults": dict(chosen.defaults), "crs": chosen.crs,
    }  # fmt: skip
    SourceMapping.objects.update_or_create(
        name=chosen.name,
        defaults={"class_id": chosen.class_id, "tenant_code": job.tenant_code, "manifest": manifest,
                  "saved_at": now, "saved_by": actor.user_id},
    )  # fmt: skip
    moved = ImportJob.objects.filter(pk=job.pk, state="uploaded").update(
        state="waiting", class_id=chosen.class_id, manifest=manifest, answers={"crs": answered}
    )
    if not moved:
        raise AlreadyStarted
    job.refresh_from_db()
    return job


def _ask_about_offset(job: ImportJob, chosen: Chosen) -> None:
    code = next(column for column, item in chosen.columns.items() if item == "grid_code")
    found = grids.offset_of(reading.read_layer(Path(job.file_path)), code)
    if found is not None and found.looks_like_gcj02:
        raise AnswerNeeded(offset_m=round(found.declared_m))


def _check_complete(chosen: Chosen) -> None:
    said = {*chosen.columns.values(), *chosen.defaults}
    own = {"person_id"}  # a file without ids of its own gets them from us
    missing = [
        zh for item, zh, _, required in targets(chosen.class_id) if required and item not in said | own
    ]
    if missing:
        raise MappingRefused(reason=f"缺少必填项 {'、'.join(missing)}")


def _source(tenant_code: str, chosen: Chosen) -> Source:
    return source_of(chosen.name, tenant_code, chosen.class_id, chosen.columns, chosen.crs)


def next_job() -> UUID | None:
    """Return the import to go on with: one that was begun before one that waits."""
    rows = ImportJob.objects.filter(state__in=["running", "waiting"]).order_by("state", "at")
    return rows.values_list("pk", flat=True).first()


def carry_out(job_id: UUID, *, now: Callable[[], datetime], goes_on: Callable[[], bool]) -> None:
    """Import a file from where it stands, until it is done or we are told to stop."""
    job = ImportJob.objects.get(pk=job_id)
    chosen = Chosen(**job.manifest)
    source = _source(job.tenant_code, chosen)
    ImportJob.objects.filter(pk=job_id, started_at__isnull=True).update(started_at=now())
    ImportJob.objects.filter(pk=job_id).update(state="running")
    run = _Run(job, chosen, source)
    try:
        for stretch in reading.read(Path(job.file_path), source, skip=job.n_received):
            if not goes_on():
                return
            run.take(stretch, now())
    except NingjulanError as error:
        ImportJob.objects.filter(pk=job_id).update(
            state="failed", problem=error.message("zh")[:400], ended_at=now()
        )
        return
    ImportJob.objects.filter(pk=job_id).update(state="done", progress=1.0, ended_at=now())
    Path(job.file_path).unlink(missing_ok=True)


class _Run:
    """One import at work. Keeps everybody's keys in memory from the first long stretch on."""

    def __init__(self, job: ImportJob, chosen: Chosen, source: Source) -> None:
        self.job, self.chosen, self.source = job, chosen, source
        self.actor = Actor(job.by, job.by_name, frozenset({Role.STEWARD}), frozenset(job.area_codes))
        self.n_done = job.n_received
        self.known: Known | None = None

    def take(self, stretch: Stretch, now: datetime) -> None:
        first = self.n_done
        lines = _completed(stretch.lines, self.source, self.chosen.defaults, first)
        cleaned = _cleaned(lines, self.source, now)
        today = localdate(now)
        rejected = {n: ([why], "") for n, why in stretch.refused.items()}
        for row, reasons, detail in cleaned.rejected.select("row_no", "reasons", "detail").iter_rows():
            rejected.setdefault(row, (reasons, detail or ""))
        for row in cleaned.duplicates["row_no"]:
            rejected.setdefault(row, (["same_key"], ""))
        accepted = cleaned.accepted.filter(~pl.col("row_no").is_in(list(rejected)))
        with transaction.atomic():
            taken = self._taken(accepted, now, today, rejected)
            self._note(taken, rejected, lines, first, stretch.progress)
        if isinstance(taken, Taken) and taken.newcomers is not None and self.known is not None:
            self.known = self.known.joined_by(taken.newcomers)
        self.n_done = first + len(lines)

    def _taken(
        self, accepted: pl.DataFrame, now: datetime, today: date, rejected: dict[int, tuple[list[str], str]]
    ) -> Taken | grids.GridsTaken:
        if self.chosen.class_id == "GEO03":
            layer = reading.read_layer(Path(self.job.file_path))
            when = grids.Written(self.source.name, self.actor, now, today)
            return _counted(grids.take_grids(accepted, layer, self.chosen.crs, when), rejected)
        placed = _with_addresses(accepted, self.job.tenant_code, today, rejected)
        if self.known is None:
            self.known = everybody(today) if len(placed) > FEW else Known()
        came = Came(self.source.name, self.job.tenant_code, self.actor, now, today, self.job.pk)
        return _counted(take(placed, came, self.known), rejected)

    def _note(
        self, taken: Taken | grids.GridsTaken, rejected: Mapping[int, tuple[list[str], str]],
        lines: list[bytes], first: int, progress: float,
    ) -> None:  # fmt: skip
        ImportReject.objects.bulk_create(
            [
                ImportReject(
                    job_id=self.job.pk, row_no=first + row + 1, reasons=reasons, detail=detail[:500],
                    row_sealed=seal(lines[row].decode(errors="backslashreplace"), SEALED_ROW),
                )
                for row, (reasons, detail) in sorted(rejected.items())
            ],
            batch_size=1_000,
        )  # fmt: skip
        job = ImportJob.objects.select_for_update().get(pk=self.job.pk)
        job.n_received += len(lines)
        job.n_new += taken.new
        job.n_changed += taken.changed
        job.n_unchanged += taken.unchanged
        job.n_queued += taken.queued if isinstance(taken, Taken) else 0
        job.n_rejected += len(rejected)
        job.progress = progress
        job.save()


def _counted(taken: Outcome, rejected: dict[int, tuple[list[str], str]]) -> Outcome:
    """Put what writing refused to the rest of the rejected rows."""
    for row, why in taken.rejected.items():
        rejected[row] = ([why], "")
    return taken


def _completed(lines: list[bytes], source: Source, defaults: Mapping[str, str], first: int) -> list[bytes]:
    """Add what the file does not say: a key of its own for each row, and values for all rows."""
    own = dict(defaults)
    if "id_no" in source.columns.values() and "id_type" not in source.columns.values():
        own.setdefault("id_type", "111")  # 身份证, where a file has one kind of number and does not say which
    has_key = source.classes[0] != "BIZ01" or "person_id" in source.columns.values()
    fixed = json.dumps(own, ensure_ascii=False)[1:-1].encode() + b"," if own else b""
    done = []
    for n, line in enumerate(lines):
        key = b"" if has_key else f'"person_id":"{ROW_KEY}{first + n}",'.encode()
        is_row = line.startswith(b"{") and not line.startswith(b'{"_refused"') and line != b"{}"
        done.append(b"{" + key + fixed + line[1:] if is_row else line)
    return done


def _cleaned(lines: list[bytes], source: Source, now: datetime) -> Cleaned:
    """Clean rows by the catalogue's own functions, as records of any other source are."""
    reference = replace(cleaning.source_ref(source), columns=source.columns)
    part = Part(b"\n".join(lines), now)
    return cleaning.clean_parts(
        source.classes[0], [part], source=reference, refs=snapshot(source.tenant_code)
    )


def _with_addresses(
    accepted: pl.DataFrame, tenant_code: str, today: date, rejected: dict[int, tuple[list[str], str]]
) -> pl.DataFrame:
    """Find the standard address each home means; rows whose home is none are rejected with a reason."""
    given = accepted["current_address_id"].drop_nulls().unique().to_list()
    there = {
        str(pk)
        for pk in Address.objects.filter(pk__in=[g for g in given if is_uuid(g)]).values_list("pk", flat=True)
    }
    lost = accepted.filter(
        pl.col("current_address_id").is_not_null() & ~pl.col("current_address_id").is_in(list(there))
    )
    for row in lost["row_no"]:
        rejected[row] = (["address_unknown"], "")
    texts = accepted.filter(pl.col("current_address_id").is_null() & pl.col(ADDRESS_TEXT).is_not_null())
    found: dict[int, str] = {}
    if not texts.is_empty():
        base = base_of(tenant_code, today).addresses
        answers = matched(texts[ADDRESS_TEXT], base)
        ids = base.addresses["id"]
        for row, level, at, decision in zip(
            texts["row_no"], answers["level"], answers["row"], answers["decision"], strict=True
        ):
            if decision == "automatic" and level == "address":
                found[row] = str(ids[at])
            else:
                rejected[row] = (["address_unmatched"], "")
    home = pl.col("row_no").replace_strict(found or {0: None}, default=None, return_dtype=pl.String)
    return accepted.filter(~pl.col("row_no").is_in(list(rejected))).with_columns(
        current_address_id=pl.coalesce("current_address_id", home)
    )


def rejects_csv(job: ImportJob) -> Iterator[str]:
    """Yield the rejected rows as CSV: row number, reasons in words, the row as it came."""
    yield "\ufeff行号,原因,说明,原文\r\n"
    for row in ImportReject.objects.filter(job=job).order_by("row_no").iterator(chunk_size=2_000):
        buffer = io.StringIO()
        reasons = "；".join(reason_of(code).zh for code in row.reasons)
        csv.writer(buffer).writerow(
            [row.row_no, reasons, row.detail, _harmless(unseal(row.row_sealed, SEALED_ROW))]
        )
        yield buffer.getvalue()


def _harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula is kept from being one."""
    return "'" + text if text[:1] in "=+-@" else text


def own_job(job_id: UUID, actor: Actor) -> ImportJob:
    """Return a job of the actor's own: its rejected rows are as they came, unmasked, for who brought them."""
    job = get_job(job_id, actor)
    if job.by is None or job.by != actor.user_id:
        raise ImportNotFound(job_id=str(job_id))
    return job


def manifest_of(job: ImportJob) -> str:
    """Return a job's mapping as a source manifest. Raises `MappingRefused` while there is none."""
    if not job.manifest:
        raise MappingRefused(reason="这个任务还没有对照")
    chosen = Chosen(**job.manifest)
    return manifest_toml(_source(job.tenant_code, chosen))
