"""/api/overview and /api/stats."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ningjulan.cases.contracts import TenantNotFound
from ningjulan.foundation.api import PROBLEMS, ActorRequest, Input
from ningjulan.reports.contracts import Overview
from ningjulan.reports.overview import day_overview
from ningjulan.reports.presenting import as_json
from ningjulan.reports.stats import case_statistics

router = Router(tags=["reports"])


class FigureOut(Schema):
    key: str
    value: float | None
    unit: str
    previous: float | None


class HourCountOut(Schema):
    hour: datetime
    n: int


class CodeCountOut(Schema):
    code: str
    name: str
    n: int


class OverviewOut(Schema):
    as_of: datetime
    figures: list[FigureOut]
    trend: list[HourCountOut]
    by_category: list[CodeCountOut]
    by_community: list[CodeCountOut]


class CategoryShareOut(Schema):
    code: str
    zh: str
    n: int
    on_time_rate: float | None
    too_few: bool


class NamedCountOut(Schema):
    name: str
    n: int


class CommunityShareOut(Schema):
    code: str
    name: str
    n: int
    on_time_rate: float | None
    too_few: bool


class MonthShareOut(Schema):
    month: str
    n: int
    on_time_rate: float | None


class ChannelCountOut(Schema):
    code: str
    zh: str
    n: int


class UnitShareOut(Schema):
    name: str
    n: int
    on_time_rate: float | None
    too_few: bool


class PlacementCountOut(Schema):
    kind: str
    n: int


class PeriodOut(Schema):
    """Local days of the first and the last report."""

    from_date: date | None = Field(alias="from")
    to_date: date | None = Field(alias="to")


class CaseStatisticsOut(Schema):
    source: str | None
    tenant: str | None
    total: int
    settled: int
    on_time: int
    late: int
    on_time_rate: float | None
    by_category: list[CategoryShareOut]
    by_subcategory: list[NamedCountOut]
    by_community: list[CommunityShareOut]
    by_month: list[MonthShareOut]
    by_channel: list[ChannelCountOut]
    by_unit: list[UnitShareOut]
    placement: list[PlacementCountOut]
    period: PeriodOut


class TenantQuery(Input):
    tenant: str


class CaseStatisticsQuery(Input):
    source: str | None = None
    tenant: str | None = None


@router.get("/overview", response={200: OverviewOut, **PROBLEMS}, operation_id="getOverview")
def overview(request: ActorRequest, asked: Query[TenantQuery]) -> Overview:
    """今日概况：在办、上报、预警、按期率、记录数、派遣中位时长，24 小时走势。"""
    if not request.auth.covers(asked.tenant):
        raise TenantNotFound(tenant=asked.tenant[:12])
    return day_overview(asked.tenant, now=timezone.now())


@router.get(
    "/stats/cases",
    response={200: CaseStatisticsOut, **PROBLEMS},
    operation_id="getCaseStatistics",
    by_alias=True,
)
def case_figures(request: ActorRequest, asked: Query[CaseStatisticsQuery]) -> dict[str, Any]:
    """案件统计：热点类型、热点社区、按期率、月度走势、渠道、单位、定位情况。"""
    return as_json(case_statistics(source=asked.source, tenant_code=asked.tenant, actor=request.auth))
