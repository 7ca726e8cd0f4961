"""What other platforms deliver: events (BIZ16) and steps of their case life (BIZ17), in our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ningjulan.cases.domain.drafts import Draft, Intake, placed
from ningjulan.cases.domain.workflow import State

STATE_OF_ACTION: dict[str, State] = {  # CL_ACTION; an action not named here leaves the word to the stage
    "report": State.REPORTED,
    "accept": State.REPORTED,
    "reject": State.REFUSED,
    "void": State.REFUSED,
    "register": State.REGISTERED,
    "dispatch": State.DISPATCHED,
    "transfer": State.DISPATCHED,
    "receive": State.DISPATCHED,
    "arrive": State.DISPATCHED,
    "handle": State.DISPATCHED,
    "feedback": State.DISPATCHED,
    "close": State.CLOSED,
    "rate": State.CLOSED,
}
STATE_OF_STAGE: dict[str, State] = {  # CL_STAGE, the seven stages of CJJ/T 106
    "1": State.REPORTED,
    "2": State.REGISTERED,
    "3": State.DISPATCHED,
    "4": State.DISPATCHED,
    "5": State.DISPATCHED,
    "6": State.CLOSED,
    "7": State.CLOSED,
}


@dataclass(frozen=True)
class OutsideStep:
    event_no: str
    key: str  # the same delivery has the same key
    state: State
    unit: str
    at: datetime | None
    due_at: datetime | None
    is_overdue: bool | None
    opinion: str


def draft_of(row: Mapping[str, Any], *, tenant_code: str, source: str, intake: Intake) -> Draft:
    """Read one accepted BIZ16 row."""
    area_code = row.get("area_code") or tenant_code
    reported_at = instant(row.get("report_time")) or instant(row["occurred_at"])
    if reported_at is None:
        raise ValueError("an accepted event has a time")
    subcategory = (row.get("subcategory") or "").strip()
    return Draft(
        tenant_code=tenant_code,
        category_code=row["category_code"],
        level=row.get("severity") or "1",
        title=(row.get("title") or subcategory).strip()[:200],
        summary=(row.get("description") or "").strip(),
        subcategory=subcategory,
        place=placed(
            area_code,
            row.get("lon"),
            row.get("lat"),
            row.get("placement") or "",
            row.get("address_text") or "",
        ),
        source=source,
        channel=row["source_channel"],
        reported_at=reported_at,
        external_no=row["event_no"],
        intake=intake,
    )


def step_of(row: Mapping[str, Any]) -> OutsideStep:
    """Read one accepted BIZ17 row."""
    stage, action = str(row.get("stage") or ""), row.get("action") or ""
    at = instant(row.get("action_time"))
    return OutsideStep(
        event_no=row["event_no"],
        key="|".join((row["case_no"], stage, action, at.isoformat() if at else "")),
        state=STATE_OF_ACTION.get(action) or STATE_OF_STAGE[stage],
        unit=(row.get("to_org") or "").strip(),
        at=at,
        due_at=instant(row.get("due_time")),
        is_overdue=row.get("overdue_flag"),
        opinion=(row.get("opinion") or "").strip(),
    )


def outcome(step: OutsideStep, closed_at: datetime | None, due_at: datetime | None) -> bool | None:
    """Was it closed on time? What the platform says goes before its times; unknown stays unknown."""
    if step.is_overdue is not None:
        return not step.is_overdue
    if closed_at is not None and due_at is not None:
        return closed_at <= due_at
    return None


def instant(value: Any) -> datetime | None:
    """Read an instant as a row carries it: ISO 8601, in UTC where no offset is written."""
    if value is None or isinstance(value, datetime):
        return value
    read = datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=UTC)
