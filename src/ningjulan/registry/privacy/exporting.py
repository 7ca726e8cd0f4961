"""Exports of L3: asked for by one, approved by somebody of another unit, capped, short-lived, watermarked.

L4 is never exported, and of L3 not the items that are sensitive by themselves (PR-04). Modules say what can
be exported: `offer("BIZ01", rows)`.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from ningjulan.catalog import facade as catalog
from ningjulan.catalog import permissions
from ningjulan.catalog.contracts import DataClass
from ningjulan.foundation import audit
from ningjulan.foundation.actors import Actor, Role
from ningjulan.foundation.areas import within
from ningjulan.foundation.errors import NingjulanError
from ningjulan.foundation.permissions import NeverExported, PurposeNotAllowed
from ningjulan.foundation.sealing import seal, unseal
from ningjulan.registry.models import Export
from ningjulan.registry.privacy.errors import (
    ExportMoved,
    ExportNotFound,
    ExportOver,
    NotExportable,
    ReasonRefused,
    SamePerson,
    TooManyRows,
    UnitNeeded,
)
from ningjulan.registry.privacy.reasons import is_reason
from ningjulan.registry.privacy.workbook import Sheet, encrypted_workbook

MOST_DOWNLOADS = 3
PASSWORD = "registry_export.password_sealed"  # noqa: S105  # the place it is sealed for
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class State(StrEnum):
    """Where an export is (导出状态)."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class Step(StrEnum):
    """What a second person can do about it."""

    APPROVE = "approve"
    REFUSE = "refuse"


STEP_ZH: Mapping[Step, str] = {Step.APPROVE: "批准", Step.REFUSE: "不予批准"}
NEXT: Mapping[tuple[State, Step], State] = {
    (State.ASKED, Step.APPROVE): State.APPROVED,
    (State.ASKED, Step.REFUSE): State.REFUSED,
}


@dataclass(frozen=True)
class ExportedRow:
    """A row: whom it is about, and item → what is stored, unmasked."""

    person_id: UUID | None
    values: Mapping[str, str]


Rows = Callable[[str, int], Sequence[ExportedRow]]
"""(area code, most rows) → rows of that area, in an order that stays."""

_offered: dict[str, Rows] = {}


@dataclass(frozen=True)
class ExportAsked:
    """What is wanted, why, and into whose hands it goes."""

    class_id: str
    area_code: str
    purpose: str
    reason: str
    recipient: str


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


def offer(class_id: str, rows: Rows) -> None:
    """Let a class be exported. Called once by the module that has its records."""
    _offered[class_id] = rows


def ask_export(asked: ExportAsked, *, actor: Actor, now: datetime) -> Export:
    """Ask for an export; somebody of another unit has to approve it. Refusals are on record.

    Raises:
        NeverExported, PurposeNotAllowed, NotExportable, ReasonRefused, UnitNeeded, TooManyRows.
    """
    try:
        _check_asked(asked, actor)
    except NingjulanError as error:
        _on_record(actor, "export_ask", asked, now, result=error.code)
        raise
    assert actor.user_id is not None, "the platform itself exports nothing"
    with transaction.atomic():
        export = Export.objects.create(
            class_id=asked.class_id,
            area_code=asked.area_code,
            purpose=asked.purpose,
            reason=asked.reason.strip(),
            recipient=asked.recipient.strip(),
            row_cap=settings.EXPORT_ROWS,
            asked_by_id=actor.user_id,
            asked_by_name=actor.name,
            asked_by_unit=actor.unit_code or "",
            asked_at=now,
        )
        _on_record(actor, "export_ask", asked, now, export=export)
    return export


def decide_export(export_id: UUID, step: Step, note: str, *, actor: Actor, now: datetime) -> Export:
    """Approve an export that somebody of another unit asked for, or refuse it with a reason.

    Raises:
        ExportNotFound: There is none in the actor's areas.
        NeverExported: The actor may approve nothing of this class.
        SamePerson, UnitNeeded: The actor asked, or is of the same unit, or of none.
        ExportMoved: Somebody has decided already.
        ReasonRefused: A refusal says why.
    """
    with transaction.atomic():
        export = _visible(actor).select_for_update().filter(id=export_id).first()
        if export is None:
            raise ExportNotFound
        _check_decider(export, actor)
        following = NEXT.get((State(export.state), step))
        if following is None:
            raise ExportMoved(state=Export.STATES[export.state], step=STEP_ZH[step])
        if step is Step.REFUSE and not is_reason(note):
            raise ReasonRefused
        export.state = following.value
        export.decided_by_id, export.decided_by_name = actor.user_id, actor.name
        export.decided_by_unit, export.decided_at, export.note = actor.unit_code or "", now, note.strip()
        if following is State.APPROVED:
            export.expires_at = now + timedelta(hours=settings.EXPORT_HOURS)
            export.password_sealed = seal(_password(), PASSWORD)
        export.save()
        _on_record(actor, f"export_{step.value}", export, now, export=export)
    return export


def download(export_id: UUID, *, actor: Actor, now: datetime) -> File:
    """Return the file, made anew, for whom asked for it. On record: the download, and each person in it.

    Raises:
        ExportNotFound: There is none of the actor's own.
        ExportOver: Not approved, too late, or too often.
    """
    with transaction.atomic():
        export = _own(export_id, actor, now)
        rows = _offered[export.class_id](export.area_code, export.row_cap)
        export.n_downloads = F("n_downloads") + 1
        export.save(update_fields=["n_downloads"])
        export.refresh_from_db()
        data_class = catalog.get_class(export.class_id)
        password = unseal(export.password_sealed or b"", PASSWORD)
        content = encrypted_workbook(_sheet(export, data_class, rows, now), password)
        _on_record(actor, "export_download", export, now, export=export, n_rows=len(rows))
        audit.record_each(
            actor,
            "exported",
            (row.person_id for row in rows if row.person_id is not None),
            at=now,
            subject_kind="person",
            class_id=export.class_id,
            area_code=export.area_code,
            items=_items(data_class),
            purpose=export.purpose,
            reason=export.reason,
            facts={"export": str(export.id)},
        )
    return File(f"{export.class_id}-{export.area_code}-{export.n_downloads}.xlsx", content)


def password_of(export_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Return the password of the file, for whom asked for it; on record. It does not go with the file."""
    with transaction.atomic():
        export = _own(export_id, actor, now)
        _on_record(actor, "export_password", export, now, export=export)
        return unseal(export.password_sealed or b"", PASSWORD)


def list_exports(actor: Actor, *, limit: int) -> list[Export]:
    """Return one's own exports, those one may decide, and for auditors all in their areas, newest first."""
    return list(_visible(actor).order_by("-asked_at", "-id")[:limit])


def may_decide(export: Export, actor: Actor) -> bool:
    """Say whether this actor could approve or refuse it now."""
    try:
        _check_decider(export, actor)
    except NingjulanError:
        return False
    return export.state == State.ASKED.value


def is_open(export: Export, now: datetime) -> bool:
    """Say whether the file can be downloaded now."""
    if export.state != State.APPROVED.value or export.expires_at is None:
        return False
    return now < export.expires_at and export.n_downloads < MOST_DOWNLOADS


def _check_asked(asked: ExportAsked, actor: Actor) -> None:
    permissions.check_export(actor, asked.class_id)
    allowed = permissions.purposes_for(actor, asked.class_id)
    if asked.purpose not in allowed:
        raise PurposeNotAllowed(allowed="、".join(allowed))
    if not actor.covers(asked.area_code):
        raise ExportNotFound
    if asked.class_id not in _offered:
        raise NotExportable(class_id=asked.class_id)
    if not actor.unit_code:
        raise UnitNeeded
    if not is_reason(asked.reason) or not asked.recipient.strip():
        raise ReasonRefused
    n = len(_offered[asked.class_id](asked.area_code, settings.EXPORT_ROWS + 1))
    if n > settings.EXPORT_ROWS:
        raise TooManyRows(n=f"{settings.EXPORT_ROWS}+", cap=settings.EXPORT_ROWS)


def _check_decider(export: Export, actor: Actor) -> None:
    if not actor.covers(export.area_code):
        raise ExportNotFound
    if not permissions.may_approve(actor, export.class_id):
        raise NeverExported(sensitivity=catalog.get_class(export.class_id).sensitivity)
    if not actor.unit_code:
        raise UnitNeeded
    if actor.user_id == export.asked_by_id or actor.unit_code == export.asked_by_unit:
        raise SamePerson


def _visible(actor: Actor) -> QuerySet[Export]:
    """One's own; those of one's areas for who approves or audits."""
    mine = Q(asked_by_id=actor.user_id)
    approves = any(permissions.may_approve(actor, class_id) for class_id in _offered)
    if approves or actor.has(Role.AUDITOR):
        mine |= within(actor)
    return Export.objects.filter(mine)


def _own(export_id: UUID, actor: Actor, now: datetime) -> Export:
    export = Export.objects.select_for_update().filter(id=export_id).first()
    if export is None or export.asked_by_id != actor.user_id:
        raise ExportNotFound
    if not is_open(export, now) or not permissions.may_export(actor, export.class_id):
        raise ExportOver(hours=settings.EXPORT_HOURS, most=MOST_DOWNLOADS)
    return export


def _items(data_class: DataClass) -> list[str]:
    """Return the items of a class that may leave it: those that are sensitive by themselves may not."""
    return [item.id for item in data_class.items if item.pi != "sensitive"]


def _sheet(export: Export, data_class: DataClass, rows: Sequence[ExportedRow], now: datetime) -> Sheet:
    items = _items(data_class)
    at = now.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d %H:%M")
    number = f"{str(export.id)[-8:]}-{export.n_downloads}"
    names = {item.id: item.zh for item in data_class.items}
    return Sheet(
        title=data_class.zh,
        watermark=f"仅供 {export.recipient} 使用 · 申请 {export.asked_by_name} · {at} · 编号 {number}",
        headings=[names[item] for item in items],
        rows=[[str(row.values.get(item, "")) for item in items] for row in rows],
        remarks=[
            ("接收人", export.recipient),
            ("申请", f"{export.asked_by_name}（{export.asked_by_unit}）"),
            ("批准", f"{export.decided_by_name}（{export.decided_by_unit}）"),
            ("目的", catalog.label("CL_PURPOSE_CODE", export.purpose)),
            ("事由", export.reason),
            (
                "要求",
                "不得转给他人；用毕删除。每一行的追溯码可查出文件来自哪次下载，表中每个人都能看到这次导出。",
            ),
        ],
        mark_of=f"{export.id}|{export.n_downloads}",
    )


def _password() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def _on_record(
    actor: Actor,
    action: str,
    what: ExportAsked | Export,
    now: datetime,
    *,
    result: str = "done",
    **more: object,
) -> None:
    export = more.pop("export", None)
    number = str(export.id) if isinstance(export, Export) else ""
    audit.record(
        actor,
        action,
        at=now,
        result=result,
        subject_kind="export",
        subject_id=number,
        class_id=what.class_id[:8],
        area_code=what.area_code[:15],
        purpose=what.purpose[:8],
        reason=what.reason,
        facts={"recipient": what.recipient} | {name: value for name, value in more.items()},
    )
