"""Figures about cases: what they mean is decided here, counting is done by `cases` in SQL."""

from fractions import Fraction

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import Tally
from ningjulan.catalog import facade as catalog
from ningjulan.foundation.actors import Actor
from ningjulan.registry import facade as registry
from ningjulan.reports.contracts import CaseStatistics, NothingNamed, Share

LEAST_N = 5  # a league entry judged on fewer cases is no ground for praise or blame


def case_statistics(*, source: str | None, tenant_code: str | None, actor: Actor) -> CaseStatistics:
    """Return the figures of one source, one tenant, or one source in one tenant.

    Raises:
        NothingNamed: Neither source nor tenant was given.
    """
    if not source and not tenant_code:
        raise NothingNamed()
    counted = cases.count_cases(source=source or None, tenant_code=tenant_code or None, actor=actor)
    names = registry.area_names({tally.key for tally in counted.by_community if tally.key})
    whole = counted.whole
    return CaseStatistics(
        source=source or None,
        tenant=tenant_code or None,
        total=whole.n,
        settled=whole.settled,
        on_time=whole.on_time,
        late=whole.late,
        on_time_rate=on_time_rate(whole.on_time, whole.late),
        by_category=[_share(t, catalog.label("CL_CATEGORY", t.key or "")) for t in counted.by_category],
        by_subcategory=[_share(t) for t in counted.by_subcategory],
        by_community=[_share(t, names.get(t.key or "")) for t in counted.by_community],
        by_month=[_share(t) for t in counted.by_month],
        by_channel=[_share(t, catalog.label("CL_CHANNEL", t.key or "")) for t in counted.by_channel],
        by_unit=[_share(t) for t in counted.by_unit],
        placement=[_share(t) for t in counted.by_placement],
        first_reported_at=counted.first_reported_at,
        last_reported_at=counted.last_reported_at,
    )


def on_time_rate(on_time: int, late: int) -> float | None:
    """Return `on_time / (on_time + late)`, computed exactly, then rounded to 4 decimals."""
    judged = on_time + late
    return float(round(Fraction(on_time, judged), 4)) if judged else None


def _share(tally: Tally, name: str | None = None) -> Share:
    judged = tally.on_time + tally.late
    return Share(
        code=tally.key,
        name=name or tally.key or "",
        n=tally.n,
        on_time_rate=on_time_rate(tally.on_time, tally.late),
        too_few=judged < LEAST_N,
    )
