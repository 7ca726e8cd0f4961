"""From alerts to cases. Every function may be called again with the same alert and changes nothing then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ningjulan.cases.contracts import AlertReport, CaseSummary
from ningjulan.cases.domain.clocks import ClockKind, allowances, clocks, deadline_of, deadlines, tightened
from ningjulan.cases.domain.drafts import LEVEL_OF_ALERT, Draft, placed
from ningjulan.cases.domain.workflow import OPEN, State, Step
from ningjulan.cases.models import Case
from ningjulan.cases.presenting import moments_of
from ningjulan.cases.services.alert_book import AlertBook
from ningjulan.cases.services.writing import Entry, entry_row, first_entry, lock_names, new_row
from ningjulan.foundation.actors import SYSTEM

SOURCE = "scenarios"


@dataclass(frozen=True)
class AlertNews:
    """An alert was raised (`Step.REPORT`) or has become graver (`Step.ESCALATE`)."""

    step: Step
    alert: AlertReport


@transaction.atomic
def take_alerts(news: Sequence[AlertNews], *, now: datetime) -> list[CaseSummary | None]:
    """Open, merge and escalate cases as the alerts say, one after the other; all of them or none.

    A raised alert opens a case, or is added to the open case of the same matter: same scenario and tenant,
    and same key or same building. An escalated one makes its case graver and its running deadlines shorter;
    where the case has ended meanwhile, or the raise has not arrived yet, it opens a case: it is news.

    Returns:
        For each the case as it then stood; `None` where there was nothing to do: the scenario opens no case,
        or the alert is known.
    """
    wanted = [one.alert for one in news if one.alert.opens_case]
    _lock(wanted)
    book = AlertBook(wanted, now)
    places = [_take(one, book) if one.alert.opens_case else None for one in news]
    summaries = book.write()
    return [None if place is None else summaries[place] for place in places]


def _lock(alerts: Iterable[AlertReport]) -> None:
    """Two reports of one matter at the same moment must not open two cases."""
    lock_names({("cases.alert", alert.tenant_code, alert.scenario_id) for alert in alerts})


def _take(news: AlertNews, book: AlertBook) -> int | None:
    """Return the place of the change among those of the book, `None` where nothing changes."""
    alert = news.alert
    link = book.last_link_of(alert)
    if link is None:
        case = book.open_case_of(alert) if alert.merge == "open" else None
        return _merge(case, alert, book) if case else _open(alert, book)
    if news.step is not Step.ESCALATE or LEVEL_OF_ALERT[link.level] >= LEVEL_OF_ALERT[alert.level]:
        return None
    case = book.case_of(link)
    if State(case.state) not in OPEN:
        return _open(alert, book)
    book.rewrite(link, alert)
    _write(case, alert, Step.ESCALATE, book)
    case.version += 1
    return book.change(case, Step.ESCALATE)


def _open(alert: AlertReport, book: AlertBook) -> int:
    draft = _draft(alert)
    case = new_row(draft, "", book.now)
    book.open(case, draft, first_entry(case, draft, SYSTEM))
    book.link(case, alert)
    return book.change(case, Step.REPORT)


def _draft(alert: AlertReport) -> Draft:
    due = alert.due
    return Draft(
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


def _merge(case: Case, alert: AlertReport, book: AlertBook) -> int:
    """Count another report. The version stays: hearing the same again makes no clerk's decision stale."""
    book.link(case, alert)
    case.n_reports += 1
    graver = LEVEL_OF_ALERT[alert.level] > case.level
    _write(case, alert, Step.MERGE_REPORT, book)
    case.version += graver
    return book.change(case, Step.MERGE_REPORT)


def _write(case: Case, alert: AlertReport, step: Step, book: AlertBook) -> None:
    """Write the report in the timeline; raise level and shorten deadlines where the alert is graver."""
    state = State(case.state)
    due: dict[ClockKind, datetime] = {}
    if LEVEL_OF_ALERT[alert.level] > case.level:
        case.level = LEVEL_OF_ALERT[alert.level]
        due = _graver_deadlines(case, state, book)
        case.due_at = deadline_of(state, due) or case.due_at
    entry = Entry(step, book.now, SYSTEM, state, state, alert.message, case.unit_name, due)
    book.enter(entry_row(case, entry))


def _graver_deadlines(case: Case, state: State, book: AlertBook) -> dict[ClockKind, datetime]:
    """Return the running deadlines at the new level: counted from now, and never later than they were."""
    now = book.now
    so_far = clocks(moments_of(book.timeline_of(case)), now)
    running = {clock.kind: clock.due_at for clock in so_far if clock.stopped_at is None}
    return tightened(running, deadlines(state, now, allowances(case.level, case.allowed_seconds)))
