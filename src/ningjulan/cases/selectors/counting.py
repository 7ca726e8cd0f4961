"""Cases by the number: counted by PostgreSQL, in one pass where several questions concern the same rows."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Substr, TruncHour

from ningjulan.cases.access import visible
from ningjulan.cases.contracts import CaseTallies, DayFigures, Tally
from ningjulan.cases.domain.drafts import COMMUNITY_DIGITS
from ningjulan.cases.domain.workflow import OPEN
from ningjulan.foundation.actors import SYSTEM, Actor, Role

_TALLIES = """
    with counted as (
        select category_code, channel, placement, state, settled_outcome, reported_at,
               nullif(subcategory, '') as subcategory, nullif(unit_name, '') as unit_name,
               case when length(area_code) >= 12 then left(area_code, 12) end as community,
               to_char(reported_at at time zone %(zone)s, 'YYYY-MM') as month
        from cases_case
        where (%(source)s::text is null or source = %(source)s)
          and (%(tenant)s::text is null or tenant_code = %(tenant)s)
          and (%(areas)s::text[] is null or area_code like any (%(areas)s))
    )
    select grouping(category_code, subcategory, community, month, channel, unit_name, placement) as which,
           coalesce(category_code, subcategory, community, month, channel, unit_name, placement) as key,
           count(*) as n,
           count(*) filter (where state = 'closed') as settled,
           count(*) filter (where settled_outcome = 'on_time') as on_time,
           count(*) filter (where settled_outcome = 'late') as late,
           min(reported_at), max(reported_at)
    from counted
    group by grouping sets ((), (category_code), (subcategory), (community), (month), (channel), (unit_name),
                            (placement))
    order by n desc, key
"""
# grouping() has one bit per column, the first column the highest; a bit is 0 for the column grouped by.
_ALL = 0b1111111
_CATEGORY, _SUBCATEGORY, _COMMUNITY, _MONTH, _CHANNEL, _UNIT, _PLACEMENT = (
    _ALL ^ (1 << bit) for bit in (6, 5, 4, 3, 2, 1, 0)
)


def count_cases(*, source: str | None, tenant_code: str | None, actor: Actor) -> CaseTallies:
    """Count the cases of a source, a tenant or both along every dimension, in the actor's areas.

    A dimension leaves out the cases that have no value for it; `whole` counts them all.
    """
    everywhere = Role.SYSTEM in actor.roles
    with connection.cursor() as cursor:
        cursor.execute(
            _TALLIES,
            {
                "zone": settings.TIME_ZONE,
                "source": source,
                "tenant": tenant_code,
                "areas": None if everywhere else [f"{code}%" for code in sorted(actor.area_codes)],
            },
        )
        rows = cursor.fetchall()
    groups: dict[int, list[Tally]] = {}
    for which, key, n, settled, on_time, late, _, _ in rows:
        if key is not None or which == _ALL:
            groups.setdefault(which, []).append(Tally(key, n, settled, on_time, late))
    first, last = next((row[6], row[7]) for row in rows if row[0] == _ALL)
    return CaseTallies(
        whole=groups[_ALL][0],
        first_reported_at=first,
        last_reported_at=last,
        by_category=groups.get(_CATEGORY, []),
        by_subcategory=groups.get(_SUBCATEGORY, []),
        by_community=groups.get(_COMMUNITY, []),
        by_month=sorted(groups.get(_MONTH, []), key=lambda tally: tally.key or ""),
        by_channel=groups.get(_CHANNEL, []),
        by_unit=groups.get(_UNIT, []),
        by_placement=groups.get(_PLACEMENT, []),
    )


def n_open_cases(tenant_code: str) -> int:
    return visible(SYSTEM, tenant_code).filter(state__in=[state.value for state in OPEN]).count()


def day_figures(tenant_code: str, since: datetime, until: datetime) -> DayFigures:
    """Return the figures of `since <= t < until`; the median is from report to dispatch."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            with own as not materialized (select * from cases_case where tenant_code = %(tenant)s)
            select * from
                (select count(*) from own where reported_at >= %(since)s and reported_at < %(until)s) r,
                (select count(*) filter (where settled_outcome = 'on_time'),
                        count(*) filter (where settled_outcome = 'late')
                 from own where closed_at >= %(since)s and closed_at < %(until)s) c,
                (select percentile_cont(0.5) within group (
                            order by extract(epoch from dispatched_at - reported_at))
                 from own where dispatched_at >= %(since)s and dispatched_at < %(until)s) d
            """,
            {"tenant": tenant_code, "since": since, "until": until},
        )
        n_reported, on_time, late, median = cursor.fetchone()
    return DayFigures(n_reported, on_time, late, median)


def n_reported_by_hour(tenant_code: str, until: datetime, hours: int) -> list[tuple[datetime, int]]:
    """Return the count of each full hour and the running one, oldest first, empty hours as 0."""
    last = until.replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=hours - 1)
    rows = (
        visible(SYSTEM, tenant_code)
        .filter(reported_at__gte=first, reported_at__lt=until)
        .annotate(hour=TruncHour("reported_at"))
        .values("hour")
        .annotate(n=Count("id"))
        .values_list("hour", "n")
    )
    counted = dict(rows)
    return [(hour, counted.get(hour, 0)) for hour in (first + timedelta(hours=i) for i in range(hours))]


def n_reported_by_category(tenant_code: str, since: datetime) -> list[tuple[str, int]]:
    """Return category and count of the cases reported since, largest first."""
    rows = visible(SYSTEM, tenant_code).filter(reported_at__gte=since).values("category_code")
    return list(
        rows.annotate(n=Count("id")).order_by("-n", "category_code").values_list("category_code", "n")
    )


def n_reported_by_community(tenant_code: str, since: datetime) -> list[tuple[str, int]]:
    """Return community code and count of the cases reported since, largest first."""
    rows = (
        visible(SYSTEM, tenant_code)
        .filter(reported_at__gte=since, area_code__regex=f"^[0-9]{{{COMMUNITY_DIGITS},}}$")
        .annotate(community=Substr("area_code", 1, COMMUNITY_DIGITS))
        .values("community")
    )
    return list(rows.annotate(n=Count("id")).order_by("-n", "community").values_list("community", "n"))
