from datetime import UTC, datetime, timedelta

import pytest

from ningjulan.cases import facade as cases
from ningjulan.cases.contracts import PhoneReport
from ningjulan.foundation.models import User
from ningjulan.reports.overview import day_overview
from ningjulan.reports.tests.making import CLERK, HERE, TENANT, THERE, UNIT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
NOON = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
MINUTE = timedelta(minutes=1)


def reported(at, *, category="C02", area_code=HERE):
    report = PhoneReport(TENANT, category, "1", "占道经营", "", "05", area_code=area_code)
    return cases.report_case(report=report, actor=CLERK, now=at)


def dispatched(at, *, after):
    case = reported(at)
    case = cases.register_case(case_id=case.id, version=case.version, actor=CLERK, now=at + after)
    return cases.dispatch_case(
        case_id=case.id, version=case.version, unit_code=UNIT, actor=CLERK, now=at + after
    )


def close(case, *, at):
    solved = cases.Result.SOLVED
    cases.close_case(case_id=case.id, version=case.version, result=solved, actor=CLERK, now=at)


def figures(now=NOON):
    return {f.key: (f.value, f.previous) for f in day_overview(TENANT, now=now).figures}


def test_quiet_day_has_zeros_and_no_rates():
    assert figures() == {
        "open_cases": (0, None),
        "today_cases": (0, 0),
        "today_alerts": (0, None),
        "on_time_rate": (None, None),
        "records_today": (0, None),
        "median_dispatch_s": (None, None),
    }


def test_today_is_compared_with_yesterday_up_to_the_same_time():
    reported(NOON - 60 * MINUTE)
    reported(NOON - timedelta(hours=12))  # local midnight belongs to today
    reported(NOON - timedelta(hours=12) - MINUTE)
    reported(NOON - timedelta(hours=25))
    reported(NOON - timedelta(hours=23))  # yesterday, but later than now

    assert figures()["today_cases"] == (2, 1)
    assert figures()["open_cases"] == (5, None)


def test_median_is_of_the_cases_dispatched_today():
    for minutes in (1, 3, 20):
        dispatched(NOON - 60 * MINUTE, after=minutes * MINUTE)
    dispatched(NOON - timedelta(days=1, hours=1), after=5 * MINUTE)

    assert figures()["median_dispatch_s"] == (180, 300)


def test_on_time_rate_is_of_the_cases_closed_today():
    for hours in (5, 2, 1):
        close(dispatched(NOON - timedelta(hours=hours), after=MINUTE), at=NOON - MINUTE)
    late = dispatched(NOON - timedelta(days=4), after=MINUTE)
    close(late, at=NOON - MINUTE)

    assert figures()["on_time_rate"] == (75.0, None)


def test_trend_has_an_entry_for_each_of_24_hours():
    reported(NOON - 10 * MINUTE)
    reported(NOON - 70 * MINUTE)
    reported(NOON - 80 * MINUTE)

    trend = day_overview(TENANT, now=NOON + 30 * MINUTE).trend

    assert len(trend) == 24
    assert trend[-1].hour == NOON
    assert [hour.n for hour in trend[-4:]] == [0, 2, 1, 0]


def test_what_and_where_of_the_last_day():
    reported(NOON - MINUTE, category="C06")
    reported(NOON - MINUTE, area_code=THERE)
    reported(NOON - MINUTE, area_code=TENANT)
    reported(NOON - timedelta(hours=25))

    overview = day_overview(TENANT, now=NOON)

    assert [(c.code, c.name, c.n) for c in overview.by_category] == [
        ("C02", "街面秩序", 2),
        ("C06", "消防安全", 1),
    ]
    assert [(c.code, c.name, c.n) for c in overview.by_community] == [
        (HERE, "振宁社区", 1),
        (THERE, "金二社区", 1),
    ]


def test_overview_over_http(client):
    client.force_login(User.objects.create(username="duty", roles=["duty_officer"], area_codes=[TENANT]))

    own = client.get("/api/overview", {"tenant": TENANT})
    foreign = client.get("/api/overview", {"tenant": "330109015"})

    assert [set(figure) for figure in own.json()["figures"]] == [{"key", "value", "unit", "previous"}] * 6
    assert set(own.json()) == {"as_of", "figures", "trend", "by_category", "by_community"}
    assert (foreign.status_code, foreign.json()["code"]) == (404, "tenant_not_found")
