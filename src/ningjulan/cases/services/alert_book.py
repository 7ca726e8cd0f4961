"""The cases that some alerts concern: read at once, changed in memory alert by alert, written at once.

A fire that a hundred detectors tell of costs a handful of statements, not a dozen for each of them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ningjulan.cases import places
from ningjulan.cases.contracts import AlertReport, CaseChanged, CaseSummary
from ningjulan.cases.domain.drafts import Draft, community_of
from ningjulan.cases.domain.workflow import OPEN, State, Step
from ningjulan.cases.models import Case, CaseAlert, TimelineEntry
from ningjulan.cases.presenting import summary_with
from ningjulan.cases.services.writing import case_numbers
from ningjulan.foundation import outbox

_CHANGED = "update cases_case set level=%s, due_at=%s, n_reports=%s, version=%s, updated_at=%s where id=%s"
_REWRITTEN = "update cases_casealert set level=%s, message=%s where id=%s"


class AlertBook:
    """To be made and written within one transaction, under the lock of the alerts' scenarios.

    Args:
        alerts: All that will be asked about.
        now: When what they say is written.
    """

    def __init__(self, alerts: Sequence[AlertReport], now: datetime) -> None:
        self.now = now
        self._links: dict[str, CaseAlert] = {}  # alert id → its last report
        self._reports: dict[tuple[str, str, str], list[UUID]] = defaultdict(list)  # matter → its cases
        self._cases: dict[UUID, Case] = {}  # open ones, and those of the links
        self._timelines: dict[UUID, list[TimelineEntry]] = {}
        self._opened: list[tuple[Case, Draft]] = []
        self._entries: list[TimelineEntry] = []
        self._new_links: list[CaseAlert] = []
        self._rewritten: dict[int, CaseAlert] = {}
        self._changes: list[tuple[Step, CaseSummary]] = []
        if alerts:
            self._read(alerts)

    def _read(self, alerts: Sequence[AlertReport]) -> None:
        known = CaseAlert.objects.filter(alert_id__in=[alert.alert_id for alert in alerts]).order_by("id")
        self._links = {link.alert_id: link for link in known}
        same = Q(key__in={alert.key for alert in alerts})
        if buildings := {alert.building_id for alert in alerts if alert.building_id}:
            same |= Q(building_id__in=buildings)
        scenarios = {alert.scenario_id for alert in alerts}
        is_open = Q(case__state__in=[state.value for state in OPEN])
        for link in CaseAlert.objects.filter(same, is_open, scenario_id__in=scenarios):
            self._note(link)
        ids = {case_id for cases in self._reports.values() for case_id in cases}
        ids |= {link.case_id for link in self._links.values()}
        for case in Case.objects.select_for_update().filter(id__in=ids).order_by("id"):
            self._cases[case.id] = case

    def _note(self, link: CaseAlert) -> None:
        for matter in _matters(link.scenario_id, link.key, link.building_id):
            self._reports[matter].append(link.case_id)

    def last_link_of(self, alert: AlertReport) -> CaseAlert | None:
        return self._links.get(alert.alert_id)

    def case_of(self, link: CaseAlert) -> Case:
        return self._cases[link.case_id]

    def open_case_of(self, alert: AlertReport) -> Case | None:
        """Return the newest open case of the same matter."""
        matters = _matters(alert.scenario_id, alert.key, alert.building_id or "")
        found = (self._cases.get(case_id) for matter in matters for case_id in self._reports.get(matter, ()))
        fitting = [
            case
            for case in found
            if case and case.tenant_code == alert.tenant_code and State(case.state) in OPEN
        ]
        return max(fitting, key=lambda case: (case.reported_at, case.id), default=None)

    def timeline_of(self, case: Case) -> list[TimelineEntry]:
        """Return what has happened to a case, in order, what is not written yet included."""
        if case.id not in self._timelines:
            self._timelines[case.id] = list(case.timeline.all())
        return sorted(self._timelines[case.id], key=lambda entry: entry.at)

    def open(self, case: Case, draft: Draft, entry: TimelineEntry) -> None:
        """Add a new case; its number is given when all is written."""
        self._cases[case.id] = case
        self._timelines[case.id] = []
        self._opened.append((case, draft))
        self.enter(entry)

    def link(self, case: Case, alert: AlertReport) -> None:
        link = CaseAlert(
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
        self._links[alert.alert_id] = link
        self._new_links.append(link)
        self._note(link)

    def rewrite(self, link: CaseAlert, alert: AlertReport) -> None:
        """Say of an alert what it says now."""
        link.level, link.message = alert.level, alert.message
        if link.pk is not None:
            self._rewritten[link.pk] = link

    def enter(self, entry: TimelineEntry) -> None:
        self._entries.append(entry)
        if entry.case_id in self._timelines:
            self._timelines[entry.case_id].append(entry)

    def change(self, case: Case, step: Step) -> int:
        """Note that a case has changed; return the place of the change in what `write` returns."""
        case.updated_at = self.now
        self._changes.append((step, summary_with(case, {}, now=self.now)))
        return len(self._changes) - 1

    def write(self) -> list[CaseSummary]:
        """Write all of it and announce every change; return them in order."""
        opened = [case for case, _ in self._opened]
        for case, number in zip(opened, case_numbers([draft for _, draft in self._opened]), strict=True):
            case.case_no = number
        Case.objects.bulk_create(opened)
        new = {case.id for case in opened}
        changed = {summary.id for _, summary in self._changes} - new
        with connection.cursor() as cursor:
            cursor.executemany(_CHANGED, [_changed(self._cases[case_id]) for case_id in sorted(changed)])
            cursor.executemany(
                _REWRITTEN, [(link.level, link.message, pk) for pk, link in sorted(self._rewritten.items())]
            )
        CaseAlert.objects.bulk_create(self._new_links)
        TimelineEntry.objects.bulk_create(self._entries)
        return self._announced()

    def _announced(self) -> list[CaseSummary]:
        names = places.community_names({summary.area_code for _, summary in self._changes})
        summaries = [self._completed(summary, names) for _, summary in self._changes]
        steps = [step for step, _ in self._changes]
        outbox.publish(
            *(CaseChanged(step.value, summary) for step, summary in zip(steps, summaries, strict=True))
        )
        return summaries

    def _completed(self, summary: CaseSummary, names: Mapping[str, str]) -> CaseSummary:
        """Add what is known only at the end."""
        return replace(
            summary,
            case_no=self._cases[summary.id].case_no,
            community_name=names.get(community_of(summary.area_code) or ""),
        )


def _matters(scenario_id: str, key: str, building_id: str) -> list[tuple[str, str, str]]:
    """Return under which names a report is of the same matter as another."""
    by_building = [(scenario_id, "building", building_id)] if building_id else []
    return [(scenario_id, "key", key), *by_building]


def _changed(case: Case) -> tuple[str | int | datetime | UUID | None, ...]:
    return case.level, case.due_at, case.n_reports, case.version, case.updated_at, case.id
