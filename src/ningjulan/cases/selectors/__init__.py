"""What can be read of cases. Everything comes back as contracts, never as rows."""

from ningjulan.cases.selectors.counting import (
    count_cases,
    day_figures,
    n_open_cases,
    n_reported_by_category,
    n_reported_by_community,
    n_reported_by_hour,
)
from ningjulan.cases.selectors.reading import (
    CaseFilter,
    PageAsked,
    case_ids_of_alerts,
    case_points,
    case_state_of,
    event_no_of,
    find_case_of_event,
    get_case,
    list_cases,
    list_open_cases,
)

__all__ = [
    "CaseFilter",
    "PageAsked",
    "case_ids_of_alerts",
    "case_points",
    "case_state_of",
    "count_cases",
    "day_figures",
    "event_no_of",
    "find_case_of_event",
    "get_case",
    "list_cases",
    "list_open_cases",
    "n_open_cases",
    "n_reported_by_category",
    "n_reported_by_community",
    "n_reported_by_hour",
]
