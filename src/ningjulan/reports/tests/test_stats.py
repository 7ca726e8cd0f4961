from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ningjulan.foundation.actors import SYSTEM, Actor, Role
from ningjulan.foundation.models import User
from ningjulan.reports.commands import stats_cases
from ningjulan.reports.contracts import NothingNamed
from ningjulan.reports.stats import case_statistics, on_time_rate
from ningjulan.reports.tests.making import CLERK, HERE, TENANT, THERE, closing, event, take_in


@pytest.fixture
def eight_cases(town):
    """Seven closed cases of the past, two of them late, and one that is still open."""
    take_in(
        "BIZ16",
        [
            event("E1", "2018-01-31T15:59:59Z"),  # the last second of January in Shanghai
            event("E2", "2018-01-31T16:00:00Z", category_code="C02", subcategory="无照经营游商"),
            event("E3", "2018-02-01T00:00:00Z", source_channel="10"),
            event("E4", "2018-02-02T00:00:00Z", area_code=THERE),
            event("E5", "2018-02-03T00:00:00Z", area_code=TENANT, placement="none"),
            event("E6", "2018-02-04T00:00:00Z", lon=120.2, lat=30.2, placement="exact"),
            event("E7", "2018-02-05T00:00:00Z", subcategory=None),
            event("E8", "2018-03-01T00:00:00Z"),
        ],
    )
    take_in(
        "BIZ17",
        [closing(f"E{i}", late=i in (2, 3), unit="社区" if i == 4 else "城管办") for i in range(1, 8)],
    )


@pytest.mark.usefixtures("eight_cases")
def test_statistics_in_their_one_shape():
    stats = stats_cases(source="civic_cases")

    assert stats == {
        "source": "civic_cases",
        "tenant": None,
        "total": 8,
        "settled": 7,
        "on_time": 5,
        "late": 2,
        "on_time_rate": 0.7143,
        "by_category": [
            {"code": "C01", "zh": "市容环境", "n": 7, "on_time_rate": 0.8333, "too_few": False},
            {"code": "C02", "zh": "街面秩序", "n": 1, "on_time_rate": 0.0, "too_few": True},
        ],
        "by_subcategory": [{"name": "道路破损", "n": 6}, {"name": "无照经营游商", "n": 1}],
        "by_community": [
            {"code": HERE, "name": "振宁社区", "n": 6, "on_time_rate": 0.6, "too_few": False},
            {"code": THERE, "name": "金二社区", "n": 1, "on_time_rate": 1.0, "too_few": True},
        ],
        "by_month": [
            {"month": "2018-01", "n": 1, "on_time_rate": 1.0},
            {"month": "2018-02", "n": 6, "on_time_rate": 0.6667},
            {"month": "2018-03", "n": 1, "on_time_rate": None},
        ],
        "by_channel": [{"code": "05", "zh": "12345热线", "n": 7}, {"code": "10", "zh": "媒体网络", "n": 1}],
        "by_unit": [
            {"name": "城管办", "n": 6, "on_time_rate": 0.6667, "too_few": False},
            {"name": "社区", "n": 1, "on_time_rate": 1.0, "too_few": True},
        ],
        "placement": [{"kind": "community", "n": 6}, {"kind": "exact", "n": 1}, {"kind": "none", "n": 1}],
        "period": {"from": "2018-01-31", "to": "2018-03-01"},
    }


@pytest.mark.usefixtures("eight_cases")
@pytest.mark.parametrize(
    ("actor", "total"),
    [
        (SYSTEM, 8),
        (CLERK, 8),
        (Actor(8, "邻街受理员", frozenset({Role.CLERK}), frozenset({"330109015"})), 0),
        (Actor(7, "社区专干", frozenset({Role.CLERK}), frozenset({THERE})), 1),
    ],
    ids=["system", "own street", "other street", "one community"],
)
def test_only_the_own_areas_are_counted(actor, total):
    assert case_statistics(source="civic_cases", tenant_code=None, actor=actor).total == total


@pytest.mark.usefixtures("eight_cases")
@pytest.mark.parametrize(
    ("source", "tenant", "total"),
    [("civic_cases", TENANT, 8), (None, TENANT, 8), ("another", TENANT, 0), ("civic_cases", "440310", 0)],
)
def test_source_and_tenant_both_narrow(source, tenant, total):
    assert stats_cases(source=source, tenant=tenant)["total"] == total


@pytest.mark.django_db
def test_figures_of_nothing_are_empty_and_have_no_rate():
    stats = stats_cases(source="nobody")

    assert (stats["total"], stats["on_time_rate"], stats["period"]) == (0, None, {"from": None, "to": None})
    assert all(stats[key] == [] for key in stats if key.startswith("by_"))


def test_something_must_be_named():
    with pytest.raises(NothingNamed):
        stats_cases(source="")


@pytest.mark.usefixtures("eight_cases")
def test_counting_takes_two_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # all tallies, names of communities
        stats_cases(source="civic_cases")


@given(on_time=st.integers(0, 10**9), late=st.integers(0, 10**9))
def test_rate_is_the_exact_share_within_half_a_ten_thousandth(on_time, late):
    rate = on_time_rate(on_time, late)

    if on_time + late == 0:
        assert rate is None
    else:
        assert 0 <= rate <= 1
        assert abs(Fraction(str(rate)) - Fraction(on_time, on_time + late)) <= Fraction(1, 20_000)


@pytest.fixture
def leader(db, client):
    user = User.objects.create(username="leader", roles=["leader"], area_codes=[TENANT])
    client.force_login(user)
    return client


@pytest.mark.usefixtures("eight_cases")
def test_screen_and_command_line_say_the_same(leader):
    answer = leader.get("/api/stats/cases", {"source": "civic_cases"})

    assert answer.json() == stats_cases(source="civic_cases")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 422, "source_or_tenant_missing"),
        ({"source": "a\x00"}, 422, "not_valid"),
    ],
    ids=str,
)
def test_statistics_refused(leader, query, status, code):
    answer = leader.get("/api/stats/cases", query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/stats/cases?source=x", "/api/overview?tenant=x"])
def test_figures_need_a_login(client, path):
    assert client.get(path).status_code == 401
