"""From alerts to cases. Every function may be called again with the same alert and changes nothing then."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from ningjulan.cases.contracts import AlertReport, CaseSummary
from ningjulan.cases.domain.clocks import ClockKind, allowances, deadline_of, deadlines, tightened
from ningjulan.cases.domain.drafts import LEVEL_OF_ALERT, Draft, placed
from ningjulan.cases.domain.workflow import OPEN, State, Step
from ningjulan.cases.models import Case, CaseAlert
from ningjulan.cases.presenting import clocks_of
from ningjulan.cases.services.writing import Entry, announce, case_numbers, entry_row, lock_name, open_case
from ningjulan.foundation.actors import SYSTEM

SOURCE = "scenarios"


@transaction.atomic
def open_from_alert(alert: AlertReport, *, now: datetime) -> CaseSummary | None:
    """Open a case for a raised alert, or add it to the open case of the same matter.

    The same matter: same scenario and tenant, and same key or same building. Returns `None` when there is
    nothing to do: the scenario opens no case, or the alert is known.
    """
    if not alert.opens_case:
        return None
    _lock(alert)
    if CaseAlert.objects.filter(alert_id=alert.alert_id).exists():
        return None
    if alert.merge == "open" and (case := _open_case_of(alert)):
        return _merge(case, alert, now)
    return _open(alert, now)


@transaction.atomic
def escalate_from_alert(alert: AlertReport, *, now: datetime) -> CaseSummary | None:
    """Make the case of an escalated alert graver and its running deadlines shorter.

    Where the case has ended meanwhile, or the raise has not arrived yet, the escalation opens a case: it is
    news. Returns `None` when there is nothing to do.
    """
    if not alert.opens_case:
        return None
    _lock(alert)
    link = CaseAlert.objects.filter(alert_id=alert.alert_id).order_by("-id").first()
    if link is None:
        case = _open_case_of(alert) if alert.merge == "open" else None
        return _merge(case, alert, now) if case else _open(alert, now)
    if LEVEL_OF_ALERT[link.level] >= LEVEL_OF_ALERT[alert.level]:
        return None
    case = Case.objects.select_for_update().get(id=link.case_id)
    if State(case.state) not in OPEN:
        return _open(alert, now)
    link.level, link.message = alert.level, alert.message
    link.save(update_fields=["level", "message"])
    _write(case, alert, Step.ESCALATE, now)
    case.version += 1
    return _save(case, Step.ESCALATE, now)


def _lock(alert: AlertReport) -> None:
    """Two reports of one matter at the same moment must not open two cases."""
    lock_name("cases.alert", alert.tenant_code, alert.scenario_id)


def _open_case_of(alert: AlertReport) -> Case | None:
    same = Q(key=alert.key)
    if alert.building_id:
        same |= Q(building_id=alert.building_id)
    links = CaseAlert.objects.filter(same, scenario_id=alert.scenario_id).values("case_id")
    return (
        Case.objects.select_for_update()
        .filter(id__in=links, tenant_code=alert.tenant_code, state__in=[state.value for state in OPEN])
        .order_by("-reported_at", "-id")
        .first()
    )


def _open(alert: AlertReport, now: datetime) -> CaseSummary:
    due = alert.due
    draft = Draft(
        tenant_code=alert.tenant_code,
        category_code=alert.category_code,
        level=LEVEL_OF_ALERT[alert.level],
        title=alert.title_zh,
        summary=alert.message,
        place=placed(alert.area_code, alert.lon, alert.lat, alert.placement or "", alert.address_text or ""),
        source=SOURCE,
        channel=alert.channel,
        reported_at=alert.raised_at,
        scenario_id=alert.scenario_id,
        suggested_unit=alert.to_unit or "",
        allowed_seconds={
            key: seconds
            for key in ("accept_s", "arrive_s", "resolve_s")
            if due is not None and (seconds := getattr(due, key)) is not None
        },
    )
    case = open_case(draft, *case_numbers([draft]), actor=SYSTEM, now=now)
    _link(case, alert)
    return announce(case, Step.REPORT, now=now)


def _merge(case: Case, alert: AlertReport, now: datetime) -> CaseSummary:
    """Count another report. The version stays: hearing the same again makes no clerk's decision stale."""
    _link(case, alert)
    case.n_reports += 1
    graver = LEVEL_OF_ALERT[alert.level] > case.level
    _write(case, alert, Step.MERGE_REPORT, now)
    case.version += graver
    return _save(case, Step.MERGE_REPORT, now)


def _write(case: Case, alert: AlertReport, step: Step, now: datetime) -> None:
    """Write the report in the timeline; raise level and shorten deadlines where the alert is graver."""
    state = State(case.state)
    due: dict[ClockKind, datetime] = {}
    if LEVEL_OF_ALERT[alert.level] > case.level:
        case.level = LEVEL_OF_ALERT[alert.level]
        due = _graver_deadlines(case, state, now)
        case.due_at = deadline_of(state, due) or case.due_at
    entry_row(case, Entry(step, now, SYSTEM, state, state, alert.message, case.unit_name, due)).save()


def _graver_deadlines(case: Case, state: State, now: datetime) -> dict[ClockKind, datetime]:
    """Return the running deadlines at the new level: counted from now, and never later than they were."""
    running = {clock.kind: clock.due_at for clock in clocks_of(case, now) if clock.stopped_at is None}
    return tightened(running, deadlines(state, now, allowances(case.level, case.allowed_seconds)))


def _link(case: Case, alert: AlertReport) -> None:
    CaseAlert.objects.create(
        case=case,
        alert_id=alert.alert_id,
        scenario_id=alert.scenario_id,
        key=alert.key,
        building_id=alert.building_id or "",
        title=alert.title_zh,
        level=alert.level,
        message=alert.message,
        raised_at=alert.raised_at,
    )


def _save(case: Case, step: Step, now: datetime) -> CaseSummary:
    case.updated_at = now
    case.save()
    return announce(case, step, now=now)
