"""What other modules may ask of cases and report to them: ids in, contracts out."""

from ningjulan.cases.domain.drafts import Intake
from ningjulan.cases.domain.workflow import Result
from ningjulan.cases.selectors import (
    case_ids_of_alerts,
    case_points,
    case_state_of,
    count_cases,
    day_figures,
    event_no_of,
    find_case_of_event,
    get_case,
    list_open_cases,
    n_open_cases,
    n_reported_by_category,
    n_reported_by_community,
    n_reported_by_hour,
)
from ningjulan.cases.services import (
    close_case,
    dispatch_case,
    register_case,
    report_case,
    take_in_records,
)

__all__ = [
    "Intake",
    "Result",
    "case_ids_of_alerts",
    "case_points",
    "case_state_of",
    "close_case",
    "count_cases",
    "day_figures",
    "dispatch_case",
    "event_no_of",
    "find_case_of_event",
    "get_case",
    "list_open_cases",
    "n_open_cases",
    "n_reported_by_category",
    "n_reported_by_community",
    "n_reported_by_hour",
    "register_case",
    "report_case",
    "take_in_records",
]
