"""From rows to what others see. Names of communities come from the registry, one look-up for a whole page."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ningjulan.cases import places
from ningjulan.cases.contracts import AlertItem, CaseSummary, ClockItem, TimelineItem
from ningjulan.cases.domain.clocks import Clock, ClockKind, Moment, clocks, is_overdue
from ningjulan.cases.domain.drafts import community_of
from ningjulan.cases.domain.workflow import STATE_EN, STATE_ZH, STEP_EN, STEP_ZH, State, Step
from ningjulan.cases.models import Case, CaseAlert, TimelineEntry


def summaries_of(cases: Iterable[Case], *, now: datetime, language: str = "zh") -> list[CaseSummary]:
    """Return the cases as lists show them, in the order given."""
    rows = list(cases)
    names = places.community_names(row.area_code for row in rows)
    return [summary_with(row, names, now=now, language=language) for row in rows]


def summary_of(case: Case, *, now: datetime, language: str = "zh") -> CaseSummary:
    return summaries_of([case], now=now, language=language)[0]


def summary_with(case: Case, names: Mapping[str, str], *, now: datetime, language: str = "zh") -> CaseSummary:
    """Return one case as lists show it; `names` of communities are looked up already."""
    state = State(case.state)
    return CaseSummary(
        id=case.id,
        case_no=case.case_no,
        state=state.value,
        state_label=(STATE_EN if language == "en" else STATE_ZH)[state],
        level=case.level,
        category_code=case.category_code,
        title=case.title,
        summary=case.summary,
        address_text=case.address_text,
        tenant_code=case.tenant_code,
        area_code=case.area_code,
        community_name=names.get(community_of(case.area_code) or ""),
        lon=case.lon,
        lat=case.lat,
        placement=case.placement,
        source=case.source,
        channel=case.channel,
        scenario_id=case.scenario_id or None,
        reported_at=case.reported_at,
        registered_at=case.registered_at,
        dispatched_at=case.dispatched_at,
        closed_at=case.closed_at,
        due_at=case.due_at,
        overdue=is_overdue(state, case.due_at, now),
        unit_code=case.unit_code or None,
        unit_name=case.unit_name or None,
        n_reports=case.n_reports,
        version=case.version,
        updated_at=case.updated_at,
    )


def timeline_item(entry: TimelineEntry, language: str = "zh") -> TimelineItem:
    step = Step(entry.step)
    return TimelineItem(
        at=entry.at,
        step=step.value,
        step_label=(STEP_EN if language == "en" else STEP_ZH)[step],
        actor_name=entry.actor_name,
        opinion=entry.opinion,
        from_state=entry.from_state or None,
        to_state=entry.to_state,
    )


def moments_of(entries: Iterable[TimelineEntry]) -> list[Moment]:
    """Return what the timeline says about time."""
    return [
        Moment(
            at=entry.at,
            state=State(entry.to_state),
            due={ClockKind(kind): datetime.fromisoformat(due) for kind, due in entry.due.items()},
        )
        for entry in entries
    ]


def clocks_of(case: Case, now: datetime) -> list[Clock]:
    """Return every clock of the case, read from its timeline."""
    return clocks(moments_of(case.timeline.all()), now)


def clock_item(clock: Clock, language: str = "zh") -> ClockItem:
    return ClockItem(
        kind=clock.kind.value,
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        state=clock.state.value,
        rule=clock.rule(language),
    )


def alert_item(alert: CaseAlert) -> AlertItem:
    return AlertItem(
        id=alert.alert_id,
        scenario_id=alert.scenario_id,
        title=alert.title,
        level=alert.level,
        message=alert.message,
        raised_at=alert.raised_at,
    )
