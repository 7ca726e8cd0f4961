"""Holds: days of a class that are kept from deletion while somebody needs them (保全)."""

from datetime import date, datetime

from ningjulan.catalog import facade as catalog
from ningjulan.foundation.errors import InputRefused, NotFound
from ningjulan.observations.contracts import HoldRow
from ningjulan.observations.models import HistoryHold


class HoldRefused(InputRefused):
    code = "hold_refused"
    message_zh = "保全须写明事由，且截止日不早于起始日"
    message_en = "A hold needs a reason, and its last day must not lie before its first"


class UnknownHold(NotFound):
    code = "unknown_hold"
    message_zh = "没有编号为 {hold_id} 的有效保全"
    message_en = "There is no hold {hold_id} in force"


def hold_days(*, class_id: str, from_day: date, to_day: date, reason: str, by: str, now: datetime) -> int:
    """Keep days of a class from deletion until the hold is lifted, from the next run on.

    Raises:
        UnknownClass, HoldRefused: Nothing is held.
    """
    catalog.get_class(class_id)
    if not reason.strip() or to_day < from_day:
        raise HoldRefused
    held = HistoryHold.objects.create(
        class_id=class_id, from_day=from_day, to_day=to_day, reason=reason.strip(), by=by, at=now
    )
    return int(held.pk)


def lift_hold(hold_id: int, *, by: str, now: datetime) -> None:
    """End a hold; it stays on record.

    Raises:
        UnknownHold: There is none, or it has been lifted.
    """
    if not HistoryHold.objects.filter(pk=hold_id, lifted_at=None).update(lifted_by=by, lifted_at=now):
        raise UnknownHold(hold_id=hold_id)


def list_holds() -> list[HoldRow]:
    """Return the holds in force."""
    rows = HistoryHold.objects.filter(lifted_at=None).order_by("class_id", "from_day", "id")
    return [HoldRow(h.pk, h.class_id, h.from_day, h.to_day, h.reason, h.by, h.at) for h in rows]
