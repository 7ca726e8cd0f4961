"""What can be done with a case: one function per thing somebody, or another module's news, can do."""

from ningjulan.cases.services.alerts import AlertNews, take_alerts
from ningjulan.cases.services.records import take_in_records
from ningjulan.cases.services.reporting import report_case
from ningjulan.cases.services.steps import (
    close_case,
    dispatch_case,
    refuse_case,
    register_case,
    send_back_case,
)

__all__ = [
    "AlertNews",
    "close_case",
    "dispatch_case",
    "refuse_case",
    "register_case",
    "report_case",
    "send_back_case",
    "take_alerts",
    "take_in_records",
]
