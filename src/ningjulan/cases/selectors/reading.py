"""Cases one by one: lists, one case whole, points for the map."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet

from ningjulan.cases import access, places
from ningjulan.cases.access import visible
from ningjulan.cases.contracts import CaseDetail, CasePage, CasePoint, CaseSummary, CodeRefused, CursorRefused
from ningjulan.cases.domain.clocks import clocks
from ningjulan.cases.domain.drafts import LEVELS
from ningjulan.cases.domain.workflow import OPEN, State, allowed_steps
from ningjulan.cases.models import Case, CaseAlert
from ningjulan.cases.presenting import (
    alert_item,
    clock_item,
    moments_of,
    summaries_of,
    summary_of,
    timeline_item,
)
from ningjulan.foundation.actors import SYSTEM, Actor

_OPEN = [state.value for state in OPEN]


@dataclass(frozen=True)
class CaseFilter:
    """What a list is narrowed to. State, level, category and source may name several, separated by commas."""

    tenant: str | None = None
    state: str | None = None
    level: str | None = None
    category: str | None = None
    community: str | None = None
    source: str | None = None
    q: str | None = None
    overdue: bool | None = None


@dataclass(frozen=True)
class PageAsked:
    limit: int = 50
    cursor: str | None = None


def list_cases(
    wanted: CaseFilter, *, actor: Actor, now: datetime, asked: PageAsked = PageAsked(), language: str = "zh"
) -> CasePage:
    """Return one page of the cases the actor may see, newest first, and how many there are in all.

    Raises:
        CodeRefused: A state or level that does not exist.
        CursorRefused: Not a cursor this function gave out.
    """
    cases = _matching(wanted, actor, now)
    page = cases.order_by("-reported_at", "-id")
    if asked.cursor:
        page = page.filter(_after(asked.cursor))
    rows = list(page.defer("search_text")[: asked.limit + 1])
    shown, more = rows[: asked.limit], rows[asked.limit :]
    return CasePage(
        items=summaries_of(shown, now=now, language=language),
        next_cursor=_cursor_of(shown[-1]) if more else None,
        total=cases.count(),
    )


def get_case(case_id: UUID, *, actor: Actor, now: datetime, language: str = "zh") -> CaseDetail:
    """Return one case whole, with what the actor may do next, or raise `CaseNotFound`."""
    case = access.get_case(case_id, actor=actor)
    entries = list(case.timeline.all())
    return CaseDetail(
        **vars(summary_of(case, now=now, language=language)),
        timeline=[timeline_item(entry, language) for entry in entries],
        clocks=[clock_item(clock, language) for clock in clocks(moments_of(entries), now)],
        alerts=[alert_item(alert) for alert in case.alerts.order_by("raised_at", "id")],
        allowed_steps=[
            step.value
            for step in allowed_steps(
                State(case.state), roles=actor.roles, own_unit=actor.unit_code, case_unit=case.unit_code
            )
        ],
        suggested_unit_code=places.suggested_unit_code(
            case.tenant_code, case.area_code, case.suggested_unit, case.category_code
        ),
    )


def list_open_cases(tenant_code: str, *, now: datetime) -> list[CaseSummary]:
    """Return all open cases of a tenant, oldest first."""
    rows = visible(SYSTEM, tenant_code).filter(state__in=_OPEN).order_by("reported_at", "id")
    return summaries_of(rows, now=now)


def case_points(tenant_code: str, since: datetime) -> list[CasePoint]:
    """Return the tenant's cases that have a point: all open ones, and those reported since."""
    rows = visible(SYSTEM, tenant_code).filter(
        Q(state__in=_OPEN) | Q(reported_at__gte=since), lon__isnull=False
    )
    columns = ("id", "lon", "lat", "level", "state", "category_code", "reported_at")
    return [CasePoint(*row) for row in rows.order_by("-reported_at", "-id").values_list(*columns)]


def case_ids_of_alerts(alert_ids: Iterable[str]) -> dict[str, UUID]:
    """Return the case that each alert reported, the latest of several; alerts without a case are absent."""
    links = CaseAlert.objects.filter(alert_id__in=list(alert_ids)).order_by("id")
    return dict(links.values_list("alert_id", "case_id"))


def find_case_of_event(source: str, event_no: str, *, actor: Actor) -> UUID | None:
    """Return the case that a source's event opened, within the actor's areas."""
    cases = access.visible(actor).filter(source=source, external_no=event_no)
    return cases.values_list("id", flat=True).first()


def event_no_of(case_id: UUID, *, actor: Actor) -> str:
    """Return the number of the event that opened a case, empty if none did, or raise `CaseNotFound`."""
    return access.get_case(case_id, actor=actor).external_no


def case_state_of(actor: Actor, case_no: str) -> Literal["open", "ended"] | None:
    """Say whether the case with this number, in the actor's areas, is dealt with or over; `None`: none is."""
    states = set(visible(actor).filter(case_no=case_no).values_list("state", flat=True))
    if not states:
        return None
    return "open" if states & set(_OPEN) else "ended"


def _matching(wanted: CaseFilter, actor: Actor, now: datetime) -> QuerySet[Case]:
    cases = visible(actor, wanted.tenant)
    if states := _listed(wanted.state, [state.value for state in State], "state"):
        cases = cases.filter(state__in=states)
    if levels := _listed(wanted.level, LEVELS, "CL_EVENT_LEVEL"):
        cases = cases.filter(level__in=levels)
    if categories := _words(wanted.category):
        cases = cases.filter(category_code__in=categories)
    if wanted.community:
        cases = cases.filter(area_code__startswith=wanted.community)
    if sources := _words(wanted.source):
        cases = cases.filter(source__in=sources)
    if wanted.q and (sought := wanted.q.strip().lower()):
        cases = cases.filter(search_text__contains=sought)
    if wanted.overdue is not None:
        late = Q(state__in=_OPEN, due_at__lt=now)
        cases = cases.filter(late if wanted.overdue else ~late)
    return cases


def _listed(value: str | None, known: Iterable[str], code_list: str) -> list[str]:
    """Take `a,b` apart, refusing words that are not in the list."""
    words = _words(value)
    for word in words:
        if word not in known:
            raise CodeRefused(code_list=code_list, value=word[:20])
    return words


def _words(value: str | None) -> list[str]:
    return [word for word in (value or "").split(",") if word]


def _cursor_of(case: Case) -> str:
    return base64.urlsafe_b64encode(f"{case.reported_at.isoformat()}|{case.id}".encode()).decode()


def _after(cursor: str) -> Q:
    """Return what follows the row of `cursor`. The outer bound lets the index start in the right place."""
    try:
        at_text, id_text = base64.urlsafe_b64decode(cursor.encode()).decode().split("|")
        at, last_id = datetime.fromisoformat(at_text), UUID(id_text)
    except (ValueError, binascii.Error):
        raise CursorRefused() from None
    if at.tzinfo is None:
        raise CursorRefused()
    return Q(reported_at__lte=at) & (Q(reported_at__lt=at) | Q(id__lt=last_id))
