"""Reads: alerts as people see them, scenarios and modules with their figures."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q

from ningjulan.foundation.actors import Actor
from ningjulan.scenarios.access import get_alert, visible
from ningjulan.scenarios.contracts import (
    AlertDetail,
    AlertSummary,
    ModuleSummary,
    ParamSummary,
    ScenarioSummary,
    Why,
    WhyInput,
)
from ningjulan.scenarios.domain.alert_states import UNFINISHED
from ningjulan.scenarios.domain.language import PURPOSES_ZH, Param, Scenario
from ningjulan.scenarios.domain.messages import readable
from ningjulan.scenarios.library import library
from ningjulan.scenarios.models import Alert

FindCases = Callable[[Iterable[str]], Mapping[str, UUID]]  # alert ids → the case of each


class _Lookups:
    """Cases come later in the data's journey, so scenarios cannot ask them: the wiring hands over how."""

    find_cases: FindCases = staticmethod(lambda alert_ids: {})


def look_up_cases_with(find_cases: FindCases) -> None:
    """Tell the alert list how to find the case of an alert. Until then `case_id` is null."""
    _Lookups.find_cases = staticmethod(find_cases)


def list_alerts(
    *, actor: Actor, tenant_code: str | None = None, scenario_id: str | None = None, limit: int = 100
) -> list[AlertSummary]:
    """Return the newest alerts in the actor's areas."""
    alerts = visible(actor).order_by("-raised_at", "-id").defer("inputs", "rule")
    if tenant_code is not None:
        alerts = alerts.filter(tenant_code=tenant_code)
    if scenario_id is not None:
        alerts = alerts.filter(scenario_id=scenario_id)
    found = list(alerts[:limit])
    cases = _Lookups.find_cases([str(alert.id) for alert in found])
    return [summary_of(alert, cases.get(str(alert.id))) for alert in found]


def alert_detail(alert_id: UUID, *, actor: Actor) -> AlertDetail:
    """Return one alert with the answer to “why”, or raise `AlertNotFound`."""
    alert = get_alert(alert_id, actor=actor)
    case_id = _Lookups.find_cases([str(alert.id)]).get(str(alert.id))
    why = Why(_inputs(alert), alert.parameters, alert.rule, alert.scenario_version)
    return AlertDetail(**vars(summary_of(alert, case_id)), why=why)


def alerts_from_record(
    class_id: str, record_key: str, *, actor: Actor, since: datetime, until: datetime
) -> list[AlertSummary]:
    """Return the alerts raised in between that rest on a record, oldest first."""
    rests_on_it = [{"class_id": class_id, "record_key": record_key}]
    alerts = visible(actor).filter(raised_at__gte=since, raised_at__lte=until, inputs__contains=rests_on_it)
    found = list(alerts.order_by("raised_at", "id"))
    cases = _Lookups.find_cases([str(alert.id) for alert in found])
    return [summary_of(alert, cases.get(str(alert.id))) for alert in found]


def inputs_of_alert(alert_id: UUID, *, actor: Actor) -> list[WhyInput]:
    """Return the records an alert rests on, or raise `AlertNotFound`."""
    return _inputs(get_alert(alert_id, actor=actor))


def _inputs(alert: Alert) -> list[WhyInput]:
    return [
        WhyInput(
            class_id=one["class_id"],
            record_key=one["record_key"],
            occurred_at=datetime.fromisoformat(one["occurred_at"]),
            facts=one["facts"],
        )
        for one in alert.inputs
    ]


def summary_of(alert: Alert, case_id: UUID | None) -> AlertSummary:
    scenario = library().scenarios.get(alert.scenario_id)  # a retired file may be gone; its alerts stay
    return AlertSummary(
        id=alert.id,
        scenario_id=alert.scenario_id,
        title_zh=scenario.title.zh if scenario else alert.scenario_id,
        title_en=scenario.title.en if scenario else alert.scenario_id,
        key=alert.key,
        level=alert.level,
        state=alert.state,
        message=alert.message,
        tenant_code=alert.tenant_code,
        area_code=alert.area_code,
        lon=alert.lon,
        lat=alert.lat,
        address_text=alert.address_text,
        raised_at=alert.raised_at,
        last_seen_at=alert.last_seen_at,
        n=alert.n,
        case_id=case_id,
    )


def list_scenarios(*, actor: Actor, now: datetime) -> list[ScenarioSummary]:
    """Return all scenarios with today's figures of the actor's areas, by module and number."""
    figures = {
        row["scenario_id"]: row
        for row in visible(actor)
        .values("scenario_id")
        .annotate(
            n_today=Count("id", filter=Q(raised_at__gte=_midnight(now))),
            n_open=Count("id", filter=Q(state__in=UNFINISHED)),
            last_raised_at=Max("raised_at"),
        )
    }
    order = {module.id: module.order for module in library().modules}
    found = sorted(
        library().scenarios.values(), key=lambda one: (order[one.module], one.number or "", one.id)
    )
    return [_summary_of_scenario(one, figures.get(one.id, {})) for one in found]


def scenario_detail(scenario_id: str, *, actor: Actor, now: datetime) -> tuple[ScenarioSummary, str]:
    """Return a scenario and its file as written, or raise `ScenarioNotFound`."""
    scenario = library().get(scenario_id)
    (summary,) = [one for one in list_scenarios(actor=actor, now=now) if one.id == scenario.id]
    return summary, scenario.text


def list_modules() -> list[ModuleSummary]:
    """Return the modules in the order of the menu, each with the ids of its scenarios."""
    return [
        ModuleSummary(
            id=module.id,
            title_zh=module.title.zh,
            title_en=module.title.en,
            color=module.color,
            scenarios=[one for one in library().scenarios if one.startswith(f"{module.id}.")],
        )
        for module in library().modules
    ]


def n_alerts_since(tenant_code: str, since: datetime) -> int:
    """Count the alerts of a tenant raised since then; those on trial do not count."""
    return Alert.objects.filter(tenant_code=tenant_code, is_shadow=False, raised_at__gte=since).count()


def _midnight(now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _summary_of_scenario(scenario: Scenario, figures: Mapping[str, object]) -> ScenarioSummary:
    last = figures.get("last_raised_at")
    return ScenarioSummary(
        id=scenario.id,
        module=scenario.module,
        number=scenario.number,
        title_zh=scenario.title.zh,
        title_en=scenario.title.en,
        status=scenario.status.value,
        owner=scenario.owner,
        basis=scenario.basis,
        purpose=scenario.purpose,
        purpose_zh=PURPOSES_ZH.get(scenario.purpose, scenario.purpose),
        params=[_summary_of_param(param) for param in scenario.params],
        n_today=int(str(figures.get("n_today", 0))),
        n_open=int(str(figures.get("n_open", 0))),
        last_raised_at=last if isinstance(last, datetime) else None,
        tests=len(scenario.stories),
        version=scenario.version,
    )


def _summary_of_param(param: Param) -> ParamSummary:
    limits = readable({"default": param.default, "min": param.minimum, "max": param.maximum})
    return ParamSummary(
        name=param.name,
        type=param.type,
        default=limits["default"],
        min=limits["min"],
        max=limits["max"],
        options=list(param.options),
        label_zh=param.label.zh,
        label_en=param.label.en,
    )
