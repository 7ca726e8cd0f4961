"""The figures others may quote."""

from dataclasses import dataclass
from datetime import datetime

from ningjulan.foundation.errors import InputRefused


@dataclass(frozen=True)
class Share:
    """One line of a table of figures. Too few judged cases make a rate that says nothing: `too_few`."""

    code: str | None
    name: str
    n: int
    on_time_rate: float | None
    too_few: bool


@dataclass(frozen=True)
class CaseStatistics:
    """The one definition of our case figures, for the screen and for the command line.

    `settled` are closed cases; `on_time + late` may be fewer, where nobody said. Rates are
    `on_time / (on_time + late)`, rounded to 4 decimals; `None` when nothing was judged. Each list leaves
    out cases that have no value for it. Months are local.
    """

    source: str | None
    tenant: str | None
    total: int
    settled: int
    on_time: int
    late: int
    on_time_rate: float | None
    by_category: list[Share]
    by_subcategory: list[Share]
    by_community: list[Share]
    by_month: list[Share]
    by_channel: list[Share]
    by_unit: list[Share]
    placement: list[Share]
    first_reported_at: datetime | None
    last_reported_at: datetime | None


@dataclass(frozen=True)
class Figure:
    key: str
    value: float | None
    unit: str
    previous: float | None


@dataclass(frozen=True)
class HourCount:
    hour: datetime
    n: int


@dataclass(frozen=True)
class CodeCount:
    code: str
    name: str
    n: int


@dataclass(frozen=True)
class Overview:
    as_of: datetime
    figures: list[Figure]
    trend: list[HourCount]
    by_category: list[CodeCount]
    by_community: list[CodeCount]


class NothingNamed(InputRefused):
    code = "source_or_tenant_missing"
    message_zh = "请指定数据来源或区域"
    message_en = "Name a source or a tenant"
