"""The figures of the day, for the wall. Each has an owner elsewhere; here they are only put side by side."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import DayFigures
from ningjulan.catalog import facade as catalog
from ningjulan.observations import facade as observations
from ningjulan.registry import facade as registry
from ningjulan.reports.contracts import CodeCount, Figure, HourCount, Overview
from ningjulan.reports.stats import on_time_rate
from ningjulan.scenarios import facade as scenarios

TREND_HOURS = 24
DAY = timedelta(days=1)


def day_overview(tenant_code: str, *, now: datetime) -> Overview:
    """Return today's figures, the hours of the last day, and what it was about.

    Today begins at local midnight. `previous` is the same stretch of yesterday, up to this time of day, so
    that a morning is not compared with a whole day; it is `None` where yesterday's value is not kept.
    """
    midnight = now.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
    today = cases.day_figures(tenant_code, midnight, now)
    before = cases.day_figures(tenant_code, midnight - DAY, now - DAY)
    alerts = scenarios.n_alerts_since(tenant_code, midnight)
    records = observations.records_since(tenant_code, midnight)
    communities = cases.n_reported_by_community(tenant_code, now - DAY)
    names = registry.area_names({code for code, _ in communities})
    return Overview(
        as_of=now,
        figures=[
            Figure("open_cases", cases.n_open_cases(tenant_code), "件", None),
            Figure("today_cases", today.n_reported, "件", before.n_reported),
            Figure("today_alerts", alerts, "条", None),
            Figure("on_time_rate", _percent(today), "%", _percent(before)),
            Figure("records_today", records, "条", None),
            Figure("median_dispatch_s", today.median_dispatch_s, "秒", before.median_dispatch_s),
        ],
        trend=[HourCount(hour, n) for hour, n in cases.n_reported_by_hour(tenant_code, now, TREND_HOURS)],
        by_category=[
            CodeCount(code, catalog.label("CL_CATEGORY", code), n)
            for code, n in cases.n_reported_by_category(tenant_code, now - DAY)
        ],
        by_community=[CodeCount(code, names.get(code, code), n) for code, n in communities],
    )


def _percent(day: DayFigures) -> float | None:
    rate = on_time_rate(day.closed_on_time, day.closed_late)
    return None if rate is None else round(rate * 100, 2)
