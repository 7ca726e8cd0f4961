from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from ningjulan.reports.contracts import CaseStatistics


def as_json(stats: CaseStatistics) -> dict[str, Any]:
    """Return the figures in the one JSON shape that the screen and the command line share."""
    return {
        "source": stats.source,
        "tenant": stats.tenant,
        "total": stats.total,
        "settled": stats.settled,
        "on_time": stats.on_time,
        "late": stats.late,
        "on_time_rate": stats.on_time_rate,
        "by_category": [
            {"code": s.code, "zh": s.name, "n": s.n, "on_time_rate": s.on_time_rate, "too_few": s.too_few}
            for s in stats.by_category
        ],
        "by_subcategory": [{"name": s.name, "n": s.n} for s in stats.by_subcategory],
        "by_community": [
            {"code": s.code, "name": s.name, "n": s.n, "on_time_rate": s.on_time_rate, "too_few": s.too_few}
            for s in stats.by_community
        ],
        "by_month": [{"month": s.code, "n": s.n, "on_time_rate": s.on_time_rate} for s in stats.by_month],
        "by_channel": [{"code": s.code, "zh": s.name, "n": s.n} for s in stats.by_channel],
        "by_unit": [
            {"name": s.name, "n": s.n, "on_time_rate": s.on_time_rate, "too_few": s.too_few}
            for s in stats.by_unit
        ],
        "placement": [{"kind": s.code, "n": s.n} for s in stats.placement],
        "period": {"from": _day(stats.first_reported_at), "to": _day(stats.last_reported_at)},
    }


def _day(at: datetime | None) -> str | None:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date().isoformat() if at else None
