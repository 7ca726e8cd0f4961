"""What other modules may ask of cases: ids in, contracts out."""

from ningjulan.cases.selectors import (
    case_ids_of_alerts,
    case_points,
    count_cases,
    day_figures,
    n_open_cases,
    n_reported_by_category,
    n_reported_by_community,
    n_reported_by_hour,
)

__all__ = [
    "case_ids_of_alerts",
    "case_points",
    "count_cases",
    "day_figures",
    "n_open_cases",
    "n_reported_by_category",
    "n_reported_by_community",
    "n_reported_by_hour",
]
